import Bytes
import Records
import Registry

/// What the caller decides about a run.
public struct AttributionOptions: Sendable {
    public var period: Month
    public var weighing: Weighing = .auto
    public var trustsUsageLog = false
    /// Until when the data is taken to be complete; nil to see it from the bill.
    public var asOf: Instant?

    public init(period: Month) { self.period = period }
}

/// Why no ledger could be made.
public enum AttributionFault: Error {
    /// Bad data (exit 65).
    case data(String)
    /// An invariant does not hold: a bug of this program (exit 70).
    case violation(String)
    /// What had no room in memory could not be put on disk, or fetched from there (exit 73).
    case spill(SpillFault)
}

/// Everything that reports are made of.
public struct Attribution: Sendable {
    public var period: Month
    public var ledger: Ledger
    public var rows: RowCounts
    public var events: EventCounts
    public var usage: UsageCounts
    /// Until when the month is taken to be complete.
    public var dataThrough: Instant
    /// Models of the usage log that the rate card does not know, bytewise.
    public var unknownModels: [String]
    /// What a gap's action sentence must know.
    public var gapFacts: GapFacts
}

/// What is known of the evidence of accounts, for the sentence that says what to do about a gap. Intervals are of whole hours.
public struct GapFacts: Sendable {
    /// Of every account the hours with evidence, ascending: all that is left of the evidence when shares are made.
    let hours: [Name: [EvidenceHour]]
    /// Accounts with Bedrock charges from a bill without a principal column.
    let withoutPrincipalColumn: Set<Name>

    public func lacksPrincipalColumn(_ account: Name) -> Bool { withoutPrincipalColumn.contains(account) }
    /// Accounts with evidence, in no order.
    public var accounts: [Name] { Array(hours.keys) }
    public func hasEvidence(_ account: Name) -> Bool { hours[account] != nil }
    public func hasEvidence(_ account: Name, from start: Instant, to end: Instant) -> Bool { !places(account, start, end).isEmpty }

    /// The last event of the account before `start` and the first from `end` on.
    public func neighbours(of account: Name, from start: Instant, to end: Instant) -> (last: Instant?, next: Instant?) {
        let hours = hours[account] ?? []
        let places = places(account, start, end)
        return (places.lowerBound > 0 ? hours[places.lowerBound - 1].last : nil, places.upperBound < hours.count ? hours[places.upperBound].first : nil)
    }

    private func places(_ account: Name, _ start: Instant, _ end: Instant) -> Range<Int> {
        let hours = hours[account] ?? []
        let first = hours.partitioningIndex { $0.first >= start }
        return first..<max(first, hours.partitioningIndex { $0.first >= end })
    }
}

