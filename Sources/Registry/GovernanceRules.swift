import Records

/// What a registry says of how decisions are made (docs/governance.md).
public struct GovernanceRules: Sendable, Equatable {
    public enum Duties: String, Sendable {
        /// A decision that would join two duties of one scope in one person is refused.
        case enforce
        /// It stands, and is told.
        case advise
    }

    /// A model of the Claude Platform that the built-in catalogue does not list.
    public struct Model: Sendable, Equatable {
        public var id: String
        public var name: String
        public var vendor: String
    }

    public var duties = Duties.enforce
    /// Accounts that models may be approved for, as far as they are not known from workspaces and decisions; 12 digits each.
    public var accounts: [String] = []
    public var models: [Model] = []
    /// By how much a restated bill may change a card without opening it again, in the card's currency.
    public var cardTolerance = Amount(atto: Amount.unit / 100)

    public init() {}
}

/// What an approval lets be used, and the anchors that were made for it: one account, one region.
public struct Approval: Sendable, Equatable {
    public var scope: String
    public var platform: Platform
    /// The model's id and name, either of which a bill or a call may say.
    public var modelID: String
    public var modelName: String
    public var account: String
    public var region: String
    /// The registered workspace's ARN; empty before it is known, and for Bedrock.
    public var workspace: String
    /// The role made for the scope, a canonical principal; empty before it is known.
    public var principal: String
    /// Inclusive.
    public var from: Instant
    /// Exclusive; nil while it stands.
    public var to: Instant?

    public init(
        scope: String, platform: Platform, modelID: String, modelName: String, account: String, region: String, workspace: String, principal: String,
        from: Instant, to: Instant?
    ) {
        self.scope = scope
        self.platform = platform
        self.modelID = modelID
        self.modelName = modelName
        self.account = account
        self.region = region
        self.workspace = workspace
        self.principal = principal
        self.from = from
        self.to = to
    }
}
