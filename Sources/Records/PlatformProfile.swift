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

/// The tests of a profile in the form in which rows are put to them: plain numbers, so that no row costs a reference count.
struct CompiledTests: Sendable {
    struct Test: Sendable {
        var column: ProfileColumn
        var comparison: PlatformProfile.Comparison
        var start: Int
        var count: Int
        /// The rule's platform; nil for a test for near misses.
        var platform: Platform?
    }

    /// In the order of the rules, then the tests for near misses.
    let tests: [Test]
    /// All needles, one behind the other, in lower case.
    private let needles: [UInt8]

    init(_ profile: PlatformProfile) {
        var tests: [Test] = []
        var needles: [UInt8] = []
        func add(_ test: PlatformProfile.Test, _ platform: Platform?) {
            tests.append(
                Test(
                    column: test.column, comparison: test.comparison, start: needles.count, count: test.needle.count,
                    platform: platform))
            needles.append(contentsOf: test.needle)
        }
        for rule in profile.rules { for test in rule.any { add(test, rule.platform) } }
        for test in PlatformProfile.nearMisses { add(test, nil) }
        self.tests = tests
        self.needles = needles
    }

    func needle(_ test: Test) -> ArraySlice<UInt8> { needles[test.start..<test.start + test.count] }

    func matches(_ test: Test, _ text: Span<UInt8>) -> Bool {
        let needle = needles.span.extracting(test.start..<test.start + test.count)
        return switch test.comparison {
        case .equals: text.count == test.count && standsFolded(text, 0, needle)
        case .startsWith: text.count >= test.count && standsFolded(text, 0, needle)
        case .endsWith: text.count >= test.count && standsFolded(text, text.count - test.count, needle)
        case .contains: holdsFolded(text, needle)
        }
    }

    /// The first test of a rule on the column that holds, and the first for near misses.
    func found(_ column: ProfileColumn, _ text: Span<UInt8>) -> PlatformFinder.Found {
        var found = PlatformFinder.Found()
        for place in tests.indices where tests[place].column == column {
            if tests[place].platform != nil {
                if found.rule == .max && matches(tests[place], text) { found.rule = place }
            } else if found.nearMiss == .max && matches(tests[place], text) {
                found.nearMiss = place
            }
        }
        return found
    }
}
