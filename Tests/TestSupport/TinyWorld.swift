import Attribution
import Bytes
import Records
import Registry
import Reports

/// A whole run on a few rows and records, read through the real readers: for tests that look at what comes out.
public struct TinyWorld: Sendable {
    public var registry = "{\"version\":1}"
    public var rows: [[String: String]] = []
    public var columns = TinyBill.usualColumns
    /// CloudTrail records.
    public var records: [String] = []
    /// Lines of a usage log.
    public var usage: [String] = []
    /// What a decision log would have approved; nil for none.
    public var approvals: [Approval]?
    public var options = AttributionOptions(period: Month(year: 2026, month: 11))

    public init() {}

    public static let account = "111122223333"

    /// The ARN of a workspace in an account.
    public static func workspace(_ id: String, account: String = account) -> String {
        "arn:aws:aws-external-anthropic:us-east-1:\(account):workspace/wrkspc_\(id)"
    }

    public static func role(_ name: String, account: String = account) -> String { "arn:aws:iam::\(account):role/\(name)" }

    /// A bill row of the Claude Platform; times are hours of November such as `03T14`.
    public static func row(
        cost: String = "1", quantity: String = "100", start: String = "03T14", end: String = "03T15", workspace: String = "",
        type: String = "Usage", account: String = account, payer: String = account, currency: String = "USD",
        _ more: [String: String] = [:]
    ) -> [String: String] {
        [
            "line_item_unblended_cost": cost, "line_item_usage_amount": quantity, "line_item_usage_start_date": time(start),
            "line_item_usage_end_date": time(end), "line_item_resource_id": workspace, "line_item_line_item_type": type,
            "line_item_usage_account_id": account, "bill_payer_account_id": payer, "line_item_currency_code": currency,
        ].merging(more) { $1 }
    }

    /// `03T14`, `03T14:30` or a whole time.
    public static func time(_ text: String) -> String {
        switch text.utf8.count {
        case 5: "2026-11-\(text):00:00Z"
        case 8: "2026-11-\(text):00Z"
        case 11: "2026-11-\(text)Z"
        default: text
        }
    }

    /// A call.
    public static func event(
        _ id: String, at: String = "03T14:10", role: String = "agent-a", workspace: String? = nil, model: String = "claude-sonnet-5",
        account: String = account, _ more: KeyValuePairs<String, String> = [:]
    ) -> String {
        let resources = workspace.map { "[{\"ARN\":\"\($0)\"}]" } ?? "[]"
        let identity = role.isEmpty ? "{}" : TinyTrail.identity(TinyWorld.role(role, account: account), account: account)
        let usual = TinyTrail.record(
            id: id,
            [
                "eventTime": "\"\(time(at))\"", "userIdentity": identity, "recipientAccountId": "\"\(account)\"", "resources": resources,
                "requestParameters": "{\"model\":\"\(model)\"}",
            ])
        let others = more.map { ",\"\($0.key)\":\($0.value)" }.joined()
        return String(usual.dropLast()) + others + "}"
    }

    /// What a run made.
    public struct Outcome {
        public var attribution: Attribution
        public var registry: Registry
        public var charges: ChargeTally
        /// Every file by its name.
        public var files: [String: [UInt8]]

        /// Rows of a CSV file as dictionaries.
        public func table(_ file: String) -> [[String: String]] { TinyWorld.table(files[file] ?? []) }
        public var ledger: [[String: String]] { table("allocations.csv") }
        public func json(_ file: String) -> ReferenceJSON? { files[file].flatMap { ReferenceJSON.read($0) } }
    }

