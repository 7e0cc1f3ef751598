import Bytes
import Published
import Records

/// What a run's ledger and cards say of each workload, read back from its files.
struct RunEvidence {
    struct Key: Hashable {
        var workload: String
        var currency: String
    }

    struct Figures {
        /// The last start of usage that evidence or the bill's own principal column gave to the workload; nil for none.
        var lastEvidence: Instant?
        /// The same that came by its workspace alone.
        var lastWorkspace: Instant?
        var costByGap: [String: Int128] = [:]
        var actual: Int128 = 0
        var estimate: String = ""
        var variancePercent = ""
        var band = ""
        var finality = ""
    }

    private(set) var figures: [Key: Figures] = [:]
    /// What callers cost that no claim in force names, by principal, in the place of a workload, and currency.
    private(set) var unclaimed: [Key: Int128] = [:]
    /// What every workload's card says, by START/WORKLOAD/CURRENCY.
    private(set) var cards: [String: Amount] = [:]

    init(_ run: PublishedRun) throws(ViewFault) {
        try readLedger(run.path(.allocations))
        try readCards(run.path(.cards))
        try run.confirm()
    }

    private mutating func readLedger(_ path: String) throws(ViewFault) {
        var table = try PublishedTable.open(path)
        let start = try table.column("usage_start")
        let (type, workload, level, method) = (try table.column("line_item_type"), try table.column("workload_id"), try table.column("level"), try table.column("method"))
        let (cost, currency, gap, principal) = (try table.column("cost"), try table.column("currency"), try table.column("gap"), try table.column("principal"))
        while try table.next() {
            let amount = try table.amount(cost)
            let gap = table.string(gap)
            let workload = table.string(workload)
            if gap == "unclaimed-principal" { unclaimed[Key(workload: table.string(principal), currency: table.string(currency)), default: 0] += amount }
            guard !workload.isEmpty else { continue }
            let key = Key(workload: workload, currency: table.string(currency))
            var found = figures[key] ?? Figures()
            if !gap.isEmpty { found.costByGap[gap, default: 0] += amount }
            if table.string(type) == "Usage", let time = Instant(table.text(start).span) {
                if table.string(level) == "workload" { found.lastEvidence = max(found.lastEvidence ?? time, time) }
                if table.string(method) == "workspace-claim" { found.lastWorkspace = max(found.lastWorkspace ?? time, time) }
            }
            figures[key] = found
        }
    }

    private mutating func readCards(_ path: String) throws(ViewFault) {
        var table = try PublishedTable.open(path)
        let (kind, type, id, currency) = (try table.column("period_kind"), try table.column("card_type"), try table.column("card_id"), try table.column("currency"))
        let (actual, estimate, percent) = (try table.column("actual"), try table.column("estimate"), try table.column("variance_pct"))
        let (band, finality, periodStart) = (try table.column("band"), try table.column("finality"), try table.column("period_start"))
        while try table.next() {
            guard table.string(type) == "workload" else { continue }
            let isMonth = table.string(kind) == "month"
            let start = isMonth ? String(table.string(periodStart).prefix(7)) : table.string(periodStart)
            cards["\(start)/\(table.string(id))/\(table.string(currency))"] = Amount(atto: try table.amount(actual))
            guard isMonth else { continue }
            let key = Key(workload: table.string(id), currency: table.string(currency))
            var found = figures[key] ?? Figures()
            found.actual = try table.amount(actual)
            found.estimate = table.string(estimate)
            found.variancePercent = table.string(percent)
            found.band = table.string(band)
            found.finality = table.string(finality)
            figures[key] = found
        }
    }
}
