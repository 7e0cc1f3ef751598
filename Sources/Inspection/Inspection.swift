import Attribution
import Records
import Registry

/// What an inspection is told.
public struct InspectionOptions: Sendable {
    public var paths: [String]
    /// Nil for the newest month that is there.
    public var period: Month?
    /// Empty where nobody has written one yet; its tag keys, profile and prices are used.
    public var registry = Registry()
    public var threads = 1
    /// As for a run: how long after the month's end a trail folder may be dated and still be read.
    public var trailSlackDays = 7
    public var maxInflatedBytes: Int

    public init(paths: [String], maxInflatedBytes: Int) {
        self.paths = paths
        self.maxInflatedBytes = maxInflatedBytes
    }
}

/// What lies in some folders, in plain texts and figures; everything that is printed comes from here.
public struct Inspection: Sendable {
    public var paths: [String]
    /// Nil when nothing tells a month.
    public var period: Month?
    /// The months that a bill is there for.
    public var periods: [Month] = []
    public var input: InputSurvey
    public var bill = BillPicture()
    public var trail = TrailPicture()
    public var usageLog = UsageLogPicture()
    /// Most money first.
    public var workspaces: [WorkspacePicture] = []
    public var callers: [CallerPicture] = []
    public var findings: [Finding] = []

    /// The bill of the month.
    public struct BillPicture: Sendable {
        public var rows = RowCounts.none
        /// Charges by platform, line item type and currency; nil where the sum is beyond what a run takes.
        public var charges: [(platform: String, lineItemType: String, currency: String, rows: Int, cost: Amount?)] = []
        /// The month's rows of other services, and what they cost by currency.
        public var otherRows = 0
        public var otherServices: [(currency: String, cost: Amount)] = []
        public var nearMisses: [(column: String, comparison: String, text: String, rows: Int)] = []
        /// Until when the month's usage is billed.
        public var dataThrough: Instant?
        public var accounts: [String] = []
        /// What part of the Claude Platform's usage has evidence, per currency.
        public var coverage: [(currency: String, share: String?)] = []
    }

    /// The trail of the month.
    public struct TrailPicture: Sendable {
        public var files = 0
        public var events = EventCounts.none
        public var places: [Place] = []
        /// Most records first.
        public var kinds: [(source: String, event: String, category: String, records: Int)] = []

        public struct Place: Sendable {
            public var account: String
            public var region: String
            public var records: Int
            public var firstDay: Int
            public var lastDay: Int
            /// Days between the first and the last without any record.
            public var missingDays: [Int]
        }
    }

    public struct UsageLogPicture: Sendable {
        public var files = 0
        public var counts = UsageCounts.none
        /// As the log writes them, with their records; most first.
        public var workspaces: [(workspace: String, records: Int)] = []
    }

    public struct WorkspacePicture: Sendable {
        public var arn: String
        public var costs: [(currency: String, cost: Amount)]
        public var calls: Int
        /// The element tags on its charges; of several values the one with most money.
        public var elements: [String]
    }

    public struct CallerPicture: Sendable {
        /// Canonical; empty for calls that name none.
        public var principal: String
        public var account: String
        public var costs: [(currency: String, cost: Amount)]
        public var calls: Int
        public var apiKeyCalls: Int
        /// Matches a shared-role pattern.
        public var isShared: Bool
        /// Workspaces in which it spends, most money first.
        public var workspaces: [String]
    }
}
