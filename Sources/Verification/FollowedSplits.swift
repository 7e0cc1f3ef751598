import Records

/// Whether taxes, credits and all else that follows cost are shared in proportion to their weights (specification, attribution §6).
///
/// A share takes the workspace of whom it follows, so the ledger does not say on which workspace a charge stood, nor which of the five scopes it
/// followed. Rows that agree in all else and in `weight_total` may stem from several charges that followed different scopes of
/// the same total. Only where the weights of such rows add up to exactly that total is the scope known to be one, or to be told apart only by shares that
/// were rounded away; then the shares are less than one atto for each charge, and for each claimant rounded away, off their part. Both
/// together are fewer than the bill's charges and the ledger's rows.
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

    private struct Group {
        var cost = ExactSum()
        var weights: UInt128 = 0
        var hasOverflow = false
        var weightTotal: UInt128
        var shares: [(weight: UInt128, cost: Int128, line: Int)] = []
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
    mutating func add(_ row: LedgerRow, _ table: borrowing CSVTable) {
        if table.firstChanged <= LedgerColumn.region.rawValue { close() }
        guard row.method == .followsCost else { return }
        let key = Key(
            lineItemType: row.lineItemType, usageType: row.usageType, invoice: row.invoice, weightTotal: row.weightTotal, currency: row.currency,
            billingEntity: row.billingEntity, legalEntity: row.legalEntity, productCode: row.productCode, operation: row.operation)
        let place = index[key] ?? groups.count
        if place == groups.count {
            index[key] = place
            groups.append(Group(weightTotal: row.weightTotal))
        }
        let (weights, overflow) = groups[place].weights.addingReportingOverflow(row.weight)
        groups[place].weights = weights
        groups[place].hasOverflow = groups[place].hasOverflow || overflow
        groups[place].cost += Amount(atto: row.cost)
        groups[place].shares.append((row.weight, row.cost, table.line))
    }

    private mutating func close() {
        for group in groups where !group.hasOverflow && group.weights == group.weightTotal {
            guard let whole = group.cost.amount?.atto else { continue }
            for share in group.shares {
                comparedCount += 1
                guard let off = deviation(share.cost, of: whole, weight: share.weight, total: group.weightTotal) else { continue }
                if off.magnitude > worst?.off ?? 1 {
                    worst = Worst(
                        off: off.magnitude, line: share.line,
                        what:
                            "cost \(figure(share.cost)) is no share of weight \(share.weight) in \(group.weightTotal) of the charge's \(figure(whole))")
                }
            }
        }
        index.removeAll(keepingCapacity: groups.count < 64)
        groups.removeAll(keepingCapacity: true)
    }

    /// To be called behind the last row, when it is known how many there are.
    mutating func finish(charges: Int, rows: Int) throws(VerificationFault) {
        close()
        if let worst, worst.off > UInt128(charges) + UInt128(rows) { throw .at(path, worst.line, worst.what) }
    }
}
