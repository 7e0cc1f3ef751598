import Records

/// What a Cloud Engineer has to do for a scope that was approved.
public struct ScopeTask: Sendable {
    public enum Status: String, Sendable { case open = "OPEN", blocked = "BLOCKED", done = "DONE", cancelled = "CANCELLED" }

    public var scope: Scope
    /// From 1.
    public var number: Int
    public var status: Status

    public var name: String { "\(scope.name)/\(number)" }
    public var count: Int { scope.taskCount }

    /// What is to be done, in sentences.
    public var instructions: [String] {
        guard scope.platform == .claudePlatform else { return scope.bedrockSteps }
        switch number {
        case 1:
            return [
                "Sign in to the Claude Console via the AWS Console of account \(scope.account), region \(scope.regions[0]), and create a workspace with the exact name '\(scope.workspaceName)'.",
                "Tag it \(scope.tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")).",
            ]
        case 2:
            return [
                "Confirm that the workspace '\(scope.workspaceName)' is active, and register its ARN.",
                "Save what aws cloudtrail get-event-selectors, describe-trails and get-trail-status print, to show whether its calls are logged.",
            ]
        default:
            return ["Deploy what apportion stack \(scope.name) prints as a CloudFormation stack, with the capability CAPABILITY_NAMED_IAM, and register the role and function that it made."]
        }
    }
}

extension Scope {
    /// The tasks of a scope: none before its approval.
    public var tasks: [ScopeTask] {
        guard approved != nil else { return [] }
        return (1...taskCount).map { number in
            let status: ScopeTask.Status =
                if number <= completed.count { .done } else if !self.status.isStanding { .cancelled } else if self.status.nextTask == number { .open } else { .blocked }
            return ScopeTask(scope: self, number: number, status: status)
        }
    }
}
