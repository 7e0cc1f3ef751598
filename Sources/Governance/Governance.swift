import Bytes
import Records
import Registry

/// What follows from the decisions: the state of models, scopes, tasks, claims, estimates and cards.
///
///     registry ─┐
///     decisions ┴▶ each line checked against what the lines before it made ─▶ state ─▶ registry with claims, estimates and approvals
public struct Governance: Sendable {
    public private(set) var decisions: [Decision] = []
    /// In the order in which they were requested.
    public private(set) var scopes: [Scope] = []
    private var standings: [String: ModelStanding] = [:]
    /// Of every model that decisions name its last.
    private var lastChanges: [String: Scope.Mark] = [:]
    public private(set) var claims: [DecidedClaim] = []
    public private(set) var estimates: [DecidedEstimate] = []
    public private(set) var cards: [CardCase] = []
    /// Duties of one scope in one hand, where the registry only advises.
    public private(set) var dutyConflicts: [(line: Int, what: String)] = []
    private let registry: Registry
    private let registryFile: String

    /// A claim that was decided.
    public struct DecidedClaim: Sendable {
        public var workload: String
        public var claim: Claim
        public var line: Int
        public var actor: String
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
    }

    /// Why a decision cannot stand, and what may come instead.
    public struct Illegal: Error, Equatable {
        public var path: String
        public var what: String

        init(_ what: String, at path: String = "$.object") {
            self.path = path
            self.what = what
        }
    }

    /// - Parameter registryFile: The registry's name, for messages that name both places.
    public init(_ registry: Registry, registryFile: String) {
        self.registry = registry
        self.registryFile = registryFile
    }

    /// Takes all lines of a file; throws every line that is illegal.
    public init(_ decisions: [Decision], _ registry: Registry, file: String, registryFile: String) throws(RegistryFaults) {
        self.init(registry, registryFile: registryFile)
        var faults: [RegistryFault] = []
        for decision in decisions {
            do throws(Illegal) { try take(decision) } catch { faults.append(RegistryFault(path: error.path, line: decision.line, what: error.what)) }
        }
        guard faults.isEmpty else { throw RegistryFaults(file: file, faults: faults) }
    }

    public func scope(_ name: String) -> Scope? { scopes.first { $0.name == name } }

    public func standing(_ model: CatalogueModel) -> ModelStanding { standings["\(model.platform.text)/\(model.id)"] ?? .approved }

    /// The last decision that names a model.
    public func lastChange(_ model: CatalogueModel) -> Scope.Mark? { lastChanges["\(model.platform.text)/\(model.id)"] }

    /// Models that decisions name, with or without a catalogue.
    public var models: [CatalogueModel] {
        var seen: Set<CatalogueModel> = []
        return scopes.map(\.model).filter { seen.insert($0).inserted }
    }

    /// All accounts that are known: the registry's, its workspaces', and those of the scopes.
    public var accounts: Set<String> {
        Set(registry.governance.accounts).union(registry.workspaces.map(\.billedTo)).union(scopes.map(\.account))
    }

    /// Every approval that stands or stood.
    public var approvals: [Approval] { scopes.flatMap(\.approvals) }

    /// The registry with everything that was decided.
    public var foldedRegistry: Registry {
        var folded = registry
        for index in folded.workloads.indices {
            let id = folded.workloads[index].id
            folded.workloads[index].claims += claims.filter { $0.workload == id }.map(\.claim)
            folded.workloads[index].estimates += estimates.filter { $0.workload == id }.map {
                Estimate(month: $0.month, amount: $0.amount, currency: $0.currency, confirmedBy: $0.confirmedBy ?? "")
            }
        }
        // A workspace that was registered is as good as one that is written down; what is written down stays.
        for scope in scopes where scope.status.isStanding && !scope.workspace.isEmpty && !folded.workspaces.contains(where: { $0.arn == scope.workspace }) {
            let id = scope.workspace.split(separator: "/").last.map(String.init) ?? ""
            let elements = registry.tagKeys.map { key in scope.tags.first { $0.key == key && !key.isEmpty }?.value ?? "" }
            folded.workspaces.append(Workspace(arn: scope.workspace, id: id, name: scope.workspaceName, elements: elements, billedTo: scope.account))
        }
        folded.approvals = approvals
        return folded
    }

