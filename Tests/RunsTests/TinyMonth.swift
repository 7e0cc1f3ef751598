import TestSupport

/// A month of two rows and two calls: the least that a run has something to say about.
struct TinyMonth {
    var bill = """
        bill/PayerAccountId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/UsageType,lineItem/ResourceId,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,lineItem/NetUnblendedCost
        123456789012,111122223333,Usage,2026-11-03T09:00:00Z,2026-11-03T10:00:00Z,MP:ccu-Units,\(workspace),800,USD,8.00,7.00
        123456789012,111122223333,Usage,2026-11-03T10:00:00Z,2026-11-03T11:00:00Z,MP:ccu-Units,\(workspace),100,USD,1.00,1.00

        """
    var trail = """
        {"Records": [
        {"eventID": "e1", "eventTime": "2026-11-03T09:05:00Z", "eventSource": "aws-external-anthropic.amazonaws.com", "eventName": "CreateInference", "requestID": "r1", "recipientAccountId": "111122223333", "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/intake/run"}, "resources": [{"ARN": "\(workspace)"}]},
        {"eventID": "e2", "eventTime": "2026-11-03T09:06:00Z", "eventSource": "aws-external-anthropic.amazonaws.com", "eventName": "CreateInference", "requestID": "r2", "recipientAccountId": "111122223333", "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/drafting/run"}, "resources": [{"ARN": "\(workspace)"}]}
        ]}

        """
    var usage = """
        {"time": "2026-11-03T09:05:00Z", "aws_request_id": "r1", "model": "claude-sonnet-5", "usage": {"input_tokens": 800}}
        {"time": "2026-11-03T09:06:00Z", "aws_request_id": "r2", "model": "claude-sonnet-5", "usage": {"input_tokens": 200}}

        """
    var registry = """
        {"version": 1, "workloads": [{"id": "intake", "claims": [{"principal": "arn:aws:iam::111122223333:role/intake"}]}]}

        """

    private static let workspace = "arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_01Harbor"
    static let words = [
        "attribute", "--cur", "cur", "--cloudtrail", "trail", "--usage-log", "usage", "--registry", "registry.json", "--period", "2026-11",
        "--out", "out", "--quiet",
    ]

    func lay(out place: TemporaryFolder) {
        place.write("cur/bill.csv", bill)
        place.write("trail/events.json", trail)
        place.write("usage/log.jsonl", usage)
        place.write("registry.json", registry)
    }
}
