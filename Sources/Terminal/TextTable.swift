/// A table that fits a terminal: titles, rows, and under a row perhaps a note.
///
///       workload              actual   of all      by day
///       claims-triage        1017.11   ████▏       ▂▂▃··▂▃
///       → Have claims-lead confirm an estimate …
///
/// Where there is too little room, texts give way first (never below their column's least width), then whole columns: one is shown if it has
/// room beside all of lower rank that have. Figures are never cut: a number without its end is another number. What still does not fit is left to the terminal to wrap.
public struct TextTable: Sendable {
    /// How a column's width may change.
    public enum Fit: Sendable {
        /// As wide as its widest cell, always.
        case whole
        /// Its cells may be cut, down to `least` columns.
        case cut(CutPlace, least: Int)
        /// Its cells are drawn to the width they get, between `least` and `most` columns; it takes what others leave.
        case stretch(least: Int, most: Int)
    }

    /// A column: its title, and how it behaves.
    public struct Column: Sendable {
        public var title: String
        public var alignment: Alignment
        public var fit: Fit
        /// 0 is always shown; of the others the lowest comes first.
        public var rank: Int

        public init(_ title: String, _ alignment: Alignment = .left, _ fit: Fit = .whole, rank: Int = 0) {
            self.title = title
            self.alignment = alignment
            self.fit = fit
            self.rank = rank
        }
    }

    /// What stands in a cell.
    public enum Cell: Sendable {
        case text(StyledText)
        /// Drawn to the width of its column.
        case bar(Bar)
        case sparkline(Sparkline)
    }

    private struct Row: Sendable {
        var cells: [Cell]
        var note: String?
    }

    public let columns: [Column]
    private let indent: Int
    private var rows: [Row] = []
    /// Of every column the widest text in it, title included.
    private var natural: [Int]

    /// - Parameter indent: empty columns before every line.
    public init(_ columns: [Column], indent: Int = 2) {
        self.columns = columns
        self.indent = indent
        natural = columns.map { displayWidth($0.title) }
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// Adds a row of as many cells as there are columns. The `note` is a sentence that is wrapped under it.
    public mutating func add(_ cells: [Cell], note: String? = nil) {
        precondition(cells.count == columns.count)
        for (index, cell) in cells.enumerated() {
            if case .text(let text) = cell { natural[index] = max(natural[index], text.width) }
        }
        rows.append(Row(cells: cells, note: note))
    }

    /// The table in lines of at most `width` columns, titles first. Titles that are all empty have no line.
    public func lines(width: Int) -> [StyledText] {
        let layout = TableLayout(columns, natural, room: width - indent)
        var lines: [StyledText] = []
        if columns.contains(where: { !$0.title.isEmpty }) {
            lines.append(line(columns.map { .text(StyledText($0.title, .faint)) }, layout))
        }
        for row in rows {
            lines.append(line(row.cells, layout))
            guard let note = row.note else { continue }
            for (index, part) in paragraph(note, width: width - indent - 2).enumerated() {
                lines.append(
                    StyledText(String(repeating: " ", count: indent)) + StyledText(index == 0 ? "→ " : "  ", .faint) + StyledText(part))
            }
        }
        return lines
    }

    private func line(_ cells: [Cell], _ layout: TableLayout) -> StyledText {
        var line = StyledText(String(repeating: " ", count: indent))
        /// Spaces that are written only when something follows.
        var pending = 0
        for (place, shown) in layout.columns.enumerated() {
            if place > 0 { pending += TableLayout.gap }
            let column = columns[shown.index]
            let text = drawn(cells[shown.index], width: shown.width, column)
            let missing = shown.width - text.width
            if column.alignment == .right { pending += max(0, missing) }
            guard !text.isEmpty else {
                pending += column.alignment == .left ? shown.width : 0
                continue
            }
            line += StyledText(String(repeating: " ", count: pending)) + text
            pending = column.alignment == .left ? max(0, missing) : 0
        }
        return line
    }

    private func drawn(_ cell: Cell, width: Int, _ column: Column) -> StyledText {
        switch cell {
        case .bar(let bar): StyledText(bar.text(width: width), .drawn)
        case .sparkline(let sparkline): StyledText(sparkline.text(width: width), .drawn)
        case .text(let text):
            if case .cut(let place, _) = column.fit { text.cut(to: width, place) } else { text }
        }
    }
}
