import Records
import Registry

/// From where a pool's evidence comes. Texts are those of the ledger.
public enum EvidenceWindow: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case before, interval, none, shared

    public var text: String {
        switch self {
        case .before: "before"
        case .interval: "interval"
        case .none: "none"
        case .shared: "shared"
        }
    }
}

/// How events are weighed.
public enum Weighing: String, Sendable, CaseIterable { case auto, calls, tokens }

/// The evidence that answers for one interval of one workspace or account, and how it is weighed (specification, attribution §4 and §5).
struct Pool {
    var window = EvidenceWindow.none
    /// Indices of its evidence's cells.
    var cells: [Int32] = []
    var callCount = 0
    /// Places of its claimants among the evidence's, ascending: in bytewise order.
    var claimants: [Int32] = []
    var weights: [UInt128] = []
    var weightTotal: UInt128 = 0
    var isByTokens = false
    /// Whether all its calls have one principal.
    var hasOnePrincipal = false
}

struct PoolFinder {
    private let evidence: Evidence
    private let weighing: Weighing
    /// Of every cell whether money of its own workspace already answers for it.
    private var isSpokenFor: [Bool]
    /// For every claimant of the evidence what its calls in a pool add up to; all zero between pools.
    private var calls: [UInt32]
    private var listPrices: [UInt128]

    init(_ evidence: Evidence, groups: [ChargeGroup], weighing: Weighing) {
        self.evidence = evidence
        self.weighing = weighing
        calls = [UInt32](repeating: 0, count: evidence.claimants.count)
        listPrices = [UInt128](repeating: 0, count: evidence.claimants.count)
        isSpokenFor = [Bool](repeating: false, count: evidence.cells.count)
        var marked: Set<WorkspaceHours> = []
        for group in groups where group.isUsage && group.platform == .claudePlatform && !group.workspace.isEmpty {
            let hours = group.hours
            // Groups of one workspace often share an interval; each is marked once.
            guard marked.insert(WorkspaceHours(workspace: group.workspace, start: hours.start, end: hours.end)).inserted else { continue }
            for index in evidence.ofWorkspace(group.workspace, from: hours.start, to: hours.end) { isSpokenFor[index] = true }
        }
    }

    private struct WorkspaceHours: Hashable {
        var workspace: Name
        var start: Instant
        var end: Instant
    }

    /// The pool of a Usage group of the Claude Platform.
    mutating func pool(of group: ChargeGroup) -> Pool {
        let (start, end) = group.hours
        let isShort = end.microseconds - start.microseconds < Instant.day
        let dayBefore = end.adding(-Instant.day)
        var pool = Pool()
        if !group.workspace.isEmpty {
            func cells(from: Instant) -> [Int32] {
                evidence.ofWorkspace(group.workspace, from: from, to: end).map { Int32($0) }
            }
            pool.cells = cells(from: start)
            pool.window = .interval
            if pool.cells.isEmpty && isShort {
                pool.cells = cells(from: dayBefore)
                pool.window = .before
            }
        } else {
            let all = evidence.ofAccount(group.usageAccount, from: start, to: end)
            pool.cells = all.filter { !isSpokenFor[Int($0)] }
            pool.window = .interval
            if pool.cells.isEmpty {
                pool.cells = Array(all)
                pool.window = .shared
            }
            if pool.cells.isEmpty && isShort {
                pool.cells = Array(evidence.ofAccount(group.usageAccount, from: dayBefore, to: end))
                pool.window = .before
            }
        }
        if pool.cells.isEmpty {
            pool.window = .none
        } else {
            weigh(&pool)
        }
        return pool
    }

    /// The claimants of a pool and their weights.
    private mutating func weigh(_ pool: inout Pool) {
        var ratedCount = 0
        for index in pool.cells {
            let cell = evidence.cells[Int(index)]
            pool.callCount += Int(cell.calls)
            if cell.isRated { ratedCount += Int(cell.calls) }
            let claimant = Int(cell.claimant)
            if calls[claimant] == 0 { pool.claimants.append(cell.claimant) }
            calls[claimant] += cell.calls
        }
        pool.claimants.sort()
        switch weighing {
        case .calls: pool.isByTokens = false
        case .tokens: pool.isByTokens = ratedCount > 0
        case .auto: pool.isByTokens = 100 * ratedCount >= 95 * pool.callCount
        }
        // Calls that all cost nothing by the list still share by their number.
        if pool.isByTokens && !addListPrices(pool, ratedCount) { pool.isByTokens = false }
        pool.weights.reserveCapacity(pool.claimants.count)
        for claimant in pool.claimants {
            let weight = pool.isByTokens ? listPrices[Int(claimant)] : UInt128(calls[Int(claimant)])
            pool.weights.append(weight)
            pool.weightTotal += weight
            calls[Int(claimant)] = 0
            listPrices[Int(claimant)] = 0
        }
        func principal(_ place: Int32?) -> Name? { place.map { evidence.claimants[Int($0)].principal } }
        // Sorted by principal, the first and the last tell.
        pool.hasOnePrincipal = principal(pool.claimants.first) == principal(pool.claimants.last)
    }

    /// Adds the list price of every call up by claimant; false when all are nothing.
    private mutating func addListPrices(_ pool: Pool, _ ratedCount: Int) -> Bool {
        let means = ratedCount < pool.callCount ? Means(pool, evidence) : nil
        var total: UInt128 = 0
        for index in pool.cells {
            let cell = evidence.cells[Int(index)]
            let weight =
                cell.isRated
                ? evidence.price(cell)
                : (means?.mean(of: evidence.claimants[Int(cell.claimant)].principal) ?? 1) * UInt128(cell.calls)
            listPrices[Int(cell.claimant)] += weight
            total += weight
        }
        return total > 0
    }

    /// What an unrated call weighs: the mean of its principal's rated calls in the pool, else of the pool's, rounded down, at least 1.
    private struct Means {
        private var byPrincipal: [Name: (sum: UInt128, count: UInt128)] = [:]
        private var all: (sum: UInt128, count: UInt128) = (0, 0)

        init(_ pool: Pool, _ evidence: Evidence) {
            for index in pool.cells where evidence.cells[Int(index)].isRated {
                let cell = evidence.cells[Int(index)]
                let principal = evidence.claimants[Int(cell.claimant)].principal
                let old = byPrincipal[principal] ?? (0, 0)
                let (weight, count) = (evidence.price(cell), UInt128(cell.calls))
                byPrincipal[principal] = (old.sum + weight, old.count + count)
                all = (all.sum + weight, all.count + count)
            }
        }

        func mean(of principal: Name) -> UInt128 {
            let base = byPrincipal[principal] ?? all
            return max(1, base.sum / max(1, base.count))
        }
    }
}
