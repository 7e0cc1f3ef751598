/// What the two platforms can do, and how each is governed here: a table to look things up in. Every row but the one on MAP is something that this
/// program does, and a test calls it.
public struct Capability: Sendable {
    public var name: String
    public var bedrock: String
    public var claudePlatform: String

    public static let all = [
        Capability(name: "Billing unit", bedrock: "Tokens, per model and hour", claudePlatform: "CCU at 0.01 USD, in aggregate (AWS Marketplace)"),
        Capability(name: "Scope primitive", bedrock: "Account × region", claudePlatform: "Workspace × account × region"),
        Capability(name: "Model discovery", bedrock: "A saved bedrock list-foundation-models", claudePlatform: "Static catalogue, added to by the registry"),
        Capability(name: "Cloud Engineer tasks", bedrock: "1 task of 4 steps: IAM role + condition key", claudePlatform: "3 tasks: workspace → validate → Lambda"),
        Capability(name: "Attribution anchor", bedrock: "IAM role claimed by Product Owner", claudePlatform: "Lambda execution role claimed by Product Owner"),
        Capability(name: "CUR cost allocation", bedrock: "line_item_iam_principal on every row", claudePlatform: "Workspace tags on CCU rows + CloudTrail principal"),
        Capability(name: "CloudTrail", bedrock: "Not required", claudePlatform: "Required for workload level"),
        Capability(name: "MAP eligibility", bedrock: "Supported via inference profiles", claudePlatform: "Not applicable"),
        Capability(name: "Streaming", bedrock: "Counts like any call", claudePlatform: "Counts like any call; the generated function does not stream"),
        Capability(name: "Agentic governance", bedrock: "Condition key aws:ViaAWSMCPService", claudePlatform: "Approval of its own, with IAM actions of its own"),
    ]
}
