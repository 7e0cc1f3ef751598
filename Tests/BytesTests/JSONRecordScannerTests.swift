import Testing
import TestSupport

@testable import Bytes

/// What a scan hands out, in its order.
private enum Found: Equatable {
    case record([UInt8], isObject: Bool, value: [UInt8]?)
    case fault(Int, String)
    /// More was asked for though there is no more.
    case stuck
}

private let spare = [UInt8]((0..<ByteWindow.spareBytes).map { Array("\"{]\\,u".utf8)[$0 % 6] })

/// Scans `text` as it arrives in pieces that end at `ends`.
private func scanned(_ text: [UInt8], ends: [Int], slides: Bool = false) -> [Found] {
    // Storage that another file has used.
    var buffers = ReadBuffers()
    buffers.marks = [JSONMarks.Word(quotes: 3, inside: 1, stops: 4, probes: 1), JSONMarks.Word(quotes: 5, inside: 0, stops: 0, probes: 0)]
    var scanner = JSONRecordScanner(container: "Records", member: "eventSource", buffers: &buffers)
    var found: [Found] = []
    var buffer = text + spare
    var base = 0
    for (number, end) in ends.enumerated() {
        let isLast = number == ends.count - 1
        scanner.scan(buffer.span, end: end - base, isLast: isLast)
        var goesOn = true
        while goesOn {
            do throws(ByteFault) {
                switch try scanner.next(buffer.span, isLast: isLast) {
                case .record(let record):
                    found.append(
                        .record(Array(buffer[record.range]), isObject: record.isObject, value: record.value.map { Array(buffer[$0]) }))
                case .needsMore:
                    goesOn = false
                    if isLast { found.append(.stuck) }
                case .finished: return found
                }
            } catch {
                found.append(.fault(base + error.offset, error.what))
                return found
            }
        }
        if slides && !isLast {
            let distance = scanner.keptFrom
            scanner.shift(by: distance)
            buffer.removeFirst(distance)
            base += distance
        }
    }
    return found
}

private func scanned(_ text: String) -> [Found] { scanned(bytes(text), ends: [text.utf8.count]) }

/// Fed whole, byte by byte and chopped at random, with and without sliding, a text must give the same.
private func expectSameHoweverChopped(_ text: [UInt8], _ wanted: [Found], _ random: inout SeededRandom, _ note: String) {
    let each = Array(0...text.count)
    let feeds = [
        ("byte by byte", each, true), ("all at once, end told later", [text.count, text.count], true),
        ("small pieces", random.chops(text.count, longest: 9), true), ("pieces", random.chops(text.count, longest: 90), true),
        ("pieces, not sliding", random.chops(text.count, longest: 90), false),
    ]
    for (name, ends, slides) in feeds where scanned(text, ends: ends, slides: slides) != wanted {
        Issue.record("\(name) differs from whole: \(shown(text)); \(note)")
    }
}

/// Files made of records in every form in which they are carried, and the records that must be found.
private struct Carriers {
    var random: SeededRandom
    var text: [UInt8] = []
    var wanted: [Found] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func make() {
        for _ in 0..<random.int(1...3) {
            switch random.int(0...4) {
            case 0: add(record(), isContainer: false)
            case 1: array()
            default: container()
            }
            text.append(contentsOf: random.pick(["", "\n", " \r\n\t"]).utf8)
        }
    }

    private mutating func add(_ record: (text: [UInt8], value: [UInt8]?), isContainer: Bool) {
        text.append(contentsOf: record.text)
        wanted.append(.record(record.text, isObject: true, value: record.value))
    }

    private mutating func elements() {
        text.append(UInt8(ascii: "["))
        for index in 0..<random.int(0...3) {
            if index > 0 { text.append(contentsOf: random.pick([",", " ,\n"]).utf8) }
            if random.once(in: 8) {
                let scalar = bytes(random.pick(["1", "-2.5", "null", "true", "\"a]\\\"{\"", "[[],{}]"]))
                text.append(contentsOf: scalar)
                wanted.append(.record(scalar, isObject: false, value: nil))
            } else {
                add(record(), isContainer: false)
            }
        }
        text.append(contentsOf: random.pick(["]", " ]"]).utf8)
    }

    private mutating func array() { elements() }

