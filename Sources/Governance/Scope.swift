import Records
import Registry

/// What one request asks for and one approval grants: a model for a workload, in an account and one or several regions, and for the Claude
/// Platform in one workspace.
public struct Scope: Sendable {
    /// Letters, digits and hyphens: it names roles and stacks.
    public var name: String
    public var platform: Platform
    public var model: CatalogueModel
    public var account: String
    /// One for the Claude Platform, whose workspaces are regional.
    public var regions: [String]
    public var iamScope: IAMScope
    public var workload: String
    /// The scope that this one replaces when it is approved; empty for none.
    public var supersedes = ""
    public internal(set) var status = ScopeStatus.pendingApproval
    public var requested: Mark
    public internal(set) var approved: Mark?
    /// When it ceased to stand.
    public internal(set) var ended: Mark?
    /// As the lead gave them; Claude Platform only.
    public internal(set) var workspaceName = ""
    public internal(set) var tags: [Decision.Tag] = []
    /// The registered workspace's ARN.
    public internal(set) var workspace = ""
    /// What was found of the trail when the workspace was registered.
    public internal(set) var trail: TrailCapture?
    public internal(set) var roleARN = ""
    public internal(set) var functionARN = ""
    /// Who completed each task that is complete, in order.
    public internal(set) var completed: [Mark] = []
    /// Who completed any task of it, or any step of one.
    public internal(set) var executors: [Mark] = []
    /// How many steps of Bedrock's one task are done.
    public internal(set) var stepsDone = 0
    public internal(set) var changed: Mark

    /// Who decided, when, and on which line.
    public struct Mark: Sendable, Equatable {
        public var actor: String
        public var role: Role
        public var at: Instant
        public var line: Int

        init(_ decision: Decision) {
            actor = decision.actor
            role = decision.role
            at = decision.at
            line = decision.line
        }
    }

    /// How many tasks lead from its approval to its use.
    public var taskCount: Int { platform == .claudePlatform ? 3 : 1 }

    /// The names of what the generated template makes, or for Bedrock what the engineer is to make.
    public internal(set) var roleName: String
    public var functionName: String { "apportion-\(name)-passthrough" }

    /// The steps of Bedrock's one task.
    public var bedrockSteps: [String] {
        let isAgentic = iamScope == .agentic
        return [
            "Create the IAM role \(roleName) in account \(account), for this workload alone.",
            "Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on \(model.id) in \(regions.joined(separator: ", ")), and on nothing else.",
            isAgentic
                ? "Allow calls through MCP: the approval is for Inference + Agentic, so the policy needs no condition on aws:ViaAWSMCPService."
                : "Deny calls through MCP: add the condition Bool aws:ViaAWSMCPService = false to the policy.",
            "Register the role's ARN.",
        ]
    }

    init(_ decision: Decision, platform: Platform, model: CatalogueModel, iamScope: IAMScope) {
        name = decision.object
        self.platform = platform
        self.model = model
        account = decision.account
        regions = decision.regions
        self.iamScope = iamScope
        workload = decision.workload
        supersedes = decision.supersedes
        requested = Mark(decision)
        changed = Mark(decision)
        roleName = "apportion-\(decision.object)"
    }

    /// What is the same in two scopes that approve one thing.
    struct Key: Hashable {
        var platform: Platform
        var model: String
        var account: String
        var region: String
        var iamScope: IAMScope
        var workload: String
        var workspaceName: String
    }

    var keys: [Key] {
        regions.map {
            Key(platform: platform, model: model.id, account: account, region: $0, iamScope: iamScope, workload: workload, workspaceName: workspaceName)
        }
    }

    /// The approvals that stand, or stood, by it: one a region.
    public var approvals: [Approval] {
        guard let approved else { return [] }
        return regions.map { region in
            Approval(
                scope: name, platform: platform, modelID: model.id, modelName: model.name, account: account, region: region, workspace: workspace,
                principal: claimedPrincipal(roleARN) ?? "", from: approved.at, to: ended?.at)
        }
    }
}
