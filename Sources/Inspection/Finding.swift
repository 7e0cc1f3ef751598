/// One thing that was found, what follows from it for attribution, and what to do.
public struct Finding: Sendable, Equatable {
    public enum Severity: String, Sendable {
        /// A run fails, or money cannot be attributed that could be.
        case problem
        /// Good to know.
        case notice
    }

    /// What it is about: always the same word for the same thing. docs/inspect.md explains each.
    public enum Kind: String, Sendable, CaseIterable {
        case accountWithoutTrail = "account-without-trail"
        case ambiguousDelivery = "ambiguous-delivery"
        case apiKeys = "api-keys"
        case apiKeysOnly = "api-keys-only"
        case brokenFile = "broken-file"
        case foreignCurrency = "foreign-currency"
        case inexactAmounts = "inexact-amounts"
        case lateEvents = "late-events"
        case missingFile = "missing-file"
        case nearMiss = "near-miss"
        case noBill = "no-bill"
        case noCharges = "no-charges"
        case noDataEvents = "no-data-events"
        case noManifest = "no-manifest"
        case noPrincipalColumn = "no-principal-column"
        case noResourceIDs = "no-resource-ids"
        case noSuchMonth = "no-such-month"
        case noTrail = "no-trail"
        case payerTwice = "payer-twice"
        case priceMismatch = "price-mismatch"
        case principalNotFilled = "principal-not-filled"
        case registryFound = "registry-found"
        case sumTooLarge = "sum-too-large"
        case tagsNotActivated = "tags-not-activated"
        case trailGap = "trail-gap"
        case unlistedFile = "unlisted-file"
        case unusableFile = "unusable-file"
        case usageLogCoverage = "usage-log-coverage"
        case usageLogOfAnotherWorkspace = "usage-log-of-another-workspace"
        case usageLogUnmatched = "usage-log-unmatched"
        case wrongFormat = "wrong-format"
    }

    public var kind: Kind
    public var severity: Severity
    public var what: String
    public var follows: String
    public var remedy: String

    init(_ severity: Severity, _ kind: Kind, _ what: String, follows: String, remedy: String) {
        self.kind = kind
        self.severity = severity
        self.what = what
        self.follows = follows
        self.remedy = remedy
    }
}

/// `1 row`, `2 rows`.
func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

/// `a`, `a and b`, `a, b and 3 more`.
func listed(_ texts: [String], most: Int = 5) -> String {
    if texts.count > most { return texts[..<most].joined(separator: ", ") + " and \(texts.count - most) more" }
    guard texts.count > 1, let last = texts.last else { return texts.first ?? "" }
    return texts.dropLast().joined(separator: ", ") + " and " + last
}