    // MARK: Taking a decision

    /// Takes a decision, or leaves all as it was.
    public mutating func take(_ decision: Decision) throws(Illegal) {
        if let before = decisions.first(where: { $0.id == decision.id }) {
            throw Illegal("is '\(decision.id)', which line \(before.line) has; every decision has an id of its own, so remove the copy", at: "$.id")
        }
        if let last = decisions.last, decision.at < last.at {
            throw Illegal("is \(decision.at.text), but the line before was decided at \(last.at.text); lines stand in the order of their times", at: "$.at")
        }
        guard decision.role == decision.verb.role else {
            throw Illegal("is '\(decision.role.rawValue)', but '\(decision.verb.rawValue)' is for the \(decision.verb.role.rawValue)", at: "$.role")
        }
        switch decision.verb {
        case .allow, .restrict, .block: try takeStanding(decision)
        case .request: try takeRequest(decision)
        case .approve: try takeApproval(decision)
        case .reject, .revoke: try takeEnd(decision)
        case .complete: try takeCompletion(decision)
        case .claim, .release: try takeClaim(decision)
        case .estimate, .confirm: try takeEstimate(decision)
        case .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard: try takeCard(decision)
        }
        decisions.append(decision)
    }

    private mutating func takeStanding(_ decision: Decision) throws(Illegal) {
        let key = "\(decision.platform?.text ?? "")/\(decision.object)"
        let standing: ModelStanding =
            switch decision.verb {
            case .block: .blocked
            case .restrict: .restricted(decision.accounts)
            default: .approved
            }
        if standings[key] ?? .approved == standing { throw Illegal("is '\(decision.object)', which is \(standing.text) already") }
        standings[key] = standing
        lastChanges[key] = Scope.Mark(decision)
    }

    private mutating func note(_ scope: Scope, _ decision: Decision) {
        let mark = Scope.Mark(decision)
        lastChanges["\(scope.platform.text)/\(scope.model.id)"] = mark
        if let index = scopes.firstIndex(where: { $0.name == scope.name }) {
            scopes[index] = scope
            scopes[index].changed = mark
        }
    }

    // MARK: Scopes

    private mutating func takeRequest(_ decision: Decision) throws(Illegal) {
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
        guard registry.workloads.contains(where: { $0.id == decision.workload }) else { throw Illegal(noWorkload(decision.workload), at: "$.workload") }
        if platform == .claudePlatform, decision.regions.count != 1 {
            throw Illegal("names \(decision.regions.count) regions, but a workspace lies in one; request a scope for each", at: "$.regions")
        }
        let scope = Scope(
            name: decision.object, platform: platform,
            model: CatalogueModel(platform: platform, id: decision.model, name: decision.modelName, vendor: decision.vendor), account: decision.account,
            regions: decision.regions, iamScope: iamScope, workload: decision.workload, supersedes: decision.supersedes, requested: Scope.Mark(decision),
            changed: Scope.Mark(decision))
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
        scopes.append(scope)
        note(scope, decision)
    }

