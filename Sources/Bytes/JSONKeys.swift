/// Keys that are looked for together, told apart by their length and their first eight bytes.
public struct JSONKeys: Sendable {
    private let texts: [[UInt8]]
    private let heads: [UInt64]
    /// Bit n is set when a key has n bytes.
    private let lengths: UInt64

    /// - Parameter keys: All different, each of 1 to 63 bytes.
    public init(_ keys: [String]) {
        texts = keys.map { Array($0.utf8) }
        heads = texts.map { text in text.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        precondition(texts.allSatisfy { (1...63).contains($0.count) } && Set(texts).count == texts.count)
        lengths = texts.reduce(0) { $0 | 1 << UInt64($1.count) }
    }

    /// The place of a key among those looked for.
    @inline(__always)
    func place(of key: Span<UInt8>) -> Int? {
        let count = key.count
        guard count < 64, lengths & 1 << UInt64(count) != 0 else { return nil }
        let head = JSONKeys.head(key)
        for place in heads.indices where heads[place] == head {
            let text = texts[place]
            if text.count == count, count <= 8 || sameBytes(text.span, key) { return place }
        }
        return nil
    }

    @inline(__always)
    private static func head(_ key: Span<UInt8>) -> UInt64 {
        if key.count >= 8 { return UInt64(littleEndian: unsafe key.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)) }
        var head: UInt64 = 0
        for index in 0..<key.count { head |= UInt64(key[index]) << UInt64(8 * index) }
        return head
    }
}
