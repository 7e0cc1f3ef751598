import Bytes
import Records

/// The CloudFormation template of task 3: a role for the scope alone, and a function that calls the Claude Platform with it, signed with SigV4.
/// The role is what CloudTrail names as the caller, and so the anchor of attribution. There is no key in it, and none is needed.
///
/// Endpoint and header: docs.aws.amazon.com/claude-platform/latest/userguide/making-requests.html; actions: …/userguide/iam-actions.html
public struct Stack {
    private let scope: Scope

    /// Nil where a scope does not stand, or has no workspace yet, or none at all.
    public init?(_ scope: Scope) {
        guard scope.platform == .claudePlatform, scope.status.isStanding, !scope.workspace.isEmpty else { return nil }
        self.scope = scope
    }

    public var json: JSONText {
        .object([
            ("AWSTemplateFormatVersion", .string("2010-09-09")),
            ("Description", .string("\(scope.model.name) for \(scope.workload): the role and the function that call workspace \(scope.workspaceName)")),
            ("Resources", .object([("ExecutionRole", role), ("Passthrough", function)])),
            (
                "Outputs",
                .object([
                    ("RoleArn", .object([("Value", .object([("Fn::GetAtt", .array([.string("ExecutionRole"), .string("Arn")]))]))])),
                    ("FunctionArn", .object([("Value", .object([("Fn::GetAtt", .array([.string("Passthrough"), .string("Arn")]))]))])),
                ])
            ),
        ])
    }

    /// What the approval lets the role do with the workspace.
    private var actions: [String] {
        let inference = ["CreateInference", "CountTokens"]
        let agentic = ["CreateSession", "UpdateSession", "GetSession", "ListSessions", "ProcessEnvironmentWork"]
        return (scope.iamScope == .agentic ? inference + agentic : inference).map { "aws-external-anthropic:\($0)" }
    }

    private var tags: JSONText {
        .array((scope.tags + [Decision.Tag(key: "apportion-scope", value: scope.name)]).map { .object([("Key", .string($0.key)), ("Value", .string($0.value))]) })
    }

    private var role: JSONText {
        .object([
            ("Type", .string("AWS::IAM::Role")),
            (
                "Properties",
                .object([
                    ("RoleName", .string(scope.roleName)),
                    (
                        "AssumeRolePolicyDocument",
                        policy([
                            ("Effect", .string("Allow")), ("Principal", .object([("Service", .string("lambda.amazonaws.com"))])),
                            ("Action", .string("sts:AssumeRole")),
                        ])
                    ),
                    ("ManagedPolicyArns", .array([.object([("Fn::Sub", .string("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"))])])),
                    (
                        "Policies",
                        .array([
                            .object([
                                ("PolicyName", .string("claude-platform")),
                                (
                                    "PolicyDocument",
                                    policy([
                                        ("Effect", .string("Allow")), ("Action", .array(actions.map { .string($0) })), ("Resource", .string(scope.workspace)),
                                    ])
                                ),
                            ])
                        ])
                    ),
                    ("Tags", tags),
                ])
            ),
        ])
    }

    private func policy(_ statement: [(String, JSONText)]) -> JSONText {
        .object([("Version", .string("2012-10-17")), ("Statement", .array([.object(statement)]))])
    }

    private var function: JSONText {
        .object([
            ("Type", .string("AWS::Lambda::Function")),
            (
                "Properties",
                .object([
                    ("FunctionName", .string(scope.functionName)), ("Runtime", .string("python3.13")), ("Handler", .string("index.handler")),
                    ("Timeout", .number(900)), ("MemorySize", .number(256)),
                    ("Role", .object([("Fn::GetAtt", .array([.string("ExecutionRole"), .string("Arn")]))])),
                    (
                        "Environment",
                        .object([("Variables", .object([("MODEL", .string(scope.model.id)), ("WORKSPACE", .string(scope.workspace))]))])
                    ),
                    ("Code", .object([("ZipFile", .string(Stack.code))])), ("Tags", tags),
                ])
            ),
        ])
    }

    /// The function: the event is the body of a Messages API call; the approved model is the only one that it calls. It prints the line that
    /// `--usage-log` reads, and nothing of what was asked or answered..
    private static let code = """
        import datetime, json, os, urllib.error, urllib.request
        import botocore.auth, botocore.awsrequest, botocore.session

        REGION = os.environ["AWS_REGION"]
        URL = f"https://aws-external-anthropic.{REGION}.api.aws/v1/messages"

        def handler(event, context):
            body = dict(event, model=os.environ["MODEL"], stream=False)
            headers = {
                "content-type": "application/json",
                "anthropic-version": "2023-06-01",
                "anthropic-workspace-id": os.environ["WORKSPACE"].rsplit("/", 1)[1],
            }
            request = botocore.awsrequest.AWSRequest("POST", URL, headers, json.dumps(body))
            credentials = botocore.session.get_session().get_credentials()
            botocore.auth.SigV4Auth(credentials, "aws-external-anthropic", REGION).add_auth(request)
            signed = request.prepare()
            call = urllib.request.Request(signed.url, signed.body.encode(), dict(signed.headers.items()), method="POST")
            try:
                with urllib.request.urlopen(call, timeout=880) as answer:
                    message, request_id = json.load(answer), answer.headers.get("x-amzn-requestid", "")
            except urllib.error.HTTPError as fault:
                return {"statusCode": fault.code, "body": fault.read().decode("utf-8", "replace")}
            now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            print(json.dumps({
                "time": now, "aws_request_id": request_id, "id": message.get("id", ""), "workspace": os.environ["WORKSPACE"],
                "model": message.get("model", ""), "usage": message.get("usage", {}),
            }))
            return {"statusCode": 200, "body": json.dumps(message)}

        """
}

/// What deployed stacks say they made, from a saved `aws cloudformation describe-stacks`: of the stack whose outputs are the scope's, else of the
/// first that has such outputs (docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stacks.html). Stacks that are not up are left out.
public func stackOutputs(_ text: [UInt8], of scope: Scope?) -> (roleARN: String, functionARN: String)? {
    guard let json = try? JSONDocument(text), let stacks = json.member("Stacks", of: json.root) else { return nil }
    var found: [(roleARN: String, functionARN: String)] = []
    for stack in json.elements(stacks) {
        let isUp = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"].contains(json.string("StackStatus", of: stack) ?? "")
        guard isUp else { continue }
        var values: [String: String] = [:]
        for output in json.member("Outputs", of: stack).map({ json.elements($0) }) ?? [] {
            if let key = json.string("OutputKey", of: output), let value = json.string("OutputValue", of: output) { values[key] = value }
        }
        if let role = values["RoleArn"], let function = values["FunctionArn"] { found.append((role, function)) }
    }
    return found.first { outputs in scope.map { outputs.functionARN.hasSuffix(":\($0.functionName)") } ?? false } ?? found.first
}
