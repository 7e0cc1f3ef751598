import Records

/// Whether taxes, credits and all else that follows cost are shared in proportion to their weights (specification, attribution §6).
///
/// A share takes the workspace of whom it follows, so the ledger does not say on which workspace a charge stood, nor which of the five scopes it
/// followed. Rows that agree in all else and in `weight_total` may stem from several charges. What always holds:
///
/// - Where any workspace's own scope has weight, so has the account's in that interval, which is the sum of them. Hence scopes of one account and
///   interval that have the same total are either one scope, or the scopes of several workspaces, told apart by the shares' workspace.
///   So the weights of all rows add up to at most the total, or those of each workspace do.
/// - What a scope lacks of its total are claimants whose shares were rounded away: less than an atto for each charge and claimant. The same
///   bounds how far a share is off its part. So all that is missing or off is less than the bill's charges times the ledger's rows.
struct FollowedSplits {
    private struct Key: Hashable {
        var lineItemType: Name
        var usageType: Name
        var invoice: Name
        var weightTotal: UInt128
        var currency: Name
        var billingEntity: Name
        var legalEntity: Name
        var productCode: Name
        var operation: Name
    }

    /// Rows that may follow one scope.
    private struct Scope {
        var cost = ExactSum()
        var weights: UInt128 = 0
        var shares: [(weight: UInt128, cost: Int128, line: Int)] = []

        mutating func add(_ share: (weight: UInt128, cost: Int128, line: Int)) {
            let (sum, overflow) = weights.addingReportingOverflow(share.weight)
            weights = overflow ? .max : sum
            cost += Amount(atto: share.cost)
            shares.append(share)
        }
    }

    private struct Group {
        var weightTotal: UInt128
        var all = Scope()
        var workspaces: [Name: Int] = [:]
        var ofWorkspace: [Scope] = []
    }

    /// The share that is furthest off, and by how much.
    private struct Worst {
        var off: UInt128
        var line: Int
        var what: String
    }

    private let path: String
    private var index: [Key: Int] = [:]
    private var groups: [Group] = []
    private var worst: Worst?
    private(set) var comparedCount = 0

    init(path: String) { self.path = path }

    /// Takes the next row; rows of one charge lie together up to the region.
    mutating func add(_ row: LedgerRow, _ table: borrowing CSVTable) throws(VerificationFault) {
        if table.firstChanged <= LedgerColumn.region.rawValue { try close() }
        guard row.method == .followsCost else { return }
        let key = Key(
            lineItemType: row.lineItemType, usageType: row.usageType, invoice: row.invoice, weightTotal: row.weightTotal, currency: row.currency,
            billingEntity: row.billingEntity, legalEntity: row.legalEntity, productCode: row.productCode, operation: row.operation)
        let place = index[key] ?? groups.count
        if place == groups.count {
            index[key] = place
            groups.append(Group(weightTotal: row.weightTotal))
        }
        let share = (row.weight, row.cost, table.line)
        groups[place].all.add(share)
        let workspace = groups[place].workspaces[row.workspace] ?? groups[place].ofWorkspace.count
        if workspace == groups[place].ofWorkspace.count {
            groups[place].workspaces[row.workspace] = workspace
            groups[place].ofWorkspace.append(Scope())
        }
        groups[place].ofWorkspace[workspace].add(share)
    }

    private mutating func close() throws(VerificationFault) {
        for group in groups {
            let scopes = group.all.weights <= group.weightTotal ? [group.all] : group.ofWorkspace
            for scope in scopes { try compare(scope, group.weightTotal) }
        }
        index.removeAll(keepingCapacity: groups.count < 64)
        groups.removeAll(keepingCapacity: true)
    }

    private mutating func compare(_ scope: Scope, _ total: UInt128) throws(VerificationFault) {
        guard let first = scope.shares.first, let whole = scope.cost.amount?.atto else { return }
        guard scope.weights <= total else {
            throw .at(path, first.line, "the weights of this charge's shares add up to more than their weight_total \(total)")
        }
        comparedCount += scope.shares.count
        if let (missing, _) = ExactQuotient.divided(whole.magnitude, times: total - scope.weights, by: total) {
            note(missing, first.line) {
                "the weights of this charge's shares add up to \(scope.weights), but weight_total is \(total), and no share is small enough to be left out"
            }
        }
        for share in scope.shares {
            guard let off = deviation(share.cost, of: whole, weight: share.weight, total: total) else { continue }
            note(off.magnitude, share.line) {
                "cost \(figure(share.cost)) is no share of weight \(share.weight) in \(total) of the charge's \(figure(whole))"
            }
        }
    }

    private mutating func note(_ off: UInt128, _ line: Int, _ what: () -> String) {
        if off > worst?.off ?? 1 { worst = Worst(off: off, line: line, what: what()) }
    }

    /// To be called behind the last row, when it is known how many there are.
    mutating func finish(charges: Int, rows: Int) throws(VerificationFault) {
        try close()
        let (bound, overflow) = UInt128(charges).multipliedReportingOverflow(by: UInt128(rows) + 1)
        if let worst, !overflow, worst.off > bound { throw .at(path, worst.line, worst.what) }
    }
}
