import Records
import Registry

/// What one month's data says of a workload's card.
public struct CardFact: Sendable {
    /// `2026-10-04` for a week by its first day, `2026-10` for the month.
    public var start: String
    public var workload: String
    public var currency: String
    public var actual: Amount

    public init(start: String, workload: String, currency: String, actual: Amount) {
        self.start = start
        self.workload = workload
        self.currency = currency
        self.actual = actual
    }
}

/// Where people and the bill stand on every workload's card: `card-register.csv`.
public struct CardRegister: Sendable {
    public struct Record: Sendable {
        public var fact: CardFact
        public var status: CardCase.Status
        /// Whether it was closed, or under way, over an amount that the bill has left since.
        public var isReopened: Bool
        /// Nil where nobody has decided on it.
        public var decided: (amount: Amount, by: Scope.Mark)?
        /// All that was decided on it, oldest first: `ACCEPTED 2026-10-12 po@example.com 101.5`.
        public var history: String
    }

    /// By start, workload and currency.
    public let records: [Record]

    public init(_ facts: [CardFact], _ governance: Governance, tolerance: Amount) {
        let cases = Dictionary(governance.cards.map { ($0.key.text, $0) }, uniquingKeysWith: { first, _ in first })
        records = facts.map { fact in
            guard let found = cases["\(fact.start)/\(fact.workload)/\(fact.currency)"], let last = found.history.last else {
                return Record(fact: fact, status: .open, isReopened: false, decided: nil, history: "")
            }
            let isReopened = found.isLeft(by: fact.actual, tolerance)
            let history = found.history.map { "\($0.status.rawValue) \(dateText(dayNumber: $0.mark.at.dayNumber)) \($0.mark.actor) \($0.amount.text)" }
            return Record(
                fact: fact, status: isReopened ? .open : found.status, isReopened: isReopened, decided: (found.amount, last.mark), history: history.joined(separator: "; "))
        }
        .sorted { ($0.fact.start, $0.fact.workload, $0.fact.currency) < ($1.fact.start, $1.fact.workload, $1.fact.currency) }
    }

    public var csv: [UInt8] {
        var table = Table([
            ("card", .text), ("workload_id", .text), ("currency", .text), ("actual", .number), ("status", .text), ("reopened", .text), ("decided_amount", .number),
            ("decided_by", .text), ("decided_at", .text), ("history", .text),
        ])
        for record in records {
            table.add(
                [
                    record.fact.start, record.fact.workload, record.fact.currency, record.fact.actual.text, record.status.rawValue, record.isReopened ? "yes" : "no",
                    record.decided?.amount.text ?? "", record.decided?.by.actor ?? "", record.decided?.by.at.text ?? "", record.history,
                ].map { Array($0.utf8) })
        }
        return table.csv()
    }
}
