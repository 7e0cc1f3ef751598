import Records
import Registry

/// Gives taxes, credits and everything else that is not usage to those who spent the money it stands on (specification, attribution §6).
struct FollowCost {
    /// What Usage shares are summed by.
    private struct Follower: Hashable {
        var workspace: Name
        var principal: Name
        var workload: Int32
        var model: Name
        var level: Level
        var elements: Elements
        var gap: Gap
    }

    private struct Scope: Hashable {
        var platform: Platform
        var currency: Name
        var payer: Name
        var account: Name?
        var workspace: Name?
        /// Nil for the whole period.
        var start: Instant?
        var end: Instant?
    }

    private struct Followers {
        var keys: [Follower] = []
        var weights: [UInt128] = []
        var total: UInt128 = 0
    }

    /// Usage shares, sorted so that those of one scope's accounts lie together and in time order.
    private struct Index {
        struct Key: Hashable {
            var platform: Platform
            var currency: Name
            var payer: Name
            var account: Name?
            var workspace: Name?

            func hash(into hasher: inout Hasher) {
                hasher.combine(packed(payer, account ?? .empty))
                hasher.combine(packed(currency, workspace ?? .empty))
            }
        }
        var shares: [Key: [Int32]] = [:]
    }

    private let usage: [LedgerRow]
    private let groups: [ChargeGroup]
    private let ranks: [UInt32]
    private let workloadIDs: [Name]
    private var index = Index()
    private var known: [Scope: Followers] = [:]
    private(set) var shares: [LedgerRow] = []

    init(usage: [LedgerRow], groups: [ChargeGroup], workloadIDs: [Name], ranks: [UInt32]) {
        self.usage = usage
        self.groups = groups
        self.workloadIDs = workloadIDs
        self.ranks = ranks
        for place in usage.indices {
            let row = usage[place]
            let group = groups[Int(row.group)]
            let payer = Index.Key(platform: group.platform, currency: group.currency, payer: group.payerAccount, account: nil, workspace: nil)
            var account = payer
            account.account = group.usageAccount
            var workspace = account
            workspace.workspace = row.workspace
            index.shares[payer, default: []].append(Int32(place))
            index.shares[account, default: []].append(Int32(place))
            if !row.workspace.isEmpty { index.shares[workspace, default: []].append(Int32(place)) }
        }
        for key in index.shares.keys {
            index.shares[key]?.sort { a, b in
                (groups[Int(usage[Int(a)].group)].start, a) < (groups[Int(usage[Int(b)].group)].start, b)
            }
        }
    }

    /// The usage start of a share.
    private func start(_ share: Int32) -> Instant { groups[Int(usage[Int(share)].group)].start }

    /// Makes the shares of every group that is not usage. `place` fills level, method, workload and elements where there is nothing to follow.
    mutating func make(
        policy: (Name) -> Policy.Choice, place: (inout LedgerRow, ChargeGroup) -> Void
    ) {
        for (number, group) in groups.enumerated() where !group.isUsage {
            var row = LedgerRow(group, index: number)
            if policy(group.lineItemType) == .keep {
                row.method = .keptCentral
                shares.append(row)
                continue
            }
            guard let scope = firstScope(group) else {
                place(&row, group)
                row.gap = .noUsage
                shares.append(row)
                continue
            }
            follow(scope, row)
        }
    }

    private mutating func follow(_ followers: Followers, _ group: LedgerRow) {
        let costs = split(group.cost, by: followers.weights)
        let quantities = split(group.quantity, by: followers.weights)
        let isEmptyGroup = group.cost == .zero && group.quantity == .zero
        for (place, key) in followers.keys.enumerated() {
            if !isEmptyGroup && costs[place] == .zero && quantities[place] == .zero { continue }
            var row = group
            row.workspace = key.workspace
            row.workspaceSource = .followsCost
            row.principal = key.principal
            row.workload = key.workload
            row.model = key.model
            row.level = key.level
            row.elements = key.elements
            row.gap = key.gap
            row.method = .followsCost
            row.weight = followers.weights[place]
            row.weightTotal = followers.total
            row.cost = costs[place]
            row.quantity = quantities[place]
            shares.append(row)
        }
    }

    /// The first of the five scopes with a positive weight.
    private mutating func firstScope(_ group: ChargeGroup) -> Followers? {
        let (start, end) = group.hours
        var scope = Scope(platform: group.platform, currency: group.currency, payer: group.payerAccount)
        var candidates: [Scope] = []
        scope.account = group.usageAccount
        scope.start = start
        scope.end = end
        if !group.workspace.isEmpty {
            scope.workspace = group.workspace
            candidates.append(scope)
            scope.workspace = nil
        }
        candidates.append(scope)
        var wholePeriod = scope
        wholePeriod.start = nil
        wholePeriod.end = nil
        candidates.append(wholePeriod)
        scope.account = nil
        candidates.append(scope)
        wholePeriod.account = nil
        candidates.append(wholePeriod)
        for candidate in candidates {
            let found = followers(candidate)
            if found.total > 0 { return found }
        }
        return nil
    }

    /// The shares of a scope summed by what they agree in; each scope is summed once.
    private mutating func followers(_ scope: Scope) -> Followers {
        if let found = known[scope] { return found }
        let key = Index.Key(
            platform: scope.platform, currency: scope.currency, payer: scope.payer, account: scope.account, workspace: scope.workspace)
        var sums: [Follower: Int128] = [:]
        for place in slice(index.shares[key] ?? [], scope) {
            let row = usage[Int(place)]
            let follower = Follower(
                workspace: row.workspace, principal: row.principal, workload: row.workload, model: row.model,
                level: row.level, elements: row.elements, gap: row.gap)
            sums[follower, default: 0] += row.cost.atto
        }
        var found = Followers()
        found.keys = sums.keys.sorted(by: precedes)
        found.weights = found.keys.map { UInt128(max(0, sums[$0] ?? 0)) }
        found.total = found.weights.reduce(0, +)
        known[scope] = found
        return found
    }

    private func slice(_ places: [Int32], _ scope: Scope) -> ArraySlice<Int32> {
        guard let first = scope.start, let end = scope.end else { return places[...] }
        func firstIndex(_ time: Instant) -> Int {
            var low = 0
            var high = places.count
            while low < high {
                let middle = (low + high) / 2
                if start(places[middle]) >= time { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let from = firstIndex(first)
        return places[from..<max(from, firstIndex(end))]
    }

    private func precedes(_ a: Follower, _ b: Follower) -> Bool {
        func rank(_ name: Name) -> UInt32 { ranks[Int(name.index)] }
        if a.workspace != b.workspace { return rank(a.workspace) < rank(b.workspace) }
        if a.principal != b.principal { return rank(a.principal) < rank(b.principal) }
        if a.workload != b.workload {
            func workloadRank(_ workload: Int32) -> Int64 { workload < 0 ? -1 : Int64(rank(workloadIDs[Int(workload)])) }
            return workloadRank(a.workload) < workloadRank(b.workload)
        }
        if a.model != b.model { return rank(a.model) < rank(b.model) }
        if a.level != b.level { return a.level.rawValue < b.level.rawValue }
        for index in 0..<4 where a.elements[index] != b.elements[index] {
            return rank(a.elements[index]) < rank(b.elements[index])
        }
        return a.gap.rawValue < b.gap.rawValue
    }
}
