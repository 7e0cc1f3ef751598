import Bytes
import Records
import Testing
import TestSupport

@testable import Reports

@Suite struct CSVWriterTests {
    private func cell(_ bytes: [UInt8]) -> String {
        var writer = CSVWriter()
        writer.text(bytes)
        return text(writer.bytes)
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), (" a", " a"),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
        ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
        ("a=b", "a=b"), ("'=a", "'=a"), ("\n=", "\"\n=\""), ("é", "é"),
    ]) func textCells(content: String, written: String) {
        #expect(cell(bytes(content)) == written)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func whatIsWrittenIsReadBack(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var writer = CSVWriter()
        var wanted: [[[UInt8]]] = []
        for _ in 0..<40 {
            var row = [bytes("first")]
            for _ in 0..<random.int(0...5) { row.append(random.bytes(of: Array("ab,\"\n\r=-'é".utf8), upTo: 8)) }
            for cell in row { writer.text(cell) }
            writer.endRow()
            let dangerous = Set("=+-@\t\r".utf8)
            wanted.append(row.map { cell in cell.first.map { dangerous.contains($0) } == true ? [UInt8(ascii: "'")] + cell : cell })
        }
        #expect(ReferenceCSV.rows(writer.bytes).map(\.cells) == wanted, "seed \(seed)")
    }

    @Test func numbersAreNeverGuarded() {
        var writer = CSVWriter()
        writer.number { $0.append(contentsOf: "-1.5".utf8) }
        writer.text("-x")
        writer.endRow()
        #expect(text(writer.bytes) == "-1.5,'-x\n")
    }

    @Test func rowsAreSortedBytewiseBeforeTheGuard() {
        var table = Table([("a", .text), ("b", .number)])
        for row in [["é", "1"], ["=", "2"], ["A", "10"], ["A", "9"], ["", "3"], ["A", "-1"], ["'", "4"]] {
            table.add(row.map { bytes($0) })
        }
        table.sort()
        #expect(text(table.csv()) == "a,b\n,3\n',4\n'=,2\nA,-1\nA,10\nA,9\né,1\n")
    }

    @Test func rejectedRowsAreSorted() {
        let faults = [
            InputFault(path: "b.csv", offset: 30, place: .content, hasLines: true, what: "is, wrong"),
            InputFault(path: "a.csv", offset: 2, place: .content, hasLines: true, what: "=1"),
        ]
        #expect(text(Reports.rejected(faults)) == "file,offset,reason\na.csv,2,'=1\nb.csv,30,\"is, wrong\"\n")
        // An offset in the file is not one in its content, and says so.
        let compressed = [InputFault(path: "a.csv.gz", offset: 2, place: .compressed, hasLines: true, what: "is cut short")]
        #expect(text(Reports.rejected(compressed)) == "file,offset,reason\na.csv.gz,2,in the file as it lies on disk: is cut short\n")
    }
}

@Suite struct JSONTextTests {
    private func twin(_ value: JSONText) -> ReferenceJSON {
        switch value {
        case .object(let members): .object(members.map { .init(bytes($0.0), twin($0.1)) })
        case .objects, .laidOut: preconditionFailure("values that are not held")
        case .array(let elements): .array(elements.map { twin($0) })
        case .elements(let count, let element): .array((0..<count).map { twin(element($0)) })
        case .string(let text): .string(bytes(text))
        case .bytes(let text): .string(text)
        case .number(let number): .number(bytes(String(number)))
        case .bool(let value): value ? .yes : .no
        case .null: .null
        case .amount(let amount): .string(bytes(amount.text))
        }
    }

    @Test func everyCharacterComesBack() throws {
        var all = (0..<0x80).map { UInt8($0) }
        all.append(contentsOf: "é€😀\u{2028}".utf8)
        let value = JSONText.object([
            ("a\"\n<", .bytes(all)), ("", .array([])), ("e", .object([])),
            ("n", .array([.number(-5), .number(0), .bool(true), .bool(false), .null])),
            ("m", .amount(Amount(atto: -5))), ("l", .elements(3) { .number($0 * $0) }), ("z", .elements(0) { _ in .null }),
        ])
        let written = value.text()
        #expect(ReferenceJSON.read(written) == twin(value))
        #expect(written.last == 0x0A)
        // Fit to stand in a script element, and on a terminal.
        #expect(!written.contains(UInt8(ascii: "<")) && !written.contains { $0 != 0x0A && ($0 < 0x20 || $0 == 0x7F) })
        var tape = JSONTape()
        try tape.read(written.span, 0..<written.count)
        let string = tape.member("a\"\n<", of: 0, in: written.span)
        let found = string.map { tape.string($0, in: written.span) }
        #expect(found == all)
    }

    /// Objects that are written while they are made are the same text as those that are held.
    @Test func flatObjectsAreWrittenAsHeldOnesAre() {
        func held(_ index: Int) -> JSONText {
            .object([
                ("text", .string("a\"<\n")), ("bytes", .bytes(bytes("é\\"))), ("plain", .string("=")), ("none", .bytes([])),
                ("number", .number(-12 * index)), ("least", .number(.min)), ("money", .amount(Amount(atto: -1_500_000_000_000_000_000))),
            ])
        }
        for count in 0...3 {
            let made = JSONText.objects(count) { index, members in
                members.add("text", "a\"<\n")
                members.add("bytes", bytes("é\\")[...])
                members.add("plain", "=")
                members.add("none", [])
                members.add("number", -12 * index)
                members.add("least", .min)
                members.add("money", Amount(atto: -1_500_000_000_000_000_000))
            }
            func inside(_ value: JSONText) -> JSONText { .object([("a", .array([value, value])), ("b", value)]) }
            #expect(text(inside(made).text()) == text(inside(.array((0..<count).map(held))).text()))
            #expect(text(inside(made).line()) == text(inside(.array((0..<count).map(held))).line()))
        }
        #expect(text(JSONText.objects(2) { _, _ in }.text()) == text(JSONText.array([.object([]), .object([])]).text()))
        #expect(text(JSONText.objects(2) { _, _ in }.line()) == "[{},{}]")
    }

    /// A long array is handed over in pieces, and none of it is lost between them.
    @Test func aLongArrayComesInPieces() {
        let content = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        func pieces(_ value: JSONText) -> [[UInt8]] {
            var pieces: [[UInt8]] = []
            value.write { pieces.append($0) }
            return pieces
        }
        let made = pieces(.objects(50) { _, members in members.add("x", content[...]) })
        let held = pieces(.elements(50) { _ in .object([("x", .bytes(content))]) })
        #expect(made.count > 3)
        #expect(made == held)
    }

    @Test func aPartMadeBeforeIsTheSame() {
        let part = JSONText.array([.object([("a", .number(1)), ("b", .array([]))]), .null])
        func whole(_ part: JSONText) -> String { text(JSONText.object([("x", .object([("y", part)])), ("z", .null)]).text()) }
        #expect(whole(.laidOut(part.text(indent: 2))) == whole(part))
    }

    @Test func theLayoutIsFixed() {
        let value = JSONText.object([("a", .array([.number(1), .object([("b", .null)])])), ("c", .object([]))])
        #expect(text(value.text()) == "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {}\n}\n")
    }
}
