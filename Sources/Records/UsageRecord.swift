/// One API response's usage block, as its caller logged it: the only evidence of tokens there is.
public struct UsageRecord: BitwiseCopyable, Sendable {
    public var time: Instant
    /// The id that CloudTrail calls `requestID`; empty when it was not logged.
    public var request: RecordID
    /// The message's id; empty when it was not logged.
    public var message: RecordID
    /// As written: an ARN or a bare id.
    public var workspace: Name
    public var model: Name
    /// Canonical; empty when it was not logged.
    public var principal: Name
    public var tokens: TokenCounts
    public var isBatch: Bool
    /// `inference_geo: us`, which costs a tenth more.
    public var isUSOnly: Bool

    public func mapped(_ names: [Name]) -> UsageRecord {
        var copy = self
        copy.request = request.mapped(names)
        copy.message = message.mapped(names)
        copy.workspace = names[Int(workspace.index)]
        copy.model = names[Int(model.index)]
        copy.principal = names[Int(principal.index)]
        return copy
    }
}

/// How many of each kind, each at most 10¹⁵.
public struct TokenCounts: Hashable, BitwiseCopyable, Sendable {
    public var input: UInt64 = 0
    public var write5m: UInt64 = 0
    public var write1h: UInt64 = 0
    public var cacheRead: UInt64 = 0
    public var output: UInt64 = 0
    public var webSearches: UInt64 = 0

    public static let limit: UInt64 = 1_000_000_000_000_000
}

/// What one line with `{` of a usage log turned out to be.
public enum UsageLine: Sendable {
    case record(UsageRecord)
    case fault(InputFault)
}
