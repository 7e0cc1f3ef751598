/// CloudTrail records and usage log lines, as text.
public enum TinyTrail {
    public static let workspace = "arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_01"
    public static let role = "arn:aws:iam::111122223333:role/agent-a"

    /// A billable call; `members` are JSON texts that take the place of the usual ones, or come behind them. An empty text leaves one out.
    public static func record(id: String = "e1", _ members: KeyValuePairs<String, String> = [:]) -> String {
        var all: [(String, String)] = [
            ("eventVersion", "\"1.11\""), ("eventSource", "\"aws-external-anthropic.amazonaws.com\""), ("eventCategory", "\"Data\""),
            ("eventID", "\"\(id)\""), ("eventTime", "\"2026-11-03T14:05:12Z\""), ("eventName", "\"CreateInference\""),
            ("recipientAccountId", "\"111122223333\""), ("requestID", "\"req-\(id)\""),
            ("userIdentity", identity(role)), ("requestParameters", "{\"model\":\"claude-sonnet-5\"}"),
            ("resources", "[{\"type\":\"AWS::AWSExternalAnthropic::Workspace\",\"ARN\":\"\(workspace)\"}]"),
        ]
        for (key, value) in members {
            if let index = all.firstIndex(where: { $0.0 == key }) { all[index].1 = value } else { all.append((key, value)) }
        }
        return "{" + all.filter { !$0.1.isEmpty }.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// The identity of a session of a role.
    public static func identity(_ role: String, account: String = "111122223333") -> String {
        "{\"type\":\"AssumedRole\",\"accountId\":\"\(account)\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"\(role)\"}}}"
    }

    /// A file as CloudTrail writes it.
    public static func file(_ records: [String]) -> [UInt8] { bytes("{\"Records\":[" + records.joined(separator: ",") + "]}") }
}
