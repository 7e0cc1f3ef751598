import Records
import Registry

/// From where a pool's evidence comes. Texts are those of the ledger.
public enum EvidenceWindow: UInt8, Sendable, CaseIterable {
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
    /// Indices of its events.
    var events: [Int32] = []
    /// Places of its claimants among the evidence's, ascending: in bytewise order.
    var claimants: [Int32] = []
    var weights: [UInt128] = []
    var weightTotal: UInt128 = 0
    var isByTokens = false
    /// Whether all its events have one principal.
    var hasOnePrincipal = false
}

struct PoolFinder {
    private let evidence: Evidence
    private let weighing: Weighing
    /// Of every event whether money of its own workspace already answers for it.
    private var isSpokenFor: [Bool]
    /// For every claimant of the evidence what its events in a pool add up to; all zero between pools.
    private var calls: [Int32]
    private var listPrices: [UInt128]

    init(_ evidence: Evidence, groups: [ChargeGroup], weighing: Weighing) {
        self.evidence = evidence
        self.weighing = weighing
        calls = [Int32](repeating: 0, count: evidence.claimants.count)
        listPrices = [UInt128](repeating: 0, count: evidence.claimants.count)
        isSpokenFor = [Bool](repeating: false, count: evidence.events.count)
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
            func events(from: Instant) -> [Int32] {
                evidence.ofWorkspace(group.workspace, from: from, to: end).map { Int32($0) }
            }
            pool.events = events(from: start)
            pool.window = .interval
            if pool.events.isEmpty && isShort {
                pool.events = events(from: dayBefore)
                pool.window = .before
            }
        } else {
            let all = evidence.ofAccount(group.usageAccount, from: start, to: end)
            pool.events = all.filter { !isSpokenFor[Int($0)] }
            pool.window = .interval
            if pool.events.isEmpty {
                pool.events = Array(all)
                pool.window = .shared
            }
            if pool.events.isEmpty && isShort {
                pool.events = Array(evidence.ofAccount(group.usageAccount, from: dayBefore, to: end))
                pool.window = .before
            }
        }
        if pool.events.isEmpty {
            pool.window = .none
        } else {
            weigh(&pool)
        }
        return pool
    }

    /// The claimants of a pool and their weights.
    private mutating func weigh(_ pool: inout Pool) {
        var ratedCount = 0
        for index in pool.events {
            let event = evidence.events[Int(index)]
            if event.isRated { ratedCount += 1 }
            let claimant = Int(event.claimant)
            if calls[claimant] == 0 { pool.claimants.append(event.claimant) }
            calls[claimant] += 1
        }
        pool.claimants.sort()
        switch weighing {
        case .calls: pool.isByTokens = false
        case .tokens: pool.isByTokens = ratedCount > 0
        case .auto: pool.isByTokens = 100 * ratedCount >= 95 * pool.events.count
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

    /// Adds the list price of every event up by claimant; false when all are nothing.
    private mutating func addListPrices(_ pool: Pool, _ ratedCount: Int) -> Bool {
        let means = ratedCount < pool.events.count ? Means(pool, evidence) : nil
        var total: UInt128 = 0
        for index in pool.events {
            let event = evidence.events[Int(index)]
            let weight = event.isRated ? evidence.weight(event) : means?.mean(of: evidence.claimants[Int(event.claimant)].principal) ?? 1
            listPrices[Int(event.claimant)] += weight
            total += weight
        }
        return total > 0
    }

    /// What an unrated event weighs: the mean of its principal's rated events in the pool, else of the pool's, rounded down, at least 1.
    private struct Means {
        private var byPrincipal: [Name: (sum: UInt128, count: UInt128)] = [:]
        private var all: (sum: UInt128, count: UInt128) = (0, 0)

        init(_ pool: Pool, _ evidence: Evidence) {
            for index in pool.events where evidence.events[Int(index)].isRated {
                let event = evidence.events[Int(index)]
                let principal = evidence.claimants[Int(event.claimant)].principal
                let old = byPrincipal[principal] ?? (0, 0)
                let weight = evidence.weight(event)
                byPrincipal[principal] = (old.sum + weight, old.count + 1)
                all = (all.sum + weight, all.count + 1)
            }
        }

        func mean(of principal: Name) -> UInt128 {
            let base = byPrincipal[principal] ?? all
            return max(1, base.sum / max(1, base.count))
        }
    }
}