    private mutating func container() {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        func comma(_ text: inout [UInt8]) {
            if !isFirst { text.append(contentsOf: ", ".utf8) }
            isFirst = false
        }
        let others = [random.int(0...2), random.int(0...2)]
        for _ in 0..<others[0] {
            comma(&text)
            otherMember()
        }
        for _ in 0..<(random.once(in: 4) ? 2 : 1) {
            comma(&text)
            text.append(contentsOf: random.pick(["\"Records\":", "\"Records\" : ", "\"\\u0052ecords\":", "\"Rec\\u006frds\"\n:"]).utf8)
            elements()
        }
        for _ in 0..<others[1] {
            comma(&text)
            otherMember()
        }
        text.append(UInt8(ascii: "}"))
    }

    /// A member of a container that is not its records, though it may look like them.
    private mutating func otherMember() {
        let key = random.pick(["records", "Records ", "a", "eventSource", "x\\\"Records", ""])
        let value = random.pick([
            "1", "\"Records\"", "{\"Records\":[{\"eventSource\":\"no\"}]}", "[{\"Records\":[1]}]", "\"[{\\\\\"", "null",
        ])
        text.append(contentsOf: "\"\(key)\":\(value)".utf8)
    }

    /// A record, and what it says last under `eventSource`.
    private mutating func record() -> (text: [UInt8], value: [UInt8]?) {
        var record = bytes("{")
        var value: [UInt8]?
        for index in 0..<random.int(0...5) {
            if index > 0 { record.append(contentsOf: random.pick([",", " , "]).utf8) }
            switch random.int(0...5) {
            case 0, 1:
                let key = random.pick(["eventSource", "\\u0065ventSource", "eventSourc\\u0065", "event\\u0053ource"])
                var literal: [UInt8] = []
                ReferenceJSON.write(ReferenceJSON.randomText(&random), &literal, &random)
                record.append(contentsOf: ("\"\(key)\"" + random.pick([":", " : "])).utf8)
                if random.once(in: 5) {
                    record.append(contentsOf: random.pick(["1", "null", "[\"x\"]", "{\"eventSource\":\"deeper\"}"]).utf8)
                    value = nil
                } else {
                    record.append(contentsOf: literal)
                    value = Array(literal.dropFirst().dropLast())
                }
            case 2:
                let key = random.pick(["EventSource", "eventsource", "eventSource ", "\\\"eventSource", "eventSourcee"])
                record.append(contentsOf: "\"\(key)\":\"other\"".utf8)
            default:
                ReferenceJSON.write(ReferenceJSON.randomText(&random), &record, &random)
                record.append(UInt8(ascii: ":"))
                record.append(contentsOf: ReferenceJSON.random(&random, depth: 3).written(&random))
            }
        }
        return (record + bytes("}"), value)
    }
}

@Suite struct JSONRecordScannerTests {
    @Test(arguments: 1...120 as ClosedRange<UInt64>) func recordsAreFoundInEveryForm(seed: UInt64) {
        var carriers = Carriers(seed: seed)
        carriers.make()
        let found = scanned(carriers.text, ends: [carriers.text.count])
        #expect(found == carriers.wanted, "seed \(seed): \(shown(carriers.text))")
        expectSameHoweverChopped(carriers.text, found, &carriers.random, "seed \(seed)")
    }

    /// Whatever is done to a text, the result is records or one fault, and the same for every chopping.
    @Test(arguments: 1...150 as ClosedRange<UInt64>) func damagedTextsGiveTheSameHoweverChopped(seed: UInt64) {
        var carriers = Carriers(seed: seed)
        carriers.make()
        var text = carriers.text
        let odd = Array("\"\\{}[],:u\n\u{1}0xR ".utf8)
        for _ in 0..<carriers.random.int(1...3) where !text.isEmpty {
            let at = carriers.random.int(0...text.count - 1)
            switch carriers.random.int(0...3) {
            case 0: text[at] = carriers.random.pick(odd)
            case 1: text.remove(at: at)
            case 2: text.insert(carriers.random.pick(odd), at: at)
            default: text.removeLast(text.count - at)
            }
        }
        let whole = scanned(text, ends: [text.count])
        #expect(!whole.contains(.stuck), "seed \(seed): \(shown(text))")
        expectSameHoweverChopped(text, whole, &carriers.random, "seed \(seed)")
    }

