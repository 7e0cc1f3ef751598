import Testing
import TestSupport

@testable import Bytes

/// What lies behind the window's end means nothing; here it is what would disturb most.
let csvSpare = [UInt8]((0..<ByteWindow.spareBytes).map { Array("\",\n\"\r".utf8)[$0 % 5] })

/// Scans `text` as it arrives in pieces that end at `ends`; where the window slides, what is used up is dropped after every piece.
private func scanned(_ text: [UInt8], ends: [Int], slides: Bool = false, isCut: Bool = false, skip: Int = 0) -> [ReferenceCSV.Row] {
    // Storage that another file has used.
    var buffers = ReadBuffers()
    buffers.separators = [3, 1, 4, 1, 5]
    var scanner = CSVScanner(buffers: &buffers)
    if skip > 0 { scanner.skip(skip) }
    var cells = CSVCellReader()
    var rows: [ReferenceCSV.Row] = []
    var buffer = text + csvSpare
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
        let padded = cells + csvSpare
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
