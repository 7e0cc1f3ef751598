/// Which brackets are open: one bit each, 1 for `{`.
struct Nesting {
    private(set) var depth = 0
    private let limit: Int
    private var low: UInt64 = 0
    private var high: [UInt64] = []

    /// - Parameter around: How many brackets are open already, of which this knows nothing but that they count.
    init(around: Int = 0) { limit = ByteLimit.jsonDepth - around }

    /// Returns false when that is deeper than allowed.
    @inline(__always)
    mutating func open(_ byte: UInt8) -> Bool {
        if depth >= limit { return false }
        if depth > 0 && depth & 63 == 0 {
            high.append(low)
            low = 0
        }
        low = (low << 1) | (byte == UInt8(ascii: "{") ? 1 : 0)
        depth += 1
        return true
    }

    /// Returns false when the innermost open bracket is of the other kind.
    @inline(__always)
    mutating func close(_ byte: UInt8) -> Bool {
        guard depth > 0, low & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else { return false }
        low >>= 1
        depth -= 1
        if depth > 0 && depth & 63 == 0, let last = high.popLast() { low = last }
        return true
    }
}
