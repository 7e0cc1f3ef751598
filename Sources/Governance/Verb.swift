/// What can be decided, by whom, about what, and what a decision must say besides.
public enum Verb: String, Sendable, CaseIterable {
    case allow, restrict, block
    case request, approve, reject, revoke
    case complete
    case claim, release
    case estimate, confirm
    case acceptCard = "accept-card"
    case disputeCard = "dispute-card"
    case approveCard = "approve-card"
    case rejectCard = "reject-card"
    case resolveCard = "resolve-card"

    public var role: Role {
        switch self {
        case .allow, .restrict, .block, .approve, .reject, .revoke: .finOpsLead
        case .complete: .cloudEngineer
        case .request, .claim, .release, .estimate, .acceptCard, .disputeCard: .productOwner
        case .confirm: .financialAdmin
        case .approveCard, .rejectCard, .resolveCard: .portfolioOwner
        }
    }

    var isOfCard: Bool { object.hasPrefix("a card") }

    /// What `object` names.
    public var object: String {
        switch self {
        case .allow, .restrict, .block: "a model's id"
        case .request, .approve, .reject, .revoke: "a scope"
        case .complete: "a task, SCOPE/NUMBER"
        case .claim, .release, .estimate, .confirm: "a workload's id"
        case .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard: "a card, START/WORKLOAD/CURRENCY"
        }
    }

    /// The members that a line must have, and those that it may have, beside those of every line.
    var members: (required: [String], optional: [String]) {
        switch self {
        case .allow, .block: (["platform"], [])
        case .restrict: (["platform", "accounts"], [])
        case .request: (["platform", "model", "modelName", "vendor", "account", "regions", "iamScope", "workload"], ["supersedes"])
        case .approve: ([], ["workspaceName", "tags", "roleName"])
        case .reject, .revoke: (["reason"], [])
        case .complete: ([], ["workspaceName", "tags", "workspace", "trail", "evidence", "step", "roleArn", "functionArn"])
        case .claim, .release: ([], ["principal", "workspace"])
        case .estimate, .confirm: (["month", "amount"], ["currency"])
        case .disputeCard, .rejectCard, .resolveCard: (["amount", "reason"], [])
        case .acceptCard, .approveCard: (["amount"], [])
        }
    }
}
