import Bytes
import Records
import Registry

/// Gives taxes, credits and everything else that is not usage to those who spent the money it stands on (specification, attribution §6).
struct FollowCost {
    /// What Usage shares are summed by.
    private struct Follower: PlacedKey {
        var workspace: Name
        var principal: Name
        var workload: Int32
        var model: Name
        var level: Level
        var elements: Elements
        var gap: Gap

        func mixed(_ mix: Mixer) -> UInt64 {
            mix(packed(workspace, principal), packed(model, Name(index: UInt32(bitPattern: workload))))
                ^ mix(elements.mixed(mix), UInt64(level.rawValue) << 8 | UInt64(gap.rawValue))
        }
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

    /// What a scope's groups have in common, its interval apart.
    private struct Key: Hashable {
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

    private let usage: ShareList
    private let groups: [ChargeGroup]
    private let ranks: [UInt32]
    private let workloadIDs: [Name]
    /// Of every group where its shares lie in `usage`, one behind the other.
    private var shareRanges: [Range<Int>]
    /// The Usage groups of every key, by time.
    private var groupsByKey: [Key: [Int32]] = [:]
    /// Scopes that were summed already, as long as they have room: several charges stand on one.
    private var known: [Scope: Followers] = [:]
    private var knownFollowers = 0
    private let followerLimit: Int
    private(set) var shares: ShareList

    init(
        usage: ShareList, groups: [ChargeGroup], workloadIDs: [Name], ranks: [UInt32], room: SpillRoom?
    ) throws(SpillFault) {
        shares = ShareList(room)
        followerLimit = room.map { SpillRoom.count($0.ledgerBytes / 4, of: Follower.self) } ?? .max
        self.usage = usage
        self.groups = groups
        self.workloadIDs = workloadIDs
        self.ranks = ranks
        shareRanges = [Range<Int>](repeating: 0..<0, count: groups.count)
        var last = -1
        var ranges = shareRanges
        try usage.forEach { place, share in
            let number = Int(share.group)
            precondition(number == last || ranges[number].isEmpty, "a group's shares must lie together")
            ranges[number] = (number == last ? ranges[number].lowerBound : place)..<place + 1
            last = number
        }
        shareRanges = ranges
        for (number, group) in groups.enumerated() where group.isUsage {
            var key = Key(platform: group.platform, currency: group.currency, payer: group.payerAccount, account: nil, workspace: nil)
            groupsByKey[key, default: []].append(Int32(number))
            key.account = group.usageAccount
            groupsByKey[key, default: []].append(Int32(number))
            if group.workspace.isEmpty { continue }
            key.workspace = group.workspace
            groupsByKey[key, default: []].append(Int32(number))
        }
        for key in groupsByKey.keys { groupsByKey[key]?.sort { (groups[Int($0)].start, $0) < (groups[Int($1)].start, $1) } }
    }

    /// Makes the shares of every group that is not usage. `place` fills level, method, workload and elements where there is nothing to follow.
    mutating func make(
        policy: (Name) -> Policy.Choice, place: (inout LedgerRow, ChargeGroup) -> Void
    ) throws(SpillFault) {
        for (number, group) in groups.enumerated() where !group.isUsage {
            var row = LedgerRow(group, index: number)
            if policy(group.lineItemType) == .keep {
                row.method = .keptCentral
                try shares.append(row)
                continue
            }
            guard let scope = try firstScope(group) else {
                place(&row, group)
                row.gap = .noUsage
                try shares.append(row)
                continue
            }
            try follow(scope, row)
        }
    }

    private mutating func follow(_ followers: Followers, _ group: LedgerRow) throws(SpillFault) {
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
            try shares.append(row)
        }
    }

    /// The first of the five scopes with a positive weight.
    private mutating func firstScope(_ group: ChargeGroup) throws(SpillFault) -> Followers? {
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
            let found = try followers(candidate)
            if found.total > 0 { return found }
        }
        return nil
    }

    /// The shares of a scope summed by what they agree in; each scope is summed once while sums have room.
    private mutating func followers(_ scope: Scope) throws(SpillFault) -> Followers {
        if let found = known[scope] { return found }
        let key = Key(
            platform: scope.platform, currency: scope.currency, payer: scope.payer, account: scope.account, workspace: scope.workspace)
        var sums = KeySums<Follower, Amount>()
        for number in slice(groupsByKey[key] ?? [], scope) {
            try usage.forEach(in: shareRanges[Int(number)]) { _, row in
                let follower = Follower(
                    workspace: row.workspace, principal: row.principal, workload: row.workload, model: row.model,
                    level: row.level, elements: row.elements, gap: row.gap)
                sums.add(row.cost, to: follower)
            }
        }
        var found = Followers()
        let order = sums.keys.indices.sorted { precedes(sums.keys[$0], sums.keys[$1]) }
        found.keys = order.map { sums.keys[$0] }
        found.weights = order.map { UInt128(max(0, sums.values[$0].atto)) }
        found.total = found.weights.reduce(0, +)
        if knownFollowers + found.keys.count > followerLimit {
            known = [:]
            knownFollowers = 0
        }
        known[scope] = found
        knownFollowers += found.keys.count
        return found
    }

    /// Of the groups of a key those that start within the scope's interval.
    private func slice(_ numbers: [Int32], _ scope: Scope) -> ArraySlice<Int32> {
        guard let first = scope.start, let end = scope.end else { return numbers[...] }
        func firstIndex(_ time: Instant) -> Int { numbers.partitioningIndex { groups[Int($0)].start >= time } }
        let from = firstIndex(first)
        return numbers[from..<max(from, firstIndex(end))]
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
