import Bytes
import Testing
import TestSupport

@testable import Records

/// A trail file that was read, with the names of its records.
private struct ReadTrail {
    var records: [TrailRecord] = []
    var names = Names()
    var facts: FileFacts?
    let folder = TemporaryFolder()

    init(_ content: [UInt8], name: String = "trail.json", windowBytes: Int = ByteLimit.windowBytes) throws {
        let reading = LogReading(period: Month(year: 2026, month: 11), windowBytes: windowBytes)
        var records: [TrailRecord] = []
        var buffers = ReadBuffers()
        facts = try readTrailFile(path: folder.write(name, content), reading: reading, names: &names, buffers: &buffers) { record, _ in
            records.append(record)
            return true
        }
        self.records = records
    }

    init(_ text: String) throws { try self.init(bytes(text)) }

    var kinds: [String] {
        records.map { record in
            switch record {
            case .otherSource: "other_source"
            case .summary: "summary"
            case .otherPeriod: "other_period"
            case .notBillable: "not_billable"
            case .failed: "failed"
            case .call: "call"
            case .fault: "rejected"
            }
        }
    }

    var call: ActivityEvent? { if case .call(let event, _) = records.first { event } else { nil } }
    var fault: InputFault? { if case .fault(let fault) = records.last { fault } else { nil } }

    var replaces: String? {
        switch records.first {
        case .call(_, let id), .failed(let id): TestSupport.text(id.text(names))
        default: nil
        }
    }

    func text(_ name: Name?) -> String? { name.map { names.text($0) } }
}

@Suite struct ActivityReaderTests {
    @Test func aCallIsReadWhole() throws {
        let trail = try ReadTrail(TinyTrail.record(id: "0a1b2c3d-0000-4000-8000-00000000000f", ["sharedEventID": "\"s1\""]))
        let call = try #require(trail.call)
        #expect(call.time.text == "2026-11-03T14:05:12Z" && text(call.id.text(trail.names)) == "0a1b2c3d-0000-4000-8000-00000000000f")
        #expect(text(call.request.text(trail.names)).hasPrefix("req-") && text(call.shared.text(trail.names)) == "s1")
        #expect(trail.text(call.principal) == TinyTrail.role && trail.text(call.workspace) == TinyTrail.workspace)
        #expect(trail.text(call.model) == "claude-sonnet-5" && trail.text(call.recipientAccount) == "111122223333")
        #expect(trail.text(call.identityAccount) == "111122223333" && trail.replaces == "")
    }

    /// Every test of the specification, and that it goes before all that follow.
    @Test func theFirstTestThatFailsNamesTheCounter() throws {
        let failures: [(counter: String, member: (String, String))] = [
            ("other_source", ("eventSource", "\"bedrock-mantle.amazonaws.com\"")), ("summary", ("eventCategory", "\"Aggregated\"")),
            ("rejected", ("eventID", "\"\"")), ("rejected", ("eventTime", "\"yesterday\"")),
            ("other_period", ("eventTime", "\"2026-12-01T00:00:00Z\"")),
            ("not_billable", ("eventName", "\"CountTokens\"")), ("failed", ("errorCode", "\"ThrottlingException\"")), ("call", ("x", "1")),
        ]
        for (first, failure) in failures.enumerated() {
            for later in failures[first...] {
                // Of a member given twice the last counts.
                let record = TinyTrail.record([later.member.0: later.member.1, failure.member.0: failure.member.1])
                #expect(try ReadTrail(record).kinds == [failure.counter], "\(failure.counter) before \(later.counter)")
            }
        }
    }

