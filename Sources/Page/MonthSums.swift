import Published
import Records

/// What the charts of one currency show, added up from the ledger.
struct CurrencySums {
    /// Whose money a bar or band is.
    enum Holder: Hashable {
        case workload(String)
        /// Known by its workspace alone.
        case workspace
        case unallocated

        /// Of the ledger, by which its rows are found.
        var columns: [(String, String)] {
            switch self {
            case .workload(let id): [("workload_id", id)]
            case .workspace: [("workload_id", ""), ("level", "workspace")]
            case .unallocated: [("workload_id", ""), ("level", "unallocated")]
            }
        }
    }

    /// One way from a workspace through a caller to who answers.
    struct Way: Hashable {
        var workspace: String
        var principal: String
        var holder: Holder
    }

    struct Flow {
        var cost: Int128 = 0
        /// Of it what was shared out by weights, or follows what was.
        var estimated: Int128 = 0
    }

    let days: Int
    /// Cost by day of the month, tax included.
    private(set) var byDay: [Holder: [Int128]] = [:]
    /// Usage of the Claude Platform by day, and of it what has no evidence.
    private(set) var usage: [Int128]
    private(set) var withoutEvidence: [Int128]
    private(set) var ways: [Way: Flow] = [:]

    init(days: Int) {
        self.days = days
        usage = [Int128](repeating: 0, count: days)
        withoutEvidence = usage
    }

    func total(_ holder: Holder) -> Int128 { byDay[holder]?.reduce(0, +) ?? 0 }

    /// Workloads, dearest first.
    var workloads: [String] {
        byDay.keys.compactMap { if case .workload(let id) = $0 { id } else { nil } }
            .map { (id: $0, cost: total(.workload($0))) }
            .sorted { a, b in a.cost != b.cost ? a.cost > b.cost : a.id.utf8.lexicographicallyPrecedes(b.id.utf8) }
            .map(\.id)
    }

    fileprivate mutating func add(_ cost: Int128, _ charge: ChargeFacts, _ share: ShareFacts) {
        let holder: Holder = share.workload.isEmpty ? (share.level == "workspace" ? .workspace : .unallocated) : .workload(share.workload)
        var sums = byDay[holder] ?? [Int128](repeating: 0, count: days)
        let isUsage = charge.platform == "claude-platform" && charge.lineItemType == "Usage"
        for (day, part) in CurrencySums.spread(cost, over: charge.days) {
            sums[day] += part
            if isUsage {
                usage[day] += part
                if share.window == "none" { withoutEvidence[day] += part }
            }
        }
        byDay[holder] = sums
        let way = Way(workspace: charge.place, principal: share.principal, holder: holder)
        ways[way, default: Flow()].cost += cost
        if share.isEstimated { ways[way, default: Flow()].estimated += cost }
    }

    /// Equal parts, what does not divide one atto each to the earlier days: as cards spread a charge of several days.
    private static func spread(_ cost: Int128, over days: Range<Int>) -> [(Int, Int128)] {
        let count = Int128(days.count)
        let part = cost / count
        let left = Int((cost - part * count).magnitude)
        return days.enumerated().map { place, day in (day, place < left ? part + cost.signum() : part) }
    }
}

/// What the sums need of a charge, and of a share.
struct ChargeFacts {
    /// Days of the month, counted from 0.
    var days: Range<Int>
    var currency: String
    var platform: String
    var lineItemType: String
    /// Its workspace, or what stands in its place.
    var place: String
}

struct ShareFacts {
    var principal: String
    var workload: String
    var level: String
    var window: String
    var isEstimated: Bool

    /// Methods that share money out by weights, or follow money that was.
    static let estimates: Set<String> = ["call-weighted", "token-weighted", "follows-cost"]
}

/// The ledger of a run, read once: what the page holds of it, and what its charts show.
struct MonthSums {
    private(set) var data = LedgerData()
    private(set) var currencies: [String: CurrencySums] = [:]
    /// Of every currency the dearest charge that was shared out by weights among several, to show how.
    private(set) var examples: [String: WorkedSplit] = [:]
    private var charges: [ChargeFacts] = []
    private var shares: [ShareFacts] = []

