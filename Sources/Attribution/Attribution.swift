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

/// What is known of the evidence of accounts, for the sentence that says what to do about a gap.
public struct GapFacts: Sendable {
    /// Of every account the times of its events, ascending: all that is left of the evidence when shares are made.
    let times: [Name: [Instant]]
    /// Accounts with Bedrock charges from a bill without a principal column.
    let withoutPrincipalColumn: Set<Name>

    public func lacksPrincipalColumn(_ account: Name) -> Bool { withoutPrincipalColumn.contains(account) }
    /// Accounts with evidence, in no order.
    public var accounts: [Name] { Array(times.keys) }
    public func hasEvidence(_ account: Name) -> Bool { times[account] != nil }
    public func hasEvidence(_ account: Name, from start: Instant, to end: Instant) -> Bool {
        let times = times[account] ?? []
        return times.partitioningIndex { $0 >= start } < times.partitioningIndex { $0 >= end }
    }

    /// The last event of the account before `start` and the first from `end` on.
    public func neighbours(of account: Name, from start: Instant, to end: Instant) -> (last: Instant?, next: Instant?) {
        let times = times[account] ?? []
        let (first, behind) = (times.partitioningIndex { $0 >= start }, times.partitioningIndex { $0 >= end })
        return (first > 0 ? times[first - 1] : nil, behind < times.count ? times[behind] : nil)
    }
}

/// Attributes a month: who each amount of the bill belongs to, by the specification's attribution page.
///
/// The tallies are what was read, merged; `charges` with its candidates settled and `evidence` settled.
public func attribute(
    charges: consuming ChargeTally, evidence: consuming EvidenceTally, usage usageTally: UsageTally, registry: Registry, rates: RateCard,
    options: AttributionOptions
) throws(AttributionFault) -> Attribution {
    // One set of names for all: every text is interned before the first comparison, so that ranks stand for texts.
    var names = charges.names
    let eventNames = names.absorb(evidence.names)
    var events = evidence.counts
    // The tally's events become the run's, in place: there may be millions.
    var calls = evidence.takeCalls()
    for index in calls.indices { calls[index] = calls[index].mapped(eventNames) }
    let usageNames = names.absorb(usageTally.names)
    let records = usageTally.records.map { $0.mapped(usageNames) }
    let claims = Claims(registry, period: options.period, names: &names)
    let workspaces = WorkspaceFinder(registry, names: &names)
    let ranks = names.ranks()
    let join = UsageJoin(
        usageTally, records: records, calls: calls, card: rates, period: options.period,
        trusted: options.trustsUsageLog ? { workspaces.named($0) } : nil, names: names)
    let rows = charges.rows
    let lacking = charges.groups.keys.filter { $0.platform == .bedrock && !$0.hasPrincipalColumn }.map(\.usageAccount)
    let chargeSums = charges.takeGroups()
    let allNames = names
    // Evidence and charges know nothing of each other until they are pooled.
    let (evidence, built) = atOnce {
        Evidence(evidenceEvents(calls, join, claims, workspaces), precedes: { claims.precedes($0, $1, ranks) })
    } beside: {
        Result { () throws(SumFault) in
            var groups = try GroupBuilder(names: allNames, workspaces: workspaces).build(chargeSums)
            try checkCurrencyTotals(groups, allNames)
            let order = CreditOrder(ranks: ranks)
            groups.sort { order.precedes($0, $1) }
            return groups
        }
    }
    calls = []
    let groups: [ChargeGroup]
    do { groups = try built.get() } catch { throw .data(error.what) }

    var sharedRoles: [Name: Bool] = [:]
    for principal in Set(evidence.claimants.map(\.principal) + groups.map(\.principal)) {
        sharedRoles[principal] = registry.isSharedRole(Array(names.bytes(principal)))
    }
    let finder = PoolFinder(evidence, groups: groups, weighing: options.weighing)
    var usageShares = UsageShares(
        claims: claims, workspaces: workspaces, evidence: evidence, finder: finder,
        isShared: { sharedRoles[$0] ?? false })
    usageShares.make(groups)
    for (index, event) in evidence.events.enumerated() where !usageShares.isUsed[index] && !event.isOwn { events.unused += 1 }
    // The ledger is the largest thing of a run: shares are appended to it in place and never copied.
    var shares = usageShares.takeShares()
    let followed = followCost(
        shares, groups, claims, ranks, policy: { registry.policy.choice(for: names.text($0)) },
        place: { usageShares.placeWithoutWorkload(&$0, $1) })
    shares.append(contentsOf: followed)
    do { try Invariants.checkShares(shares, groups) } catch { throw .violation(error.what) }
    let ledger: Ledger
    do {
        ledger = try Ledger(shares: consume shares, groups: groups, workloadIDs: claims.ids, names: names, ranks: ranks)
    } catch { throw .data(error.what) }
    do {
        try Invariants.checkTotals(ledger, groups)
        try Invariants.checkCounts(rows, events, join.counts)
        try Invariants.checkCalls(ledger, evidence: events.evidence + join.own.count)
    } catch { throw .violation(error.what) }
    return Attribution(
        period: options.period, ledger: ledger, rows: rows, events: events, usage: join.counts,
        dataThrough: dataThrough(groups, options),
        unknownModels: join.unknownModels.map { names.text($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
        gapFacts: GapFacts(times: evidence.timesByAccount, withoutPrincipalColumn: Set(lacking)))
}

private func followCost(
    _ usage: ShareList, _ groups: [ChargeGroup], _ claims: Claims, _ ranks: [UInt32], policy: (Name) -> Policy.Choice,
    place: (inout LedgerRow, ChargeGroup) -> Void
) -> ShareList {
    var follow = FollowCost(usage: usage, groups: groups, workloadIDs: claims.ids, ranks: ranks)
    follow.make(policy: policy, place: place)
    return follow.shares
}

private func evidenceEvents(
    _ calls: [ActivityEvent], _ join: UsageJoin, _ claims: Claims, _ workspaces: WorkspaceFinder
) -> Evidence.Unordered {
    var claimants = KeyPlaces<Claimant>()
    func claimant(_ principal: Name, _ time: Instant, _ model: Name) -> Int {
        let workload = claims.workload(ofPrincipal: principal, at: time).map { Int32($0) } ?? -1
        return claimants.place(of: Claimant(principal: principal, workload: workload, model: model))
    }
    var events: [EvidenceEvent] = []
    var ratings: [UInt128] = []
    func rating(_ weight: UInt128?) -> Int? {
        guard let weight else { return nil }
        ratings.append(weight)
        return ratings.count - 1
    }
    events.reserveCapacity(calls.count + join.own.count)
    for (index, call) in calls.enumerated() {
        var account = call.workspace.isEmpty ? call.recipientAccount : workspaces.account(of: call.workspace)
        if account.isEmpty { account = call.identityAccount }
        let model = call.model.isEmpty ? join.models[index] ?? .empty : call.model
        events.append(
            EvidenceEvent(
                time: call.time, workspace: call.workspace, account: account, claimant: claimant(call.principal, call.time, model),
                rating: rating(join.rated[index]), isOwn: false))
    }
    for own in join.own {
        events.append(
            EvidenceEvent(
                time: own.time, workspace: own.workspace, account: workspaces.account(of: own.workspace),
                claimant: claimant(own.principal, own.time, own.model), rating: rating(own.isRated ? own.weight : nil), isOwn: true))
    }
    return Evidence.Unordered(events: events, claimants: claimants.keys, ratings: ratings)
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
