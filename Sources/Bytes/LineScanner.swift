/// Finds the lines of a text in a window; a line's end is a line feed, or the end of the content.
public struct LineScanner: ~Copyable {
    /// Start of the first line not yet handed out.
    public private(set) var lineStart = 0
    private var position = 0

    public init() {}

    public mutating func skip(_ count: Int) {
        lineStart = count
        position = count
    }

    public mutating func shift(by distance: Int) {
        lineStart -= distance
        position -= distance
    }

    /// The next line without its line feed; nil when the rest waits for more bytes.
    public mutating func next(_ bytes: Span<UInt8>, end: Int, isLast: Bool) -> Range<Int>? {
        precondition(end + ByteWindow.spareBytes <= bytes.count)
        var at = position
        unsafe bytes.withUnsafeBytes { raw in
            // Eight bytes at a time while none is a line feed; loading behind `end` stays within the spare bytes.
            while at < end {
                let word = UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                let found = zeroBytes(word ^ repeated(0x0A))
                if found != 0 {
                    at += found.trailingZeroBitCount >> 3
                    break
                }
                at += 8
            }
        }
        if at < end {
            let line = lineStart..<at
            lineStart = at + 1
            position = lineStart
            return line
        }
        position = end
        guard isLast, lineStart < end else { return nil }
        let line = lineStart..<end
        lineStart = end
        return line
    }
}
