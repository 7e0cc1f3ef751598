import Records

/// One line of `decisions.jsonl`: who decided what, when, in which capacity, and why.
///
/// Members that a verb does not have are empty.
public struct Decision: Sendable {
    /// Unique in its file.
    public var id = ""
    public var at: Instant
    /// An e-mail address or another name; asserted, as the signed commit is the proof.
    public var actor: String
    public var role: Role
    public var verb: Verb
    public var object: String
    public var reason = ""

    public var platform: Platform?
    public var model = ""
    public var modelName = ""
    public var vendor = ""
    public var account = ""
    public var accounts: [String] = []
    public var regions: [String] = []
    public var iamScope: IAMScope?
    public var workload = ""
    public var supersedes = ""
    public var workspaceName = ""
    /// By key, bytewise.
    public var tags: [Tag] = []
    /// A workspace's ARN or id.
    public var workspace = ""
    public var trail: TrailCapture?
    /// Of the saved outputs that were looked at: what each is, and the SHA-256 of its bytes.
    public var evidence: [Tag] = []
    public var step: Int?
    public var roleName = ""
    public var roleARN = ""
    public var functionARN = ""
    public var principal = ""
    public var month: Month?
    public var amount: Amount?
    public var currency = ""

    /// 1-based, where it was read; 0 for one that is not in a file yet.
    public var line = 0

    public struct Tag: Sendable, Hashable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    public init(at: Instant, actor: String, role: Role, verb: Verb, object: String) {
        self.at = at
        self.actor = actor
        self.role = role
        self.verb = verb
        self.object = object
    }

    /// The first midnight (UTC) after it was made: claims begin and end then, so that a day has one owner.
    public var nextDay: Instant { Instant(dayNumber: at.dayNumber + 1) }

    /// As it stands in the file, without the line's end.
    public var text: [UInt8] {
        var members: [(String, JSONText)] = [
            ("id", .string(id)), ("at", .string(at.text)), ("actor", .string(actor)), ("role", .string(role.rawValue)), ("verb", .string(verb.rawValue)),
            ("object", .string(object)),
        ]
        func add(_ key: String, _ text: String) { if !text.isEmpty { members.append((key, .string(text))) } }
        func add(_ key: String, _ texts: [String]) { if !texts.isEmpty { members.append((key, .array(texts.map { .string($0) }))) } }
        func add(_ key: String, _ tags: [Tag]) { if !tags.isEmpty { members.append((key, .object(tags.map { ($0.key, .string($0.value)) }))) } }
        add("platform", platform?.text ?? "")
        add("model", model)
        add("modelName", modelName)
        add("vendor", vendor)
        add("account", account)
        add("accounts", accounts)
        add("regions", regions)
        add("iamScope", iamScope?.rawValue ?? "")
        add("workload", workload)
        add("supersedes", supersedes)
        add("workspaceName", workspaceName)
        add("tags", tags)
        add("workspace", workspace)
        add("trail", trail?.rawValue ?? "")
        add("evidence", evidence)
        if let step { members.append(("step", .number(step))) }
        add("roleName", roleName)
        add("roleArn", roleARN)
        add("functionArn", functionARN)
        add("principal", principal)
        add("month", month?.text ?? "")
        add("amount", amount?.text ?? "")
        add("currency", currency)
        add("reason", reason)
        return JSONText.object(members).line()
    }
}