    @Test(
        arguments: [
            (["eventCategory": "\"NetworkActivity\""], "summary"), (["eventCategory": "\"Insight\""], "summary"),
            (["eventCategory": "null"], "call"),
            (["eventCategory": ""], "call"), (["eventCategory": "\"aggregated\""], "call"), (["eventID": ""], "rejected"),
            (["eventID": "7"], "rejected"),
            (["eventTime": ""], "rejected"), (["eventTime": "null"], "rejected"),
            (["eventTime": "\"2026-10-31T00:00:00Z\""], "call"), (["eventTime": "\"2026-10-30T23:59:59.999Z\""], "other_period"),
            (["eventTime": "\"2026-11-30T23:59:59Z\""], "call"), (["eventName": "\"CreateBatchInference\""], "call"),
            (["eventName": "\"CreateSession\""], "call"), (["eventName": "\"UpdateSession\""], "call"),
            (["eventName": "\"ProcessEnvironmentWork\""], "call"),
            (["eventName": "\"createinference\""], "not_billable"), (["eventName": ""], "not_billable"), (["errorCode": "null"], "call"),
            (["errorCode": "\"\""], "call"), (["errorCode": "404"], "failed"),
            (["eventSource": "\"AWS-external-anthropic.amazonaws.com\""], "other_source"),
            (["eventSource": "\"aws-external-anthropic.amazonaws.co\\u006d\""], "call"), (["eventSource": "1"], "other_source"),
            (["eventSource": ""], "other_source"),
        ] as [(KeyValuePairs<String, String>, String)]) func counters(members: KeyValuePairs<String, String>, kind: String) throws
    {
        #expect(try ReadTrail(TinyTrail.record(members)).kinds == [kind])
    }

    @Test func keysAreExactAndTheLastOfEachCounts() throws {
        let trail = try ReadTrail(TinyTrail.record(["requestParameters": "{\"Model\":\"no\",\"model\":\"a\",\"mod\\u0065l\":\"b\"}"]))
        #expect(trail.text(trail.call?.model) == "b")
        #expect(try ReadTrail(TinyTrail.record(["requestParameters": "{\"Model\":\"no\"}"])).call?.model == .empty)
        #expect(try ReadTrail(TinyTrail.record(["requestParameters": "null", "userIdentity": "null"])).call?.principal == .empty)
        let escaped = try ReadTrail(TinyTrail.record(["requestParameters": "{\"model\":\"\\ud83d\\ude00\\n\"}"]))
        #expect(escaped.text(escaped.call?.model) == "😀\n")
    }

    @Test(arguments: [
        ("[{\"ARN\":\"arn:aws:s3:::b\"},{\"arn\":\"W\"},{\"ARN\":\"V\"}]", "W"), ("[{\"arn\":\"V\",\"ARN\":\"W\"}]", "W"),
        ("[{\"ARN\":\"x\",\"arn\":\"W\"}]", "W"),
        ("[1,null,{\"ARN\":7},{\"ARN\":\"W\"}]", "W"), ("{\"ARN\":\"W\"}", ""), ("[]", ""), ("null", ""), ("[{\"Arn\":\"W\"}]", ""),
    ]) func theFirstWorkspaceARNCounts(resources: String, workspace: String) throws {
        let other = "arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_02"
        let text = resources.replacing("\"W\"", with: "\"\(TinyTrail.workspace)\"").replacing("\"V\"", with: "\"\(other)\"")
        let trail = try ReadTrail(TinyTrail.record(["resources": text]))
        #expect(trail.text(trail.call?.workspace) == (workspace == "W" ? TinyTrail.workspace : ""))
    }

    @Test func correctionsNameWhatTheyReplace() throws {
        let addendum = "{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"e0\"}"
        #expect(try ReadTrail(TinyTrail.record(["addendum": addendum])).replaces == "e0")
        #expect(try ReadTrail(TinyTrail.record(["addendum": addendum, "errorCode": "\"x\""])).replaces == "e0")
        #expect(try ReadTrail(TinyTrail.record(["addendum": addendum.replacing("UPDATED", with: "DELIVERED")])).replaces == "")
        #expect(try ReadTrail(TinyTrail.record(["addendum": "{\"reason\":\"UPDATED_DATA\"}"])).replaces == "")
    }

