import Testing
import TestSupport

@testable import Bytes

/// What the tape holds, as a tree.
private func tree(_ tape: borrowing JSONTape, _ node: Int, _ text: [UInt8]) -> ReferenceJSON {
    switch tape[node].kind {
    case .yes: .yes
    case .no: .no
    case .null: .null
    case .number: .number(Array(text[Int(tape[node].start)..<Int(tape[node].end)]))
    case .string: .string(tape.string(node, in: text.span))
    case .array: .array(arrayElements(tape, node, text))
    case .object: .object(objectMembers(tape, node, text))
    }
}

private func arrayElements(_ tape: borrowing JSONTape, _ node: Int, _ text: [UInt8]) -> [ReferenceJSON] {
    var elements: [ReferenceJSON] = []
    for child in tape.children(of: node) { elements.append(tree(tape, child, text)) }
    return elements
}

private func objectMembers(_ tape: borrowing JSONTape, _ node: Int, _ text: [UInt8]) -> [ReferenceJSON.Member] {
    var members: [ReferenceJSON.Member] = []
    for key in tape.children(of: node) { members.append(.init(tape.string(key, in: text.span), tree(tape, key + 1, text))) }
    return members
}

private func read(_ text: [UInt8]) -> Result<ReferenceJSON, ByteFault> {
    var tape = JSONTape()
    do throws(ByteFault) { try tape.read(text.span, 0..<text.count) } catch { return .failure(error) }
    return .success(tree(tape, 0, text))
}

private func value(_ text: String) -> ReferenceJSON? { try? read(bytes(text)).get() }

@Suite struct JSONTapeTests {
    @Test(arguments: 1...60 as ClosedRange<UInt64>) func whatIsWrittenIsRead(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let tree = ReferenceJSON.random(&random, depth: 5)
        let text = tree.written(&random)
        #expect(read(text) == .success(tree), "seed \(seed): \(shown(text))")
        #expect(ReferenceJSON.read(text) == tree, "seed \(seed): the reference itself")
    }

    /// Every change of one byte of a text is accepted or refused as the reference does, with the same value.
    @Test(arguments: 1...16 as ClosedRange<UInt64>) func everyByteChangedRemovedOrAdded(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var text: [UInt8] = []
        while text.count < 8 || text.count > 70 { text = ReferenceJSON.random(&random, depth: 3).written(&random) }
        func check(_ changed: [UInt8]) {
            let found = try? read(changed).get()
            if found != ReferenceJSON.read(changed) {
                Issue.record("\(changed) \(shown(changed)): \(found as Any), but should be \(ReferenceJSON.read(changed) as Any)")
            }
            if case .failure(let fault) = read(changed), fault.offset < 0 || fault.offset > changed.count {
                Issue.record("fault at \(fault.offset) of \(changed.count) bytes")
            }
        }
        let interesting =
            Array("\"\\{}[],:0123eE+-.tfnu/ \n\u{0}\u{1F}\u{7F}".utf8) + [0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF]
        for at in 0...text.count {
            if at < text.count {
                check(Array(text[..<at]))
                check(Array(text[..<at] + text[(at + 1)...]))
            }
            for byte in interesting {
                check(Array(text[..<at] + [byte] + text[at...]))
                if at < text.count { check(Array(text[..<at] + [byte] + text[(at + 1)...])) }
            }
        }
    }

