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
    public internal(set) var scopes: [Scope] = []
    public internal(set) var claims: [DecidedClaim] = []
    /// What stands, but should be looked at: duties in one hand where the registry only advises against it.
    public internal(set) var remarks: [(line: Int, what: String)] = []
    let registry: Registry
    /// The registry's name, for messages that name both places.
    let registryFile: String
    let catalogue: Catalogue
    private var linesByID: [String: Int] = [:]
    var scopePlaces: [String: Int] = [:]
    var standings: [ModelKey: ModelStanding] = [:]
    /// Of every model that decisions name its last.
    var lastChanges: [ModelKey: Scope.Mark] = [:]
    /// Of every anchor the place of its claim that is not released.
    var openClaims: [Claim.Anchor: Int] = [:]
    var estimatesByKey: [EstimateKey: EstimatePair] = [:]
    var cardsByKey: [CardCase.Key: CardCase] = [:]

    struct ModelKey: Hashable {
        var platform: String
        var id: String
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

    public init(_ registry: Registry, registryFile: String) {
        self.registry = registry
        self.registryFile = registryFile
        catalogue = Catalogue(registry.governance)
    }

    /// Takes all lines of a file; throws every line that is illegal. Of a scope or anchor whose line is illegal the lines behind it say nothing.
    public init(_ decisions: [Decision], _ registry: Registry, file: String, registryFile: String) throws(RegistryFaults) {
        self.init(registry, registryFile: registryFile)
        var faults: [RegistryFault] = []
        var isBroken: Set<String> = []
        for decision in decisions where !isBroken.contains(decision.subject) {
            do throws(Illegal) { try take(decision, isNew: false) } catch {
                isBroken.insert(decision.subject)
                faults.append(RegistryFault(path: error.path, line: decision.line, what: error.what))
            }
        }
        for (line, fault) in claimClashes { faults.append(RegistryFault(path: fault.path, line: line, what: fault.what)) }
        guard faults.isEmpty else { throw RegistryFaults(file: file, faults: faults) }
        addLostWorkloads()
    }

    public var cardTolerance: Amount { registry.governance.cardTolerance }

    public func scope(_ name: String) -> Scope? { scopePlaces[name].map { scopes[$0] } }

    public func standing(_ model: CatalogueModel) -> ModelStanding { standings[ModelKey(platform: model.platform.text, id: model.id)] ?? .approved }

    /// The last decision that names a model.
    public func lastChange(_ model: CatalogueModel) -> Scope.Mark? { lastChanges[ModelKey(platform: model.platform.text, id: model.id)] }

    /// Models of scopes, with or without a catalogue.
    public var models: [CatalogueModel] {
        var seen: Set<ModelKey> = []
        return scopes.map(\.model).filter { seen.insert(ModelKey(platform: $0.platform.text, id: $0.id)).inserted }
    }

    /// All accounts that are known: the registry's, its workspaces', and those of the scopes.
    public var accounts: Set<String> {
        Set(registry.governance.accounts).union(registry.workspaces.map(\.billedTo)).union(scopes.map(\.account))
    }

    /// Every approval that stands or stood.
    public var approvals: [Approval] { scopes.flatMap(\.approvals) }

    /// By key.
    public var cards: [CardCase] { cardsByKey.values.sorted { bytewiseLess($0.key.text, $1.key.text) } }

    /// The registry with everything that was decided.
    public var foldedRegistry: Registry {
        var folded = registry
        let places = Dictionary(registry.workloads.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for claim in claims { if let place = places[claim.workload] { folded.workloads[place].claims.append(claim.claim) } }
        for estimate in estimates { if let place = places[estimate.workload] { folded.workloads[place].estimates.append(estimate.inRegistry) } }
        // A workspace that was registered is as good as one that is written down, also when its scope has ended; what is written down stays.
        var known = Set(folded.workspaces.map(\.arn))
        for scope in scopes where !scope.workspace.isEmpty && known.insert(scope.workspace).inserted {
            let id = scope.workspace.split(separator: "/").last.map(String.init) ?? ""
            let elements = registry.tagKeys.map { key in scope.tags.first { $0.key == key && !key.isEmpty }?.value ?? "" }
            folded.workspaces.append(Workspace(arn: scope.workspace, id: id, name: scope.workspaceName, elements: elements, billedTo: scope.account))
        }
        folded.approvals = approvals
        return folded
    }

    // MARK: Taking a decision

    /// Takes a decision that is made now, or leaves all as it was: what it names must be there.
    public mutating func take(_ decision: Decision) throws(Illegal) {
        var after = self
        try after.take(decision, isNew: true)
        self = after
    }

    /// - Parameter isNew: Whether what it names must be there; what was decided stays when models, tags or workloads go.
    private mutating func take(_ decision: Decision, isNew: Bool) throws(Illegal) {
        if let line = linesByID[decision.id] {
            throw Illegal("is '\(decision.id)', which line \(line) has; every decision has an id of its own, so remove the copy", at: "$.id")
        }
        if let last = decisions.last, decision.at < last.at {
            throw Illegal("is \(decision.at.text), but the line before was decided at \(last.at.text); lines stand in the order of their times", at: "$.at")
        }
        guard decision.role == decision.verb.role else {
            throw Illegal("is '\(decision.role.rawValue)', but '\(decision.verb.rawValue)' is for the \(decision.verb.role.rawValue)", at: "$.role")
        }
        switch decision.verb {
        case .allow, .restrict, .block: try takeStanding(decision, isNew)
        case .request: try takeRequest(decision, isNew)
        case .approve: try takeApproval(decision, isNew)
        case .reject, .revoke: try takeEnd(decision)
        case .complete: try takeCompletion(decision, isNew)
        case .claim, .release: try takeClaim(decision, isNew)
        case .estimate, .confirm: try takeEstimate(decision, isNew)
        case .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard: try takeCard(decision, isNew)
        }
        decisions.append(decision)
        linesByID[decision.id] = decision.line
    }

    private mutating func takeStanding(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        let key = ModelKey(platform: decision.platform?.text ?? "", id: decision.object)
        if isNew, decision.platform == .claudePlatform, catalogue.model(decision.object, on: .claudePlatform) == nil {
            let near = nearest(decision.object, catalogue.words(.claudePlatform)).map { "; did you mean '\($0)'?" } ?? "; apportion models --all lists them"
            throw Illegal("is '\(decision.object)', which is the id of no model of the Claude Platform\(near)")
        }
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

    private mutating func takeCard(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        guard let key = CardCase.Key(decision.object) else {
            throw Illegal("is '\(decision.object)', but a card is written START/WORKLOAD/CURRENCY, such as 2026-10-04/claims-triage/USD, where START is a month, its first day, or a Sunday")
        }
        if isNew {
            guard registry.workloads.contains(where: { $0.id == key.workload }) else { throw Illegal(noWorkload(key.workload)) }
            guard key.firstDay <= decision.at else { throw Illegal("is '\(decision.object)', which begins after \(decision.at.text)") }
        }
        var card = cardsByKey[key] ?? CardCase(key: key)
        try card.take(decision, tolerance: isNew ? registry.governance.cardTolerance : nil)
        cardsByKey[key] = card
    }

    /// What names workloads that the registry no longer has counts for nobody, and is told.
    private mutating func addLostWorkloads() {
        let known = Set(registry.workloads.map(\.id))
        func add(_ line: Int, _ what: String, _ workload: String) {
            if !known.contains(workload) { remarks.append((line, "\(what) '\(workload)', which is no workload of \(registryFile) any more, so it counts for nobody")) }
        }
        for claim in claims { add(claim.line, "claims '\(claim.claim.anchor.text)' for", claim.workload) }
        for estimate in estimates { add(estimate.line, "estimates \(estimate.month.text) for", estimate.workload) }
        for scope in scopes where !scope.status.isEnd { add(scope.requested.line, "requests '\(scope.name)' for", scope.workload) }
        remarks.sort { ($0.line, $0.what) < ($1.line, $1.what) }
    }

    // MARK: Words

    func noScope(_ name: String) -> String {
        let near = nearest(name, scopes.map(\.name)).map { "; did you mean '\($0)'?" } ?? "; legal is: request \(name) (Product Owner)"
        return "is '\(name)', which nobody has requested\(near)"
    }

    func noWorkload(_ id: String) -> String {
        let near = nearest(id, registry.workloads.map(\.id)).map { "; did you mean '\($0)'?" } ?? "; add it to \(registryFile)"
        return "is '\(id)', which is no workload of the registry\(near)"
    }
}

extension Decision {
    /// What it is about, so that lines behind a faulty one are not told, too.
    var subject: String {
        switch verb {
        case .complete: "scope " + (object.split(separator: "/").first.map(String.init) ?? object)
        case .request, .approve, .reject, .revoke: "scope " + object
        case .claim, .release: "anchor " + (principal.isEmpty ? workspace : claimedPrincipal(principal) ?? principal)
        case .estimate, .confirm: "estimate \(object) \(month?.text ?? "") \(currency)"
        case .allow, .restrict, .block: "model \(platform?.text ?? "") \(object)"
        case .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard: "card " + object
        }
    }
}