    /// Blocked models and accounts that a model is not for.
    private func checkStanding(_ scope: Scope) throws(Illegal) {
        switch standing(scope.model) {
        case .approved: break
        case .blocked: throw Illegal("is '\(scope.model.id)', which is Blocked; legal is: allow \(scope.model.id) (FinOps Lead)", at: "$.model")
        case .restricted(let accounts):
            guard !accounts.contains(scope.account) else { break }
            throw Illegal(
                "is '\(scope.model.id)', which is Restricted to \(accounts.joined(separator: ", ")), but the scope is for \(scope.account); legal are: allow \(scope.model.id), restrict \(scope.model.id) to more accounts (FinOps Lead)",
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

    private mutating func takeApproval(_ decision: Decision) throws(Illegal) {
        var scope = try step(decision, .approve)
        try checkStanding(scope)
        if scope.platform == .claudePlatform {
            guard !decision.workspaceName.isEmpty else {
                throw Illegal("is missing: the lead names the workspace when approving, so that the engineer need not guess", at: "$.workspaceName")
            }
            guard !decision.tags.isEmpty else { throw Illegal("are missing: the workspace carries the element tags, so that the bill does", at: "$.tags") }
            let keys = registry.tagKeys.filter { !$0.isEmpty }
            if let unknown = decision.tags.first(where: { !keys.contains($0.key) || $0.value.isEmpty }) {
                throw Illegal("hold '\(unknown.key)=\(unknown.value)', but must be of \(keys.joined(separator: ", ")), each with a value", at: "$.tags")
            }
        } else if !decision.workspaceName.isEmpty || !decision.tags.isEmpty {
            throw Illegal("is given, but a scope of Bedrock has no workspace", at: "$.workspaceName")
        }
        scope.workspaceName = decision.workspaceName
        scope.tags = decision.tags
        scope.approved = Scope.Mark(decision)
        try checkIsNew(scope)
        if !scope.supersedes.isEmpty {
            guard var old = self.scope(scope.supersedes), let status = old.status.after(.supersede, on: old.platform) else {
                throw Illegal("supersedes '\(scope.supersedes)', which does not stand any more; reject it and request it anew (FinOps Lead)")
            }
            old.status = status
            old.ended = Scope.Mark(decision)
            note(old, decision)
        }
        note(scope, decision)
    }

    private mutating func takeEnd(_ decision: Decision) throws(Illegal) {
        var scope = try step(decision, decision.verb == .reject ? .reject : .revoke)
        if decision.verb == .revoke { scope.ended = Scope.Mark(decision) }
        note(scope, decision)
    }

    /// The scope behind a step; throws where the step is illegal.
    private func step(_ decision: Decision, _ step: ScopeStep, _ name: String? = nil) throws(Illegal) -> Scope {
        let name = name ?? decision.object
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

    // MARK: Tasks

    private mutating func takeCompletion(_ decision: Decision) throws(Illegal) {
        let parts = decision.object.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let number = Int(parts[1]) else {
            throw Illegal("is '\(decision.object)', but a task is written SCOPE/NUMBER, such as '\(scopes.first?.name ?? "claims-sonnet")/1'")
        }
        guard let before = scope(parts[0]) else { throw Illegal(noScope(parts[0])) }
        if number <= before.completed.count { throw Illegal("is '\(decision.object)', which line \(before.completed[number - 1].line) completed") }
        var scope = try step(decision, .task(number), parts[0])
        var conflicts: [String] = []
        if let approver = before.approved, approver.actor == decision.actor {
            conflicts.append("'\(decision.actor)' approved '\(scope.name)' (line \(approver.line)), so somebody else must execute it")
        }
        if let claimant = claimant(of: scope), claimant.actor == decision.actor {
            conflicts.append("'\(decision.actor)' claimed what '\(scope.name)' made (line \(claimant.line)), so somebody else must execute it")
        }
        let notes = try judged(conflicts)
        switch (scope.platform, number) {
        case (.bedrock, _): try takeBedrockStep(decision, &scope, before)
        case (.claudePlatform, 1): try takeWorkspace(decision, scope)
        case (.claudePlatform, 2): try takeRegistration(decision, &scope)
        default: try takeStack(decision, &scope)
        }
        scope.executors.append(Scope.Mark(decision))
        if scope.status != before.status { scope.completed.append(Scope.Mark(decision)) }
        add(notes, decision)
        note(scope, decision)
    }

    private func takeBedrockStep(_ decision: Decision, _ scope: inout Scope, _ before: Scope) throws(Illegal) {
        let step = decision.step ?? 0
        guard step == before.stepsDone + 1, step <= 4 else {
            throw Illegal("is \(step), but of the four steps the next is \(before.stepsDone + 1): \(scope.bedrockSteps[min(3, before.stepsDone)])", at: "$.step")
        }
        scope.stepsDone = step
        if step < 4 {
            scope.status = before.status
            return
        }
        try checkRole(decision.roleARN, scope)
        scope.roleARN = decision.roleARN
    }

    private func takeWorkspace(_ decision: Decision, _ scope: Scope) throws(Illegal) {
        guard decision.workspaceName == scope.workspaceName else {
            throw Illegal("is '\(decision.workspaceName)', but the lead named the workspace '\(scope.workspaceName)'; rename it, letter for letter", at: "$.workspaceName")
        }
        guard decision.tags == scope.tags else {
            func text(_ tags: [Decision.Tag]) -> String { tags.isEmpty ? "no tags" : tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") }
            throw Illegal("are \(text(decision.tags)), but the lead asked for \(text(scope.tags)); tag the workspace so", at: "$.tags")
        }
    }

    private func takeRegistration(_ decision: Decision, _ scope: inout Scope) throws(Illegal) {
        var text = decision.workspace
        if !text.hasPrefix("arn:") {
            // An id alone is an ARN's where the registry lists it, and else the scope's own.
            guard text.hasPrefix("wrkspc_"), text.utf8.count > 7 else {
                throw Illegal("is '\(text)', which is neither a workspace's ARN nor an id such as wrkspc_01AbC", at: "$.workspace")
            }
            let listed = registry.workspaces.filter { $0.id == text }
            text = listed.count == 1 ? listed[0].arn : "arn:aws:aws-external-anthropic:\(scope.regions[0]):\(scope.account):workspace/\(text)"
        }
        guard let arn = ARN(Array(text.utf8)), arn.isWorkspace else { throw Illegal("is '\(text)', which is no workspace's ARN", at: "$.workspace") }
        let (account, region) = (String(decoding: arn.account, as: UTF8.self), String(decoding: arn.region, as: UTF8.self))
        guard account == scope.account, region == scope.regions[0] else {
            throw Illegal("is '\(text)', in account \(account) and region \(region), but the scope is for \(scope.account) and \(scope.regions[0])", at: "$.workspace")
        }
        if let other = scopes.first(where: { $0.workspace == text && $0.workload != scope.workload && $0.status.isStanding }) {
            throw Illegal("is '\(text)', which '\(other.name)' registered for '\(other.workload)'; workloads do not share a workspace", at: "$.workspace")
        }
        guard let trail = decision.trail else {
            throw Illegal("is missing: save what aws cloudtrail get-event-selectors and describe-trails print, and name them", at: "$.trail")
        }
        scope.workspace = text
        scope.trail = trail
    }

    private func takeStack(_ decision: Decision, _ scope: inout Scope) throws(Illegal) {
        try checkRole(decision.roleARN, scope)
        let wanted = "function:\(scope.functionName)"
        guard let function = ARN(Array(decision.functionARN.utf8)), function.service.elementsEqual("lambda".utf8), function.resource.elementsEqual(wanted.utf8),
            function.account.elementsEqual(scope.account.utf8), function.region.elementsEqual(scope.regions[0].utf8)
        else {
            throw Illegal(
                "is '\(decision.functionARN)', but the template makes arn:aws:lambda:\(scope.regions[0]):\(scope.account):\(wanted); register what the stack's outputs say",
                at: "$.functionArn")
        }
        scope.roleARN = decision.roleARN
        scope.functionARN = decision.functionARN
    }

    private func checkRole(_ text: String, _ scope: Scope) throws(Illegal) {
        guard let role = ARN(Array(text.utf8)), role.service.elementsEqual("iam".utf8), role.account.elementsEqual(scope.account.utf8),
            role.resource.starts(with: "role/".utf8), role.resource.split(separator: UInt8(ascii: "/")).last.map({ $0.elementsEqual(scope.roleName.utf8) }) == true
        else {
            throw Illegal("is '\(text)', but the role is arn:aws:iam::\(scope.account):role/\(scope.roleName); register the one that was made for the scope", at: "$.roleArn")
        }
    }

    // MARK: Duties

    /// Throws conflicts where they are forbidden, and returns them where they are only told.
    private func judged(_ conflicts: [String]) throws(Illegal) -> [String] {
        guard let first = conflicts.first, registry.governance.duties == .enforce else { return conflicts }
        throw Illegal("\(first); approver, executor and claimant of a scope are three people", at: "$.actor")
    }

    private mutating func add(_ notes: [String], _ decision: Decision) { for note in notes { dutyConflicts.append((decision.line, note)) } }

    private func claimant(of scope: Scope) -> (actor: String, line: Int)? {
        claims.last { scope.isAnchor($0.claim.anchor) }.map { ($0.actor, $0.line) }
    }

    // MARK: Claims and estimates

    private func anchor(_ decision: Decision) throws(Illegal) -> Claim.Anchor {
        switch (decision.principal.isEmpty, decision.workspace.isEmpty) {
        case (false, true):
            guard let principal = claimedPrincipal(decision.principal) else {
                throw Illegal("is '\(decision.principal)', which is no ARN of a role, user or root, and none of service:, account:, identity-center:, principal:", at: "$.principal")
            }
            return .principal(principal)
        case (true, false):
            guard let arn = ARN(Array(decision.workspace.utf8)), arn.isWorkspace else {
                throw Illegal("is '\(decision.workspace)', which is no workspace's ARN", at: "$.workspace")
            }
            return .workspace(decision.workspace)
        default: throw Illegal("must have either 'principal' or 'workspace'", at: "$")
        }
    }

    private mutating func takeClaim(_ decision: Decision) throws(Illegal) {
        guard let workload = registry.workloads.first(where: { $0.id == decision.object }) else { throw Illegal(noWorkload(decision.object)) }
        let anchor = try anchor(decision)
        let open = claims.lastIndex { $0.claim.anchor == anchor && $0.claim.to == nil }
        if decision.verb == .release {
            guard let open, claims[open].workload == workload.id else {
                let inRegistry = workload.claims.first { $0.anchor == anchor }?.place
                throw Illegal(
                    "is '\(workload.id)', which has no decided claim on '\(anchor.text)' to release"
                        + (inRegistry.map { "; the claim stands in \(registryFile):\($0.line): \($0.path), and ends there with 'to'" } ?? ""))
            }
            claims[open].claim.to = decision.nextDay
            // Taken back before it began.
            if claims[open].claim.from == decision.nextDay { claims.remove(at: open) }
            return
        }
        if let open {
            throw Illegal(
                "is '\(workload.id)', but '\(anchor.text)' is claimed for '\(claims[open].workload)' (line \(claims[open].line)); legal is: release \(claims[open].workload) (Product Owner)")
        }
        let claim = Claim(anchor: anchor, from: decision.nextDay)
        for other in registry.workloads {
            guard let clash = other.claims.first(where: { $0.anchor == anchor && $0.overlaps(claim) }) else { continue }
            let place = clash.place.map { "\(registryFile):\($0.line): \($0.path)" } ?? registryFile
            throw Illegal("claims '\(anchor.text)' from \(dateText(dayNumber: decision.nextDay.dayNumber)) on, but \(place) claims it for '\(other.id)' at the same time; keep one")
        }
        var conflicts: [String] = []
        for scope in scopes where scope.isAnchor(anchor) {
            if let approver = scope.approved, approver.actor == decision.actor {
                conflicts.append("'\(decision.actor)' approved '\(scope.name)' (line \(approver.line)), so somebody else must claim what it made")
            }
            if let executor = scope.executors.first(where: { $0.actor == decision.actor }) {
                conflicts.append("'\(decision.actor)' executed '\(scope.name)' (line \(executor.line)), so somebody else must claim what it made")
            }
        }
        add(try judged(conflicts), decision)
        claims.append(DecidedClaim(workload: workload.id, claim: claim, line: decision.line, actor: decision.actor))
    }

    private mutating func takeEstimate(_ decision: Decision) throws(Illegal) {
        guard let workload = registry.workloads.first(where: { $0.id == decision.object }) else { throw Illegal(noWorkload(decision.object)) }
        guard let month = decision.month, let amount = decision.amount else { throw Illegal("has no month or amount", at: "$") }
        if let clash = workload.estimates.first(where: { $0.month == month && $0.currency == decision.currency }) {
            let place = clash.place.map { "\(registryFile):\($0.line): \($0.path)" } ?? registryFile
            throw Illegal("estimates \(month.text) in \(decision.currency) for '\(workload.id)', but \(place) does, too; keep one", at: "$.month")
        }
        func isSame(_ other: DecidedEstimate) -> Bool { other.workload == workload.id && other.month == month && other.currency == decision.currency }
        let pending = estimates.firstIndex { isSame($0) && $0.confirmedBy == nil }
        if decision.verb == .estimate {
            let made = DecidedEstimate(
                workload: workload.id, month: month, currency: decision.currency, amount: amount, actor: decision.actor, confirmedBy: nil, line: decision.line)
            // What was confirmed stays in force until the new figure is.
            if let pending { estimates[pending] = made } else { estimates.append(made) }
            return
        }
        guard let pending else {
            throw Illegal("is '\(workload.id)', of which there is no estimate of \(month.text) in \(decision.currency) to confirm; legal is: estimate \(workload.id) (Product Owner)")
        }
        guard estimates[pending].amount == amount else {
            throw Illegal("is \(amount.text), but line \(estimates[pending].line) estimates \(estimates[pending].amount.text); confirm that, or have it estimated anew", at: "$.amount")
        }
        if estimates[pending].actor == decision.actor {
            add(try judged(["'\(decision.actor)' made the estimate (line \(estimates[pending].line)), so somebody else must confirm it"]), decision)
        }
        estimates.removeAll { isSame($0) && $0.confirmedBy != nil }
        if let place = estimates.firstIndex(where: { isSame($0) }) { estimates[place].confirmedBy = decision.actor }
    }

    // MARK: Cards

    private mutating func takeCard(_ decision: Decision) throws(Illegal) {
        guard let card = CardCase.Key(decision.object) else {
            throw Illegal("is '\(decision.object)', but a card is written START/WORKLOAD/CURRENCY, such as 2026-10-04/claims-triage/USD")
        }
        guard registry.workloads.contains(where: { $0.id == card.workload }) else { throw Illegal(noWorkload(card.workload)) }
        let index = cards.firstIndex { $0.key == card }
        var found = index.map { cards[$0] } ?? CardCase(key: card)
        try found.take(decision, tolerance: registry.governance.cardTolerance)
        if let index { cards[index] = found } else { cards.append(found) }
    }

    // MARK: Words

    private func noScope(_ name: String) -> String {
        let near = nearest(name, scopes.map(\.name)).map { "; did you mean '\($0)'?" } ?? "; legal is: request \(name) (Product Owner)"
        return "is '\(name)', which nobody has requested\(near)"
    }

    private func noWorkload(_ id: String) -> String {
        let near = nearest(id, registry.workloads.map(\.id)).map { "; did you mean '\($0)'?" } ?? "; add it to \(registryFile)"
        return "is '\(id)', which is no workload of the registry\(near)"
    }
}

extension Scope {
    /// Whether an anchor was made for this scope.
    func isAnchor(_ anchor: Claim.Anchor) -> Bool {
        switch anchor {
        case .principal(let principal): !roleARN.isEmpty && claimedPrincipal(roleARN) == principal
        case .workspace(let arn): !workspace.isEmpty && workspace == arn
        }
    }
}
