import CKernels
import TestSupport
import Testing

@testable import Bytes

@Suite struct ByteRunsTests {
    // What `#expect` is given must not be a span.
    private func found(_ text: [UInt8], _ needle: [UInt8]) -> Bool { holdsFolded(text.span, needle.span) }
    private func same(_ a: [UInt8], _ b: [UInt8]) -> Bool { sameBytes(a.span, b.span) }

    /// The obvious way.
    private func holds(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
        guard text.count >= needle.count else { return false }
        return (0...text.count - needle.count).contains { start in
            needle.indices.allSatisfy { foldedCase(text[start + $0]) == needle[$0] }
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>) func aNeedleIsFoundWhereverItStands(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        // `@` and `` ` ``, `[` and `{` differ in the bit that tells the cases of a letter.
        let alphabet = Array("aAbB@`[{ C".utf8)
        for _ in 0..<400 {
            let text = random.bytes(of: alphabet, upTo: 40)
            let needle = random.bytes(of: alphabet, upTo: 4).map(foldedCase)
            #expect(found(text, needle) == (needle.isEmpty || holds(text, needle)), "seed \(seed): \(shown(needle)) in \(shown(text))")
        }
        for length in 7...80 {
            var text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
            let at = random.int(0...length - 7)
            text.replaceSubrange(at..<at + 6, with: Array("ClAuDe".utf8))
            #expect(found(text, bytes("claude")), "seed \(seed): \(length), \(at)")
            #expect(!found(text, bytes("claudf")), "seed \(seed): \(length), \(at)")
        }
    }

    @Test func equalRunsHaveEqualHashesAndOthersHardlyEver() {
        var random = SeededRandom(seed: 4)
        var seen: [UInt64: [UInt8]] = [:]
        for _ in 0..<20_000 {
            let text = random.bytes(of: Array("01a".utf8), upTo: 30)
            let hash = hashOfBytes(text.span, seed: 9)
            #expect(same(seen[hash] ?? text, text), "\(shown(text))")
            seen[hash] = text
            let again = hashOfBytes(Array(text).span, seed: 9)
            #expect(again == hash)
        }
    }

    @Test func runsAreTheSameOnlyByteForByte() {
        let text = bytes("some text of some length")
        #expect(same(text, Array(text)))
        #expect(!same(text, Array(text.dropLast())))
        #expect(same([], []))
        for index in text.indices {
            var other = text
            other[index] ^= 1
            #expect(!same(text, other), "\(index)")
        }
    }
}

@Suite struct ContentCRCTests {
    /// The kernel against zlib's: every short length, lengths around its strides, and going on from what came before.
    @Test func theKernelAgreesWithZlib() {
        var random = SeededRandom(seed: 11)
        let content = (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for count in Array(0...700) + [1023, 1024, 4095, 4999] {
            for start in [0, 1] {
                for crc in [0, 0xFFFF_FFFF, UInt32(truncatingIfNeeded: random.next())] {
                    let piece = Array(content[start..<start + count])
                    let wanted = unsafe piece.withUnsafeBytes { unsafe contentCRCByZlib(crc, $0) }
                    #expect(unsafe ck_crc32(crc, piece, piece.count) == wanted, "\(count) bytes after \(crc)")
                    #expect(unsafe piece.withUnsafeBytes { unsafe contentCRC(crc, $0) } == wanted, "\(count) bytes after \(crc)")
                }
            }
        }
    }
}
