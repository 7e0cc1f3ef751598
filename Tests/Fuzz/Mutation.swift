import TestSupport

/// Ways to damage bytes, chosen by a seed.
enum Mutation {
    /// What grammars trip over.
    private static let tokens: [[UInt8]] =
        [
            "\"", "\"\"", ",", "\n", "\r\n", "\r", "{", "}", "[", "]", ":", "\\", "\\u", "\\ud800", "\\u0000", "\\\"", "-", "+", ".", "e",
            "1e33", "1e-19",
            "0", "9", "9999999999999999999", "999999999999999", "1000000000000000.1", "170141183460469231731687303715884105728", "null",
            "true",
            "2026-10-32T00:00:00Z", "2026-10-05T24:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "../", "/", "s3://", "Usage",
            "Tax", "Records",
            "\"Records\":[", "\"eventSource\":\"aws-external-anthropic.amazonaws.com\",", "arn:aws:", "MP:ccu-Units", "{\"x\":", "=", "'",
            " ", "\t",
        ].map { Array($0.utf8) } + [
            [0], [0xFF], [0xEF, 0xBB, 0xBF], [0xC3], [0xF0, 0x9F], [0x1F, 0x8B], Array(repeating: UInt8(ascii: "["), count: 600),
        ]

    /// Damages `bytes` once; `others` is where pieces of other files come from.
    static func apply(to bytes: inout [UInt8], others: [[UInt8]], random: inout SeededRandom) {
        guard !bytes.isEmpty else {
            bytes = random.pick(tokens)
            return
        }
        let at = random.int(0...bytes.count - 1)
        /// A piece of up to `longest` bytes; short ones more often.
        func piece(_ bytes: [UInt8], longest: Int, random: inout SeededRandom) -> Range<Int> {
            let start = random.int(0...bytes.count - 1)
            let length = random.int(1...max(1, random.pick([1, 2, 8, 40, longest])))
            return start..<min(bytes.count, start + length)
        }
        switch random.int(0...11) {
        case 0: bytes[at] ^= 1 << UInt8(random.int(0...7))
        case 1: bytes[at] = UInt8(random.int(0...255))
        case 2: bytes.removeSubrange(at...)
        case 3: bytes.removeSubrange(piece(bytes, longest: 2000, random: &random))
        case 4, 5: bytes.insert(contentsOf: random.pick(tokens), at: at)
        case 6:
            let token = random.pick(tokens)
            bytes.replaceSubrange(at..<min(bytes.count, at + token.count), with: token)
        case 7:
            let copy = Array(bytes[piece(bytes, longest: 2000, random: &random)])
            bytes.insert(contentsOf: copy, at: at)
        case 8:
            let (a, b) = (piece(bytes, longest: 300, random: &random), piece(bytes, longest: 300, random: &random))
            let copy = Array(bytes[a])
            bytes.replaceSubrange(b, with: copy)
        case 9:
            let other = random.pick(others.filter { !$0.isEmpty })
            bytes.insert(contentsOf: other[piece(other, longest: 1000, random: &random)], at: at)
        case 10:
            // A digit for a digit: amounts, times, token counts, accounts.
            let digits = bytes.indices.filter { bytes[$0] >= UInt8(ascii: "0") && bytes[$0] <= UInt8(ascii: "9") }
            guard !digits.isEmpty else { return }
            for _ in 0..<random.int(1...3) { bytes[random.pick(digits)] = UInt8(ascii: "0") + UInt8(random.int(0...9)) }
        default:
            // A sign of the grammar goes.
            let signs = Array("\",{}[]:\n".utf8)
            let places = bytes.indices.filter { signs.contains(bytes[$0]) }
            guard !places.isEmpty else { return }
            bytes.remove(at: random.pick(places))
        }
    }
}
