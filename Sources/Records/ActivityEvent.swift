/// One call of the platform that may have cost money: what evidence is made of.
public struct ActivityEvent: BitwiseCopyable, Sendable {
    public var time: Instant
    public var id: RecordID
    public var request: RecordID
    public var shared: RecordID
    /// Canonical; empty when the record names no caller.
    public var principal: Name
    /// `requestParameters.model`, or empty.
    public var model: Name
    /// The workspace's ARN, or empty.
    public var workspace: Name
    public var recipientAccount: Name
    public var identityAccount: Name

    public func mapped(_ names: [Name]) -> ActivityEvent {
        ActivityEvent(
            time: time, id: id.mapped(names), request: request.mapped(names), shared: shared.mapped(names),
            principal: names[Int(principal.index)], model: names[Int(model.index)], workspace: names[Int(workspace.index)],
            recipientAccount: names[Int(recipientAccount.index)], identityAccount: names[Int(identityAccount.index)])
    }
}

/// What one CloudTrail record turned out to be. Every record is exactly one of these; the order of tests is that of the specification, attribution §3.
public enum TrailRecord: Sendable {
    case otherSource
    /// Aggregations and insights speak of calls that other records hold.
    case summary
    case otherPeriod
    case notBillable
    /// The call failed. It may still correct another record.
    case failed(replaces: RecordID)
    /// A billable call; `replaces` is the event that it corrects, or empty.
    case call(ActivityEvent, replaces: RecordID)
    case fault(InputFault)
}

/// The names of CloudTrail's Claude Platform records.
///
/// docs.aws.amazon.com/claude-platform/latest/userguide/monitoring.html and …/iam-actions.html
enum ClaudePlatformTrail {
    static let source: StaticString = "aws-external-anthropic.amazonaws.com"
    static let billable: [StaticString] = [
        "CreateInference", "CreateBatchInference", "CreateSession", "UpdateSession", "ProcessEnvironmentWork",
    ]
    static let summaries: [StaticString] = ["Aggregated", "NetworkActivity", "Insight"]
}