    /// Runs of backslashes of every length before a quote, across the border of two blocks.
    @Test func backslashesAcrossABlockBorder() {
        var random = SeededRandom(seed: 3)
        for run in 0...6 {
            for start in 50...66 {
                // The run ends with the closing quote, or with an escaped quote and a closing one.
                let closing = run % 2 == 0 ? "\"" : "\" {[\""
                let head = "{\"a\":\""
                let record =
                    bytes(head) + [UInt8](repeating: 0x61, count: start - head.utf8.count)
                    + [UInt8](repeating: 0x5C, count: run) + bytes(closing + ",\"eventSource\":\"s\"}")
                let wanted = [Found.record(record, isObject: true, value: bytes("s"))]
                #expect(scanned(record, ends: [record.count]) == wanted, "\(run) backslashes at \(start)")
                expectSameHoweverChopped(record, wanted, &random, "\(run) backslashes at \(start)")
            }
        }
    }

    /// Where a record that was used up ends decides at which bit of a word what follows begins.
    @Test func backslashesBehindASlideOfAnyLength() {
        for length in 0...130 {
            for run in 0...5 {
                let first = bytes("{\"") + [UInt8](repeating: 0x61, count: length) + bytes("\":1}")
                let closing = run % 2 == 0 ? "\"" : "\" {[\""
                let second = bytes("{\"b") + [UInt8](repeating: 0x5C, count: run) + bytes(closing + ":\"eventSource\",\"eventSource\":\"s\"}")
                let wanted = [
                    Found.record(first, isObject: true, value: nil), Found.record(second, isObject: true, value: bytes("s")),
                ]
                for piece in [1, 64, 65] {
                    let text = first + second
                    let ends = Array(stride(from: piece, to: text.count, by: piece)) + [text.count]
                    if scanned(text, ends: ends, slides: true) != wanted { Issue.record("\(run) backslashes behind \(length) letters, by \(piece)") }
                }
            }
        }
    }

    @Test func theLastOfARepeatedMemberCounts() {
        func value(_ record: String) -> [UInt8]? {
            guard case .record(_, _, let value) = scanned(record).first else { return bytes("?") }
            return value
        }
        #expect(value(#"{"eventSource":"a","eventSource":"b"}"#) == bytes("b"))
        #expect(value(#"{"eventSource":"a","eventSource":null}"#) == nil)
        #expect(value(#"{"eventSource":1,"\u0065ventSource":"b"}"#) == bytes("b"))
        #expect(value(#"{"x":{"eventSource":"a"}}"#) == nil)
        #expect(value(#"{"x":"eventSource","y":["eventSource"]}"#) == nil)
    }

    @Test func onlyAnArrayAtTheTopIsAContainer() {
        #expect(scanned(#"{"Records":{"a":[1]}}"#).count == 1)
        #expect(scanned(#"{"a":{"Records":[{},{}]}}"#).count == 1)
        #expect(scanned(#"[{"Records":[{},{}]}]"#).count == 1)
        #expect(scanned(#"{"Records":[{},{}]}{"Records":[{}]}"#).count == 3)
        #expect(scanned(#"{"Records":[]}"#) == [])
        // What follows the records is passed over, through the file's last byte.
        for rest in [#","a":"b"}"#, #","a":1}"#, #","a":[]}"#, #","a":{"b":"c"}}"#, #","Records":"no"}"#, "}"] {
            #expect(scanned(#"{"Records":[{}]"# + rest) == [.record(bytes("{}"), isObject: true, value: nil)], "\(rest)")
        }
        #expect(scanned("[]") == [])
    }

    private func fault(_ text: [UInt8]) -> (offset: Int, what: String)? {
        guard case .fault(let offset, let what) = scanned(text, ends: [text.count]).last else { return nil }
        return (offset, what)
    }

