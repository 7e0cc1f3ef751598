import Bytes
import Records
import Registry

/// Requests, approvals, and what ends them.
extension Governance {
    mutating func takeRequest(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        guard let platform = decision.platform, let iamScope = decision.iamScope else { throw Illegal("has no platform or IAM scope", at: "$") }
        let letters = decision.object.utf8
        guard letters.count <= 40, let first = letters.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first,
            letters.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "-") })
        else {
            throw Illegal("is '\(decision.object)', but a scope's name is made of at most 40 small letters, digits and hyphens, and begins with a letter, as roles are named after it")
        }
        if let old = scope(decision.object) {
            let next = old.status.legalSteps(old.name, old.platform)
            throw Illegal(
                "is '\(old.name)', which line \(old.requested.line) requested, and which is \(old.status.rawValue); "
                    + (next.isEmpty ? "request it under another name" : "legal are: \(next.joined(separator: ", "))"))
        }
        if isNew { guard registry.workloads.contains(where: { $0.id == decision.workload }) else { throw Illegal(noWorkload(decision.workload), at: "$.workload") } }
        if platform == .claudePlatform, decision.regions.count != 1 {
            throw Illegal("names \(decision.regions.count) regions, but a workspace lies in one; request a scope for each", at: "$.regions")
        }
        let model = CatalogueModel(platform: platform, id: decision.model, name: decision.modelName, vendor: decision.vendor)
        if platform == .claudePlatform {
            // Usage is compared by id and by name, so the name must be the model's own.
            if let known = catalogue.model(model.id, on: platform) {
                guard known.name == model.name || !isNew && !Catalogue.claudePlatform.contains(where: { $0.name == model.name && $0.id != model.id }) else { throw Illegal("is '\(model.name)', but '\(model.id)' is called '\(known.name)'", at: "$.modelName") }
            } else if isNew {
                throw Illegal("is '\(model.id)', which is not in the catalogue; add it to governance.models in \(registryFile)", at: "$.model")
            }
        }
        let scope = Scope(decision, platform: platform, model: model, iamScope: iamScope)
        try checkStanding(scope)
        if !scope.supersedes.isEmpty {
            guard let old = self.scope(scope.supersedes) else { throw Illegal(noScope(scope.supersedes), at: "$.supersedes") }
            guard old.status.isStanding else {
                throw Illegal("is '\(old.name)', which is \(old.status.rawValue); only a scope that was approved and stands can be superseded", at: "$.supersedes")
            }
            guard old.workload == scope.workload else {
                throw Illegal("is '\(old.name)', which is for '\(old.workload)'; a scope is superseded by one for the same workload", at: "$.supersedes")
            }
        }
        try checkIsNew(scope)
        scopePlaces[scope.name] = scopes.count
        scopes.append(scope)
        note(scope, decision)
    }

    mutating func takeApproval(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        var scope = try step(decision, .approve, decision.object)
        try checkStanding(scope)
        if scope.platform == .claudePlatform {
            guard !decision.workspaceName.isEmpty else {
                throw Illegal("is missing: the lead names the workspace when approving, so that the engineer need not guess", at: "$.workspaceName")
            }
            guard !decision.tags.isEmpty else { throw Illegal("are missing: the workspace carries the element tags, so that the bill does", at: "$.tags") }
            if isNew { try checkTags(decision.tags) }
        } else if !decision.workspaceName.isEmpty || !decision.tags.isEmpty {
            throw Illegal("is given, but a scope of Bedrock has no workspace", at: "$.workspaceName")
        }
        if !decision.roleName.isEmpty { scope.roleName = decision.roleName }
        try checkRoleName(scope)
        scope.workspaceName = decision.workspaceName
        scope.tags = decision.tags
        scope.approved = Scope.Mark(decision)
        try checkIsNew(scope)
        try checkDuties(scope, claims, decision)
        if !scope.supersedes.isEmpty {
            guard var old = self.scope(scope.supersedes), let status = old.status.after(.supersede, on: old.platform) else {
                throw Illegal("supersedes '\(scope.supersedes)', which does not stand any more; legal is: reject \(scope.name) (FinOps Lead)")
            }
            old.status = status
            old.ended = Scope.Mark(decision)
            note(old, decision)
        }
        note(scope, decision)
    }

    mutating func takeEnd(_ decision: Decision) throws(Illegal) {
        var scope = try step(decision, decision.verb == .reject ? .reject : .revoke, decision.object)
        if decision.verb == .revoke { scope.ended = Scope.Mark(decision) }
        note(scope, decision)
    }

    /// One role tells one scope's calls from all others (docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html).
    private func checkRoleName(_ scope: Scope) throws(Illegal) {
        let isName = scope.roleName.utf8.count <= 64
            && scope.roleName.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "+=,.@_-".unicodeScalars.contains($0)) }
        guard isName else { throw Illegal("is '\(scope.roleName)', but a role's name is made of at most 64 letters, digits and +=,.@_-", at: "$.roleName") }
        guard let other = scopes.first(where: { $0.name != scope.name && $0.name != scope.supersedes && $0.account == scope.account && $0.status.isStanding && $0.roleName == scope.roleName })
        else { return }
        throw Illegal("is '\(scope.roleName)', the role of '\(other.name)'; a scope has a role of its own", at: "$.roleName")
    }

    /// Keys that the bill is read for, and values that IAM and the console take (docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html).
    private func checkTags(_ tags: [Decision.Tag]) throws(Illegal) {
        let keys = registry.tagKeys.filter { !$0.isEmpty }
        for tag in tags {
            guard keys.contains(tag.key), !tag.value.isEmpty else {
                throw Illegal("hold '\(tag.key)=\(tag.value)', but must be of \(keys.joined(separator: ", ")), each with a value", at: "$.tags")
            }
            let isTaken = tag.value.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil || " _.:/=+-@".unicodeScalars.contains($0) }
            guard isTaken, tag.value.utf8.count <= 256 else {
                throw Illegal("hold '\(tag.key)=\(tag.value)', but a tag's value is made of letters, digits, spaces and _.:/=+-@, 256 bytes at most", at: "$.tags")
            }
        }
    }

    /// Blocked models, and accounts that a model is not for.
    func checkStanding(_ scope: Scope) throws(Illegal) {
        switch standing(scope.model) {
        case .approved: break
        case .blocked:
            throw Illegal("is for '\(scope.model.id)', which is Blocked; legal \(scope.status.isStanding ? "are: revoke \(scope.name)," : "is:") allow \(scope.model.id) (FinOps Lead)", at: "$.model")
        case .restricted(let accounts):
            guard !accounts.contains(scope.account) else { break }
            throw Illegal(
                "is for '\(scope.model.id)', which is Restricted to \(accounts.joined(separator: ", ")), but the scope is for \(scope.account); legal are: allow \(scope.model.id), restrict \(scope.model.id) to more accounts (FinOps Lead)",
                at: "$.model")
        }
    }

    /// No other scope asks for the same, or has it approved.
    private func checkIsNew(_ scope: Scope) throws(Illegal) {
        let keys = Set(scope.keys)
        for other in scopes where other.name != scope.name && !other.status.isEnd && other.name != scope.supersedes {
            guard let same = other.keys.first(where: { keys.contains($0) }) else { continue }
            throw Illegal(
                "asks for what '\(other.name)' has (\(other.status.rawValue)): \(same.model) in \(same.account), \(same.region), \(same.iamScope.rawValue), for '\(same.workload)'"
                    + (same.workspaceName.isEmpty ? "" : ", workspace '\(same.workspaceName)'") + "; supersede it, or leave it")
        }
    }

    /// The scope behind a step; throws where the step is illegal.
    func step(_ decision: Decision, _ step: ScopeStep, _ name: String) throws(Illegal) -> Scope {
        guard var scope = scope(name) else { throw Illegal(noScope(name)) }
        guard let status = scope.status.after(step, on: scope.platform) else {
            let next = scope.status.legalSteps(name, scope.platform)
            throw Illegal(
                "is '\(decision.object)', but '\(name)' is \(scope.status.rawValue), so '\(decision.verb.rawValue)' is illegal; "
                    + (next.isEmpty ? "nothing follows any more: request a new scope" : "legal are: \(next.joined(separator: ", "))"))
        }
        scope.status = status
        return scope
    }

    /// Keeps a scope as a decision has left it.
    mutating func note(_ scope: Scope, _ decision: Decision) {
        guard let place = scopePlaces[scope.name] else { preconditionFailure("a scope that is not there was changed") }
        let mark = Scope.Mark(decision)
        lastChanges[ModelKey(platform: scope.platform.text, id: scope.model.id)] = mark
        scopes[place] = scope
        scopes[place].changed = mark
    }
}
