import Records

/// Who owns what: workloads with their claims and estimates, workspaces, and the rules of the house.
///
/// Written by people, kept in version control, read once a run. Its form is the specification's, inputs §3.
public struct Registry: Sendable {
    /// What the four elements are called, from the widest to the narrowest.
    public var hierarchy: [String] = ["Business unit", "Department", "Portfolio", "Product"]
    /// The four cost allocation tags that carry the elements on the bill.
    public var tagKeys: [String] = ["element1", "element2", "element3", "element4"]
    public var workloads: [Workload] = []
    public var workspaces: [Workspace] = []
    public var sharedRolePatterns: [String] = Registry.standardSharedRoles
    public var policy = Policy()
    public var splits: [SharingRule] = []
    public var trends = TrendRules()
    public var governance = GovernanceRules()
    /// What has been approved, from a decision log; nil without one, and then nothing asks for approvals.
    public var approvals: [Approval]?
    public var profile = PlatformProfile.standard
    /// What one unit costs, by currency; rows that say otherwise are reported.
    public var unitPrice: [String: Amount] = ["USD": Amount(atto: Amount.unit / 100)]

    public init() {}

    /// Roles that many people or workloads use.
    public static let standardSharedRoles = ["AWSReservedSSO_*", "AWSAdministratorAccess*", "AWSPowerUserAccess*", "*:root"]
}

/// An application, and who answers for its cost.
public struct Workload: Sendable {
    public var id: String
    public var name = ""
    public var owner = ""
    /// Four values of the hierarchy, empty where none is given.
    public var elements = ["", "", "", ""]
    public var costCenter = ""
    public var glAccount = ""
    public var claims: [Claim] = []
    public var estimates: [Estimate] = []

    public init(id: String) { self.id = id }

    /// The confirmed estimates of a month in a currency, summed; nil when there is none.
    public func confirmedEstimate(_ month: Month, currency: String) -> Amount? {
        let confirmed = estimates.filter { $0.month == month && $0.currency == currency && !$0.confirmedBy.isEmpty }
        return confirmed.isEmpty ? nil : confirmed.reduce(.zero) { Amount(atto: $0.atto + $1.amount.atto) }
    }

