import CKernels
import Testing
import TestSupport

@testable import Bytes

@Suite struct BlockMaskTests {
    /// Blocks in which every value stands at every place, and random ones rich in the bytes that matter and their neighbours.
    private static func blocks(seed: UInt64) -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        let near: [UInt8] = [
            0x22, 0x2C, 0x0A, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0xA2, 0xAC, 0x8A, 0xDC, 0x23, 0x21, 0, 1, 0x1F, 0x20, 0x7F, 0x80, 0xFF,
        ]
        var blocks: [[UInt8]] = (0..<256).map { value in (0..<64).map { UInt8(truncatingIfNeeded: value + $0) } }
        for _ in 0..<200 { blocks.append((0..<64).map { _ in random.once(in: 3) ? UInt8(random.int(0...255)) : random.pick(near) }) }
        return blocks
    }

    private func mask(_ block: [UInt8], _ matches: (UInt8) -> Bool) -> UInt64 {
        block.enumerated().reduce(0) { $0 | (matches($1.element) ? 1 << UInt64($1.offset) : 0) }
    }

    @Test func masksByWordsAgreeWithALoopOverBytes() throws {
        let seed: UInt64 = 5
        let pairs = Array("ud:c".utf8)
        for block in BlockMaskTests.blocks(seed: seed) {
            // Pairs with bytes in which bit 0x20 is not set, and one that goes on behind the block.
            var text = block + bytes("D") + [0]
            text[10] = UInt8(ascii: "U")
            text[11] = UInt8(ascii: "d")
            text[63] = UInt8(ascii: "u")
            func places(_ lower: UInt8) -> UInt64 {
                (0..<64).reduce(0) { mask, at in
                    let (a, b) = (text[at] | lower, text[at + 1] | lower)
                    return mask | ((a == pairs[0] && b == pairs[1]) || (a == pairs[2] && b == pairs[3]) ? 1 << UInt64(at) : 0)
                }
            }
            let found = Array(text[..<64])
            let csv = try #require(unsafe text.withUnsafeBytes { buffer in unsafe buffer.baseAddress.map { unsafe CSVBlock($0, pairs: pairs) } })
            #expect(csv.quotes == mask(found) { $0 == UInt8(ascii: "\"") }, "seed \(seed)")
            #expect(csv.commas == mask(found) { $0 == UInt8(ascii: ",") }, "seed \(seed)")
            #expect(csv.lineFeeds == mask(found) { $0 == 0x0A }, "seed \(seed)")
            #expect(csv.probes == places(0x20) | mask(found) { $0 == UInt8(ascii: "\\") }, "seed \(seed)")
            let json = try #require(unsafe text.withUnsafeBytes { buffer in unsafe buffer.baseAddress.map { unsafe JSONBlock($0, pairs: pairs) } })
            #expect(json.quotes == mask(found) { $0 == UInt8(ascii: "\"") }, "seed \(seed)")
            #expect(json.backslashes == mask(found) { $0 == UInt8(ascii: "\\") }, "seed \(seed)")
            #expect(json.controls == mask(found) { $0 < 0x20 }, "seed \(seed)")
            #expect(json.brackets == mask(found) { "{}[]Y_y\u{7F}".utf8.contains($0) }, "seed \(seed)")
            #expect(json.probes == places(0), "seed \(seed)")
        }
    }

    /// The widths of vectors that this machine can scan with, and 0 for words.
    private static let widths: [Int32] = [0] + [16, 32, 64].filter { $0 <= ck_vector_bytes() }

    /// What a scan by vectors finds is what a scan by words finds, of text in which everything happens.
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func vectorsFindInCSVWhatWordsFind(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = ["a", ",", "\n", "\"", "\"\"", "\r\n", ",\"x\",", "claude", "Cla", "ude", "CLAUDE", "aude", "cloud", "\\", "MP:ccu", "bedrock ", "é"]
        // Mostly text that masks can judge: quotes where cells begin and end.
        var text: [UInt8] = []
        while text.count < 3000 {
            text += bytes(random.once(in: 12) ? random.pick(pieces) : random.pick(["a", ",", "b,", "c\n", ",\"x,\ny\",", "auto", "claude", "loud", "p:c"]))
        }
        func found(_ width: Int32, _ ends: [Int], probe: RowProbe?) -> [String] {
            var buffers = ReadBuffers()
            var scanner = CSVScanner(buffers: &buffers, probe: probe)
            scanner.vectorBytes = width
            let buffer = text + csvSpare
            var rows: [String] = []
            for end in ends {
                scanner.scan(buffer.span, end: end, isLast: end == text.count, isCut: false)
                while let row = scanner.nextRow(buffer.span) {
                    let cells = row.fault == nil ? (0..<row.cellCount).map { "\(scanner.cell($0, of: row))" } : []
                    rows.append("\(row.start) \(row.end) \(row.cellCount) \(String(describing: row.fault)) \(cells)")
                    // A row may be said to matter though it does not; never the other way round.
                    let holds = ["claude", "mp:ccu", "bedrock"].contains { holdsFolded(text[row.start..<row.end].span, bytes($0).span) }
                    if !row.mayMatter && (probe == nil || holds) { Issue.record("seed \(seed), width \(width): \(shown(Array(text[row.start..<row.end])))") }
                }
            }
            return rows
        }
        let probe = RowProbe(["claude", "claude platform", "mp:ccu", "bedrock"].map { bytes($0) })
        #expect(probe != nil)
        let wanted = found(0, [text.count], probe: nil)
        for width in BlockMaskTests.widths {
            #expect(found(width, [text.count], probe: nil) == wanted, "seed \(seed), width \(width)")
            #expect(found(width, [text.count], probe: probe) == wanted, "seed \(seed), width \(width)")
            let chops = random.chops(text.count, longest: 700)
            #expect(found(width, chops, probe: probe) == wanted, "seed \(seed), width \(width), chopped")
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>) func vectorsMarkInJSONWhatWordsMark(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = ["\"", "\\", "\\\"", "\\\\", "{", "}", "[", "]", "So", "Re", "S", "\n", "\u{1}", "\\u00e4", "\\x", "abc", "eventSource", "é", ":", ","]
        var text: [UInt8] = []
        while text.count < 2000 { text += bytes(random.pick(pieces)) }
        func marks(_ width: Int32, _ ends: [Int]) -> [[UInt64]] {
            var buffers = ReadBuffers()
            var marks = JSONMarks(probing: bytes("SoRe"), buffers: &buffers)
            marks.vectorBytes = width
            let buffer = text + csvSpare
            for end in ends { marks.scan(buffer.span, end: end, isLast: end == text.count) }
            return marks.words[..<((text.count + 63) / 64)].map { [$0.quotes, $0.inside, $0.stops, $0.probes] }
        }
        let wanted = marks(0, [text.count])
        for width in BlockMaskTests.widths {
            #expect(marks(width, [text.count]) == wanted, "seed \(seed), width \(width)")
            #expect(marks(width, random.chops(text.count, longest: 500)) == wanted, "seed \(seed), width \(width), chopped")
        }
    }

    /// The run that a vector passes over is plain, and ends before the first byte that is not, as far as whole vectors reach.
    @Test func plainRunsAreThoseOfALoop() {
        for special in [0x22, 0x5C, 0x00, 0x1F, 0x80, 0xC3, 0xFF] as [UInt8] {
            for count in 0...70 {
                for place in 0...count {
                    var text = [UInt8](repeating: UInt8(ascii: "~"), count: count)
                    if place < count { text[place] = special }
                    let run = unsafe text.withUnsafeBufferPointer { unsafe ck_plain_run($0.baseAddress, count) }
                    let isWhole = run == place || (run < place && run > count - 16)
                    if !isWhole { Issue.record("\(special) at \(place) of \(count): \(run)") }
                }
            }
        }
        for plain in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F] as [UInt8] {
            let text = [UInt8](repeating: plain, count: 64)
            #expect(unsafe text.withUnsafeBufferPointer { unsafe ck_plain_run($0.baseAddress, 64) } >= (ck_vector_bytes() >= 16 ? 64 : 0))
        }
    }

    @Test func prefixXorIsParityOfTheBitsBelow() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<100 {
            let mask = random.next() & random.next()
            var parity: UInt64 = 0
            var wanted: UInt64 = 0
            for bit in 0..<64 as Range<UInt64> {
                parity ^= (mask >> bit) & 1
                wanted |= parity << bit
            }
            #expect(prefixXor(mask) == wanted, "\(mask)")
        }
    }
}