    private static let session = "arn:aws:sts::111122223333:assumed-role/agent-b/s"

    @Test(arguments: [
        (
            "{\"type\":\"AssumedRole\",\"arn\":\"SESSION\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:role/p/agent-a\"}}}",
            TinyTrail.role
        ),
        ("{\"type\":\"AssumedRole\",\"arn\":\"SESSION\"}", "arn:aws:iam::111122223333:role/agent-b"),
        ("{\"type\":\"Role\",\"arn\":\"SESSION\"}", "arn:aws:iam::111122223333:role/agent-b"),
        (
            "{\"type\":\"AssumedRole\",\"arn\":\"SESSION\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:user/x\"}}}",
            "arn:aws:iam::111122223333:role/agent-b"
        ),
        ("{\"type\":\"AssumedRole\",\"principalId\":\"AROA:x\"}", "principal:AROA:x"),
        (
            "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/ops/alice\",\"invokedBy\":\"no\"}",
            "arn:aws:iam::111122223333:user/alice"
        ),
        ("{\"type\":\"IAMUser\",\"principalId\":\"AIDA\"}", "principal:AIDA"),
        ("{\"type\":\"Root\",\"arn\":\"arn:aws-cn:iam::111122223333:root\"}", "arn:aws-cn:iam::111122223333:root"),
        ("{\"type\":\"Root\",\"arn\":\"arn:aws:iam::111122223333:user/x\"}", "arn:aws:iam::111122223333:root"),
        (
            "{\"type\":\"FederatedUser\",\"arn\":\"arn:aws:sts::111122223333:federated-user/bob\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:user/p/q\"}}}",
            "arn:aws:iam::111122223333:user/q"
        ),
        (
            "{\"type\":\"FederatedUser\",\"arn\":\"arn:aws:sts::111122223333:federated-user/bob\"}",
            "arn:aws:sts::111122223333:federated-user/bob"
        ),
        ("{\"type\":\"AWSService\",\"invokedBy\":\"lambda.amazonaws.com\"}", "service:lambda.amazonaws.com"),
        ("{\"invokedBy\":\"lambda.amazonaws.com\",\"principalId\":\"x\"}", "service:lambda.amazonaws.com"),
        ("{\"type\":\"Other\",\"invokedBy\":\"lambda.amazonaws.com\",\"principalId\":\"x\"}", "principal:x"),
        ("{\"type\":\"AWSAccount\",\"accountId\":\"444455556666\"}", "account:444455556666"),
        ("{\"type\":\"AWSAccount\",\"principalId\":\"x\"}", "principal:x"),
        ("{\"type\":\"IdentityCenterUser\",\"onBehalfOf\":{\"userId\":\"u1\"},\"principalId\":\"p\"}", "identity-center:u1"),
        ("{\"type\":\"IdentityCenterUser\",\"principalId\":\"p\"}", "identity-center:p"),
        ("{\"type\":\"SAMLUser\",\"arn\":\"SESSION\"}", "arn:aws:iam::111122223333:role/agent-b"),
        ("{\"type\":\"SAMLUser\",\"arn\":\"odd\"}", "odd"),
        ("{}", ""), ("{\"type\":\"AWSService\"}", ""), ("null", ""), ("\"text\"", ""),
    ]) func everyKindOfCaller(identity: String, principal: String) throws {
        let trail = try ReadTrail(TinyTrail.record(["userIdentity": identity.replacing("SESSION", with: ActivityReaderTests.session)]))
        #expect(trail.text(trail.call?.principal) == principal)
    }

    // MARK: Carriers

