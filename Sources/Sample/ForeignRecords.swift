/// Records of other services, which make up most of a trail. Among them are the two that a careless reader would
/// take for ours: Bedrock's InvokeModel, and bedrock-mantle's CreateInference with "workspaces" of its own.
enum ForeignRecords {
    /// With the weight of each kind.
    static let templates: [(weight: Int, Template<RecordSlot>)] = [
        (34, getObject), (10, putObject), (18, assumeRole), (14, decrypt), (12, invokeFunction), (6, describeInstances),
        (4, invokeModel), (2, mantleInference),
    ]

    private static let opening = "{\"eventVersion\":\"1.11\",\"userIdentity\":<identity>,\"eventTime\":\"<time>\","
    private static let ids = "\"requestID\":\"<requestID>\",\"eventID\":\"<eventID>\","
    private static let dataClosing = """
        "eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"<recipient>","eventCategory":"Data"
        """
    private static let managementClosing = """
        "eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"<recipient>","eventCategory":"Management"
        """

    private static func tls(_ service: String) -> String {
        """
        "tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",\
        "clientProvidedHostHeader":"\(service).<region>.amazonaws.com"}
        """
    }

    private static func s3(_ name: String, readOnly: Bool) -> Template<RecordSlot> {
        Template(
            """
            \(opening)"eventSource":"s3.amazonaws.com","eventName":"\(name)","awsRegion":"<region>",\
            "sourceIPAddress":"192.0.2.<host>","userAgent":"[Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.12 lang/python#3.13.2]",\
            "requestParameters":{"bucketName":"example-insurance-documents","Host":"example-insurance-documents.s3.<region>.amazonaws.com",\
            "key":"policies/2026/10/<resource>.pdf"},"responseElements":\(readOnly ? "null" : "{\"x-amz-server-side-encryption\":\"aws:kms\"}"),\
            "additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":\
            \(readOnly ? "0" : "<size>"),"AuthenticationMethod":"AuthHeader","x-amz-id-2":"<extendedID>",\
            "bytesTransferredOut":\(readOnly ? "<size>" : "0")},\(ids)"readOnly":\(readOnly),"resources":[{"type":"AWS::S3::Object",\
            "ARN":"arn:aws:s3:::example-insurance-documents/policies/2026/10/<resource>.pdf"},{"accountId":"<account>",\
            "type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::example-insurance-documents"}],\(dataClosing),\(tls("s3"))}
            """)
    }

    static let getObject = s3("GetObject", readOnly: true)
    static let putObject = s3("PutObject", readOnly: false)

    static let assumeRole = Template<RecordSlot>(
        """
        \(opening)"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"<region>",\
        "sourceIPAddress":"192.0.2.<host>","userAgent":"aws-sdk-java/2.31.9 md/io#sync md/http#Apache ua/2.1 os/Linux#6.12 lang/java#21",\
        "requestParameters":{"roleArn":"arn:aws:iam::<account>:role/service-deploy","roleSessionName":"deploy-<resource>",\
        "durationSeconds":3600},"responseElements":{"credentials":{"accessKeyId":"ASIAEXAMPLE<accessKey>","expiration":"Oct 31, 2026, 11:59:59 PM",\
        "sessionToken":"HIDDEN_DUE_TO_SECURITY_REASONS"},"assumedRoleUser":{"assumedRoleId":"AROAEXAMPLEDEPLOY01:deploy-<resource>",\
        "arn":"arn:aws:sts::<account>:assumed-role/service-deploy/deploy-<resource>"}},\(ids)"readOnly":true,"resources":[{\
        "accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/service-deploy"}],\(managementClosing),\(tls("sts"))}
        """)