    init(_ run: PublishedRun) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.allocations))
        func places(_ names: [String]) throws(ViewFault) -> [Int] {
            var places: [Int] = []
            for name in names { places.append(try table.column(name)) }
            return places
        }
        let charge = try places(LedgerData.chargeColumns)
        let share = try places(LedgerData.shareColumns)
        let amounts = try places(LedgerData.amountColumns)
        let cost = try table.column("cost")
        let times = try LedgerTimes(table, run.month)
        var parts: UInt128 = 0
        // Rows of one charge lie together.
        var current: (charge: Int, split: WorkedSplit)?
        while try table.next() {
            let chargeCells = charge.map { table.text($0) }
            let shareCells = share.map { table.text($0) }
            let atto = try table.amount(cost)
            let amountCells = amounts.map { table.text($0) }
            // They go into the page as they are written, so nothing but a number may stand there: weights and calls are whole.
            for (place, cell) in amountCells.enumerated() where place < 3 ? !MonthSums.isCount(cell) : Money.atto(cell) == nil {
                throw table.fault("has '\(String(decoding: cell.prefix(40), as: UTF8.self))' where a number must be")
            }
            parts += atto.magnitude
            guard parts <= MonthSums.mostParts else { throw table.fault("brings the amounts to more than 10^19, which no picture could show") }
            let added = data.add(charge: chargeCells, share: shareCells, amounts: amountCells)
            if added.charge.isNew {
                let days = try times.days(table)
                charges.append(MonthSums.facts(chargeCells, days.lowerBound - run.month.firstDay..<days.upperBound - run.month.firstDay + 1))
            }
            if added.share.isNew { shares.append(MonthSums.facts(shareCells)) }
            let (charge, share) = (charges[added.charge.number], shares[added.share.number])
            if added.charge.number != current?.charge {
                consider(current?.split)
                current = (added.charge.number, WorkedSplit(start: chargeCells[0], end: chargeCells[1], place: charge.place, currency: charge.currency))
            }
            current?.split.add(shareCells, amountCells, atto)
            currencies[charge.currency, default: CurrencySums(days: run.month.dayCount)].add(atto, charge, share)
        }
        consider(current?.split)
    }

    private mutating func consider(_ split: WorkedSplit?) {
        guard let split, split.isExample else { return }
        if let best = examples[split.currency], best.cost >= split.cost { return }
        examples[split.currency] = split
    }

    /// All amounts regardless of sign; so sums of sums, and ten times as much, have room in 128 bits.
    private static let mostParts = UInt128(Amount.unit) * 10_000_000_000_000_000_000

    /// Weights may be larger than amounts.
    private static func isCount(_ cell: [UInt8]) -> Bool { !cell.isEmpty && cell.count < 40 && cell.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }

    private static func facts(_ cells: [[UInt8]], _ days: Range<Int>) -> ChargeFacts {
        func cell(_ name: String) -> String { LedgerData.chargeColumns.firstIndex(of: name).map { String(decoding: cells[$0], as: UTF8.self) } ?? "" }
        let (platform, workspace) = (cell("platform"), cell("workspace_arn"))
        return ChargeFacts(
            days: days, currency: cell("currency"), platform: platform, lineItemType: cell("line_item_type"),
            place: !workspace.isEmpty ? workspace : platform == "bedrock" ? "Bedrock" : "no workspace")
    }

    private static func facts(_ cells: [[UInt8]]) -> ShareFacts {
        func cell(_ name: String) -> String { LedgerData.shareColumns.firstIndex(of: name).map { String(decoding: cells[$0], as: UTF8.self) } ?? "" }
        return ShareFacts(
            principal: cell("principal"), workload: cell("workload_id"), level: cell("level"), window: cell("evidence_window"),
            isEstimated: ShareFacts.estimates.contains(cell("method")))
    }
}
