import Bytes
import Records
import Registry

/// Tasks that are completed.
extension Governance {
    mutating func takeCompletion(_ decision: Decision, _ isNew: Bool) throws(Illegal) {
        let parts = decision.object.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let number = Int(parts[1]), number >= 1, "\(number)" == parts[1] else {
            throw Illegal("is '\(decision.object)', but a task is written SCOPE/NUMBER, such as '\(scopes.first?.name ?? "claims-sonnet")/1'")
        }
        guard let before = scope(parts[0]) else { throw Illegal(noScope(parts[0])) }
        if number <= before.completed.count { throw Illegal("is '\(decision.object)', which line \(before.completed[number - 1].line) completed") }
        var scope = try step(decision, .task(number), parts[0])
        if standing(scope.model) == .blocked { try checkStanding(scope) }
        switch (scope.platform, number) {
        case (.bedrock, _): try takeBedrockStep(decision, &scope, before)
        case (.claudePlatform, 1): try takeWorkspace(decision, scope)
        case (.claudePlatform, 2): try takeRegistration(decision, &scope, isNew)
        default: try takeStack(decision, &scope)
        }
        scope.executors.append(Scope.Mark(decision))
        if scope.status != before.status { scope.completed.append(Scope.Mark(decision)) }
        try checkDuties(scope, claims, decision)
        try checkClaimants(scope, isNew: isNew)
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
        guard let role = ARN(Array(decision.roleARN.utf8)), isPartition(role), role.service.elementsEqual("iam".utf8), role.account.elementsEqual(scope.account.utf8),
            role.resource.starts(with: "role/".utf8), role.resource.split(separator: UInt8(ascii: "/")).last.map({ $0.elementsEqual(scope.roleName.utf8) }) == true
        else {
            throw Illegal("is '\(decision.roleARN)', but the role is arn:aws:iam::\(scope.account):role/\(scope.roleName); register the one that was made for the scope", at: "$.roleArn")
        }
        scope.roleARN = decision.roleARN
    }

    private func takeWorkspace(_ decision: Decision, _ scope: Scope) throws(Illegal) {
        guard decision.workspaceName.utf8.elementsEqual(scope.workspaceName.utf8) else {
            throw Illegal("is '\(decision.workspaceName)', but the lead named the workspace '\(scope.workspaceName)'; rename it, letter for letter", at: "$.workspaceName")
        }
        guard decision.tags.elementsEqual(scope.tags, by: { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.utf8.elementsEqual($1.value.utf8) }) else {
            func text(_ tags: [Decision.Tag]) -> String { tags.isEmpty ? "no tags" : tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") }
            throw Illegal("are \(text(decision.tags)), but the lead asked for \(text(scope.tags)); tag the workspace so", at: "$.tags")
        }
    }

    /// A workspace's ARN; of an id alone the one that the registry lists, and else the scope's own.
    public func workspaceARN(_ text: String, of scope: Scope) -> String {
        guard !text.hasPrefix("arn:") else { return text }
        let listed = registry.workspaces.filter { $0.id == text }
        return listed.count == 1 ? listed[0].arn : "arn:aws:aws-external-anthropic:\(scope.regions[0]):\(scope.account):workspace/\(text)"
    }

    private func takeRegistration(_ decision: Decision, _ scope: inout Scope, _ isNew: Bool) throws(Illegal) {
        let text = workspaceARN(decision.workspace, of: scope)
        guard let arn = ARN(Array(text.utf8)), isStrictWorkspace(arn) else {
            throw Illegal("is '\(decision.workspace)', which is neither a workspace's ARN nor an id such as wrkspc_01AbC", at: "$.workspace")
        }
        let (account, region) = (String(decoding: arn.account, as: UTF8.self), String(decoding: arn.region, as: UTF8.self))
        guard account == scope.account, region == scope.regions[0] else {
            throw Illegal("is '\(text)', in account \(account) and region \(region), but the scope is for \(scope.account) and \(scope.regions[0])", at: "$.workspace")
        }
        for other in scopes where other.workspace == text && other.name != scope.name && !other.status.isEnd {
            guard other.workload == scope.workload, other.workspaceName == scope.workspaceName else {
                throw Illegal("is '\(text)', which '\(other.name)' registered as '\(other.workspaceName)' for '\(other.workload)'; workloads do not share a workspace", at: "$.workspace")
            }
        }
        if isNew, let listed = registry.workspaces.first(where: { $0.arn == text }), !listed.name.isEmpty, listed.name != scope.workspaceName {
            throw Illegal("is '\(text)', which \(registryFile) calls '\(listed.name)', but the lead named the workspace '\(scope.workspaceName)'; register that one", at: "$.workspace")
        }
        guard let trail = decision.trail else {
            throw Illegal("is missing: save what aws cloudtrail get-event-selectors and describe-trails print, and name them", at: "$.trail")
        }
        scope.workspace = text
        scope.trail = trail
    }

    private func takeStack(_ decision: Decision, _ scope: inout Scope) throws(Illegal) {
        let partition = scope.workspace.split(separator: ":").dropFirst().first.map(String.init) ?? "aws"
        for (path, said, made) in [
            ("$.roleArn", decision.roleARN, "arn:\(partition):iam::\(scope.account):role/\(scope.roleName)"),
            ("$.functionArn", decision.functionARN, "arn:\(partition):lambda:\(scope.regions[0]):\(scope.account):function:\(scope.functionName)"),
        ] where said != made {
            throw Illegal("is '\(said)', but the template makes \(made); register what the stack's outputs say", at: path)
        }
        scope.roleARN = decision.roleARN
        scope.functionARN = decision.functionARN
    }
}

private func isPartition(_ arn: ARN) -> Bool { ["aws", "aws-us-gov", "aws-cn"].contains(String(decoding: arn.partition, as: UTF8.self)) }

/// A workspace's ARN as AWS makes it, for what people register: no pattern could pass for one.
func isStrictWorkspace(_ arn: ARN) -> Bool {
    let id = arn.workspaceID
    return isPartition(arn) && arn.isWorkspace && isAccount(String(decoding: arn.account, as: UTF8.self)) && isRegion(String(decoding: arn.region, as: UTF8.self))
        && id.starts(with: "wrkspc_".utf8) && id.count > 7 && id.count <= 64
        && id.dropFirst(7).allSatisfy {
            $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")
        }
}
