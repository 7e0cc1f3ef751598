import Records

/// The columns of `spend-cards.csv`, in their order.
enum CardColumn: Int, CaseIterable {
    case kind, start, end, complete, type, id, owner, actual, tax, estimate, estimateToDate, variance, variancePercent, band, quantity, calls,
        currency, finality

    static let header: [(name: String, kind: CSVTable.Kind)] = [
        ("period_kind", .text), ("period_start", .text), ("period_end", .text), ("complete", .text), ("card_type", .text), ("card_id", .text),
        ("owner", .text), ("actual", .number), ("tax", .number), ("estimate", .number), ("estimate_to_date", .number),
        ("variance", .number), ("variance_pct", .number), ("band", .text), ("quantity", .number), ("calls", .number), ("currency", .text),
        ("finality", .text),
    ]
}

/// Which workload has which owner, as the spend cards say.
struct WorkloadOwners {
    private var owners: [Name: Name] = [:]

    /// The owner of a workload, nil when no card names it.
    func owner(of workload: Name) -> Name? { owners[workload] }

    /// Notes an owner; returns the one noted before when that is another.
    mutating func conflict(_ workload: Name, _ owner: Name) -> Name? {
        guard let known = owners[workload] else {
            owners[workload] = owner
            return nil
        }
        return known == owner ? nil : known
    }
}

/// `spend-cards.csv` against the ledger.
///
/// Every card is recomputed from the ledger's rows, so workload, workspace and unallocated cards partition the total, roll-ups add up to it, and
/// weeks add up to the month, because all of them are sums of the same rows. What the run does not say is the confirmed estimate: the month's
/// card is taken at its word, and the weeks, the estimates to date, variances and bands are recomputed from it.
struct CardCheck {
    /// One card as it is written, kept to be compared with its JSON.
    struct Card {
        var key: CardKey
        var row: CSVRow
        var line: Int
    }

    let sums: CardSums
    private(set) var rows: [Card] = []
    private(set) var owners = WorkloadOwners()
    private let facts: RunFacts
    private let ledger: LedgerSums
    private let path: String
    /// The month's estimates by workload and currency; cards of months precede those of weeks.
    private var estimates: [CardKey: Int128] = [:]
    private var seen: Set<CardKey> = []

    static func check(
        _ path: String, _ facts: RunFacts, _ ledger: LedgerSums, _ names: inout Names
    ) throws(VerificationFault) -> CardCheck {
        var check = CardCheck(path: path, facts: facts, ledger: ledger, sums: CardSums(ledger, &names))
        var table = try CSVTable.open(path, CardColumn.header)
        while try table.next() { try check.add(table, &names) }
        try check.findMissing(names)
        return check
    }

    private init(path: String, facts: RunFacts, ledger: LedgerSums, sums: CardSums) {
        self.path = path
        self.facts = facts
        self.ledger = ledger
        self.sums = sums
    }

    // MARK: One card

    private mutating func add(_ table: borrowing CSVTable, _ names: inout Names) throws(VerificationFault) {
        let week = try period(table)
        let key = CardKey(
            week: week, type: try table.word(CardColumn.type.rawValue, CardType.self), id: try table.name(CardColumn.id.rawValue, &names),
            currency: try table.name(CardColumn.currency.rawValue, &names))
        let label = describe(key, names)
        guard seen.insert(key).inserted else { throw table.fault("\(label) stands twice") }
        let estimate = try table.optionalAmount(CardColumn.estimate.rawValue)
        guard sums.index[key] != nil || (key.type == .workload && estimate != nil) else {
            throw table.fault("\(label) has no share in the ledger")
        }
        try compareSums(table, key, label)
        try compareOwner(table, key, label, &names)
        try compareFinality(table, key, label)
        try compareEstimate(table, key, label, estimate, names)
        rows.append(Card(key: key, row: table.row, line: table.line))
    }

    /// The week that the period's columns name, nil for the month.
    private func period(_ table: borrowing CSVTable) throws(VerificationFault) -> Int? {
        let days = ledger.days
        let (start, end) = (table.row.text(CardColumn.start.rawValue), table.row.text(CardColumn.end.rawValue))
        func says(_ first: Int, _ behind: Int) -> Bool {
            start == Array(days.date(first).utf8) && end == Array(days.date(behind - 1).utf8)
        }
        let week: Int?
        switch table.row.text(CardColumn.kind.rawValue) {
        case Array("month".utf8) where says(0, days.dayCount): week = nil
        case Array("week".utf8):
            week = days.weeks.indices.first { says(days.weeks[$0].lowerBound, days.weeks[$0].upperBound) }
            if week == nil { fallthrough }
        default:
            throw table.fault(
                "\(quoted(table.row.text(CardColumn.kind.rawValue))) from \(quoted(start)) to \(quoted(end)) is neither \(days.month.text) nor one of its weeks, Sunday to Saturday")
        }
        let isComplete = ledger.days.end(of: week) <= facts.dataThrough
        guard table.row.text(CardColumn.complete.rawValue) == Array((isComplete ? "yes" : "no").utf8) else {
            throw table.fault(CardColumn.complete.rawValue, "but the data goes through \(facts.dataThrough.text)")
        }
        return week
    }