    static let decrypt = Template<RecordSlot>(
        """
        \(opening)"eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"<region>","sourceIPAddress":"lambda.amazonaws.com",\
        "userAgent":"lambda.amazonaws.com","requestParameters":{"encryptionContext":{"aws:lambda:FunctionArn":\
        "arn:aws:lambda:<region>:<account>:function:policy-<resource>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"},"responseElements":null,\
        \(ids)"readOnly":true,"resources":[{"accountId":"<account>","type":"AWS::KMS::Key",\
        "ARN":"arn:aws:kms:<region>:<account>:key/0f1e2d3c-4b5a-4697-8877-665544332211"}],\(managementClosing),"sessionCredentialFromConsole":"false"}
        """)

    static let invokeFunction = Template<RecordSlot>(
        """
        \(opening)"eventSource":"lambda.amazonaws.com","eventName":"Invoke","awsRegion":"<region>","sourceIPAddress":"192.0.2.<host>",\
        "userAgent":"aws-sdk-nodejs/3.901.0 ua/2.1 os/linux#6.12 lang/js md/nodejs#22.19.0 api/lambda#3.901.0",\
        "requestParameters":{"functionName":"arn:aws:lambda:<region>:<account>:function:policy-<resource>","invocationType":"RequestResponse"},\
        "responseElements":null,"additionalEventData":{"customerEniId":"","functionVersion":\
        "arn:aws:lambda:<region>:<account>:function:policy-<resource>:$LATEST"},\(ids)"readOnly":false,"resources":[{"accountId":"<account>",\
        "type":"AWS::Lambda::Function","ARN":"arn:aws:lambda:<region>:<account>:function:policy-<resource>"}],\(dataClosing),\(tls("lambda"))}
        """)

    static let describeInstances = Template<RecordSlot>(
        """
        \(opening)"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"<region>","sourceIPAddress":"192.0.2.<host>",\
        "userAgent":"APN/1.0 example-inventory/2.3 (terraform) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1",\
        "requestParameters":{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"tag:team","valueSet":{"items":[{"value":"claude"}]}}]}},\
        "responseElements":null,\(ids)"readOnly":true,\(managementClosing),\(tls("ec2"))}
        """)

    static let invokeModel = Template<RecordSlot>(
        """
        \(opening)"eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel","awsRegion":"<region>","sourceIPAddress":"192.0.2.<host>",\
        "userAgent":"Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.12 lang/python#3.13.2","requestParameters":{\
        "modelId":"us.anthropic.claude-sonnet-4-6-v1:0"},"responseElements":null,"additionalEventData":{"inferenceRegion":"us-west-2"},\
        \(ids)"readOnly":true,\(managementClosing),\(tls("bedrock-runtime"))}
        """)

    static let mantleInference = Template<RecordSlot>(
        """
        \(opening)"eventSource":"bedrock-mantle.amazonaws.com","eventName":"CreateInference","awsRegion":"<region>",\
        "sourceIPAddress":"192.0.2.<host>","userAgent":"OpenAI/Python 2.8.0","requestParameters":{"model":"openai.gpt-oss-120b",\
        "callWithBearerToken":false},"responseElements":null,\(ids)"readOnly":false,"resources":[{"accountId":"<account>",\
        "type":"AWS::BedrockMantle::Workspace","ARN":"arn:aws:bedrock-mantle:<region>:<account>:workspace/default"}],\(dataClosing),\(tls("bedrock-mantle"))}
        """)

    /// The roles that work in an account.
    static func principals(of account: Account) -> [Principal] {
        [
            ("policy-portal", "web", "EXAMPLEPORTAL001"), ("document-store", "worker", "EXAMPLEDOCSTORE1"),
            ("service-deploy", "pipeline", "EXAMPLEDEPLOY01"),
        ]
        .map { Principal.role($0.0, path: "/service/", session: $0.1, account: account, key: $0.2) }
    }

    /// A record of any kind.
    static func draw(
        at time: Moment, account: String, region: String, by principals: [Principal], random: inout SeededRandom
    ) -> TrailRecord {
        TrailRecord(
            template: random.pick(templates), time: time, principal: principals[random.below(principals.count)],
            region: region,
            account: account, recipient: account, host: 10 + random.below(40), eventID: random.identifier(),
            requestID: random.identifier(), resource: random.below(5_000), isRelevant: false)
    }
}
