import Bytes
import Records
import Registry
import Synchronization

/// Makes the shares of Usage groups (specification, attribution §6 to §8).
struct UsageShares: Sendable {
    private let claims: Claims
    private let workspaces: WorkspaceFinder
    private let evidence: Evidence
    private var finder: PoolFinder
    private let isShared: @Sendable (Name) -> Bool
    /// Nil without a decision log.
    private var approvals: Approvals?
    private(set) var shares: ShareList
    /// Of every cell whether a group has been credited with it.
    private var isCredited: [Bool]
    /// Of every cell whether it lies in any pool.
    private(set) var isUsed: [Bool]
    /// For every claimant of the evidence the calls of a pool that a group is credited with; all zero between groups.
    private var calls: [UInt32]

    init(
        claims: Claims, workspaces: WorkspaceFinder, evidence: Evidence, finder: PoolFinder, approvals: Approvals?,
        isShared: @escaping @Sendable (Name) -> Bool, room: SpillRoom?
    ) {
        shares = ShareList(room, parts: UsageShares.mostParts)
        self.claims = claims
        self.workspaces = workspaces
        self.evidence = evidence
        self.finder = finder
        self.isShared = isShared
        self.approvals = approvals
        isCredited = [Bool](repeating: false, count: evidence.cells.count)
        isUsed = isCredited
        calls = [UInt32](repeating: 0, count: evidence.claimants.count)
    }

    /// Puts the parts that the registry's rules make in the place of the shares they are made of.
    mutating func apply(_ rules: inout RuledShares, _ groups: [ChargeGroup], room: SpillRoom?) throws(SpillFault) {
        let whole = takeShares()
        shares = try rules.applied(to: whole, groups, room: room) { row, group in
            row.elements = claims.elements[Int(row.workload)]
            row.gap = gap(row, group)
        }
    }

    /// Hands the shares over and keeps none.
    mutating func takeShares() -> ShareList {
        var taken = ShareList()
        swap(&taken, &shares)
        return taken
    }

    /// Makes the shares of all groups, which come in the order of credit, so that those of one pool come one after the other: part by part, each thread
    /// the next of those left, where nothing of one part asks for evidence of another.
    mutating func make(_ groups: [ChargeGroup]) throws(SpillFault) {
        let empty = self
        let used = Mutex(isUsed)
        var made = allAtOnce(
            UsageShares.parts(groups).map { places in
                { @Sendable in
                    Result { () throws(SpillFault) in
                        var part = empty
                        try part.make(groups, in: places)
                        used.withLock { used in
                            for index in used.indices where part.isUsed[index] { used[index] = true }
                        }
                        return part.takeShares()
                    }
                }
            })
        isUsed = used.withLock { $0 }
        // From the first on, each let go when it is taken in.
        made.reverse()
        shares.takeAllRoom()
        while let part = made.popLast() { try shares.append(contentsOf: try part.get()) }
    }

    /// As many as keep the threads of a machine busy to the end, though some take longer than others.
    private static let mostParts = 16

    /// Cuts groups into parts of about the same length, so that no workspace, or account without one, has groups in two of them. Calls that are
    /// spoken for are credited to groups of their workspace alone, all others to groups without one.
    private static func parts(_ groups: [ChargeGroup]) -> [Range<Int>] {
        // For every workspace the last of its groups; those of an account lie together.
        var last: [Name: Int] = [:]
        for (number, group) in groups.enumerated() where !group.workspace.isEmpty && (number + 1 == groups.count || groups[number + 1].workspace != group.workspace) {
            last[group.workspace] = number
        }
        let least = max(512, (groups.count + mostParts - 1) / mostParts)
        var parts: [Range<Int>] = []
        var (start, end) = (0, 0)
        for (number, group) in groups.enumerated() {
            let isNew = number == 0 || group.usageAccount != groups[number - 1].usageAccount || group.workspace != groups[number - 1].workspace
            if isNew && number >= end && number - start >= least {
                parts.append(start..<number)
                start = number
            }
            if isNew && !group.workspace.isEmpty { end = max(end, (last[group.workspace] ?? number) + 1) }
        }
        return parts + [start..<groups.count]
    }

    private mutating func make(_ groups: [ChargeGroup], in places: Range<Int>) throws(SpillFault) {
        var pool = Pool()
        var last: ChargeGroup?
        for index in places where groups[index].isUsage {
            let group = groups[index]
            switch group.platform {
            case .bedrock: try bedrock(group, index)
            case .claudePlatform:
                if last.map({ !isSamePool($0, group) }) ?? true {
                    pool = finder.pool(of: group)
                    for cell in pool.cells { isUsed[Int(cell)] = true }
                }
                last = group
                try claudePlatform(group, index, pool)
            }
        }
    }