    @Test func utf8IsCheckedAgainstTheStandardLibrary() {
        func check(_ bytes: [UInt8]) {
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            if isUTF8(bytes.span) != isValid { Issue.record("\(bytes) judged wrongly") }
        }
        for first in UInt8.min...UInt8.max {
            check([first])
            for second in UInt8.min...UInt8.max { check([first, second]) }
        }
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF]
        for first in [0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5] as [UInt8] {
            for second in edges {
                for third in edges {
                    check([first, second, third])
                    for fourth in edges { check([first, second, third, fourth, 0x61]) }
                }
            }
        }
    }

    @Test func charactersCutByTheClosingQuoteAreRefused() {
        for cut in [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0xAF], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            #expect(throws: ByteFault.self) { try read([0x22] + cut + [0x22]).get() }
        }
    }

    @Test func surrogatesAreDecoded() {
        #expect(value(#""\ud83d\ude00""#) == .string(bytes("😀")))
        #expect(value(#""\uD834\uDD1Ex""#) == .string(bytes("𝄞x")))
        #expect(value(#""\ud83d""#) == .string(bytes("\u{FFFD}")))
        #expect(value(#""\ude00a""#) == .string(bytes("\u{FFFD}a")))
        #expect(value(#""\ud83dA\ude00""#) == .string(bytes("\u{FFFD}A\u{FFFD}")))
        #expect(value(#""\ud83d\ud83d\ude00""#) == .string(bytes("\u{FFFD}😀")))
        #expect(value(#""\ud83d\n""#) == .string(bytes("\u{FFFD}\n")))
        #expect(value(#""\u0000\u00e9\u20AC\/\b\f""#) == .string(bytes("\0é€/\u{8}\u{C}")))
    }

    /// Work grows with the string and not with its square: else this does not end in a lifetime.
    @Test func aStringOfEscapesIsReadOnce() {
        let count = 400_000
        #expect(value("\"" + String(repeating: "\\u00e9", count: count) + "\"") == .string(bytes(String(repeating: "é", count: count))))
    }

    @Test func membersAreFoundByTheirExactName() throws {
        let text = bytes(#"{"a":1,"\u0061":2,"A":3,"ab":4,"":5,"b":{"a":6},"c":[{"a":7}]}"#)
        var tape = JSONTape()
        try tape.read(text.span, 0..<text.count)
        func number(_ key: StaticString, _ node: Int = 0) -> String? {
            tape.member(key, of: node, in: text.span).map { TestSupport.text(text[Int(tape[$0].start)..<Int(tape[$0].end)]) }
        }
        let found = [number("a"), number("A"), number("ab"), number(""), number("abc")]
        #expect(found == ["2", "3", "4", "5", nil])
        let inner = tape.member("b", of: 0, in: text.span).flatMap { number("a", $0) }
        #expect(inner == "6")
        let ofArray = tape.member("c", of: 0, in: text.span).flatMap { number("a", $0) }
        #expect(ofArray == nil)
    }

    @Test func nestingIsLimitedTo512() {
        func nested(_ depth: Int) -> [UInt8] { bytes(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) }
        #expect((try? read(nested(512)).get()) != nil)
        #expect(throws: ByteFault.self) { try read(nested(513)).get() }
        #expect(throws: ByteFault.self) {
            try read(bytes(String(repeating: "{\"a\":", count: 513) + "1" + String(repeating: "}", count: 513))).get()
        }
    }

    /// The words of a fault come from the value that was to be read, not from what lies behind it.
    @Test func aFaultsWordsEndWithTheValue() {
        for text in ["{\"a\":tru}", "{\"a\":", "{\"a\" 1}", "[1 2]", "nul", "[1.]", "-"] {
            for behind in ["", "SECRETSECRET", "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}"] {
                let buffer = bytes(text + behind)
                var tape = JSONTape()
                var what = ""
                do throws(ByteFault) { try tape.read(buffer.span, 0..<text.utf8.count) } catch { what = error.what }
                var alone = ""
                if case .failure(let fault) = read(bytes(text)) { alone = fault.what }
                #expect(what == alone && !alone.isEmpty, "\(text)")
            }
        }
    }

    @Test func aTapeIsUsedAgainAfterAFault() throws {
        var tape = JSONTape()
        let bad = bytes("[[[{\"a\":")
        #expect(throws: ByteFault.self) { try read(bad).get() }
        do throws(ByteFault) { try tape.read(bad.span, 0..<bad.count) } catch {}
        let good = bytes("?[true] ")
        try tape.read(good.span, 1..<good.count)
        let found = tree(tape, 0, good)
        #expect(found == .array([.yes]))
    }
}

@Suite struct JSONDocumentTests {
    @Test func valuesAreFoundWithTheirLines() throws {
        let json = try JSONDocument([0xEF, 0xBB, 0xBF] + bytes("{\n \"a\": [1,\n  {\"b\": \"x\"}],\n\"a\": \"é\"\n}"))
        let members = json.members(json.root).map(\.key)
        #expect(members == ["a", "a"])
        let last = json.string("a", of: json.root)
        #expect(last == "é")
        let list = json.members(json.root)[0].value
        let elements = json.elements(list)
        let (raw, line) = (json.raw(elements[0]), json.line(at: json.offset(elements[1])))
        #expect(elements.count == 2 && raw == "1" && line == 3)
        let inner = json.string("b", of: elements[1])
        let missing = json.member("c", of: elements[1])
        #expect(inner == "x" && missing == nil)
    }

    @Test func excerptsAreFitForAMessage() {
        #expect(excerpt(bytes("a\u{1}b\u{7F}\n").span) == "a b  ")
        #expect(excerpt([0x61, 0xFF].span) == "a\u{FFFD}")
        #expect(excerpt([UInt8](repeating: 0x61, count: 61).span) == String(repeating: "a", count: 60) + "…")
        #expect(excerpt([UInt8](repeating: 0x61, count: 60).span).count == 60)
    }
}
