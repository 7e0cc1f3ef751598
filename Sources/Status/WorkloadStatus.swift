import Bytes
import Governance
import Published
import Records
import Registry

/// Where one workload stands, in one currency: from its approval to the money, and whose turn it is.
public struct WorkloadStatus: Sendable {
    public var workload: String
    public var owner: String
    public var elements: [String]
    public var currency: String
    /// Scopes that stand, of those that were requested and not rejected, each a region: `2 of 3`; `–` without any.
    public var approved: String
    public var implemented: String
    /// How many anchors are claimed where the data ends.
    public var claims: Int
    /// `flowing`, `workspace level only`, `since 2026-10-12 none`, `none`.
    public var evidence: String
    /// `800.00 confirmed`, `300.00 unconfirmed`, `none`.
    public var estimate: String
    /// What it has cost this month, without tax, rounded to cents.
    public var actual: String
    /// `over (+12.3 %)`; `–` without an estimate.
    public var pace: String
    /// The dearest gap that is open, and what is in it: `no-estimate 318.79`; `–` for none.
    public var gap: String
    /// Who must act next, and what; both empty where nobody must.
    public var turn: String
    public var next: String

    /// All workloads of the registry, in its order; of those with money in several currencies one for each.
    ///
    /// Throws as reading a published run does.
    public static func all(run folder: String, _ registry: Registry, _ governance: Governance) throws(ViewFault) -> [WorkloadStatus] {
        let run = try PublishedRun(folder: folder)
        let evidence = try RunEvidence(run)
        let folded = governance.foldedRegistry
        let currencies = Dictionary(grouping: evidence.figures.keys, by: \.workload).mapValues { $0.map(\.currency).sorted(by: bytewiseLess) }
        return folded.workloads.flatMap { workload in
            (currencies[workload.id] ?? ["USD"]).map { currency in
                WorkloadStatus(
                    workload, currency, evidence.figures[RunEvidence.Key(workload: workload.id, currency: currency)] ?? RunEvidence.Figures(), evidence, governance, run)
            }
        }
    }

    private init(
        _ workload: Workload, _ currency: String, _ figures: RunEvidence.Figures, _ all: RunEvidence, _ governance: Governance, _ run: PublishedRun
    ) {
        self.workload = workload.id
        owner = workload.owner
        elements = workload.elements
        self.currency = currency
        let scopes = governance.scopes.filter { $0.workload == workload.id && !$0.status.isEnd }
        func count(_ include: (Scope) -> Bool) -> Int { scopes.filter(include).reduce(0) { $0 + $1.regions.count } }
        let scopeCount = count { _ in true }
        approved = scopeCount == 0 ? "–" : "\(count { $0.status.isStanding }) of \(scopeCount)"
        implemented = scopeCount == 0 ? "–" : "\(count { $0.status == .implemented }) of \(scopeCount)"
        // Those that begin later are made, too.
        let inForce = workload.claims.filter { claim in claim.to.map { $0 >= run.dataThrough } ?? true }
        claims = inForce.filter { $0.isInForce(at: run.dataThrough.adding(-1)) }.count
        evidence = WorkloadStatus.evidence(figures, scopes, run)
        estimate = WorkloadStatus.estimate(workload, currency, run.month)
        actual = Money.centsText(atto: figures.actual)
        pace = figures.band.isEmpty || figures.band == "no-estimate" ? "–" : figures.band + (figures.variancePercent.isEmpty ? "" : " (\(WorkloadStatus.signed(figures.variancePercent)) %)")
        var gaps = figures.costByGap
        for scope in scopes where !scope.roleARN.isEmpty {
            if let cost = all.unclaimed[RunEvidence.Key(workload: claimedPrincipal(scope.roleARN) ?? "", currency: currency)] { gaps["unclaimed-principal", default: 0] += cost }
        }
        let dearest = gaps.max { ($0.value, $1.key) < ($1.value, $0.key) }
        gap = dearest.map { "\($0.key) \(Money.centsText(atto: $0.value))" } ?? "–"
        (turn, next) = ("", "")
        (turn, next) = turn(workload, scopes, inForce, all, dearest?.key, governance, run)
    }

    private static func signed(_ percent: String) -> String { percent.hasPrefix("-") ? percent : "+" + percent }

    private static func evidence(_ figures: RunEvidence.Figures, _ scopes: [Scope], _ run: PublishedRun) -> String {
        guard let last = figures.lastEvidence else {
            if figures.lastWorkspace != nil || scopes.contains(where: { $0.trail != nil && $0.trail != .captured }) { return "workspace level only" }
            return "none"
        }
        return last.adding(3 * Instant.day) >= run.dataThrough ? "flowing" : "none since \(dateText(dayNumber: last.dayNumber))"
    }

    private static func estimate(_ workload: Workload, _ currency: String, _ month: Month) -> String {
        if let confirmed = workload.confirmedEstimate(month, currency: currency) { return "\(Money.centsText(atto: confirmed.atto)) confirmed" }
        let pending = workload.estimates.filter { $0.month == month && $0.currency == currency }
        return pending.isEmpty ? "none" : "\(Money.centsText(atto: pending.reduce(0) { $0 + $1.amount.atto })) unconfirmed"
    }

    /// The first of the steps to a governed workload that is not done.
    private func turn(
        _ workload: Workload, _ scopes: [Scope], _ inForce: [Claim], _ all: RunEvidence, _ gap: String?, _ governance: Governance, _ run: PublishedRun
    ) -> (String, String) {
        let owner = "Product Owner" + (workload.owner.isEmpty ? "" : " \(workload.owner)")
        if let scope = scopes.first(where: { $0.status == .pendingApproval }) { return ("FinOps Lead", "approve or reject \(scope.name)") }
        if let task = scopes.flatMap(\.tasks).first(where: { $0.status == .open }) { return ("Cloud Engineer", "task \(task.name)") }
        let anchors = Set(inForce.map(\.anchor.text))
        if let scope = scopes.first(where: { !$0.roleARN.isEmpty && !anchors.contains(claimedPrincipal(scope: $0)) }) { return (owner, "claim \(scope.roleName)") }
        if gap == "not-approved" || gap == "out-of-scope" { return (owner, "request a scope for what is used") }
        if inForce.isEmpty, workload.claims.isEmpty || estimate != "none" { return (owner, workload.claims.isEmpty ? "claim a role or workspace" : "claim again, or end the estimate: its claims are over") }
        if estimate == "none" { return (owner, "estimate \(run.month.text)") }
        if estimate.hasSuffix("unconfirmed") { return ("Financial Admin", "confirm the estimate of \(run.month.text)") }
        if claims > 0, evidence.hasPrefix("none since") { return ("Cloud Engineer", "look at the trail, or at why nobody calls") }
        let tolerance = governance.cardTolerance
        for card in governance.cards where card.key.workload == workload.id && card.key.currency == currency {
            guard let actual = all.cards[card.key.text] else { continue }
            // A card that the bill has left is open again.
            if card.isLeft(by: actual, tolerance) || card.status == .rejected { return (owner, "accept or dispute the card of \(card.key.start) again") }
            if card.status == .disputed { return ("Portfolio Owner", "resolve the card of \(card.key.start)") }
            if card.status == .accepted { return ("Portfolio Owner", "approve the card of \(card.key.start)") }
        }
        return ("", "")
    }
}

private func claimedPrincipal(scope: Scope) -> String { claimedPrincipal(scope.roleARN) ?? "" }
