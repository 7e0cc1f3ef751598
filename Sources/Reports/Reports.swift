import Attribution
import Records
import Registry

/// Makes the files of a run of what was attributed.
public struct Reports: Sendable {
    public let attribution: Attribution
    private let registry: Registry
    private let finality: Finality

    public init(_ attribution: Attribution, _ registry: Registry) {
        self.attribution = attribution
        self.registry = registry
        finality = Finality(attribution)
    }

    /// Files that only some runs have.
    public static let optionalFileNames = ["rejected.csv", "report.html", "gap-register.csv", "card-register.csv", "tag-conflicts.csv"]

    /// The names of the files of every run.
    public static let fileNames = [
        "agent-bills.csv", "agent-bills.json", "allocations.csv", "gaps.csv", "reconciliation.json", "run.json", "spend-cards.csv",
        "spend-cards.json",
    ]

    /// Hands over `allocations.csv`, a piece at a time.
    public func writeLedger<Failure: Error>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        try LedgerReport.write(attribution.ledger, period: attribution.period, to: sink)
    }

    /// Hands over `spend-cards.csv` and `spend-cards.json`, each in pieces under its name: no file is ever held whole.
    public func writeCards<Failure: Error>(
        _ made: Cards, runID: String, to sink: (_ name: String, _ piece: [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let cards = CardReport(made, attribution, registry, finality: finality)
        try sink("spend-cards.csv", cards.csv())
        try cards.json(runID: runID).write { (piece) throws(Failure) in try sink("spend-cards.json", piece) }
    }

    /// Hands over `agent-bills.csv` and `agent-bills.json`.
    public func writeAgentBills<Failure: Error>(
        runID: String, to sink: (_ name: String, _ piece: [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let bills = AgentBillReport(attribution, registry)
        try sink("agent-bills.csv", bills.csv())
        try bills.json(runID: runID).write { (piece) throws(Failure) in try sink("agent-bills.json", piece) }
    }

    /// Hands over `gaps.csv` and `reconciliation.json`.
    /// - Returns: What `summary` would.
    @discardableResult
    public func writeFindings<Failure: Error>(
        runID: String, isPartial: Bool, costBasis: CostBasis, to sink: (_ name: String, _ piece: [UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> [CurrencySummary] {
        let reconciliation = Reconciliation(attribution, finality: finality)
        try sink("gaps.csv", GapReport(attribution, registry).csv())
        try sink("reconciliation.json", reconciliation.json(runID: runID, isPartial: isPartial, costBasis: costBasis))
        return reconciliation.currencies.map { CurrencySummary($0) }
    }

    /// `rejected.csv`: what `--keep-going` set aside.
    public static func rejected(_ faults: [InputFault]) -> [UInt8] {
        var table = Table([("file", .text), ("offset", .number), ("reason", .text)])
        for fault in faults {
            table.add([Array(fault.path.utf8), Array(String(fault.offset).utf8), Array((fault.place == .compressed ? "in the file as it lies on disk: " : "").utf8) + Array(fault.what.utf8)])
        }
        table.sort()
        return table.csv()
    }

    /// The month's cards of workloads, dearest first, for people.
    public func workloads(_ cards: Cards) -> [WorkloadSummary] {
        let monthly = cards.cards.compactMap { card -> WorkloadSummary? in
            guard card.week == nil, card.type == .workload, let index = card.workload else { return nil }
            let currency = String(decoding: card.currency, as: UTF8.self)
            let estimate = CardEstimate(
                card, days: cards.days, estimate: registry.workloads[index].confirmedEstimate(attribution.period, currency: currency),
                dataThrough: attribution.dataThrough)
            return WorkloadSummary(
                id: registry.workloads[index].id, actual: card.spend.actual, estimateToDate: estimate.toDate,
                band: estimate.band.rawValue, currency: currency)
        }
        return monthly.sorted { a, b in
            if a.actual != b.actual { return a.actual > b.actual }
            return bytewise(a.id + a.currency, b.id + b.currency)
        }
    }

    /// What is open, dearest first, for people.
    public func openGaps() -> [GapSummary] { GapReport(attribution, registry).summaries() }

    /// `tag-conflicts.csv`, and how many shares it is about.
    public func tagConflicts() -> (shares: Int, csv: [UInt8]) {
        let report = TagConflictReport(attribution, registry)
        return (report.shareCount, report.csv())
    }

    /// What the month says of each gap, in no order.
    public func gapEntries() -> [GapEntry] { GapReport(attribution, registry).entries() }

    /// Until when the data reaches, as far as usage of a day or less tells.
    public var reach: Instant { GapReport.reach(attribution) }

    /// Every workload's cards: by the first day of its week or by the month, what each says.
    public func workloadCards(_ cards: Cards) -> [(start: String, workload: String, currency: String, actual: Amount)] {
        cards.cards.filter { $0.type == .workload }.map { card in
            let start = card.week.map { dateText(dayNumber: cards.days.firstDay + cards.days.weeks[$0].lowerBound) } ?? attribution.period.text
            return (start, String(decoding: card.id, as: UTF8.self), String(decoding: card.currency, as: UTF8.self), card.spend.actual)
        }
    }

    /// What a run tells in a few lines, and what `--fail-if` judges.
    public var summary: [CurrencySummary] { Reconciliation(attribution, finality: finality).currencies.map { CurrencySummary($0) } }
}

/// The figures of one currency that people look at first.
public struct CurrencySummary: Sendable {
    public var currency: String
    public var charged: Amount
    public var allocated: Amount
    public var workload: Amount
    public var workspace: Amount
    public var unallocated: Amount
    public var claudeUsage: Amount
    /// The same by where its evidence comes from.
    public var claudeUsageByWindow: [EvidenceWindow: Amount]
    public var claudeUsageWithEvidence: Amount { claudeUsageByWindow.reduce(.zero) { $1.key == .none ? $0 : $0 + $1.value } }
    /// What somebody has still to answer for, by gap.
    public var gaps: [String: Amount]

    init(_ figures: Reconciliation.Figures) {
        currency = figures.currency
        charged = figures.charged
        allocated = figures.allocated
        workload = figures.byLevel["workload"] ?? .zero
        workspace = figures.byLevel["workspace"] ?? .zero
        unallocated = figures.byLevel["unallocated"] ?? .zero
        claudeUsage = figures.claudeUsage
        claudeUsageByWindow = figures.claudeUsageByWindow
        gaps = figures.byGap
    }

    /// What part of the Claude Platform's usage has evidence, 0…1 with 4 decimals; nil without such usage.
    public var coverage: String? { Rounding.ratioText(claudeUsageWithEvidence.atto, claudeUsage.atto, shift: 0, decimals: 4) }

    /// An amount as a percentage of another with two decimals, `84.50 %`; `–` where there is nothing to compare with.
    public static func percent(_ part: Amount, of whole: Amount) -> String {
        guard let text = Rounding.ratioText(part.atto, whole.atto, shift: 2, decimals: 2) else { return "–" }
        let parts = text.split(separator: ".")
        let decimals = parts.count > 1 ? String(parts[1]) : ""
        return "\(parts[0]).\(decimals)\(String(repeating: "0", count: 2 - decimals.count)) %"
    }

    /// An amount rounded half-even to cents, for people.
    public static func cents(_ amount: Amount) -> String { Rounding.centsText(Rounding.halfEven(amount.atto, Amount.cent)) }
}

/// A gap as a month's data shows it.
public struct GapEntry: Sendable {
    public var gap: String
    public var anchor: String
    public var account: String
    public var workspace: String
    public var platform: String
    public var currency: String
    /// Starts of charges.
    public var firstSeen: Instant
    public var lastSeen: Instant
    /// Whether anything of it is in the seven days before the data ends, and what of its usage is.
    public var isRecent: Bool
    public var recent: Amount
    public var cost: Amount
    public var action: String
}

/// Money that somebody has still to answer for.
public struct GapSummary: Sendable {
    public var gap: String
    /// The principal, workload, workspace or account that it is about.
    public var anchor: String
    public var cost: Amount
    public var currency: String
    /// One plain sentence.
    public var action: String
}

/// A workload's month at a glance.
public struct WorkloadSummary: Sendable {
    public var id: String
    /// Without tax.
    public var actual: Amount
    /// Nil without a confirmed estimate.
    public var estimateToDate: Amount?
    public var band: String
    public var currency: String
}
