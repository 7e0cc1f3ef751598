import Records

/// What an approval lets a workload do with a model, beside the plain call.
public enum IAMScope: String, Sendable, CaseIterable {
    case inferenceOnly = "Inference Only"
    case agentic = "Inference + Agentic"
}

/// What can happen to a scope.
public enum ScopeStep: Hashable, Sendable {
    case approve, reject, revoke
    /// Another scope that replaces it was approved.
    case supersede
    /// The task of this number is complete.
    case task(Int)
}

/// How far a scope has come.
///
///     PENDING_APPROVAL ─approve─▶ PENDING_WORKSPACE ─1─▶ PENDING_VALIDATION ─2─▶ PENDING_LAMBDA ─3─▶ IMPLEMENTED      Claude Platform
///                    └─approve─▶ APPROVED ─1─▶ IMPLEMENTED                                                            Bedrock
///
/// Before approval it can be REJECTED, after it REVOKED or SUPERSEDED; these three are ends.
public enum ScopeStatus: String, Sendable, CaseIterable {
    case pendingApproval = "PENDING_APPROVAL"
    case pendingWorkspace = "PENDING_WORKSPACE"
    case pendingValidation = "PENDING_VALIDATION"
    case pendingLambda = "PENDING_LAMBDA"
    case approved = "APPROVED"
    case implemented = "IMPLEMENTED"
    case rejected = "REJECTED"
    case revoked = "REVOKED"
    case superseded = "SUPERSEDED"

    /// The status behind a step; nil where the step is illegal.
    public func after(_ step: ScopeStep, on platform: Platform) -> ScopeStatus? {
        switch (self, step) {
        case (.pendingApproval, .approve): platform == .claudePlatform ? .pendingWorkspace : .approved
        case (.pendingApproval, .reject): .rejected
        case (.pendingWorkspace, .task(1)): .pendingValidation
        case (.pendingValidation, .task(2)): .pendingLambda
        case (.pendingLambda, .task(3)): .implemented
        case (.approved, .task(1)): .implemented
        case (_, .revoke) where isStanding: .revoked
        case (_, .supersede) where isStanding: .superseded
        default: nil
        }
    }

    /// Approved, and neither revoked nor superseded.
    public var isStanding: Bool {
        switch self {
        case .pendingWorkspace, .pendingValidation, .pendingLambda, .approved, .implemented: true
        case .pendingApproval, .rejected, .revoked, .superseded: false
        }
    }

    /// Nothing follows any more.
    public var isEnd: Bool { self == .rejected || self == .revoked || self == .superseded }

    /// The number of the task that comes next; nil for none.
    public var nextTask: Int? {
        switch self {
        case .pendingWorkspace, .approved: 1
        case .pendingValidation: 2
        case .pendingLambda: 3
        case .pendingApproval, .implemented, .rejected, .revoked, .superseded: nil
        }
    }

    /// What may come next, in the words of the command line, and who may do it.
    func legalSteps(_ scope: String, _ platform: Platform) -> [String] {
        let all: [(ScopeStep, String)] = [
            (.approve, "approve \(scope) (FinOps Lead)"), (.reject, "reject \(scope) (FinOps Lead)"), (.task(1), "complete \(scope)/1 (Cloud Engineer)"),
            (.task(2), "complete \(scope)/2 (Cloud Engineer)"), (.task(3), "complete \(scope)/3 (Cloud Engineer)"),
            (.revoke, "revoke \(scope) (FinOps Lead)"),
        ]
        return all.filter { after($0.0, on: platform) != nil }.map(\.1)
    }
}
