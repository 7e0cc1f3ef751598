import Registry
import Testing

@testable import Governance

@Suite struct PrerequisitesTests {
    private static let selectors = "{\"TrailARN\":\"arn:aws:cloudtrail:us-east-1:111122223333:trail/t\",\"AdvancedEventSelectors\":[{\"FieldSelectors\":[{\"Field\":\"eventCategory\",\"Equals\":[\"Data\"]},{\"Field\":\"resources.type\",\"Equals\":[\"AWS::AWSExternalAnthropic::Workspace\"]}MORE]}]}"
    private static let trails = "{\"trailList\":[{\"TrailARN\":\"arn:aws:cloudtrail:us-east-1:111122223333:trail/t\",\"HomeRegion\":\"us-east-1\",\"IsMultiRegionTrail\":false}]}"

    private static func export(_ resources: String = "TRUE", principals: String = "TRUE", hourly: String = "HOURLY", format: String = "TEXT_OR_CSV") -> String {
        "{\"Export\":{\"DataQuery\":{\"TableConfigurations\":{\"COST_AND_USAGE_REPORT\":{\"TIME_GRANULARITY\":\"\(hourly)\",\"INCLUDE_RESOURCES\":\"\(resources)\",\"INCLUDE_IAM_PRINCIPAL_DATA\":\"\(principals)\"}}},\"DestinationConfigurations\":{\"S3Destination\":{\"S3OutputConfigurations\":{\"Format\":\"\(format)\"}}}}}"
    }

    /// Each saved output, which prerequisite it is of, and what follows.
    private static let cases: [(number: Int, text: String, state: Prerequisite.State, found: String)] = [
        (0, "{\"Events\":[{\"EventSource\":\"aws-external-anthropic.amazonaws.com\"}]}", .met, "1 event of the Claude Platform"),
        (0, "{\"Events\":[]}", .unknown, "reaches back 90 days"), (0, "{}", .unknown, "what was saved has no 'Events'"), (0, "nonsense", .unknown, "is no JSON"),
        (1, "{\"EvaluationResults\":[{\"EvalActionName\":\"aws-external-anthropic:AssumeConsole\",\"EvalDecision\":\"allowed\"}]}", .met, "is allowed"),
        (1, "{\"EvaluationResults\":[{\"EvalActionName\":\"aws-external-anthropic:AssumeConsole\",\"EvalDecision\":\"implicitDeny\"}]}", .missing, "is implicitDeny"),
        (
            1, "{\"EvaluationResults\":[{\"EvalActionName\":\"aws-external-anthropic:AssumeConsole\",\"EvalDecision\":\"allowed\"},{\"EvalActionName\":\"aws-external-anthropic:AssumeConsole\",\"EvalDecision\":\"explicitDeny\"}]}",
            .missing, "is explicitDeny"
        ),
        (1, "{\"EvaluationResults\":[{\"EvalActionName\":\"s3:GetObject\",\"EvalDecision\":\"allowed\"}]}", .unknown, "of other actions"),
        (2, selectors.replacing("MORE", with: ""), .met, "the trail logs the calls to every workspace"),
        (2, selectors.replacing("MORE", with: ",{\"Field\":\"resources.ARN\",\"Equals\":[\"\(World.arn)\"]}"), .missing, "logs other workspaces only"),
        (2, selectors.replacing("MORE", with: ",{\"Field\":\"userIdentity.arn\",\"StartsWith\":[\"arn:\"]}"), .missing, "leaves its calls out"),
        (2, "{}", .unknown, "have no 'TrailARN'"),
        (3, "{\"CostAllocationTags\":[{\"TagKey\":\"element1\",\"Status\":\"Active\"},{\"TagKey\":\"element2\",\"Status\":\"Active\"},{\"TagKey\":\"element3\",\"Status\":\"Active\"},{\"TagKey\":\"element4\",\"Status\":\"Active\"}]}", .met, "element1, element2, element3, element4 are active"),
        (3, "{\"CostAllocationTags\":[{\"TagKey\":\"element1\",\"Status\":\"Active\"},{\"TagKey\":\"element2\",\"Status\":\"Inactive\"},{\"TagKey\":\"element3\",\"Status\":\"Active\"}]}", .missing, "element2, element4 are not active"),
        (4, export(), .met, "hourly, with resource ids"), (4, export().replacing("\"DataQuery\":{", with: "\"DataQuery\":{\"QueryStatement\":\"SELECT line_item_resource_id FROM COST_AND_USAGE_REPORT\","), .missing, "does not select line_item_iam_principal"), (4, export("FALSE"), .missing, "name no workspace"), (4, export(principals: "FALSE"), .missing, "name no caller"),
        (4, export(hourly: "DAILY"), .missing, "TIME_GRANULARITY is 'DAILY'"), (4, export(format: "PARQUET"), .missing, "the format is 'PARQUET'"),
        (4, "{\"ReportDefinitions\":[{\"TimeUnit\":\"HOURLY\",\"Format\":\"textORcsv\",\"AdditionalSchemaElements\":[\"RESOURCES\"]}]}", .missing, "serves the Claude Platform but never names Bedrock's callers"),
        (4, "{\"ReportDefinitions\":[]}", .missing, "0 CURs of the older kind"),
    ]

    @Test(arguments: cases.indices) func eachSavedOutputIsJudged(_ index: Int) {
        let one = PrerequisitesTests.cases[index]
        var outputs = PrerequisiteOutputs()
        outputs.account = "111122223333"
        outputs.region = "us-east-1"
        let text = Array(one.text.utf8)
        switch one.number {
        case 0: outputs.events = text
        case 1: outputs.consoleRight = text
        case 2: (outputs.eventSelectors, outputs.trails) = (text, Array(PrerequisitesTests.trails.utf8))
        case 3: outputs.tags = text
        default: outputs.export = text
        }
        let judged = outputs.judged(Registry())
        #expect(judged[one.number].state == one.state && judged[one.number].found.contains(one.found), "\(judged[one.number])")
        #expect(judged[one.number].action.isEmpty == (one.state == .met))
        for (number, other) in judged.enumerated() where number != one.number { #expect(other.state == .unknown && other.found == "not saved" && !other.action.isEmpty) }
    }
}
