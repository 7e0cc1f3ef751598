import Terminal
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("claims-triage", 13), ("Größe", 5), ("Gro\u{308}ße", 5), ("–…│█▏", 5), ("保険", 4), ("ｱｲ", 2), ("ＡＢ", 4), ("보험", 4),
        ("\u{1107}\u{1169}", 2), ("שלום", 4), ("مرحبا", 5), ("สวัสดี", 4), ("🙂", 2), ("👩‍👩‍👧‍👦", 2), ("👍🏽", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1),
        ("⌚", 2),
        ("a\u{200B}b", 2), ("\u{FEFF}a", 1), ("½ ×", 3), ("𠀀", 2),
    ])
    func columns(_ text: String, _ width: Int) { #expect(displayWidth(text) == width, "\(text)") }

    @Test func marksWithoutALetterTakeNoColumn() { #expect(displayWidth("a" + String(repeating: "\u{301}", count: 4000)) == 1) }

    /// Whatever the scalar, a width can be told, and it is small.
    @Test func everyScalarHasAWidth() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let width = displayWidth(Character(scalar))
            if !(0...2).contains(width) { Issue.record("U+\(String(value, radix: 16)) takes \(width)") }
        }
    }
}

@Suite struct CutTests {
    @Test func whatFitsStays() {
        #expect(cut("claims", to: 6, .end) == "claims")
        #expect(cut("保険", to: 4, .middle) == "保険")
        #expect(cut("", to: 1, .end) == "")
    }

    @Test func theEndGivesWay() {
        #expect(cut("claims-triage", to: 8, .end) == "claims-…")
        #expect(cut("claims-triage", to: 1, .end) == "…")
    }

    @Test func theMiddleGivesWay() {
        #expect(cut("claims-triage", to: 8, .middle) == "clai…age")
        #expect(cut("claims-triage", to: 1, .middle) == "…")
        #expect(cut("claims-triage", to: 2, .middle) == "c…")
    }

    @Test func charactersStayWhole() {
        #expect(cut("保険金請求", to: 6, .end) == "保険…")
        #expect(cut("👩‍👩‍👧‍👦👍🏽🇩🇪", to: 5, .end) == "👩‍👩‍👧‍👦👍🏽…")
        #expect(cut("e\u{301}e\u{301}e\u{301}", to: 2, .end) == "e\u{301}…")
    }

    @Test(arguments: 1...30) func neverWiderThanAsked(_ width: Int) {
        for text in ["claims-triage-for-the-north-east", "保険金請求の保険金請求保険金請求", "🙂a🙂b🙂c🙂d🙂e🙂f🙂g🙂h🙂i🙂j🙂k"] {
            for place in [CutPlace.end, .middle] { #expect(displayWidth(cut(text, to: width, place)) <= width) }
        }
    }
}

@Suite struct HarmlessTests {
    @Test func whatSteersATerminalIsASpace() {
        #expect(harmless("a\u{1B}[31mb\u{7}\n\r\tc\u{9B}d\u{7F}") == "a [31mb    c d ")
        #expect(harmless("x\u{202E}gpj.exe\u{2066}\u{200F}") == "x gpj.exe  ")
        #expect(harmless("line\u{2028}line") == "line line")
    }

    @Test func lettersStay() {
        for text in ["שלום", "👩‍👩‍👧‍👦", "保険", "e\u{301}", "<b>&\"'"] { #expect(harmless(text) == text) }
    }
}

@Suite struct ParagraphTests {
    @Test func breaksAtSpaces() {
        #expect(paragraph("Have claims-lead confirm an estimate.", width: 16) == ["Have claims-lead", "confirm an", "estimate."])
        #expect(paragraph("one  two", width: 80) == ["one two"])
        #expect(paragraph("", width: 80) == [""])
    }

    @Test func longWordsAreBroken() { #expect(paragraph("a arn:aws:iam::1", width: 6) == ["a", "arn:aw", "s:iam:", ":1"]) }

    @Test func wideLettersCountTwice() { #expect(paragraph("保険金請求", width: 5) == ["保険", "金請", "求"]) }
}
