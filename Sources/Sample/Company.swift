/// An account that pays, with its own export of the bill.
struct Payer: Sendable {
    let id: String
    let name: String
    /// `cur/<prefix>/<export>/data/…`
    let prefix: String
    let export: String
    /// Blank until the invoice is final.
    let invoiceID: String
    /// Whether the export was made with IAM principal data. Without it the column is absent, not empty.
    let namesPrincipals: Bool
}

struct Account: Sendable {
    let id: String
    let name: String
    let payer: Payer
}

struct Workspace: Sendable {
    let name: String
    let id: String
    let region: String
    let account: Account

    var arn: String { "arn:aws:aws-external-anthropic:\(region):\(account.id):workspace/\(id)" }

    /// Marketplace puts a region prefix before the usage type outside of the first region.
    var usageType: String { region == "us-east-1" ? "MP:ccu-Units" : "EUW1-MP:ccu-Units" }
}

/// Who calls: a role or a user, with the identity block that CloudTrail writes for it.
struct Principal: Sendable {
    let arn: String
    let account: String
    let identity: Template<RecordSlot>
    /// What the bill names in `line_item_iam_principal`: the session, not the role.
    let sessionARN: String
    /// Chooses its access keys.
    let keySeed: UInt64

    private init(arn: String, account: String, identity: Template<RecordSlot>, sessionARN: String) {
        self.arn = arn
        self.account = account
        self.identity = identity
        self.sessionARN = sessionARN
        keySeed = arn.utf8.reduce(0) { splitMix64($0 ^ UInt64($1)) }
    }

    /// A role. `path` as in the role's own ARN (`/finops/`); attribution drops it.
    static func role(_ name: String, path: String = "/", session: String, account: Account, key: String) -> Principal {
        let arn = "arn:aws:iam::\(account.id):role\(path)\(name)"
        let sessionARN = "arn:aws:sts::\(account.id):assumed-role/\(name)/\(session)"
        return Principal(
            arn: arn, account: account.id,
            identity: Template(
                """
                {"type":"AssumedRole","principalId":"AROA\(key):\(session)","arn":"\(sessionARN)","accountId":"\(account.id)",\
                "accessKeyId":"ASIAEXAMPLE<accessKey>","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA\(key)",\
                "arn":"\(arn)","accountId":"\(account.id)","userName":"\(name)"},"attributes":{"creationDate":"<sessionStart>",\
                "mfaAuthenticated":"false"}}}
                """),
            sessionARN: sessionARN)
    }

    static func user(_ name: String, account: Account, key: String) -> Principal {
        let arn = "arn:aws:iam::\(account.id):user/\(name)"
        return Principal(
            arn: arn, account: account.id,
            identity: Template(
                """
                {"type":"IAMUser","principalId":"AIDA\(key)","arn":"\(arn)","accountId":"\(account.id)",\
                "accessKeyId":"","userName":"\(name)"}
                """),
            sessionARN: arn)
    }
}

/// Example Insurance, the company of the small sample. Its accounts are those of AWS's documentation.
enum Company {
    static let insurance = Payer(
        id: "000099998888", name: "Example Insurance", prefix: "insurance", export: "insurance-cur2",
        invoiceID: "EXAMPLE-2026-10-0417", namesPrincipals: true)
    static let group = Payer(
        id: "123456789012", name: "Example Group", prefix: "group", export: "group-cur2",
        invoiceID: "", namesPrincipals: false)
    static let payers = [insurance, group]

    static let claimsAccount = Account(id: "111122223333", name: "claims-production", payer: insurance)
    static let underwritingAccount = Account(id: "444455556666", name: "underwriting-production", payer: insurance)
    static let labsAccount = Account(id: "000012345678", name: "analytics-labs", payer: group)
    static let accounts = [claimsAccount, underwritingAccount, labsAccount]

    /// Nobody claims this workspace; its charges carry tags, and its calls are in the usage log.
    static let claims = Workspace(
        name: "claims", id: "wrkspc_01ClaimsProduction7Qx", region: "us-east-1", account: claimsAccount)
    /// Claimed as a whole by underwriting-assist.
    static let underwriting = Workspace(
        name: "underwriting", id: "wrkspc_01Underwriting4hTz", region: "eu-west-1", account: underwritingAccount)
    /// Neither claimed nor tagged on the bill; the registry knows whose it is.
    static let labs = Workspace(
        name: "labs", id: "wrkspc_01AnalyticsLabs9Kd", region: "us-east-1", account: labsAccount)
    static let workspaces = [claims, underwriting, labs]

    static let triage = Principal.role(
        "ai-claims-triage", path: "/finops/", session: "triage-api", account: claimsAccount, key: "EXAMPLETRIAGE01")
    static let triageBatch = Principal.role(
        "ai-claims-triage-batch", path: "/finops/", session: "nightly", account: claimsAccount, key: "EXAMPLETRIAGE02")
    static let fraud = Principal.role(
        "ai-fraud-screening", path: "/finops/", session: "screening", account: claimsAccount, key: "EXAMPLEFRAUD001")
    /// Changes its owner on the 16th.
    static let letters = Principal.role(
        "ai-letters", path: "/finops/", session: "letters", account: claimsAccount, key: "EXAMPLELETTERS1")
    static let notebook = Principal.role(
        "notebook-experiments", session: "jupyter", account: claimsAccount, key: "EXAMPLENOTEBOOK")
    static let underwriter = Principal.role(
        "ai-underwriting-assist", path: "/finops/", session: "assist", account: underwritingAccount,
        key: "EXAMPLEUNDERWR1")
    static let dataScience = Principal.role(
        "AWSReservedSSO_DataScience_4f1d2c3b5a697887", path: "/aws-reserved/sso.amazonaws.com/eu-west-1/",
        session: "data-scientist@example.com", account: underwritingAccount, key: "EXAMPLESSODATA1")
    static let actuary = Principal.role(
        "ai-actuarial-research", path: "/finops/", session: "research", account: labsAccount, key: "EXAMPLEACTUARY1")
    static let administrator = Principal.role(
        "AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6071", path: "/aws-reserved/sso.amazonaws.com/",
        session: "administrator@example.com", account: labsAccount, key: "EXAMPLESSOADMIN")
    static let apiKey = Principal.user("AeaApiKey-prototype-3c9e", account: labsAccount, key: "EXAMPLEAPIKEY01")
}
