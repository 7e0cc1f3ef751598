import Records
import Registry

/// Separation of duties: who approved a scope, who executed it, and who claims what it made are three people.
extension Governance {
    /// Throws, or remarks where the registry only advises, that the decision leaves one person with two duties of a scope.
    /// - Parameter scope: As the decision leaves it.
    mutating func checkDuties(_ scope: Scope, _ decision: Decision) throws(Illegal) {
        let actor = person(decision.actor)
        var conflicts: [String] = []
        if let approver = scope.approved, person(approver.actor) == actor, decision.verb != .approve {
            conflicts.append("'\(approver.actor)' approved '\(scope.name)' (line \(approver.line)), so somebody else must \(decision.verb == .claim ? "claim what it made" : "execute it")")
        }
        if decision.verb != .complete, let executor = scope.executors.first(where: { person($0.actor) == actor }) {
            conflicts.append("'\(executor.actor)' executed '\(scope.name)' (line \(executor.line)), so somebody else must claim what it made")
        }
        if decision.verb != .claim, let claim = claims.first(where: { scope.isAnchor($0.claim.anchor) && person($0.actor) == actor }) {
            let duty = decision.verb == .approve ? "approve it" : "execute it"
            conflicts.append("'\(claim.actor)' claimed what '\(scope.name)' makes (line \(claim.line)), so somebody else must \(duty)")
        }
        try judge(conflicts, decision, "; approver, executor and claimant of a scope are three people")
    }

    /// What a scope has made is for its own workload.
    func checkClaimants(_ scope: Scope) throws(Illegal) {
        for claim in claims where claim.workload != scope.workload && claim.claim.to == nil && scope.isAnchor(claim.claim.anchor) {
            throw Illegal("makes '\(claim.claim.anchor.text)', which is claimed for '\(claim.workload)' (line \(claim.line)), but '\(scope.name)' is for '\(scope.workload)'; legal is: release \(claim.workload) (Product Owner)")
        }
        for workload in registry.workloads where workload.id != scope.workload {
            guard let claim = workload.claims.first(where: { scope.isAnchor($0.anchor) && $0.to == nil }) else { continue }
            let place = claim.place.map { "\(registryFile):\($0.line): \($0.path)" } ?? registryFile
            throw Illegal("makes '\(claim.anchor.text)', which \(place) claims for '\(workload.id)', but '\(scope.name)' is for '\(scope.workload)'")
        }
    }

    mutating func judge(_ conflicts: [String], _ decision: Decision, _ why: String) throws(Illegal) {
        guard let first = conflicts.first else { return }
        guard registry.governance.duties == .advise else { throw Illegal(first + why, at: "$.actor") }
        for conflict in conflicts { remarks.append((decision.line, conflict)) }
    }

    /// One person, however the name is written.
    func person(_ actor: String) -> String { actor.lowercased() }
}

extension Scope {
    /// Whether an anchor is one that this scope makes: its role, known by name from the beginning, and its workspace.
    func isAnchor(_ anchor: Claim.Anchor) -> Bool {
        switch anchor {
        case .principal(let principal):
            roleARN.isEmpty
                ? ["aws", "aws-us-gov", "aws-cn"].contains { principal == "arn:\($0):iam::\(account):role/\(roleName)" } : claimedPrincipal(roleARN) == principal
        case .workspace(let arn): !workspace.isEmpty && workspace == arn
        // A role that a scope makes is not shared by people.
        case .session: false
        }
    }
}