    private func compareSums(_ table: borrowing CSVTable, _ key: CardKey, _ label: String) throws(VerificationFault) {
        let sum = sums.index[key].map { sums.sums[$0] } ?? ShareSum()
        let place = FigurePlace(file: path, line: table.line)
        try place.expect(try table.amount(CardColumn.actual.rawValue), sum.actual, "actual", label)
        try place.expect(try table.amount(CardColumn.tax.rawValue), sum.tax, "tax", label)
        try place.expect(try table.amount(CardColumn.quantity.rawValue), sum.quantity, "quantity", label)
        try place.expect(calls: try table.count(CardColumn.calls.rawValue), sum.calls, label)
    }

    private mutating func compareOwner(
        _ table: borrowing CSVTable, _ key: CardKey, _ label: String, _ names: inout Names
    ) throws(VerificationFault) {
        let owner = try table.name(CardColumn.owner.rawValue, &names)
        if key.type == .workload {
            if let other = owners.conflict(key.id, owner) {
                throw table.fault("owner of \(label) is '\(names.text(owner))', but '\(names.text(other))' on another of its cards")
            }
        } else if !owner.isEmpty {
            throw table.fault("owner of \(label) is '\(names.text(owner))', but only workloads have owners")
        }
    }

    private func compareFinality(_ table: borrowing CSVTable, _ key: CardKey, _ label: String) throws(VerificationFault) {
        let expected = ledger.currencies[key.currency]?.isInvoiced == true ? "invoiced" : "open"
        guard table.row.text(CardColumn.finality.rawValue) == Array(expected.utf8) else {
            throw table.fault(CardColumn.finality.rawValue, "but by the ledger's invoice ids \(label) is \(expected)")
        }
    }

    private mutating func compareEstimate(
        _ table: borrowing CSVTable, _ key: CardKey, _ label: String, _ estimate: Int128?, _ names: Names
    ) throws(VerificationFault) {
        var month = key
        month.week = nil
        if key.week == nil {
            if let estimate {
                guard key.type == .workload else { throw table.fault("estimate of \(label) is \(figure(estimate)), but only workloads have one") }
                estimates[key] = estimate
            }
            if key.type == .workload, let says = ledger.agreement.hasEstimate(key.id, key.currency), says != (estimate != nil) {
                throw table.fault(
                    "estimate of \(label) is \(estimate.map { figure($0) } ?? "empty"), but the ledger's gaps say that there is \(says ? "one" : "none")")
            }
        }
        let sum = sums.index[key].map { sums.sums[$0].actual.amount?.atto ?? 0 } ?? 0
        let expected = CardEstimate(monthly: estimates[month], week: key.week, days: ledger.days, through: facts.dataThrough, actual: sum)
        let place = FigurePlace(file: path, line: table.line)
        try place.expect(estimate, computed: expected.estimate, "estimate", label)
        try place.expect(
            try table.optionalAmount(CardColumn.estimateToDate.rawValue), computed: expected.toDate, "estimate_to_date", label)
        try place.expect(try table.optionalAmount(CardColumn.variance.rawValue), computed: expected.variance, "variance", label)
        try place.expect(
            try table.optionalAmount(CardColumn.variancePercent.rawValue), computed: expected.variancePercent, "variance_pct", label)
        guard table.row.text(CardColumn.band.rawValue) == Array(expected.band.rawValue.utf8) else {
            throw table.fault(CardColumn.band.rawValue, "but recomputed for \(label) it is \(expected.band.rawValue)")
        }
    }

    // MARK: All cards

    /// Cards that the ledger or an estimate asks for and that are not written.
    private func findMissing(_ names: Names) throws(VerificationFault) {
        var missing = sums.keys.filter { !seen.contains($0) }
        for month in estimates.keys {
            for week in ledger.days.weeks.indices {
                var key = month
                key.week = week
                if !seen.contains(key) { missing.append(key) }
            }
        }
        if let first = missing.map({ describe($0, names) }).min(by: bytewise) { throw .contradiction("\(path): lacks \(first)") }
    }

    /// A card in words, for messages.
    private func describe(_ key: CardKey, _ names: Names) -> String {
        let period = key.week.map { "the week from \(ledger.days.date(ledger.days.weeks[$0].lowerBound))" } ?? "the month"
        return "\(key.type.rawValue) card '\(names.text(key.id))' in \(names.text(key.currency)) for \(period)"
    }
}