/// Attributes a month: who each amount of the bill belongs to, by the specification's attribution page.
///
/// - Parameters:
///   - charges: What was read, merged, with its candidates settled.
///   - settled: What trail and usage logs of the same month say, by the same registry.
///   - room: Where things go that have no room in memory; nil to hold them all.
public func attribute(
    charges: consuming ChargeTally, evidence settled: consuming SettledEvidence, registry: Registry, options: AttributionOptions,
    room: SpillRoom? = nil
) throws(AttributionFault) -> Attribution {
    // One set of names for all: every text is interned before the first comparison, so that ranks stand for texts.
    let chargeNames = settled.meet(charges.names)
    var names = settled.takeNames()
    let (claims, workspaces) = (settled.claims, settled.workspaces)
    let approvals = Approvals(registry, names: &names)
    var rules = RuledShares(registry, names: &names)
    let rows = charges.rows
    let lacking = charges.groups.keys.filter { $0.platform == .bedrock && !$0.hasPrincipalColumn }.map { chargeNames[Int($0.usageAccount.index)] }
    let chargeSums = charges.takeGroups()
    let evidence = settled.evidence
    var events = settled.events
    let builder = GroupBuilder(names: names, workspaces: workspaces)
    let ranks = names.ranks()
    let groups: [ChargeGroup]
    do throws(SumFault) {
        groups = inCreditOrder(try builder.build(chargeSums, map: chargeNames), ranks)
        try checkCurrencyTotals(groups, names)
    } catch { throw .data(error.what) }

    let areShared = sharedRoles(evidence.claimants.map(\.principal) + groups.map(\.principal), registry, names)
    let finder = PoolFinder(evidence, groups: groups, weighing: options.weighing)
    var usageShares = UsageShares(
        claims: claims, workspaces: workspaces, evidence: evidence, finder: finder, approvals: approvals,
        isShared: { areShared[Int($0.index)] }, room: room)
    // The ledger is the largest thing of a run: shares are appended to it in place and never copied.
    var shares: ShareList
    let columns: Started<LedgerOrder>
    do throws(SpillFault) {
        try usageShares.make(groups)
        columns = Started { LedgerOrder(groups: groups, workloadIDs: claims.ids, ranks: ranks) }
        if rules != nil { try usageShares.apply(&rules!, groups, room: room) }
        shares = usageShares.takeShares()
        let followed = try followCost(
            shares, groups, claims, ranks, room, policy: { registry.policy.choice(for: names.text($0)) },
            place: { usageShares.placeWithoutWorkload(&$0, $1) })
        try shares.append(contentsOf: followed)
    } catch { throw .spill(error) }
    for (index, cell) in evidence.cells.enumerated() where !usageShares.isUsed[index] && !cell.isOwn { events.unused += Int(cell.calls) }
    try Invariants.checkShares(shares, groups)
    let ledger = try Ledger(
        shares: consume shares, groups: groups, workloadIDs: claims.ids, names: names, ranks: ranks, columns: columns.value(), room: room)
    do throws(AttributionFault) {
        try Invariants.checkCounts(rows, events, settled.usage)
        let eventCount = events.evidence + settled.ownCount
        let (totals, calls) = atOnce {
            Result { () throws(AttributionFault) in try Invariants.checkTotals(ledger, groups) }
        } beside: {
            Result { () throws(AttributionFault) in try Invariants.checkCalls(ledger, evidence: eventCount) }
        }
        try totals.get()
        try calls.get()
    } catch {
        // A ledger that cannot be read adds up to nothing.
        if let fault = ledger.fault { throw .spill(fault) }
        throw error
    }
    return Attribution(
        period: options.period, ledger: ledger, rows: rows, events: events, usage: settled.usage,
        dataThrough: dataThrough(groups, options),
        unknownModels: settled.unknownModels.map { names.text($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
        gapFacts: GapFacts(hours: evidence.hoursByAccount, withoutPrincipalColumn: Set(lacking)))
}

/// For every name whether it is one of these principals, and that of a role that several workloads share.
private func sharedRoles(_ principals: [Name], _ registry: Registry, _ names: Names) -> [Bool] {
    var areShared = [Bool](repeating: false, count: names.count)
    for principal in Set(principals) { areShared[Int(principal.index)] = registry.isSharedRole(Array(names.bytes(principal))) }
    return areShared
}

private func followCost(
    _ usage: ShareList, _ groups: [ChargeGroup], _ claims: Claims, _ ranks: [UInt32], _ room: SpillRoom?, policy: (Name) -> Policy.Choice,
    place: (inout LedgerRow, ChargeGroup) -> Void
) throws(SpillFault) -> ShareList {
    var follow = try FollowCost(usage: usage, groups: groups, workloadIDs: claims.ids, ranks: ranks, room: room)
    try follow.make(policy: policy, place: place)
    return follow.shares
}

/// Until when the month is complete: as told, else to the latest end of a usage charge; within the month.
private func dataThrough(_ groups: [ChargeGroup], _ options: AttributionOptions) -> Instant {
    let seen = groups.lazy.filter(\.isUsage).map { $0.end.raisedToHour }.max() ?? options.period.start
    let through = options.asOf?.flooredToHour ?? seen
    return min(max(through, options.period.start), options.period.end)
}

/// No currency's total, in cost or quantity, may lie beyond ±10¹⁸ units; nor may its parts regardless of sign lie beyond 10²⁰, so that no sum
/// of a few of them can leave 128 bits.
private func checkCurrencyTotals(_ groups: [ChargeGroup], _ names: Names) throws(SumFault) {
    struct Total {
        var cost = ExactSum()
        var quantity = ExactSum()
        var parts: UInt128 = 0
    }
    let partsLimit = UInt128(Amount.sumLimit) * 100
    var totals: [Name: Total] = [:]
    for group in groups {
        var total = totals[group.currency] ?? Total()
        total.cost += group.cost
        total.quantity += group.quantity
        total.parts = min(partsLimit + 1, total.parts + max(group.cost.atto.magnitude, group.quantity.atto.magnitude))
        totals[group.currency] = total
    }
    let wrong = totals.filter { $0.value.cost.amount == nil || $0.value.quantity.amount == nil || $0.value.parts > partsLimit }
    if let currency = wrong.keys.min(by: { names.precedes($0, $1) }) {
        throw SumFault(what: "the charges in \(names.text(currency)) add up to more than 10^18")
    }
}

private func inCreditOrder(_ groups: consuming [ChargeGroup], _ ranks: [UInt32]) -> [ChargeGroup] {
    let order = CreditOrder(ranks: ranks)
    groups.sort { order.precedes($0, $1) }
    return groups
}

/// The order in which groups are credited with events (specification, outputs, `calls`): bytewise by these columns.
private struct CreditOrder {
    let ranks: [UInt32]

    func precedes(_ a: ChargeGroup, _ b: ChargeGroup) -> Bool {
        if let result = compare(a.usageAccount, b.usageAccount) ?? compare(a.workspace, b.workspace) { return result }
        if a.start != b.start { return timePrecedes(a.start, b.start) }
        if a.end != b.end { return timePrecedes(a.end, b.end) }
        if let result = compare(a.payerAccount, b.payerAccount) { return result }
        if a.workspaceSource != b.workspaceSource { return a.workspaceSource < b.workspaceSource }
        if let result = compare(a.region, b.region) ?? compare(a.usageType, b.usageType) { return result }
        if let result = compare(a.operation, b.operation) ?? compare(a.productCode, b.productCode) { return result }
        if let result = compare(a.billingEntity, b.billingEntity) ?? compare(a.legalEntity, b.legalEntity) { return result }
        if let result = compare(a.invoice, b.invoice) ?? compare(a.currency, b.currency) { return result }
        for index in 0..<4 { if let result = compare(a.elements[index], b.elements[index]) { return result } }
        // Groups of other platforms and line item types are never credited; the rest only makes the order total.
        if a.platform != b.platform { return a.platform.rawValue < b.platform.rawValue }
        return compare(a.lineItemType, b.lineItemType) ?? compare(a.principal, b.principal) ?? compare(a.model, b.model) ?? false
    }

    private func compare(_ a: Name, _ b: Name) -> Bool? {
        a == b ? nil : ranks[Int(a.index)] < ranks[Int(b.index)]
    }
}
