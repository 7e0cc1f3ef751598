import Records

/// Whether the shares of the Claude Platform's Usage are in proportion to their weights (specification, attribution §5 and §6).
///
/// A group of the bill is not written down as such: its tags are missing in the ledger, so rows of several groups that differ only in
/// tags look like one, and where their shares are alike they are merged. What always holds:
///
/// - All groups of a pool (account, workspace, interval) share its claimants: one `weight_total`, one window, one weight for each claimant; the weights
///   add up to at most the total (less when shares of nothing are left out).
/// - In each true group a share is ⌊A·w ÷ W⌋ or one atto more. So of n groups that look like one the share is less than n atto off A·w ÷ W, and a share
///   that is k atto off proves at least k groups. Every group has at least one charge: all these numbers add up to at most the bill's
///   charges. A wrong figure of a cent would need 10¹⁶ groups.
///
/// The ledger's order keeps the rows of a pool together (columns up to the workspace), and of a group (up to the invoice). So only one pool
/// and one group are held.
struct UsageSplits {
    private struct Claimant: Hashable {
        var principal: Name
        /// Empty unless the claimant itself has the workload: a workspace's claim is not the claimant's, nor is a rule's split.
        var workload: Name
        var model: Name
    }

    private struct GroupKey: Hashable {
        var currency: Name
        var billingEntity: Name
        var legalEntity: Name
        var productCode: Name
        var operation: Name
        /// Of Bedrock, whose groups each have one.
        var principal: Name
        var model: Name
    }

    private struct ShareKey: Hashable {
        var group: Int
        var claimant: Claimant
    }

    private struct Group {
        var cost = ExactSum()
        var quantity = ExactSum()
    }

    private struct Share {
        var group: Int
        var weight: UInt128
        var cost = ExactSum()
        var quantity = ExactSum()
        var line: Int
    }

    private struct Weighed {
        var weight: UInt128
        var calls: UInt128
        var line: Int
    }

    private struct PoolFacts {
        var window: LedgerWindow
        var weightTotal: UInt128
        var line: Int
        var weightSum: UInt128 = 0
        /// Whether weights are tokens; nil until a row says so.
        var isByTokens: Bool?
        /// The first line that says sole-principal, and the first that says it is not.
        var soleLine: Int?
        var sharedLine: Int?
        var principal: Name
        /// The first line with another principal.
        var otherPrincipalLine: Int?
    }

    private let usage: Name
    private let charges: UInt128
    private let path: String
    /// Groups that the rows so far prove.
    private var provenGroups: UInt128 = 0
    /// Shares compared.
    private(set) var comparedCount = 0

    private var pool: PoolFacts?
    private var claimants: [Claimant: Weighed] = [:]
    private var groupIndex: [GroupKey: Int] = [:]
    private var groups: [Group] = []
    private var shareIndex: [ShareKey: Int] = [:]
    private var shares: [Share] = []

    init(usage: Name, charges: Int, path: String) {
        self.usage = usage
        self.charges = UInt128(charges)
        self.path = path
    }

    /// Takes the next row; closes the group and pool that it is no part of.
    mutating func add(_ row: LedgerRow, _ table: borrowing CSVTable) throws(VerificationFault) {
        if table.firstChanged <= LedgerColumn.invoice.rawValue { try closeGroups() }
        if table.firstChanged <= LedgerColumn.workspace.rawValue { try closePool() }
        guard row.lineItemType == usage else { return }
        let isBedrock = row.platform == .bedrock
        let key = GroupKey(
            currency: row.currency, billingEntity: row.billingEntity, legalEntity: row.legalEntity, productCode: row.productCode,
            operation: row.operation, principal: isBedrock ? row.principal : .empty, model: isBedrock ? row.model : .empty)
        var index = groups.count
        if let known = groupIndex[key] {
            index = known
        } else {
            groupIndex[key] = index
            groups.append(Group())
        }
        guard !isBedrock else { return }
        let claimant = Claimant(
            principal: row.principal, workload: row.level == .workload && !row.method.isSplit ? row.workload : .empty, model: row.model)
        try addToPool(row, claimant, table)
        guard row.weightTotal > 0 else { return }
        groups[index].cost += Amount(atto: row.cost)
        groups[index].quantity += Amount(atto: row.quantity)
        let shareKey = ShareKey(group: index, claimant: claimant)
        let place = shareIndex[shareKey] ?? shares.count
        if place == shares.count {
            shareIndex[shareKey] = place
            shares.append(Share(group: index, weight: row.weight, line: table.line))
        }
        shares[place].cost += Amount(atto: row.cost)
        shares[place].quantity += Amount(atto: row.quantity)
    }

    /// To be called behind the last row.
    mutating func close() throws(VerificationFault) {
        try closeGroups()
        try closePool()
    }

    // MARK: Pools