    @Test func faultsAreToldWithTheirPlace() {
        let cases: [(String, Int, String)] = [
            ("", 0, "no JSON value"),
            (" \n", 2, "no JSON value"),
            ("{", 0, "cut short"),
            ("[", 1, "cut short"),
            ("{\"Records\":[{}", 14, "cut short"),
            ("{\"Records\":[{\"a\":\"b", 12, "cut short"),
            ("{\"Records\":[{}]", 15, "cut short"),
            ("{\"Records\":[{}],\"a", 16, "cut short"),
            ("{\"a\":[}]", 6, "another bracket"),
            ("{\"a\":1]", 6, "another bracket"),
            ("{\"Records\":[{}}", 14, "'}'"),
            ("{\"Records\":[{}]]", 15, "closes '{' with ']'"),
            ("[{} {}]", 4, "',' or ']'"),
            ("[{},]", 4, "where a record must stand"),
            ("[,{}]", 1, "where a record must stand"),
            ("}", 0, "where a record must stand"),
            ("{\"a\":\"b\u{1}c\"}", 7, "control character (1)"),
            ("{\"a\":\"b\nc\"}", 7, "control character (10)"),
            ("{\"a\":\"b\\xc\"}", 7, "unknown escape"),
            ("{\"a\":\"\\u12G4\"}", 6, "four hexadecimal digits"),
            ("{\"a\":\"\\u12\"}", 6, "four hexadecimal digits"),
            ("{\"a\":\\\"b\"}", 5, "outside a string"),
            ("<html>", 0, "no JSON"),
        ]
        for (text, offset, what) in cases {
            let found = fault(bytes(text))
            #expect(found?.offset == offset, "\(text): \(found as Any)")
            #expect(found?.what.contains(what) == true, "\(text): \(found as Any)")
        }
    }

    /// The words of a fault come from the file, not from what happens to lie behind the window's end.
    @Test func aFaultsWordsDoNotDependOnTheWindow() {
        var random = SeededRandom(seed: 8)
        var wrong: [String] = []
        for length in 0...70 {
            for digits in ["", "1", "12Z", "Z", "\""] {
                let text = bytes("{\"a\":\"" + String(repeating: "b", count: length) + "\\u" + digits)
                for ending in [[], bytes("4 and more\"}")] {
                    let whole = text + ending
                    expectSameHoweverChopped(whole, scanned(whole, ends: [whole.count]), &random, "")
                    guard let what = fault(whole)?.what, let quote = what.firstIndex(of: "'") else { continue }
                    let quoted = what[quote...].dropFirst().prefix { $0 != "'" }
                    if !TestSupport.text(whole).contains(quoted) { wrong.append(what) }
                }
            }
        }
        #expect(wrong.isEmpty, "\(Set(wrong).sorted().prefix(3))")
    }

    @Test func nestingIsLimitedTo512() {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
        }
        #expect(scanned(nested(512)).count == 1)
        #expect(fault(bytes(nested(512))) == nil)
        #expect(fault(bytes(nested(513)))?.what.contains("deeper than 512") == true)
        #expect(fault(bytes("[" + nested(513) + "]"))?.what.contains("deeper than 512") == true)
        // Too deep is told at once, however much follows.
        #expect(fault(bytes(String(repeating: "[", count: 100_000)))?.what.contains("deeper than 512") == true)
    }

    /// A letter that shares the bits of a bracket may stand where JSON has none; what follows must not be lost for it.
    @Test func lettersThatLookLikeBracketsDoNoHarm() async {
        await #expect(processExitsWith: .success) {
            let space = [UInt8](repeating: 0x20, count: 200)
            for text in ["yes", "{\"Records\":[{}],y", "{\"Records\":[{}]\u{7F}", "_"] {
                let whole = bytes(text) + space + bytes("{\"eventSource\":\"s\"}")
                let found = scanned(whole, ends: [whole.count])
                for step in [1, 10, 64, 100] {
                    let ends = Array(stride(from: step, to: whole.count, by: step)) + [whole.count]
                    precondition(scanned(whole, ends: ends, slides: true) == found, text)
                }
            }
        }
    }
}

@Suite struct NestingTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func bracketsCloseInTheOrderInWhichTheyOpened(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var nesting = Nesting()
        var open: [UInt8] = []
        for step in 0..<6000 {
            // Rising for a while, falling for a while, so that all depths are met.
            if random.int(0...9) < ((step / 900).isMultiple(of: 2) ? 8 : 3) {
                let byte = random.pick(Array("{[".utf8))
                let mayOpen = open.count < 512
                let opened = nesting.open(byte)
                #expect(opened == mayOpen, "seed \(seed)")
                if mayOpen { open.append(byte) }
            } else {
                let byte = random.once(in: 20) ? random.pick(Array("}]".utf8)) : open.last.map { $0 + 2 } ?? UInt8(ascii: "}")
                let fits = open.last.map { $0 + 2 == byte } ?? false
                let closed = nesting.close(byte)
                #expect(closed == fits, "seed \(seed)")
                if fits { open.removeLast() }
            }
            #expect(nesting.depth == open.count, "seed \(seed)")
        }
    }
}
