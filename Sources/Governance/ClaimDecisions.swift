import Records
import Registry

/// Claims and estimates.
extension Governance {
    /// A claim that was decided.
    public struct DecidedClaim: Sendable {
        public var workload: String
        public var claim: Claim
        public var line: Int
        public var actor: String
        /// Its decision's id.
        public var decision: String

        /// Whether it was taken back before it began.
        var neverWas: Bool { claim.from.map { from in claim.to.map { from >= $0 } ?? false } ?? false }
    }

    /// An estimate that was decided.
    public struct DecidedEstimate: Sendable {
        public var workload: String
        public var month: Month
        public var currency: String
        public var amount: Amount
        public var actor: String
        /// Nil while nobody has confirmed it.
        public var confirmedBy: String?
        public var line: Int

        var inRegistry: Estimate { Estimate(month: month, amount: amount, currency: currency, confirmedBy: confirmedBy ?? "") }
    }

    struct EstimateKey: Hashable {
        var workload: String
        var month: Month
        var currency: String
    }

    /// What was confirmed stays in force until a new figure is.
    struct EstimatePair {
        var pending: DecidedEstimate?
        var confirmed: DecidedEstimate?
    }

    /// By line.
    public var estimates: [DecidedEstimate] { estimatesByKey.values.flatMap { [$0.confirmed, $0.pending].compactMap { $0 } }.sorted { $0.line < $1.line } }

    mutating func takeClaim(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        let workload = registry.workloads.first { $0.id == decision.object }
        if isNew, workload == nil { throw Illegal(noWorkload(decision.object)) }
        let anchor = try anchor(decision)
        if decision.verb == .release {
            guard let open = openClaims[anchor], claims[open].workload == decision.object else {
                let place = workload?.claims.first { $0.anchor == anchor }?.place
                throw Illegal(
                    "is '\(decision.object)', which has no decided claim on '\(anchor.text)' to release"
                        + (place.map { "; the claim stands in \(registryFile):\($0.line): \($0.path), and ends there with 'to'" } ?? ""))
            }
            claims[open].claim.to = decision.nextDay
            openClaims[anchor] = nil
            return
        }
        if let open = openClaims[anchor] {
            throw Illegal(
                "is '\(decision.object)', but '\(anchor.text)' is claimed for '\(claims[open].workload)' (line \(claims[open].line)); legal is: release \(claims[open].workload) (Product Owner)")
        }
        let made = DecidedClaim(
            workload: decision.object, claim: Claim(anchor: anchor, from: decision.nextDay), line: decision.line, actor: decision.actor, decision: decision.id)
        for scope in scopes where scope.isAnchor(anchor) && !scope.status.isEnd {
            guard scope.workload == decision.object else {
                throw Illegal("is '\(decision.object)', but '\(anchor.text)' is made by '\(scope.name)' for '\(scope.workload)'; legal is: claim \(scope.workload) (Product Owner)")
            }
            try checkDuties(scope, claims + [made], decision)
        }
        openClaims[anchor] = claims.count
        claims.append(made)
        if isNew, let clash = claimClashes.first(where: { $0.line == decision.line }) { throw clash.fault }
    }

    private func anchor(_ decision: Decision) throws(Illegal) -> Claim.Anchor {
        switch (decision.principal.isEmpty, decision.workspace.isEmpty) {
        case (false, true):
            guard let principal = claimedPrincipal(decision.principal) else {
                throw Illegal("is '\(decision.principal)', which is no ARN of a role, user or root, and none of service:, account:, identity-center:, principal:", at: "$.principal")
            }
            return .principal(principal)
        case (true, false):
            guard let arn = ARN(Array(decision.workspace.utf8)), isStrictWorkspace(arn) else {
                throw Illegal("is '\(decision.workspace)', which is no workspace's ARN", at: "$.workspace")
            }
            return .workspace(decision.workspace)
        default: throw Illegal("must have either 'principal' or 'workspace'", at: "$")
        }
    }

    /// Claims that the registry makes, too, of the same anchor at the same time, by line.
    var claimClashes: [(line: Int, fault: Illegal)] {
        var written: [Claim.Anchor: [(workload: String, claim: Claim)]] = [:]
        for workload in registry.workloads { for claim in workload.claims { written[claim.anchor, default: []].append((workload.id, claim)) } }
        return claims.compactMap { decided in
            if decided.neverWas { return nil }
            guard let clash = written[decided.claim.anchor]?.first(where: { $0.claim.overlaps(decided.claim) }) else { return nil }
            let place = clash.claim.place.map { "\(registryFile):\($0.line): \($0.path)" } ?? registryFile
            let from = decided.claim.from.map { dateText(dayNumber: $0.dayNumber) } ?? ""
            return (
                decided.line,
                Illegal("claims '\(decided.claim.anchor.text)' from \(from) on, but \(place) claims it for '\(clash.workload)' at the same time; keep one")
            )
        }
    }

    mutating func takeEstimate(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        guard let month = decision.month, let amount = decision.amount else { throw Illegal("has no month or amount", at: "$") }
        let workload = registry.workloads.first { $0.id == decision.object }
        if isNew, workload == nil { throw Illegal(noWorkload(decision.object)) }
        if let clash = workload?.estimates.first(where: { $0.month == month && $0.currency == decision.currency }) {
            let place = clash.place.map { "\(registryFile):\($0.line): \($0.path)" } ?? registryFile
            throw Illegal("estimates \(month.text) in \(decision.currency) for '\(decision.object)', but \(place) does, too; keep one", at: "$.month")
        }
        let key = EstimateKey(workload: decision.object, month: month, currency: decision.currency)
        var pair = estimatesByKey[key] ?? EstimatePair()
        if decision.verb == .estimate {
            pair.pending = DecidedEstimate(
                workload: decision.object, month: month, currency: decision.currency, amount: amount, actor: decision.actor, confirmedBy: nil, line: decision.line)
            estimatesByKey[key] = pair
            return
        }
        guard var pending = pair.pending else {
            throw Illegal("is '\(decision.object)', of which there is no estimate of \(month.text) in \(decision.currency) to confirm; legal is: estimate \(decision.object) (Product Owner)")
        }
        guard pending.amount == amount else {
            throw Illegal("is \(amount.text), but line \(pending.line) estimates \(pending.amount.text); confirm that, or have it estimated anew", at: "$.amount")
        }
        if person(pending.actor) == person(decision.actor) {
            try judge(["'\(pending.actor)' made the estimate (line \(pending.line)), so somebody else must confirm it"], decision, "")
        }
        pending.confirmedBy = decision.actor
        estimatesByKey[key] = EstimatePair(pending: nil, confirmed: pending)
    }
}