    /// The currencies in which a month has a confirmed estimate, bytewise.
    public func estimateCurrencies(_ month: Month) -> [String] {
        Set(estimates.filter { $0.month == month && !$0.confirmedBy.isEmpty }.map(\.currency))
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// What a workload says is its own, and when.
public struct Claim: Sendable {
    public enum Anchor: Hashable, Sendable {
        /// A canonical principal.
        case principal(String)
        /// A workspace's ARN.
        case workspace(String)
        /// Those sessions of a role, a canonical principal, whose name is this or matches this pattern.
        case session(role: String, pattern: String)

        public var text: String {
            switch self {
            case .principal(let text), .workspace(let text): text
            case .session(let role, let pattern): "\(role) session \(pattern)"
            }
        }
    }

    public var anchor: Anchor
    /// Inclusive; nil means always before.
    public var from: Instant?
    /// Exclusive; nil means always after.
    public var to: Instant?
    /// Nil where it was not written in a registry.
    public var place: RegistryPlace?

    public init(anchor: Anchor, from: Instant? = nil, to: Instant? = nil) {
        self.anchor = anchor
        self.from = from
        self.to = to
    }

    public func isInForce(at time: Instant) -> Bool { Claim.isInForce(from: from, to: to, at: time) }

    /// Whether a claim with these bounds holds at a time: `from` counts, `to` does not.
    public static func isInForce(from: Instant?, to: Instant?, at time: Instant) -> Bool {
        (from.map { $0 <= time } ?? true) && (to.map { time < $0 } ?? true)
    }

    public func overlaps(_ other: Claim) -> Bool {
        let startsBeforeEnd = from.flatMap { start in other.to.map { start < $0 } } ?? true
        let endsAfterStart = to.flatMap { end in other.from.map { end > $0 } } ?? true
        return startsBeforeEnd && endsAfterStart
    }
}

/// What a workload is expected to cost in a month, before tax.
public struct Estimate: Sendable {
    public var month: Month
    public var amount: Amount
    public var currency: String
    /// Who confirmed it; empty while nobody has, and then it does not count.
    public var confirmedBy: String
    /// Nil where it was not written in a registry.
    public var place: RegistryPlace?

    public init(month: Month, amount: Amount, currency: String, confirmedBy: String) {
        self.month = month
        self.amount = amount
        self.currency = currency
        self.confirmedBy = confirmedBy
    }
}

/// Where something stands in a registry's file.
public struct RegistryPlace: Sendable, Equatable {
    /// `$.workloads[1].claims[0]`
    public var path: String
    /// 1-based.
    public var line: Int
}

/// A workspace of the Claude Platform that is known by name.
public struct Workspace: Sendable {
    public var arn: String
    /// `wrkspc_…`
    public var id: String
    public var name: String
    /// In the order of `tagKeys`.
    public var elements: [String]
    /// The account whose bill it is on.
    public var billedTo: String

    public init(arn: String, id: String, name: String, elements: [String], billedTo: String) {
        self.arn = arn
        self.id = id
        self.name = name
        self.elements = elements
        self.billedTo = billedTo
    }
}

/// Whether charges other than usage follow the cost they stand on, or stay with the centre.
public struct Policy: Sendable, Equatable {
    public enum Choice: String, Sendable { case follow, keep }

    public var tax = Choice.follow
    public var credit = Choice.follow
    public var refund = Choice.follow
    public var other = Choice.follow

    public init() {}

    /// The choice for a line item type other than `Usage`.
    public func choice(for lineItemType: String) -> Choice {
        switch lineItemType {
        case "Tax": tax
        case "Credit": credit
        case "Refund": refund
        default: other
        }
    }
}

/// From when on something in the course of spend is worth a line (docs/trends.md). Amounts are in the currency of what they judge.
public struct TrendRules: Sendable, Equatable {
    /// A day is a jump when it is above what its workload's own history leads to expect by more than so many per cent of it …
    public var jumpPercent = Amount(atto: 100 * Amount.unit)
    /// … and by more than this.
    public var jumpLeast = Amount(atto: 10 * Amount.unit)
    /// A workload is silent when so much was to be expected of the days on which it spent nothing.
    public var silentLeast = Amount(atto: 5 * Amount.unit)
    /// A caller is told of as new when it has spent so much.
    public var newPrincipalLeast = Amount(atto: Amount.unit)
    /// Evidence has stopped when so much usage in a row has none.
    public var evidenceLeast = Amount(atto: Amount.unit)

    public init() {}

    /// Every rule by its key in the registry.
    public static var keys: [(key: String, path: WritableKeyPath<TrendRules, Amount> & Sendable)] {
        [
            ("jumpPercent", \.jumpPercent), ("jumpLeast", \.jumpLeast), ("silentLeast", \.silentLeast), ("newPrincipalLeast", \.newPrincipalLeast),
            ("evidenceLeast", \.evidenceLeast),
        ]
    }
}

extension Registry {
    /// Which sessions of which roles claims tell apart.
    public var sessionPatterns: SessionPatterns {
        var patterns = SessionPatterns()
        for claim in workloads.flatMap(\.claims) { if case .session(let role, let pattern) = claim.anchor { patterns.add(role: role, session: pattern) } }
        return patterns
    }

    /// Whether a principal is one of those that many share: by its name (what follows the last `/`) or as a whole.
    public func isSharedRole(_ principal: [UInt8]) -> Bool {
        // A session that is told apart is as shared as its role.
        let principal = SessionPatterns.session(of: principal) == nil ? principal : canonicalPrincipal(principal)
        let name = principal.lastIndex(of: UInt8(ascii: "/")).map { Array(principal[($0 + 1)...]) } ?? principal
        return sharedRolePatterns.contains { pattern in
            let bytes = Array(pattern.utf8)
            return matchesPattern(name, bytes) || matchesPattern(principal, bytes)
        }
    }
}
