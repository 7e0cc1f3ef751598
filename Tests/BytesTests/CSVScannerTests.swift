import CKernels
import Testing
import TestSupport

@testable import Bytes

/// What lies behind the window's end means nothing; here it is what would disturb most.
private let spare = [UInt8]((0..<ByteWindow.spareBytes).map { Array("\",\n\"\r".utf8)[$0 % 5] })

/// Scans `text` as it arrives in pieces that end at `ends`; where the window slides, what is used up is dropped after every piece.
private func scanned(_ text: [UInt8], ends: [Int], slides: Bool = false, isCut: Bool = false, skip: Int = 0) -> [ReferenceCSV.Row] {
    // Storage that another file has used.
    var buffers = ReadBuffers()
    buffers.separators = [3, 1, 4, 1, 5]
    var scanner = CSVScanner(buffers: &buffers)
    if skip > 0 { scanner.skip(skip) }
    var cells = CSVCellReader()
    var rows: [ReferenceCSV.Row] = []
    var buffer = text + spare
    var base = 0
    for (number, end) in ends.enumerated() {
        let isLast = number == ends.count - 1
        scanner.scan(buffer.span, end: end - base, isLast: isLast && !isCut, isCut: isLast && isCut)
        while let row = scanner.nextRow(buffer.span) {
            var fault: ReferenceCSV.Fault?
            switch row.fault {
            case .textAfterQuote(let at): fault = .textAfterQuote(at + base)
            case .unclosedQuote(let at): fault = .unclosedQuote(at + base)
            case nil: break
            }
            var texts: [[UInt8]] = []
            if fault == nil {
                for index in 0..<row.cellCount {
                    let cell = scanner.cell(index, of: row)
                    texts.append(cells.text(buffer.span, cell) { copy($0) })
                    // The way back agrees.
                    if scanner.cellIndex(at: cell.lowerBound, of: row) != index || scanner.cellIndex(at: cell.upperBound, of: row) != index {
                        texts.append(bytes("cellIndex disagrees"))
                    }
                }
            }
            rows.append(ReferenceCSV.Row(start: row.start + base, cells: texts, fault: fault))
        }
        if slides && !isLast {
            let distance = scanner.rowStart
            scanner.shift(by: distance)
            buffer.removeFirst(distance)
            base += distance
        }
    }
    return rows
}

func copy(_ span: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for index in 0..<span.count { result.append(span[index]) }
    return result
}

/// Every text of `length` bytes over the alphabet in which all states of quoting can be reached.
private func everyText(of length: Int, _ body: ([UInt8]) throws -> Void) rethrows {
    let alphabet = Array("a,\"\n\r".utf8)
    var places = [Int](repeating: 0, count: length)
    while true {
        try body(places.map { alphabet[$0] })
        var place = 0
        while place < length, places[place] == 4 {
            places[place] = 0
            place += 1
        }
        if place == length { return }
        places[place] += 1
    }
}

@Suite struct CSVScannerTests {
    @Test func everyShortTextWholeAndByteByByte() {
        for length in 0...6 {
            everyText(of: length) { text in
                let wanted = ReferenceCSV.rows(text)
                #expect(scanned(text, ends: [text.count]) == wanted, "\(shown(text))")
                let each = Array(0...text.count)
                if length <= 6 {
                    #expect(scanned(text, ends: each + [text.count], slides: true) == wanted, "\(shown(text)), byte by byte, sliding")
                    #expect(scanned(text, ends: each) == wanted, "\(shown(text)), byte by byte")
                }
            }
        }
    }

    @Test func everyTextOfSevenBytes() {
        everyText(of: 7) { text in
            // A macro for each of so many comparisons would cost more than they do.
            if scanned(text, ends: [7]) != ReferenceCSV.rows(text) { Issue.record("\(shown(text))") }
        }
    }

