/// What is wrong with a file's bytes, and where.
///
/// The file's name is not in here: the one who opened the file knows it and adds it.
public struct ByteFault: Error, Equatable, Sendable {
    /// Which bytes `offset` counts.
    public enum Place: Sendable {
        /// Bytes of the file as it lies on disk.
        case compressed
        /// Bytes of the file's content, after inflating.
        case content
    }

    /// Zero-based position of the first byte that is wrong.
    public var offset: Int
    public var place: Place
    /// One sentence without the file's name: what is wrong, the offending text, the remedy.
    public var what: String

    public init(offset: Int, place: Place, what: String) {
        self.offset = offset
        self.place = place
        self.what = what
    }
}

/// The limits that keep memory bounded whatever the input says.
public enum ByteLimit {
    /// The longest CSV row or JSON record, in bytes of content (64 MiB).
    public static let recordBytes = 64 << 20
    /// The deepest nesting of JSON arrays and objects.
    public static let jsonDepth = 512
    /// What a file may inflate to unless the user says otherwise, in bytes (64 GiB).
    public static let inflatedBytes = 64 << 30
    /// How much content is inflated at a time, in bytes: small enough for a core's cache, large enough to make calls rare.
    public static let windowBytes = 256 << 10
}

/// Text that came from a file, made fit for an error message: at most 60 bytes, control characters and broken UTF-8 replaced.
public func excerpt(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    for index in 0..<min(bytes.count, 60) {
        let byte = bytes[index]
        copy.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
    }
    let text = String(decoding: copy, as: UTF8.self)
    return bytes.count > 60 ? text + "…" : text
}
