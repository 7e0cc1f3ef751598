import Bytes
import Records

/// What must hold in every run, checked on every run by code that shares nothing with the code that made the shares
/// (specification, attribution §9). A violation is a bug of this program, never of the data.
enum Invariants {
    /// For every group its shares sum to it exactly, in cost and in quantity.
    static func checkShares(_ shares: ShareList, _ groups: [ChargeGroup]) throws(AttributionFault) {
        var cost = groups.map(\.cost.atto)
        var quantity = groups.map(\.quantity.atto)
        do throws(SpillFault) {
            try shares.forEach { _, share in
                cost[Int(share.group)] -= share.cost.atto
                quantity[Int(share.group)] -= share.quantity.atto
            }
        } catch { throw .spill(error) }
        for (index, group) in groups.enumerated() where cost[index] != 0 || quantity[index] != 0 {
            throw .violation(
                "the shares of the charges at \(group.start.text) miss their cost by \(cost[index]) and their quantity by \(quantity[index]) atto")
        }
    }

    /// Per currency the ledger's levels sum to what was charged.
    static func checkTotals(_ ledger: Ledger, _ groups: [ChargeGroup]) throws(AttributionFault) {
        // Of every currency what of its charges no level has; a month has few.
        var left: [(currency: Name, atto: Int128)] = []
        // For every group the place of its currency.
        let places = groups.map { group in
            if let place = left.firstIndex(where: { $0.currency == group.currency }) { return place }
            left.append((group.currency, 0))
            return left.count - 1
        }
        for (group, place) in zip(groups, places) { left[place].atto += group.cost.atto }
        ledger.forEachRow { row in left[places[Int(row.group)]].atto -= row.cost.atto }
        for (currency, atto) in left where atto != 0 {
            throw .violation("the levels in \(ledger.names.text(currency)) do not sum to what was charged")
        }
    }

    /// Every row and every record is in exactly one counter.
    static func checkCounts(_ rows: RowCounts, _ events: EventCounts, _ usage: UsageCounts) throws(AttributionFault) {
        guard rows.read == rows.charges + rows.otherService + rows.otherPeriod + rows.rejected else {
            throw .violation("the rows of the bill are not each in one counter: \(rows)")
        }
        let otherEvents = events.rejected + events.otherSource + events.summary + events.otherPeriod + events.notBillable
        let dropped = events.failed + events.duplicate + events.superseded + events.sharedDuplicate
        guard events.read == events.evidence + otherEvents + dropped, events.unused <= events.evidence else {
            throw .violation("the CloudTrail records are not each in one counter: \(events)")
        }
        guard usage.read == usage.rated + usage.unrated + usage.duplicate + usage.rejected,
            usage.rated + usage.unrated == usage.joined + usage.ownEvidence + usage.unmatched
        else { throw .violation("the usage records are not each in one counter: \(usage)") }
    }

    /// No event is credited twice.
    static func checkCalls(_ ledger: Ledger, evidence: Int) throws(AttributionFault) {
        var credited = 0
        ledger.forEachRow { row in credited += row.calls }
        guard credited <= evidence else {
            throw .violation("\(credited) calls are credited, but there are only \(evidence) events")
        }
    }
}