    /// The text lies across the border of two blocks, each of its bytes once the first of a block.
    @Test(arguments: [0, 1]) func everyShortTextAcrossABlockBorder(rest: Int) {
        for length in 1...5 {
            everyText(of: length) { text in
                for before in 0...length where (before + length) % 2 == rest {
                    // Cells of filling, so that the text begins a cell; and one in which it begins in the middle of a cell.
                    for filling in ["b,", "\"\","] {
                        var prefix: [UInt8] = []
                        while prefix.count + filling.utf8.count <= 64 - before { prefix.append(contentsOf: filling.utf8) }
                        while prefix.count < 64 - before { prefix.insert(UInt8(ascii: "b"), at: 0) }
                        if filling == "\"\"," && prefix[0] == UInt8(ascii: "b") { prefix[0] = UInt8(ascii: ",") }
                        let whole = prefix + text
                        #expect(scanned(whole, ends: [whole.count]) == ReferenceCSV.rows(whole), "\(shown(whole))")
                    }
                }
            }
        }
    }

    /// A block that is full, and one byte more or less.
    @Test func everyTinyTextBehindFullBlocks() {
        for length in 1...4 {
            everyText(of: length) { text in
                for total in [63, 64, 65, 66, 128, 129] {
                    let prefix = [UInt8](repeating: UInt8(ascii: "b"), count: total - length - 1) + [UInt8(ascii: ",")]
                    let whole = prefix + text
                    let wanted = ReferenceCSV.rows(whole)
                    #expect(scanned(whole, ends: [whole.count]) == wanted, "\(shown(whole))")
                    #expect(scanned(whole, ends: [whole.count, whole.count], slides: true) == wanted, "\(shown(whole)), end told later")
                }
            }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func longTextsHoweverChopped(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var text: [UInt8] = []
        let bare = Array("abc d.é'\r".utf8)
        let quoted = Array("ab ,\n\r\"".utf8)
        // Some texts are faultless; in others every twentieth cell may be anything.
        let mayBeWrong = seed.isMultiple(of: 2)
        for _ in 0..<random.int(20...60) {
            for cell in 0..<random.int(1...8) {
                if cell > 0 { text.append(UInt8(ascii: ",")) }
                if mayBeWrong && random.once(in: 20) {
                    text.append(contentsOf: random.bytes(of: quoted, upTo: 6))
                } else if random.once(in: 3) {
                    let inner = random.bytes(of: quoted, upTo: random.once(in: 5) ? 150 : 12)
                    text.append(UInt8(ascii: "\""))
                    for byte in inner {
                        text.append(byte)
                        if byte == UInt8(ascii: "\"") { text.append(byte) }
                    }
                    text.append(UInt8(ascii: "\""))
                } else {
                    text.append(contentsOf: random.bytes(of: bare, upTo: 9))
                }
            }
            text.append(contentsOf: random.pick(["\n", "\r\n", "\n\n"]).utf8)
        }
        if random.once(in: 2) { text.removeLast() }
        let wanted = ReferenceCSV.rows(text)
        #expect(wanted.count > 5)
        #expect(scanned(text, ends: [text.count]) == wanted, "seed \(seed)")
        #expect(scanned(text, ends: Array(1...text.count), slides: true) == wanted, "seed \(seed), byte by byte")
        for longest in [3, 70, 500] {
            let ends = random.chops(text.count, longest: longest)
            #expect(scanned(text, ends: ends, slides: true) == wanted, "seed \(seed), pieces up to \(longest), sliding")
            #expect(scanned(text, ends: ends + [text.count]) == wanted, "seed \(seed), pieces up to \(longest)")
        }
    }

    /// Work grows with the row and not with its square: else this does not end in a lifetime.
    @Test func aRowOfFaultsAndARowOfCellsAreReadOnce() {
        let faults = bytes(String(repeating: "\"\"x,", count: 400_000) + "\n")
        let found = scanned(faults, ends: [faults.count])
        #expect(found == [ReferenceCSV.Row(start: 0, cells: [], fault: .textAfterQuote(2))])
        let cells = bytes(String(repeating: "a,", count: 400_000) + "\n")
        var buffers = ReadBuffers()
        var scanner = CSVScanner(buffers: &buffers)
        let padded = cells + spare
        scanner.scan(padded.span, end: cells.count, isLast: true, isCut: false)
        let row = scanner.nextRow(padded.span)
        #expect(row?.cellCount == 400_001)
    }

    /// Of a file that breaks off, the rows that are whole are as good as ever, and no other is handed out.
    @Test func aCutFileStillHasItsWholeRows() {
        let text =
            bytes("a,b\r\n\"c\nd\",\"e\"\r\n\nf\"g,h\nlast,\"row\"\n") + [UInt8](repeating: UInt8(ascii: "z"), count: 70) + bytes("\nend")
        for cut in 0...text.count {
            let lineFeeds = ReferenceCSV.rows(text).map(\.start)
            let known = Array(text[..<cut])
            let wanted = ReferenceCSV.rows(text).enumerated().filter { number, _ in
                // A row is whole when the next one has begun, or could.
                (number + 1 < lineFeeds.count ? nextLine(text, after: lineFeeds[number]) : Int.max) <= cut
            }
            #expect(scanned(known, ends: [cut], isCut: true) == wanted.map(\.element), "cut at \(cut)")
            #expect(scanned(known, ends: Array(0...cut), slides: true, isCut: true) == wanted.map(\.element), "cut at \(cut)")
        }
    }

    /// Where the row that begins at `start` has its line feed behind it; the rows above have none but one in quotes.
    private func nextLine(_ text: [UInt8], after start: Int) -> Int {
        var at = start
        var isInside = false
        while at < text.count {
            if text[at] == UInt8(ascii: "\""), at == start || text[at - 1] != UInt8(ascii: "f") { isInside.toggle() }
            if text[at] == 0x0A && !isInside { return at + 1 }
            at += 1
        }
        return Int.max
    }

    @Test func aByteOrderMarkIsPassedOver() {
        let text = [0xEF, 0xBB, 0xBF] + bytes("\"a\",b\nc,d")
        let rows = scanned(text, ends: [text.count], skip: 3)
        #expect(rows.map(\.cells) == [[bytes("a"), bytes("b")], [bytes("c"), bytes("d")]])
        #expect(rows.map(\.start) == [3, 9])
    }

    @Test func theCellReaderTakesQuotesOff() {
        var cells = CSVCellReader()
        for (raw, text) in [
            ("", ""), ("a", "a"), ("\"\"", ""), ("\"a\"", "a"), ("\"\"\"\"", "\""), ("\"a\"\"b\"", "a\"b"), ("a\"b", "a\"b"),
            ("\"\"\"\"\"\"", "\"\""), ("a\"\"b", "a\"\"b"), ("\"x,\ny\"", "x,\ny"),
        ] {
            let buffer = bytes("?\"" + raw + "\"?")
            let found = cells.text(buffer.span, 2..<2 + raw.utf8.count) { copy($0) }
            #expect(found == bytes(text), "\(raw)")
        }
    }
}

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
            let buffer = text + spare
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
            let buffer = text + spare
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

@Suite struct RowProbeTests {
    private func matters(_ row: String, _ needles: [String]) -> Bool? {
        guard let probe = RowProbe(needles.map { bytes($0) }) else { return nil }
        var buffers = ReadBuffers()
        var scanner = CSVScanner(buffers: &buffers, probe: probe)
        let text = bytes(row) + spare
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
                    let half = Array(row[..<cut]) + spare
                    scanner.scan(half.span, end: cut, isLast: false, isCut: false)
                    let whole = row + spare
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

@Suite struct LineScannerTests {
    private func lines(_ text: [UInt8], ends: [Int], slides: Bool) -> [[UInt8]] {
        var scanner = LineScanner()
        var buffer = text + [UInt8](repeating: 0x0A, count: ByteWindow.spareBytes)
        var base = 0
        var lines: [[UInt8]] = []
        for (number, end) in ends.enumerated() {
            let isLast = number == ends.count - 1
            while let line = scanner.next(buffer.span, end: end - base, isLast: isLast) { lines.append(Array(buffer[line])) }
            if slides && !isLast {
                let distance = scanner.lineStart
                scanner.shift(by: distance)
                buffer.removeFirst(distance)
                base += distance
            }
        }
        return lines
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func linesAreWhatLiesBetweenLineFeeds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let text = random.bytes(of: Array("ab\n\u{B}\u{8A}cdefg".utf8), upTo: 200)
        var wanted = text.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        if wanted.last == [] { wanted.removeLast() }
        #expect(lines(text, ends: [text.count], slides: false) == wanted, "seed \(seed)")
        #expect(lines(text, ends: Array(0...text.count), slides: true) == wanted, "seed \(seed)")
        for longest in [5, 40] {
            #expect(lines(text, ends: random.chops(text.count, longest: longest), slides: true) == wanted, "seed \(seed)")
        }
    }
}
