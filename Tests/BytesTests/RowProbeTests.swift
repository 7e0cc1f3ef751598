import CKernels
import Testing
import TestSupport

@testable import Bytes

@Suite struct RowProbeTests {
    private func matters(_ row: String, _ needles: [String]) -> Bool? {
        guard let probe = RowProbe(needles.map { bytes($0) }) else { return nil }
        var buffers = ReadBuffers()
        var scanner = CSVScanner(buffers: &buffers, probe: probe)
        let text = bytes(row) + csvSpare
        scanner.scan(text.span, end: row.utf8.count, isLast: true, isCut: false)
        return scanner.nextRow(text.span)?.mayMatter
    }

    /// A needle is found at every place of a row, across the borders of blocks and at its very end, in any case.
    @Test func aNeedleIsFoundWhereverItStands() {
        for before in 0...140 {
            for needle in ["claude", "CLAUDE", "cLaUdE"] {
                let row = String(repeating: "x", count: before) + needle
                #expect(matters(row, ["claude", "anthropic"]) == true, "\(before)")
                #expect(matters(row + ",more", ["claude", "anthropic"]) == true, "\(before)")
                #expect(matters(String(row.dropLast()) + "\n", ["claude"]) == false, "\(before)")
            }
        }
    }

    /// Wherever the window ends while a needle is only half there, the row is not given up.
    @Test func aNeedleIsFoundWhereverTheWindowEnds() throws {
        let probe = try #require(RowProbe(["claude", "anthropic"].map { bytes($0) }))
        for before in 50...70 {
            let row = bytes(String(repeating: "x", count: before) + "anthropic" + String(repeating: "y", count: 80))
            for cut in 1..<row.count {
                for width in [0, ck_vector_bytes()] {
                    var buffers = ReadBuffers()
                    var scanner = CSVScanner(buffers: &buffers, probe: probe)
                    scanner.vectorBytes = width
                    // What lies behind the window's end means nothing.
                    let half = Array(row[..<cut]) + csvSpare
                    scanner.scan(half.span, end: cut, isLast: false, isCut: false)
                    let whole = row + csvSpare
                    scanner.scan(whole.span, end: row.count, isLast: true, isCut: false)
                    if scanner.nextRow(whole.span)?.mayMatter != true { Issue.record("\(before) bytes before, cut at \(cut), width \(width)") }
                }
            }
        }
    }

    @Test func aRowThatHoldsNoneDoesNotMatter() {
        #expect(matters("AmazonEC2,cloud,audio,aude,laude", ["claude"]) == false)
        #expect(matters("a\\u0063laude", ["claude"]) == true)
        #expect(matters("bed,rock", ["bedrock"]) == false)
        #expect(matters("\"bed,rock\"", ["bed,rock"]) == true)
        // Text where none may stand is read byte by byte, and matters.
        #expect(matters("\"a\"b,c", ["claude"]) == true)
    }

    @Test func someNeedlesCannotBeProbedFor() {
        #expect(matters("a", ["x"]) == nil)
        #expect(matters("a", [""]) == nil)
        #expect(matters("a", ["say \"hi\""]) == nil)
        #expect(matters("a", ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op", "qr"]) == nil)
        #expect(matters("xyqrz", ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "qr"]) == true)
        // Who holds the longer one holds the shorter one.
        #expect(matters("x", ["claude", "claude platform", "say \"claude\""]) == false)
    }
}
