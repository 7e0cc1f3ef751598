import Terminal
import Testing

@Suite struct TextTableTests {
    private func table() -> TextTable {
        var table = TextTable([
            .init("workload", .left, .cut(.middle, least: 8)), .init("actual", .right),
            .init("of all", .left, .stretch(least: 6, most: 20), rank: 2),
            .init("band", .left, rank: 1), .init("by day", .left, .stretch(least: 4, most: 8), rank: 3),
        ])
        table.add(
            [
                .text("claims-triage"), .text("1017.11"), .bar(Bar(part: 1, of: 2)), .text(StyledText("far-over", .bad)),
                .sparkline(Sparkline([1, 2, 3, 4, 5, 6, 7, 8])),
            ], note: "Have claims-lead confirm an estimate for the month.")
        table.add([.text("保険"), .text("0.50"), .bar(Bar(part: 0, of: 2)), .text("–"), .sparkline(Sparkline([]))])
        return table
    }

    private func text(_ width: Int) -> String { table().lines(width: width).map(\.text).joined(separator: "\n") }

    @Test func wide() {
        #expect(
            text(100)
                == """
                  workload        actual  of all                band      by day
                  claims-triage  1017.11  ██████████            far-over  ▁▂▃▄▅▆▇█
                  → Have claims-lead confirm an estimate for the month.
                  保険              0.50                        –
                """.replacing("\n    ", with: "\n"))
    }

    @Test func textsGiveWayBeforeColumns() {
        #expect(text(49).split(separator: "\n")[1] == "  claims…riage  1017.11  ███     far-over  ▂▄▆█")
        #expect(text(44).contains("by day") == false)
        #expect(text(44).contains("of all"))
        #expect(text(34).contains("of all") == false)
        #expect(text(34).contains("band"))
    }

    @Test func figuresAreNeverCut() {
        for width in 1...120 {
            let lines = table().lines(width: width)
            #expect(lines.contains { $0.text.contains("1017.11") })
            if width >= 19 { for line in lines { #expect(line.width <= width, "\(width): \(line.text)") } }
        }
    }

    @Test func noLineEndsWithSpaces() {
        for width in 20...120 { for line in table().lines(width: width) { #expect(!line.text.hasSuffix(" ")) } }
    }

    @Test func aHostileNameTakesOneLine() {
        var table = TextTable([.init("name", .left, .cut(.middle, least: 8)), .init("cost", .right)])
        table.add([.text(StyledText(String(repeating: "x\u{1B}[2J\n", count: 800))), .text("1.00")])
        let lines = table.lines(width: 60)
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.width <= 60 && !$0.rendered(hasStyles: false).contains("\u{1B}") })
    }
}