    public static func table(_ csv: [UInt8]) -> [[String: String]] {
        let rows = ReferenceCSV.rows(csv).map { $0.cells.map { text($0) } }
        guard let header = rows.first else { return [] }
        return rows.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { $1 }) }
    }

    /// Runs it. The rows and records are dealt out to several tallies, which are then merged in an order of chance.
    /// - Parameter maxMemory: Bytes beyond which things go to disk; nil to hold everything.
    /// - Parameter spillPath: Where they go; nil for a folder of their own.
    public func run(tallies: Int = 1, seed: UInt64 = 0, rates: RateCard = .standard, maxMemory: Int? = nil, spillPath: String? = nil) throws -> Outcome {
        var random = SeededRandom(seed: seed)
        let folder = TemporaryFolder()
        let spill = SpillFile(path: spillPath ?? folder.path + "/spill")
        let room = maxMemory.map { SpillRoom(file: spill, maxMemory: $0, workers: tallies) }
        // One storage for all files, as a worker has.
        var buffers = ReadBuffers()
        var registry = try readRegistry(bytes(self.registry), file: "registry.json")
        registry.approvals = approvals
        func deal<Item>(_ items: [Item], _ random: inout SeededRandom) -> [[Item]] {
            var hands = [[Item]](repeating: [], count: tallies)
            for item in tallies == 1 ? items : items.shuffled(using: &random) {
                hands[tallies == 1 ? 0 : random.int(0...tallies - 1)].append(item)
            }
            return hands
        }
        func merge<Tally: InputTally>(_ tallies: [Tally]) -> Tally {
            var merged = tallies[0]
            for tally in tallies.dropFirst() { merged.absorb(tally) }
            return merged
        }
        let order: (Int) -> FaultOrder = { FaultOrder(argument: 0, path: "", offset: $0) }
        var chargeTallies: [ChargeTally] = []
        for hand in deal(rows, &random) {
            var tally = ChargeTally(unitPrice: registry.unitPrice)
            var names = Names()
            let reading = BillReading(period: options.period, profile: registry.profile, tagKeys: registry.tagKeys, sessions: registry.sessionPatterns)
            _ = try readBillFile(
                path: folder.write("b.csv", TinyBill(columns: columns, hand).text), reading: reading, names: &names, buffers: &buffers
            ) { row, names in
                tally.add(row, source: 0, names: names, order: order)
                return true
            }
            tally.names = names
            chargeTallies.append(tally)
        }
        let logs = LogReading(period: options.period, sessions: registry.sessionPatterns)
        var evidenceTallies: [EvidenceTally] = []
        for hand in deal(records, &random) {
            var tally = EvidenceTally(room)
            var names = Names()
            _ = try readTrailFile(path: folder.write("t.json", TinyTrail.file(hand)), reading: logs, names: &names, buffers: &buffers) {
                record, names in
                tally.add(record, order: order)
                return tally.relieve(names)
            }
            tally.names = names
            evidenceTallies.append(tally)
        }
        var usageTallies: [UsageTally] = []
        for hand in deal(usage, &random) {
            var tally = UsageTally(room)
            var names = Names()
            _ = try readUsageLogFile(
                path: folder.write("u.jsonl", hand.joined(separator: "\n")), reading: logs, names: &names, buffers: &buffers
            ) { line, names in
                tally.add(line, order: order)
                return tally.relieve(names)
            }
            tally.names = names
            usageTallies.append(tally)
        }
        var charges = merge(chargeTallies)
        let evidence = merge(evidenceTallies)
        charges.settleCandidates()
        let settled = try SettledEvidence(
            calls: evidence, records: merge(usageTallies), registry: registry, rates: rates, options: options, room: room)
        let attribution = try attribute(charges: charges, evidence: settled, registry: registry, options: options, room: room)
        var files: [String: [UInt8]] = [:]
        let reports = Reports(attribution, registry)
        reports.writeLedger { files["allocations.csv", default: []].append(contentsOf: $0) }
        reports.writeCards(Cards(reports.attribution, registry), runID: "run") { files[$0, default: []] += $1 }
        reports.writeAgentBills(runID: "run") { files[$0, default: []] += $1 }
        reports.writeFindings(runID: "run", isPartial: false, costBasis: .unblended) { files[$0, default: []] += $1 }
        return Outcome(attribution: attribution, registry: registry, charges: charges, files: files)
    }
}