    private mutating func addToPool(_ row: LedgerRow, _ claimant: Claimant, _ table: borrowing CSVTable) throws(VerificationFault) {
        var facts = pool
            ?? PoolFacts(window: row.window, weightTotal: row.weightTotal, line: table.line, principal: row.principal)
        guard facts.window == row.window else {
            throw table.fault("evidence_window is \(row.window.rawValue), but \(facts.window.rawValue) in line \(facts.line) of the same pool")
        }
        guard facts.weightTotal == row.weightTotal else {
            throw table.fault("weight_total is \(row.weightTotal), but \(facts.weightTotal) in line \(facts.line) of the same pool")
        }
        if row.principal != facts.principal { facts.otherPrincipalLine = facts.otherPrincipalLine ?? table.line }
        switch row.method {
        case .tokenWeighted, .callWeighted:
            let isByTokens = row.method == .tokenWeighted
            guard facts.isByTokens ?? isByTokens == isByTokens else {
                throw table.fault("method is \(row.method.rawValue), but the pool of line \(facts.line) is weighed otherwise")
            }
            facts.isByTokens = isByTokens
            if row.window == .interval { facts.sharedLine = facts.sharedLine ?? table.line }
        case .solePrincipal: facts.soleLine = facts.soleLine ?? table.line
        default: break
        }
        var weighed = claimants[claimant] ?? Weighed(weight: row.weight, calls: 0, line: table.line)
        if claimants[claimant] == nil {
            let (sum, overflow) = facts.weightSum.addingReportingOverflow(row.weight)
            guard !overflow, sum <= facts.weightTotal else {
                throw table.fault("weights of the pool of line \(facts.line) add up to more than its weight_total \(facts.weightTotal)")
            }
            facts.weightSum = sum
        }
        guard weighed.weight == row.weight else {
            throw table.fault("weight is \(row.weight), but \(weighed.weight) in line \(weighed.line) for the same claimant and pool")
        }
        // Calls are below 10¹⁸ a row, so this sum cannot overflow.
        weighed.calls += UInt128(row.calls)
        claimants[claimant] = weighed
        pool = facts
    }

    private mutating func closePool() throws(VerificationFault) {
        defer {
            pool = nil
            claimants.removeAll(keepingCapacity: claimants.count < 64)
        }
        guard let facts = pool else { return }
        if let sole = facts.soleLine {
            if let other = facts.otherPrincipalLine {
                throw .at(path, sole, "method is sole-principal, but the pool has another principal in line \(max(other, facts.line))")
            }
            if let shared = facts.sharedLine {
                throw .at(path, shared, "method is not sole-principal, but it is in line \(sole) of the same pool")
            }
        }
        guard facts.isByTokens == false else { return }
        // Of a pool that is weighed by calls, weights are events: none is credited twice, and a claimant without one does not exist.
        let over = claimants.values.filter { $0.calls > $0.weight }.min { $0.line < $1.line }
        if let over { throw .at(path, over.line, "calls add up to \(over.calls), but the claimant has \(over.weight) events in its pool") }
        if let shared = facts.sharedLine, facts.weightSum == facts.weightTotal, facts.otherPrincipalLine == nil {
            throw .at(path, shared, "method is call-weighted, but all of the pool's events have one principal: that is sole-principal")
        }
    }

    // MARK: Groups

    private mutating func closeGroups() throws(VerificationFault) {
        defer {
            let isSmall = shares.count < 64 && groups.count < 64
            groupIndex.removeAll(keepingCapacity: isSmall)
            shareIndex.removeAll(keepingCapacity: isSmall)
            groups.removeAll(keepingCapacity: true)
            shares.removeAll(keepingCapacity: true)
        }
        guard !groups.isEmpty else { return }
        let total = pool?.weightTotal ?? 0
        /// Of every group how many the worst of its shares proves, and which share that is.
        var proofs = [(count: UInt128, share: Int)](repeating: (1, -1), count: groups.count)
        for (index, share) in shares.enumerated() {
            comparedCount += 1
            let group = groups[share.group]
            let count = max(
                try proof(share.cost, of: group.cost, share, total), try proof(share.quantity, of: group.quantity, share, total))
            if count > proofs[share.group].count { proofs[share.group] = (count, index) }
        }
        for (index, proof) in proofs.enumerated() {
            let (sum, overflow) = provenGroups.addingReportingOverflow(proof.count)
            guard overflow || sum > charges else {
                provenGroups = sum
                continue
            }
            guard proof.share >= 0 else {
                throw .contradiction("\(path): has more groups of Usage than the \(charges) charges of the bill")
            }
            let share = shares[proof.share]
            throw .at(
                path, share.line,
                "cost \(figure(share.cost)) and quantity \(figure(share.quantity)) are no share of weight \(share.weight) in \(total) of the group's \(figure(groups[index].cost)) and \(figure(groups[index].quantity))")
        }
    }

    /// How many groups it takes for a share to be so far off its part of the whole.
    private func proof(_ share: ExactSum, of whole: ExactSum, _ found: Share, _ total: UInt128) throws(VerificationFault) -> UInt128 {
        guard let part = share.amount?.atto, let amount = whole.amount?.atto else {
            throw .at(path, found.line, "the shares of this group add up to more than 10^18")
        }
        guard let off = deviation(part, of: amount, weight: found.weight, total: total) else { return .max }
        return off > 0 ? off.magnitude : 1 + off.magnitude
    }
}

/// How far a part lies above ⌊|whole| · weight ÷ total⌋, both taken with the sign of the whole; nil when the weights make no sense.
func deviation(_ part: Int128, of whole: Int128, weight: UInt128, total: UInt128) -> Int128? {
    guard weight <= total, let (quotient, _) = ExactQuotient.divided(whole.magnitude, times: weight, by: total) else { return nil }
    return (whole < 0 ? -part : part) - Int128(quotient)
}
