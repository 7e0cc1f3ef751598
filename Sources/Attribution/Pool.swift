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

/// Who has a share of a pool: what its events agree in.
struct Claimant: Hashable {
    var principal: Name
    /// Index of the workload, −1 for none.
    var workload: Int32
    var model: Name

    func hash(into hasher: inout Hasher) {
        hasher.combine(packed(principal, model))
        hasher.combine(workload)
    }
}

/// The evidence that answers for one interval of one workspace or account, and how it is weighed (specification, attribution §4 and §5).
struct Pool {
    var window = EvidenceWindow.none
    /// Indices of its events, and for each the place of its claimant.
    var events: [Int32] = []
    var places: [Int32] = []
    /// In bytewise order of principal, workload and model.
    var claimants: [Claimant] = []
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
    private let precedes: (Claimant, Claimant) -> Bool

    init(_ evidence: Evidence, groups: [ChargeGroup], weighing: Weighing, precedes: @escaping (Claimant, Claimant) -> Bool) {
        self.evidence = evidence
        self.weighing = weighing
        self.precedes = precedes
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
    func pool(of group: ChargeGroup) -> Pool {
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
    private func weigh(_ pool: inout Pool) {
        let ratedCount = pool.events.reduce(0) { $0 + (evidence.events[Int($1)].isRated ? 1 : 0) }
        switch weighing {
        case .calls: pool.isByTokens = false
        case .tokens: pool.isByTokens = ratedCount > 0
        case .auto: pool.isByTokens = 100 * ratedCount >= 95 * pool.events.count
        }
        var known: [Claimant: Int32] = [:]
        var claimants: [Claimant] = []
        var sums: [(weight: UInt128, calls: UInt128)] = []
        let means = pool.isByTokens && ratedCount < pool.events.count ? Means(pool, evidence) : nil
        var tokenTotal: UInt128 = 0
        pool.places.removeAll(keepingCapacity: true)
        for index in pool.events {
            let event = evidence.events[Int(index)]
            var weight: UInt128 = 0
            if pool.isByTokens { weight = event.isRated ? evidence.weight(event) : means?.mean(of: event.principal) ?? 1 }
            tokenTotal += weight
            let claimant = Claimant(principal: event.principal, workload: event.workload, model: event.model)
            // One caller's calls come in rows.
            let place: Int32
            if let last = pool.places.last, claimants[Int(last)] == claimant {
                place = last
            } else if claimants.count <= 8, let found = claimants.firstIndex(of: claimant) {
                // Among a few a look is cheaper than a hash.
                place = Int32(found)
            } else if claimants.count > 8, let found = known[claimant] {
                place = found
            } else {
                place = Int32(claimants.count)
                if claimants.count == 8 { for (place, early) in claimants.enumerated() { known[early] = Int32(place) } }
                if claimants.count >= 8 { known[claimant] = place }
                claimants.append(claimant)
                sums.append((0, 0))
            }
            sums[Int(place)].weight += weight
            sums[Int(place)].calls += 1
            pool.places.append(place)
        }
        // Calls that all cost nothing by the list still share by their number.
        if tokenTotal == 0 { pool.isByTokens = false }
        let order = claimants.indices.sorted { precedes(claimants[$0], claimants[$1]) }
        var sortedPlace = [Int32](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { sortedPlace[index] = Int32(place) }
        for index in pool.places.indices { pool.places[index] = sortedPlace[Int(pool.places[index])] }
        pool.claimants = order.map { claimants[$0] }
        pool.weights = order.map { pool.isByTokens ? sums[$0].weight : sums[$0].calls }
        pool.weightTotal = pool.weights.reduce(0, +)
        // Sorted by principal, the first and the last tell.
        pool.hasOnePrincipal = pool.claimants.first?.principal == pool.claimants.last?.principal
    }

    /// What an unrated event weighs: the mean of its principal's rated events in the pool, else of the pool's, rounded down, at least 1.
    private struct Means {
        private var byPrincipal: [Name: (sum: UInt128, count: UInt128)] = [:]
        private var all: (sum: UInt128, count: UInt128) = (0, 0)

        init(_ pool: Pool, _ evidence: Evidence) {
            for index in pool.events where evidence.events[Int(index)].isRated {
                let event = evidence.events[Int(index)]
                let old = byPrincipal[event.principal] ?? (0, 0)
                let weight = evidence.weight(event)
                byPrincipal[event.principal] = (old.sum + weight, old.count + 1)
                all = (all.sum + weight, all.count + 1)
            }
        }

        func mean(of principal: Name) -> UInt128 {
            let base = byPrincipal[principal] ?? all
            return max(1, base.sum / max(1, base.count))
        }
    }
}