    @Test func everyFormCarriesTheSameRecords() throws {
        let records = [TinyTrail.record(id: "e1"), TinyTrail.record(id: "e2"), TinyTrail.record(["eventSource": "\"s3.amazonaws.com\""])]
        func quoted(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
        var forms = [TestSupport.text(TinyTrail.file(records))]
        forms.append("{\"a\":1,\"Records\":[\n" + records.joined(separator: "\n,\n") + "\n],\"b\":\"c\"}\n")
        forms.append("[" + records.joined(separator: ", ") + "]")
        forms.append(records.joined(separator: "\n") + "\n")
        forms.append(records.joined())
        forms.append("\u{FEFF}" + records.joined(separator: "\r\n"))
        forms.append(records.map { "{\"version\":\"0\",\"source\":\"x\",\"detail\":\($0)}" }.joined(separator: "\n"))
        let items = records.map { "{\"EventId\":\"e\",\"CloudTrailEvent\":\(quoted($0)),\"Resources\":[]}" }
        forms.append("[" + items.joined(separator: ",") + "]")
        for form in forms {
            for window in [1, 13, 200, 1 << 18] {
                let trail = try ReadTrail(bytes(form), windowBytes: window)
                #expect(trail.kinds == ["call", "call", "other_source"], "\(form) in windows of \(window)")
                #expect(trail.text(trail.call?.workspace) == TinyTrail.workspace)
                #expect(trail.facts?.recordCount == 3 && trail.facts?.contentBytes == form.utf8.count)
            }
            #expect(try ReadTrail(GzipWriter.gzip(bytes(form), members: 3), name: "t.json.gz").kinds == ["call", "call", "other_source"])
        }
    }

    @Test(arguments: [
        ("[1]", "no JSON object", 1), ("{\"CloudTrailEvent\":\"{\"}", "CloudTrailEvent that is no JSON", 0),
        ("{\"CloudTrailEvent\":\"[1]\"}", "CloudTrailEvent that is no JSON object", 0), ("", "no JSON value", 0),
        ("{\"Records\":[", "cut short", 12),
        ("  {\"eventSource\":\"aws-external-anthropic.amazonaws.com\",}", "a key in quotes", 56),
        ("[{\"eventSource\":\"s3\"},{\"eventSource\":\"aws-external-anthropic.amazonaws.com\",\"a\":01}]", "without leading zeros", 80),
    ]) func faultsHaveAPlace(text: String, what: String, offset: Int) throws {
        for window in [1, 1 << 18] {
            let trail = try ReadTrail(bytes(text), windowBytes: window)
            #expect(trail.kinds.last == "rejected" && trail.fault?.what.contains(what) == true, "\(trail.fault as Any)")
            #expect(trail.fault?.offset == offset && trail.fault?.place == .content && trail.fault?.hasLines == false)
        }
        // Foreign records are only looked at for bounds, nesting and strings.
        #expect(try ReadTrail("{\"eventSource\":\"s3\",\"a\":01,}").kinds == ["other_source"])
        #expect(try ReadTrail("{\"nothing\":\"here\"}").kinds == ["other_source"])
        #expect(try ReadTrail("{\"detail\":\"text\"}").kinds == ["other_source"])
    }

    @Test func aCutFileGivesItsWholeRecordsAndOneFault() throws {
        let gzip = GzipWriter.gzip(TinyTrail.file((0..<12).map { TinyTrail.record(id: "e\($0 * 7919)") }))
        for cut in stride(from: 30, to: gzip.count, by: 11) {
            var kinds: [[String]] = []
            for window in [50, 1 << 18] {
                let trail = try ReadTrail(Array(gzip[..<cut]), name: "t.json.gz", windowBytes: window)
                #expect(trail.kinds.dropLast().allSatisfy { $0 == "call" } && trail.fault?.what.contains("cut short") == true)
                kinds.append(trail.kinds)
            }
            #expect(kinds[0] == kinds[1], "cut at \(cut)")
        }
    }
}

@Suite struct UsageLogTests {
    private func read(_ text: String, windowBytes: Int = ByteLimit.windowBytes) throws -> (lines: [UsageLine], names: Names) {
        let folder = TemporaryFolder()
        var names = Names()
        var lines: [UsageLine] = []
        var buffers = ReadBuffers()
        _ = try readUsageLogFile(
            path: folder.write("u.jsonl", text), reading: LogReading(period: Month(year: 2026, month: 11), windowBytes: windowBytes),
            names: &names,
            buffers: &buffers
        ) { line, _ in
            lines.append(line)
            return true
        }
        return (lines, names)
    }

