import Records
import Registry

/// Separation of duties: who approved a scope, who executed it, and who claims what it made are three people.
extension Governance {
    /// Throws, or remarks where the registry only advises, that a decision leaves one person with two duties of a scope.
    /// - Parameters:
    ///   - scope: As the decision leaves it; here it is still as it was.
    ///   - claims: With the one that is decided, if one is.
    mutating func checkDuties(_ scope: Scope, _ claims: [DecidedClaim], _ decision: Decision) throws(Illegal) {
        let known = self.scope(scope.name).map { dutyConflicts($0, self.claims) } ?? []
        let found = dutyConflicts(scope, claims).filter { !known.contains($0) }
        try judge(found, decision, "; approver, executor and claimant of a scope are three people")
    }

    /// All duties of a scope are compared with all: a claim may come before the role or workspace that it turns out to be for.
    private func dutyConflicts(_ scope: Scope, _ claims: [DecidedClaim]) -> [String] {
        var all = scope.approved.map { [(duty: "approved", actor: $0.actor, line: $0.line)] } ?? []
        // Of each duty a person's first line stands for all.
        func add(_ duty: String, _ actor: String, _ line: Int) {
            if !all.contains(where: { $0.duty == duty && person($0.actor) == person(actor) }) { all.append((duty, actor, line)) }
        }
        for executor in scope.executors { add("executed", executor.actor, executor.line) }
        for claim in claims where !claim.neverWas && scope.isAnchor(claim.claim.anchor) { add("claimed", claim.actor, claim.line) }
        var conflicts: [String] = []
        for (place, second) in all.enumerated() {
            for first in all[..<place] where first.duty != second.duty && person(first.actor) == person(second.actor) {
                let (early, late) = (first.line, first.duty) <= (second.line, second.duty) ? (first, second) : (second, first)
                let must = late.duty == "claimed" ? "claim what it makes" : late.duty == "executed" ? "execute it" : "approve it"
                conflicts.append(
                    "'\(early.actor)' \(early.duty) \(early.duty == "claimed" ? "what '\(scope.name)' makes" : "'\(scope.name)'") (line \(early.line)), so somebody else must \(must)")
            }
        }
        return conflicts
    }

    /// What a scope has made is for its own workload.
    func checkClaimants(_ scope: Scope, isNew: Bool) throws(Illegal) {
        for claim in claims where claim.workload != scope.workload && claim.claim.to == nil && scope.isAnchor(claim.claim.anchor) {
            throw Illegal("makes '\(claim.claim.anchor.text)', which is claimed for '\(claim.workload)' (line \(claim.line)), but '\(scope.name)' is for '\(scope.workload)'; legal is: release \(claim.workload) (Product Owner)")
        }
        // A registry may give an anchor to another workload later, when the scope has ended.
        guard isNew else { return }
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

    /// One person, however the name is written: its letters and digits in lower case, and what stands between them.
    func person(_ actor: String) -> String { String(String.UnicodeScalarView(actor.lowercased().unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint && !$0.properties.isWhitespace })) }
}

extension Scope {
    /// Whether an anchor is one that this scope makes: its role, known by name from the beginning, and its workspace.
    func isAnchor(_ anchor: Claim.Anchor) -> Bool {
        switch anchor {
        case .principal(let principal):
            roleARN.isEmpty
                ? ["aws", "aws-us-gov", "aws-cn"].contains { principal == "arn:\($0):iam::\(account):role/\(roleName)" } : claimedPrincipal(roleARN) == principal
        case .workspace(let arn): !workspace.isEmpty && workspace == arn
        case .session(let role, _): isAnchor(.principal(role))
        }
    }
}