    private func isSamePool(_ a: ChargeGroup, _ b: ChargeGroup) -> Bool {
        a.usageAccount == b.usageAccount && a.workspace == b.workspace && a.start == b.start && a.end == b.end
    }

    private mutating func bedrock(_ group: ChargeGroup, _ index: Int) throws(SpillFault) {
        var row = LedgerRow(group, index: index)
        row.principal = group.principal
        row.model = group.model
        if let workload = claims.workload(ofPrincipal: group.principal, at: group.start) {
            assign(&row, .workload, .curPrincipal, workload)
        } else {
            placeWithoutWorkload(&row, group)
        }
        row.gap = gap(row, group)
        try shares.append(row)
    }

    private mutating func claudePlatform(_ group: ChargeGroup, _ index: Int, _ pool: Pool) throws(SpillFault) {
        guard pool.window != .none else {
            var row = LedgerRow(group, index: index)
            placeWithoutWorkload(&row, group)
            row.gap = gap(row, group)
            try shares.append(row)
            return
        }
        let costs = split(group.cost, by: pool.weights)
        let quantities = split(group.quantity, by: pool.weights)
        if pool.window == .interval { credit(pool) }
        let isEmptyGroup = group.cost == .zero && group.quantity == .zero
        for place in pool.claimants.indices {
            let claimant = evidence.claimants[Int(pool.claimants[place])]
            let credited = Int(calls[Int(pool.claimants[place])])
            calls[Int(pool.claimants[place])] = 0
            var row = LedgerRow(group, index: index)
            row.principal = claimant.principal
            row.model = claimant.model
            row.window = pool.window
            if claimant.workload >= 0 {
                let isSole = pool.window == .interval && pool.hasOnePrincipal
                let method: Method = isSole ? .solePrincipal : pool.isByTokens ? .tokenWeighted : .callWeighted
                assign(&row, .workload, method, Int(claimant.workload))
            } else {
                placeWithoutWorkload(&row, group)
            }
            row.gap = gap(row, group)
            row.isEmpty = !isEmptyGroup && costs[place] == .zero && quantities[place] == .zero && credited == 0
            row.weight = pool.weights[place]
            row.weightTotal = pool.weightTotal
            row.calls = credited
            row.cost = costs[place]
            row.quantity = quantities[place]
            try shares.append(row)
        }
    }

    /// Counts, by claimant, the calls of the pool that no earlier group was credited with.
    private mutating func credit(_ pool: Pool) {
        for index in pool.cells where !isCredited[Int(index)] {
            isCredited[Int(index)] = true
            calls[Int(evidence.cells[Int(index)].claimant)] += evidence.cells[Int(index)].calls
        }
    }

    /// Rows 4 to 7 of the specification's table: the workspace's claim, the bill's tags, the registry's tags, nothing.
    func placeWithoutWorkload(_ row: inout LedgerRow, _ group: ChargeGroup) {
        if let workload = claims.workload(ofWorkspace: group.workspace, at: group.start) {
            assign(&row, .workspace, .workspaceClaim, workload)
        } else if !group.elements.areEmpty {
            row.level = .workspace
            row.method = .workspaceTags
            row.elements = group.elements
        } else {
            let elements = workspaces.elements(of: group.workspace)
            if !elements.areEmpty {
                row.level = .workspace
                row.method = .registryTags
                row.elements = elements
            }
        }
    }

    private func assign(_ row: inout LedgerRow, _ level: Level, _ method: Method, _ workload: Int) {
        row.level = level
        row.method = method
        row.workload = Int32(workload)
        row.elements = claims.elements[workload]
    }

    /// The first gap that matches. A principal without workload is one that no claim in force names, whatever its workspace's claim says.
    private mutating func gap(_ row: LedgerRow, _ group: ChargeGroup) -> Gap {
        let isUnclaimed = !row.principal.isEmpty && row.level != .workload
        if isUnclaimed && isShared(row.principal) { return .sharedRole }
        if let gap = approvals?.gap(principal: row.principal, model: row.model, group) { return gap }
        if isUnclaimed { return .unclaimedPrincipal }
        if row.principal.isEmpty && row.method != .workspaceClaim && row.level != .workload && !row.method.isSplit { return .noEvidence }
        if row.workload >= 0 && !claims.hasConfirmedEstimate(Int(row.workload), currency: group.currency) { return .noEstimate }
        return .none
    }
}