    private func record(_ text: String) throws -> (record: UsageRecord, names: Names)? {
        let read = try read(text)
        guard read.lines.count == 1, case .record(let record) = read.lines[0] else { return nil }
        return (record, read.names)
    }

    @Test func aLineIsReadWhole() throws {
        let line = """
            2026-11-03T14:05:12.000Z x {"time":"2026-11-03T14:05:12Z","aws_request_id":"r1","id":"msg_01","workspace":"wrkspc_01","model":"claude-sonnet-5","principal":"arn:aws:sts::111122223333:assumed-role/agent-a/s","batch":true,"inference_geo":"us","usage":{"input_tokens":812,"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"cache_read_input_tokens":10240,"output_tokens":377,"server_tool_use":{"web_search_requests":1}}}
            """
        let (record, names) = try #require(try record(line))
        #expect(
            record.time.text == "2026-11-03T14:05:12Z" && text(record.request.text(names)) == "r1"
                && text(record.message.text(names)) == "msg_01")
        #expect(
            names.text(record.workspace) == "wrkspc_01" && names.text(record.model) == "claude-sonnet-5"
                && names.text(record.principal) == TinyTrail.role)
        #expect(record.isBatch && record.isUSOnly)
        #expect(record.tokens == TokenCounts(input: 812, write5m: 3, write1h: 4, cacheRead: 10240, output: 377, webSearches: 1))
    }

    @Test func whatIsNotLoggedIsNothing() throws {
        let (record, _) = try #require(
            try record(
                "{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"cache_creation_input_tokens\":9,\"output_tokens\":null,\"cache_creation\":null}}"
            ))
        #expect(
            record.request.isEmpty && record.message.isEmpty && record.workspace.isEmpty && record.model.isEmpty && record.principal.isEmpty
        )
        #expect(!record.isBatch && !record.isUSOnly && record.tokens == TokenCounts(write5m: 9))
    }

    @Test(arguments: [
        ("{", "no JSON object"), ("{} x", "no JSON object"), ("{}", "has no time"),
        ("{\"time\":\"2026-11-03T14:05:12Z\"}", "no usage object"),
        ("{\"time\":\"now\",\"usage\":{}}", "has the time 'now'"), ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":[]}", "no usage object"),
        ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"input_tokens\":-1}}", "input_tokens -1"),
        ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"output_tokens\":1.5}}", "output_tokens 1.5"),
        ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"output_tokens\":\"1\"}}", "output_tokens 1"),
        ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"cache_read_input_tokens\":1000000000000001}}", "10^15"),
        ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"cache_read_input_tokens\":99999999999999999999999999}}", "10^15"),
        ("{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"input_tokens\":1e3}}", "input_tokens 1e3"),
    ]) func wrongLines(line: String, what: String) throws {
        let read = try read("START\n\n" + line + "\nEND")
        #expect(read.lines.count == 1)
        guard case .fault(let fault) = read.lines.first else {
            Issue.record("no fault")
            return
        }
        #expect(fault.what.contains(what) && fault.hasLines && fault.offset == 7, "\(fault.what)")
    }

    @Test func linesWithoutBraceAreIgnored() throws {
        let line = "{\"time\":\"2026-11-03T14:05:12Z\",\"usage\":{\"input_tokens\":1000000000000000}}"
        let text = "\u{FEFF}START RequestId\r\n\(line)\r\n\n\t\(line)\nREPORT \(line)"
        for window in [1, 20, 1 << 18] {
            let read = try read(text, windowBytes: window)
            #expect(read.lines.count == 3, "windows of \(window)")
            for line in read.lines { if case .fault(let fault) = line { Issue.record("\(fault)") } }
        }
    }
}
