import Published
import Terminal

/// What all views have in common in a terminal.
enum ViewText {
    /// `2026-10 · complete · cards of the month, without tax · run 4dbd…`
    ///
    /// Where there is too little room it goes on in another line, and the run's id, which is for telling runs apart, is left out.
    static func heading(_ run: PublishedRun, _ what: String, width: Int) -> [StyledText] {
        var parts = [StyledText(run.month.text, .strong), StyledText(run.state)]
        if run.isPartial { parts.append(StyledText("PARTIAL", .bad)) }
        parts.append(StyledText(what))
        var lines: [StyledText] = []
        var line = parts[0]
        for part in parts.dropFirst() {
            let longer = line + " · " + part
            if longer.width <= width {
                line = longer
            } else {
                lines.append(line)
                line = "  " + part
            }
        }
        let whole = line + StyledText(" · run \(run.runID)", .faint)
        return lines + [whole.width <= width ? whole : line]
    }

    /// Where nothing was chosen, or nothing is there to choose.
    static func nothing(_ selection: Selection) -> StyledText {
        StyledText(selection.isFiltered ? "  nothing in this run matches" : "  no such rows in this run", .faint)
    }

    /// A currency's column, which only rows in several currencies need.
    static let currency = TextTable.Column("currency")

    /// `3 gaps`
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(count == 1 ? noun : noun + "s")" }

    static func money(atto: Int128, _ style: Style = .plain) -> TextTable.Cell { .text(StyledText(Money.centsText(atto: atto), style)) }

    /// A text, or a faint dash in its place.
    static func text(_ text: String) -> TextTable.Cell { .text(text.isEmpty ? StyledText("–", .faint) : StyledText(text)) }
}

/// A table from columns and cells that are named once, some of which a certain run has no use for.
struct ColumnChoice {
    private var columns: [TextTable.Column] = []
    private var isShown: [Bool] = []

    /// The next column; where it is not `when`, its cells are given all the same and left out.
    mutating func add(_ column: TextTable.Column, when: Bool = true) {
        if when { columns.append(column) }
        isShown.append(when)
    }

    var table: TextTable { TextTable(columns) }

    func cells(_ cells: [TextTable.Cell]) -> [TextTable.Cell] {
        precondition(cells.count == isShown.count)
        return zip(cells, isShown).filter(\.1).map(\.0)
    }
}
