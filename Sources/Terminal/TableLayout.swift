/// Which columns of a table are shown, and how wide each is.
struct TableLayout {
    /// Spaces between two columns.
    static let gap = 2

    private(set) var columns: [(index: Int, width: Int)] = []

    /// - Parameters:
    ///   - natural: of every column the width of its widest text.
    ///   - room: the columns that all of them have together.
    init(_ all: [TextTable.Column], _ natural: [Int], room: Int) {
        var shown: [Int] = []
        for index in all.indices.sorted(by: { (all[$0].rank, $0) < (all[$1].rank, $1) }) {
            let more = shown + [index]
            if all[index].rank == 0 || TableLayout.sum(more.map { TableLayout.least(all[$0], natural[$0]) }) <= room { shown = more }
        }
        shown.sort()
        var widths = shown.map { TableLayout.least(all[$0], natural[$0]) }
        var spare = room - TableLayout.sum(widths)
        // Texts first: what is cut is lost, and a bar says the same when it is short. The narrowest gets the next column, so that all are cut alike.
        while spare > 0, let place = TableLayout.narrowest(widths, below: shown.map { TableLayout.wanted(all[$0], natural[$0]) }) {
            widths[place] += 1
            spare -= 1
        }
        while spare > 0, let place = TableLayout.narrowest(widths, below: shown.map { TableLayout.most(all[$0], natural[$0]) }) {
            widths[place] += 1
            spare -= 1
        }
        columns = zip(shown, widths).map { (index: $0, width: $1) }
    }

    private static func sum(_ widths: [Int]) -> Int { widths.reduce(0, +) + gap * max(0, widths.count - 1) }

    /// The place of the smallest width that has not reached its limit.
    private static func narrowest(_ widths: [Int], below limits: [Int]) -> Int? {
        widths.indices.filter { widths[$0] < limits[$0] }.min { (widths[$0], $0) < (widths[$1], $1) }
    }

    private static func least(_ column: TextTable.Column, _ natural: Int) -> Int {
        switch column.fit {
        case .whole: natural
        case .cut(_, let least): min(natural, max(least, displayWidth(column.title)))
        case .stretch(let least, _): max(least, displayWidth(column.title))
        }
    }

    private static func wanted(_ column: TextTable.Column, _ natural: Int) -> Int {
        switch column.fit {
        case .whole, .cut: natural
        case .stretch: least(column, natural)
        }
    }

    private static func most(_ column: TextTable.Column, _ natural: Int) -> Int {
        if case .stretch(_, let most) = column.fit { return max(most, displayWidth(column.title)) }
        return natural
    }
}
