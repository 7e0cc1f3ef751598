/// Short words for what tests do all the time.

/// The bytes of a text.
public func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Bytes as text, for comparing and for failure messages.
public func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// Bytes made visible, for failure messages.
public func shown(_ bytes: [UInt8]) -> String { String(reflecting: String(decoding: bytes, as: UTF8.self)) }

extension SeededRandom {
    /// A random text of up to `length` bytes of an alphabet.
    public mutating func bytes(of alphabet: [UInt8], upTo length: Int) -> [UInt8] {
        (0..<int(0...length)).map { _ in pick(alphabet) }
    }

    /// Ends of the pieces in which `count` bytes arrive: rising, the last one `count`. Some pieces are empty.
    public mutating func chops(_ count: Int, longest: Int) -> [Int] {
        var ends: [Int] = []
        var at = 0
        while at < count {
            at = min(count, at + int(0...longest))
            ends.append(at)
        }
        return ends.isEmpty ? [0] : ends
    }
}
