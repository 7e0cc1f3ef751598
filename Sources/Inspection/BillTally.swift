import Attribution
import Records

/// What one worker has read of the bill for an inspection: charges as a run would take them, and what the other rows look like.
struct BillTally: InputTally {
    var charges: ChargeTally
    /// Of the rows of the period, whatever service they are of.
    private(set) var totals: [Name: ExactSum] = [:]
    private(set) var rowsOfMonth = 0
    private(set) var rowsByPeriod: [Month: Int] = [:]
    private(set) var fills: [Platform: Fill] = [:]
    private let period: Month

    /// How many charges fill a column, and how many come from a file that has it.
    struct Fill: Sendable {
        var rows = 0
        var present: [SurveyedColumns: Int] = [:]
        var filled: [SurveyedColumns: Int] = [:]
    }

    /// Those that a finding may speak of.
    static let columns: [SurveyedColumns] = [.resourceID, .iamPrincipal] + SurveyedColumns.elements

    var names: Names {
        get { charges.names }
        set { charges.names = newValue }
    }

    var faults: [(order: FaultOrder, fault: InputFault)] { charges.faults }

    init(period: Month, unitPrice: [String: Amount]) {
        self.period = period
        charges = ChargeTally(unitPrice: unitPrice)
    }

    mutating func add(_ surveyed: SurveyedRow, source: Int, names: borrowing Names, order: (Int) -> FaultOrder) {
        charges.add(surveyed.row, source: source, names: names, order: order)
        if let month = surveyed.period { rowsByPeriod[month, default: 0] += 1 }
        if case .fault = surveyed.row { return }
        if let month = surveyed.period, month != period { return }
        rowsOfMonth += 1
        if let cost = surveyed.cost { totals[surveyed.currency, default: ExactSum()] += cost }
        guard case .charge(let platform, let item) = surveyed.row, item.isUsage else { return }
        var fill = fills[platform] ?? Fill()
        fill.rows += 1
        for column in BillTally.columns {
            if surveyed.columns.contains(column) { fill.present[column, default: 0] += 1 }
            if surveyed.filled.contains(column) { fill.filled[column, default: 0] += 1 }
        }
        fills[platform] = fill
    }

    mutating func absorb(_ other: BillTally) {
        // The texts of both are brought together here; the charges then meet only names that they know.
        let map = charges.names.absorb(other.names)
        charges.absorb(other.charges)
        for (currency, sum) in other.totals { totals[map[Int(currency.index)], default: ExactSum()] += sum }
        rowsOfMonth += other.rowsOfMonth
        rowsByPeriod.merge(other.rowsByPeriod, uniquingKeysWith: +)
        for (platform, fill) in other.fills {
            var mine = fills[platform] ?? Fill()
            mine.rows += fill.rows
            mine.present.merge(fill.present, uniquingKeysWith: +)
            mine.filled.merge(fill.filled, uniquingKeysWith: +)
            fills[platform] = mine
        }
    }
}
