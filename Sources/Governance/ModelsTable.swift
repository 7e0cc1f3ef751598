import Records

/// The models that are governed, and how far each has come: the page's "AI Models" table.
public struct ModelsTable: Sendable {
    public struct Row: Sendable {
        public var model: CatalogueModel
        public var standing: ModelStanding
        public var accounts: Int
        public var knownAccounts: Int
        public var workspaces: Int
        /// Scopes that are not at an end, one a region.
        public var scopes: Int
        public var pendingApproval: Int
        /// Approved and not yet implemented.
        public var approved: Int
        public var implemented: Int
        public var openTasks: Int
        public var lastUpdate: Scope.Mark?

        /// `2 of 5 accounts · 4 scopes`, `1 workspace · 1 scope`
        public var coverage: String {
            let scopes = counted(scopes, "scope")
            return model.platform == .bedrock ? "\(accounts) of \(counted(knownAccounts, "account")) · \(scopes)" : "\(counted(workspaces, "workspace")) · \(scopes)"
        }

        /// `3 Approved · 1 Pending task`: what is implemented is told once there is any, before that what is approved.
        public var status: String {
            let first = standing == .approved ? "" : "\(standing.text) · "
            return first + (implemented > 0 ? "\(implemented) Implemented" : "\(approved) Approved") + " · \(counted(openTasks, "Pending task"))"
        }
    }

    /// By vendor, platform and name.
    public let rows: [Row]

    /// Models with scopes or a standing, and all others of the catalogue too where `isWhole`.
    public init(_ governance: Governance, _ catalogue: Catalogue, isWhole: Bool) {
        var models = governance.models
        for model in catalogue.models where !models.contains(where: { $0.platform == model.platform && $0.id == model.id }) {
            if isWhole || governance.lastChange(model) != nil { models.append(model) }
        }
        let known = governance.accounts.count
        rows = models.map { model in
            let scopes = governance.scopes.filter { $0.platform == model.platform && $0.model.id == model.id && !$0.status.isEnd }
            func count(_ include: (Scope) -> Bool) -> Int { scopes.filter(include).reduce(0) { $0 + $1.regions.count } }
            return Row(
                model: model, standing: governance.standing(model), accounts: Set(scopes.map(\.account)).count, knownAccounts: known,
                // A workspace that is not named yet is one to be.
                workspaces: Set(scopes.map { $0.workspaceName.isEmpty ? "\u{0}\($0.name)" : "\($0.account)/\($0.regions[0])/\($0.workspaceName)" }).count,
                scopes: count { _ in true }, pendingApproval: count { $0.status == .pendingApproval },
                approved: count { $0.status.isStanding && $0.status != .implemented }, implemented: count { $0.status == .implemented },
                openTasks: scopes.reduce(0) { $0 + $1.tasks.filter { $0.status == .open }.count }, lastUpdate: governance.lastChange(model))
        }
        .sorted { ($0.model.vendor, $0.model.platform.text, $0.model.name, $0.model.id) < ($1.model.vendor, $1.model.platform.text, $1.model.name, $1.model.id) }
    }
}

/// `1 scope`, `4 scopes`
func counted(_ number: Int, _ one: String) -> String { "\(number) \(one)\(number == 1 ? "" : "s")" }

/// As people say it: `Today`, `Yesterday`, or the date.
public func dayText(_ time: Instant, asOf now: Instant) -> String {
    switch now.dayNumber - time.dayNumber {
    case 0: "Today"
    case 1: "Yesterday"
    default: dateText(dayNumber: time.dayNumber)
    }
}

extension Platform {
    /// As people write it.
    public var title: String {
        switch self {
        case .bedrock: "Bedrock"
        case .claudePlatform: "Claude Platform"
        }
    }
}
