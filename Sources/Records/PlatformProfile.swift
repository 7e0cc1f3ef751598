import Bytes

/// Which product a charge is for.
public enum Platform: UInt8, Sendable, CaseIterable {
    case bedrock
    case claudePlatform

    /// As it is printed and as a profile spells it.
    public var text: String {
        switch self {
        case .bedrock: "bedrock"
        case .claudePlatform: "claude-platform"
        }
    }

    public init?(text: String) {
        guard let platform = Platform.allCases.first(where: { $0.text == text }) else { return nil }
        self = platform
    }
}

/// The columns that a profile's tests may name, by their CUR 2.0 names without prefix.
public enum ProfileColumn: Int, Sendable, CaseIterable {
    case productName, productFamily, productCode, usageType, legalEntity, billingEntity, operation, resourceID, description

    public var text: String {
        switch self {
        case .productName: "product_name"
        case .productFamily: "product_family"
        case .productCode: "product_code"
        case .usageType: "usage_type"
        case .legalEntity: "legal_entity"
        case .billingEntity: "billing_entity"
        case .operation: "operation"
        case .resourceID: "resource_id"
        case .description: "description"
        }
    }
}

/// How a row of the bill is told to belong to a platform. Nobody has documented what such rows look like, so it is data, not code.
public struct PlatformProfile: Sendable, Equatable {
    /// How a test compares. Letters are compared without case (ASCII).
    public enum Comparison: String, Sendable, CaseIterable { case equals, contains, startsWith, endsWith }

    /// One test on one column.
    public struct Test: Sendable, Equatable {
        public var column: ProfileColumn
        public var comparison: Comparison
        /// In lower case.
        public var needle: [UInt8]

        public init(_ column: ProfileColumn, _ comparison: Comparison, _ needle: String) {
            self.column = column
            self.comparison = comparison
            self.needle = needle.utf8.map(foldedCase)
        }

        public func matches(_ text: Span<UInt8>) -> Bool {
            switch comparison {
            case .equals: text.count == needle.count && hasFolded(text, needle, at: 0)
            case .startsWith: hasFolded(text, needle, at: 0)
            case .endsWith: hasFolded(text, needle, at: text.count - needle.count)
            case .contains: containsFolded(text, needle)
            }
        }
    }

    /// A row belongs to `platform` when any of the tests holds.
    public struct Rule: Sendable, Equatable {
        public var platform: Platform
        public var any: [Test]

        public init(platform: Platform, any: [Test]) {
            self.platform = platform
            self.any = any
        }
    }

    /// The first rule that takes a row decides.
    public var rules: [Rule]

    public init(rules: [Rule]) { self.rules = rules }

    /// What Apportion assumes unless the registry's profile says otherwise (specification, attribution §1).
    public static let standard = PlatformProfile(rules: [
        Rule(
            platform: .bedrock,
            any: [
                Test(.productName, .endsWith, "(Amazon Bedrock Edition)"),
                Test(.productFamily, .equals, "Amazon Bedrock"),
                Test(.productCode, .startsWith, "AmazonBedrock"),
            ]),
        Rule(
            platform: .claudePlatform,
            any: [Test(.productName, .contains, "claude platform"), Test(.usageType, .endsWith, "MP:ccu-Units")]),
    ])

    /// The tests that make a row of another service a near miss: it looks like Claude, yet no rule takes it.
    static let nearMisses = [
        Test(.productName, .contains, "claude"), Test(.legalEntity, .contains, "anthropic"), Test(.description, .contains, "claude"),
    ]
}

/// An ASCII letter in lower case; every other byte as it is.
@inline(__always)
func foldedCase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

/// Whether `needle` (lower case) stands at `position` of `text`.
func hasFolded(_ text: Span<UInt8>, _ needle: [UInt8], at position: Int) -> Bool {
    guard position >= 0, position + needle.count <= text.count else { return false }
    for index in 0..<needle.count where foldedCase(text[position + index]) != needle[index] { return false }
    return true
}

func containsFolded(_ text: Span<UInt8>, _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    var position = 0
    while position + needle.count <= text.count {
        if foldedCase(text[position]) == first && hasFolded(text, needle, at: position) { return true }
        position += 1
    }
    return false
}
