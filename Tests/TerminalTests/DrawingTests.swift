import Terminal
import Testing

@Suite struct BarTests {
    @Test(
        arguments: [
            (0, 100, ""), (-5, 100, ""), (5, 0, ""), (5, -3, ""), (100, 100, "████"), (200, 100, "████"), (50, 100, "██"),
            (1, 1_000_000, "▏"),
            (999_999, 1_000_000, "███▉"), (62, 100, "██▍"),
        ] as [(Int128, Int128, String)])
    func drawn(_ part: Int128, _ whole: Int128, _ text: String) { #expect(Bar(part: part, of: whole).text(width: 4) == text) }

    @Test func largeAmountsAreNoTrap() {
        #expect(Bar(part: Int128.max / 2, of: .max).text(width: 1000).count == 500)
        #expect(Bar(part: .max, of: 1).text(width: 3) == "███")
        #expect(Bar(part: .min, of: .max).text(width: 3) == "")
    }

    @Test func moreIsNeverShorter() {
        var last = 0
        for part in 0...800 as ClosedRange<Int128> {
            let eighths = Bar(part: part, of: 800).text(width: 10).unicodeScalars.reduce(0) { $0 + Int(0x2590 - $1.value) }
            #expect(eighths >= last)
            last = eighths
        }
    }
}

@Suite struct SparklineTests {
    @Test func eachValueAgainstTheLargest() {
        #expect(Sparkline([1, 2, 3, 4, 5, 6, 7, 8]).text(width: 8) == "▁▂▃▄▅▆▇█")
        #expect(Sparkline([0, 1, 1000, -1]).text(width: 9) == "·▁█−")
        #expect(Sparkline([0, 0]).text(width: 2) == "··")
        #expect(Sparkline([]).text(width: 2) == "")
        #expect(Sparkline([-3, -1]).text(width: 2) == "−−")
    }

    @Test func narrowOnesAddNeighbours() {
        #expect(Sparkline([1, 1, 2, 2, 4]).text(width: 3) == "▄██")
        #expect(Sparkline([Int128](repeating: 1, count: 31)).text(width: 16).count == 16)
        #expect(Sparkline([Int128](repeating: 1, count: 31)).text(width: 15).count == 11)
    }

    @Test func largeAmountsAreNoTrap() { #expect(Sparkline([.max, 1, .max / 2]).text(width: 3) == "█▁▄") }
}

@Suite struct StyleTests {
    @Test func piecesAreHarmlessAndSequencesPass() {
        let text = StyledText("claims\u{1B}[2J", .bad) + " " + StyledText("ok", .good) + StyledText("", .strong)
        #expect(text.text == "claims [2J ok")
        #expect(text.rendered(hasStyles: false) == "claims [2J ok")
        #expect(text.rendered(hasStyles: true) == "\u{1B}[31mclaims [2J\u{1B}[0m \u{1B}[32mok\u{1B}[0m")
        #expect(text.width == 13)
    }

    @Test func onlyOnATerminalThatHasColours() {
        #expect(Style.areShown(isTerminal: true, noColor: nil, term: "xterm-256color"))
        #expect(Style.areShown(isTerminal: true, noColor: "", term: "xterm"))
        #expect(!Style.areShown(isTerminal: true, noColor: "1", term: "xterm"))
        #expect(!Style.areShown(isTerminal: true, noColor: nil, term: "dumb"))
        #expect(!Style.areShown(isTerminal: true, noColor: nil, term: nil))
        #expect(!Style.areShown(isTerminal: false, noColor: nil, term: "xterm"))
    }

    @Test func cuttingAndPadding() {
        let text = StyledText("claims-triage", .good)
        #expect(text.cut(to: 8, .end) == StyledText("claims-…", .good))
        #expect(text.cut(to: 13, .end) == text)
        #expect(StyledText("1.50").padded(to: 6, .right).text == "  1.50")
        #expect(StyledText("保険").padded(to: 6, .left).text == "保険  ")
    }
}

@Suite struct TerminalSizeTests {
    @Test func theTerminalBeforeTheVariable() {
        #expect(TerminalSize.columns(ofTerminal: 132, variable: "60") == 132)
        #expect(TerminalSize.columns(ofTerminal: 0, variable: "60") == 60)
        #expect(TerminalSize.columns(ofTerminal: nil, variable: "60") == 60)
        #expect(TerminalSize.columns(ofTerminal: nil, variable: nil) == 100)
        #expect(TerminalSize.columns(ofTerminal: nil, variable: "wide") == 100)
        #expect(TerminalSize.columns(ofTerminal: 3, variable: nil) == 20)
        #expect(TerminalSize.columns(ofTerminal: nil, variable: "99999999") == 1000)
    }
}
