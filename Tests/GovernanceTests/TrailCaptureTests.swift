import Testing

@testable import Governance

/// What saved outputs say of a trail: one fixture for every answer.
@Suite struct TrailCaptureTests {
    private static let trailARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/t"
    private static let type = "{\"Field\":\"resources.type\",\"Equals\":[\"AWS::AWSExternalAnthropic::Workspace\"]}"
    private static let data = "{\"Field\":\"eventCategory\",\"Equals\":[\"Data\"]}"

    private static func selectors(_ advanced: [String], basic: String = "[]") -> String {
        "{\"TrailARN\":\"\(trailARN)\",\"EventSelectors\":\(basic),\"AdvancedEventSelectors\":[\(advanced.map { "{\"Name\":\"n\",\"FieldSelectors\":[\($0)]}" }.joined(separator: ","))]}"
    }

    private static func trails(multi: Bool = true, home: String = "us-east-1", organization: Bool = false) -> String {
        "{\"trailList\":[{\"TrailARN\":\"arn:other\",\"HomeRegion\":\"x\"},{\"TrailARN\":\"\(trailARN)\",\"HomeRegion\":\"\(home)\",\"IsMultiRegionTrail\":\(multi),\"IsOrganizationTrail\":\(organization)}]}"
    }

    private func scope() throws -> Scope { try #require(try World.governance([World.request]).scope("s")) }

    private static let management = "{\"Field\":\"eventCategory\",\"Equals\":[\"Management\"]}"
    private static let cases: [(selectors: String, trails: String, status: String?, wanted: TrailCapture)] = [
        (selectors([management, "\(data),\(type)"]), trails(), nil, .captured),
        (selectors(["\(data),\(type)"]), trails(multi: false), "{\"IsLogging\":true}", .captured),
        (selectors(["\(data),\(type),{\"Field\":\"resources.ARN\",\"Equals\":[\"x\",\"\(World.arn)\"]}"]), trails(), nil, .captured),
        (selectors(["\(data),\(type),{\"Field\":\"resources.ARN\",\"StartsWith\":[\"arn:aws:aws-external-anthropic:us-east-1:111122223333:\"]}"]), trails(), nil, .captured),
        (selectors(["\(data),\(type),{\"Field\":\"eventName\",\"NotEquals\":[\"CountTokens\"]}"]), trails(), nil, .captured),
        // One selector that takes it is enough.
        (selectors(["\(data),\(type),{\"Field\":\"resources.ARN\",\"NotEquals\":[\"\(World.arn)\"]}", "\(data),\(type)"]), trails(), nil, .captured),
        (selectors(["\(data),\(type),{\"Field\":\"resources.ARN\",\"Equals\":[\"arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_other\"]}"]), trails(), nil, .otherARNs),
        (selectors(["\(data),\(type),{\"Field\":\"resources.ARN\",\"NotEquals\":[\"\(World.arn)\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"resources.ARN\",\"NotStartsWith\":[\"arn:aws:aws-external-anthropic:us-east-1:\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"eventName\",\"NotEquals\":[\"CreateInference\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"readOnly\",\"Equals\":[\"true\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type)"]), trails(), "{\"IsLogging\":false}", .notLogging),
        (selectors(["\(data),\(type)"]), trails(multi: false, home: "eu-west-1"), nil, .otherRegion),
        (selectors([], basic: "[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true,\"DataResources\":[]}]"), trails(), nil, .basicSelectors),
        (selectors([management, "\(data),{\"Field\":\"resources.type\",\"Equals\":[\"AWS::S3::Object\"]}"]), trails(), nil, .notSelected),
        (selectors([]), trails(), nil, .notSelected),
        (selectors(["\(data),\(type)"]).replacing("111122223333:trail", with: "999999999999:trail"), trails().replacing("111122223333:trail", with: "999999999999:trail"), nil, .otherAccount),
        (
            selectors(["\(data),\(type)"]).replacing("111122223333:trail", with: "999999999999:trail"),
            trails(organization: true).replacing("111122223333:trail", with: "999999999999:trail"), nil, .captured
        ),
        (selectors(["\(data),\(type),{\"Field\":\"eventName\",\"Equals\":[\"CreateInference\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"eventName\",\"NotEquals\":[\"CreateBatchInference\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"eventName\",\"Equals\":[\"CreateInference\",\"CreateBatchInference\",\"CreateSession\",\"UpdateSession\",\"ProcessEnvironmentWork\"]}"]), trails(), nil, .captured),
        (selectors(["\(data),\(type),{\"Field\":\"eventType\",\"NotEquals\":[\"AwsApiCall\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"sessionCredentialFromConsole\",\"NotEquals\":[\"true\"]}"]), trails(), nil, .captured),
        (selectors(["\(data),\(type),{\"Field\":\"userIdentity.arn\",\"StartsWith\":[\"arn:aws:sts::111122223333:assumed-role/apportion-s/\"]}"]), trails(), nil, .captured),
        (selectors(["\(data),\(type),{\"Field\":\"userIdentity.arn\",\"NotStartsWith\":[\"arn:aws:sts::111122223333:assumed-role/apportion-s/\"]}"]), trails(), nil, .excluded),
        (selectors(["\(data),\(type),{\"Field\":\"somethingNew\",\"Equals\":[\"x\"]}"]), trails(), nil, .excluded),
    ]

    @Test(arguments: cases.indices) func everyAnswerHasAFixture(_ index: Int) throws {
        let one = TrailCaptureTests.cases[index]
        let outputs = TrailOutputs(eventSelectors: Array(one.selectors.utf8), trails: Array(one.trails.utf8), status: one.status.map { Array($0.utf8) })
        #expect(try outputs.capture(of: World.arn, by: try scope()) == one.wanted)
    }

    @Test func allAnswersAreShown() { #expect(Set(TrailCaptureTests.cases.map(\.wanted)) == Set(TrailCapture.allCases)) }

    @Test func outputsThatTellNothingAreRefused() {
        let good = TrailCaptureTests.selectors([])
        for (selectors, trails, status, words) in [
            ("{}", TrailCaptureTests.trails(), nil, "have no 'TrailARN'"), (good, "{}", nil, "have no 'trailList'"),
            (good, "{\"trailList\":[]}", nil, "do not list \(TrailCaptureTests.trailARN)"), ("nonsense", "{}", nil, "are no JSON"),
            (good, TrailCaptureTests.trails(), "{}", "has no 'IsLogging'"),
        ] as [(String, String, String?, String)] {
            guard let scope = try? scope() else { preconditionFailure("no scope") }
            do throws(TrailOutputs.Fault) {
                _ = try TrailOutputs(eventSelectors: Array(selectors.utf8), trails: Array(trails.utf8), status: status.map { Array($0.utf8) }).capture(of: World.arn, by: scope)
                Issue.record("\(words) was not told")
            } catch { #expect(error.what.contains(words), "\(error.what)") }
        }
    }
}
