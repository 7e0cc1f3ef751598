import Attribution
import Records

/// What the trail says: accounts, days, callers.
struct TrailFindings {
    private(set) var findings: [Finding] = []
    private let inspection: Inspection
    private let reading: InspectionReading
    private let calls: Int

    init(_ inspection: Inspection, _ reading: InspectionReading) {
        self.inspection = inspection
        self.reading = reading
        calls = inspection.trail.events.evidence
        guard !inspection.input.trailFiles.isEmpty else { return }
        dataEvents()
        accounts()
        gaps()
        lateness()
        keys()
    }

    private static let source = "aws-external-anthropic.amazonaws.com"

    private mutating func dataEvents() {
        guard calls == 0 else { return }
        let ours = inspection.trail.kinds.filter { $0.source == TrailFindings.source }
        let data = inspection.trail.kinds.filter { $0.category == "Data" && $0.source != TrailFindings.source }
        let records = inspection.trail.kinds.reduce(0) { $0 + $1.records }
        var what = "None of \(counted(records, "record", "records")) of \(reading.period.text) is a billable call of the Claude Platform"
        if !ours.isEmpty { what += "; of its source there are only \(listed(ours.map { "\($0.records) \($0.event)" }))" }
        if !data.isEmpty { what += "; data events are there of \(listed(Array(Set(data.map(\.source))).sorted()))" }
        findings.append(
            Finding(
                .problem, .noDataEvents, what + ".",
                follows: "No hour can be divided by callers. Calls are data events, which a trail does not log unless its selectors say so.",
                remedy: "Add the resource type AWS::AWSExternalAnthropic::Workspace to the trail's data event selectors (docs/howto/enable-data-events.md)."))
    }

    /// Accounts that spend, but that no trail speaks of.
    private mutating func accounts() {
        guard calls > 0 else { return }
        let seen = Set(inspection.trail.places.map(\.account))
        let silent = inspection.bill.accounts.filter { !seen.contains($0) && hasClaudeUsage($0) }
        guard !silent.isEmpty else { return }
        findings.append(
            Finding(
                .problem, .accountWithoutTrail, "\(listed(silent)) \(silent.count == 1 ? "spends" : "spend") on the Claude Platform, but no record of \(silent.count == 1 ? "it" : "them") is here.",
                follows: "That money has no caller.", remedy: "Sync the trail of \(silent.count == 1 ? "this account" : "these accounts"), or use an organization trail."))
    }

    private func hasClaudeUsage(_ account: String) -> Bool {
        guard let ledger = reading.attribution?.ledger else { return false }
        return ledger.groups.contains { $0.isUsage && $0.platform == .claudePlatform && ledger.names.text($0.usageAccount) == account }
    }

    /// Days on which an account spent, but of which its trail has no record of any kind, though it has on other days. Nights and weekends on
    /// which nothing was spent are no gaps.
    private mutating func gaps() {
        let byAccount = Dictionary(grouping: inspection.trail.places, by: \.account)
        // A day on which the whole organization's trail is silent is one gap, not one an account.
        var accountsByDays: [[Int]: [String]] = [:]
        for account in byAccount.keys.sorted() {
            guard let places = byAccount[account] else { continue }
            // A day counts as covered when any region has a record of it.
            var covered: Set<Int> = []
            for place in places { covered.formUnion((place.firstDay...place.lastDay).filter { !place.missingDays.contains($0) }) }
            let missing = daysOfUsage(account).subtracting(covered).sorted()
            if !missing.isEmpty, !covered.isEmpty { accountsByDays[missing, default: []].append(account) }
        }
        for (days, accounts) in accountsByDays.sorted(by: { $0.value[0] < $1.value[0] }) {
            let day = days.count == 1 ? "that day" : "on these days"
            findings.append(
                Finding(
                    .problem, .trailGap,
                    "The trail has no record on \(listed(days.map { dateText(dayNumber: $0) })) of \(accounts.count == 1 ? "account" : "accounts") \(listed(accounts)), which spent on the Claude Platform \(day).",
                    follows: "The money of \(days.count == 1 ? "this day" : "these days") follows the calls of the day before, or nobody.",
                    remedy: "Look whether the trail was off or the folder is not synced; what CloudTrail did not log cannot be had later."))
        }
    }

    /// The days of the month on which hourly or daily usage of the Claude Platform began.
    private func daysOfUsage(_ account: String) -> Set<Int> {
        guard let ledger = reading.attribution?.ledger else { return [] }
        var days: Set<Int> = []
        for group in ledger.groups where group.isUsage && group.platform == .claudePlatform && ledger.names.text(group.usageAccount) == account {
            let isOfOneDay = group.end.microseconds - group.start.microseconds <= Instant.day
            if isOfOneDay, group.start >= reading.period.start, group.start < reading.period.end { days.insert(group.start.dayNumber) }
        }
        return days
    }

    private mutating func lateness() {
        let late = reading.trail.lateCalls
        guard late > 0 else { return }
        let beyond = reading.trail.callsBeyondSlack
        let needed = lastDelivery - (reading.period.next.firstDay - 1)
        findings.append(
            Finding(
                beyond > 0 ? .problem : .notice, .lateEvents,
                "\(counted(late, "call lies", "calls lie")) in folders of up to \(counted(reading.trail.latestDelivery, "day", "days")) after the call.",
                follows: beyond > 0
                    ? "A run would not open the folders of \(beyond == 1 ? "one of them" : "\(beyond) of them"): it reads to \(reading.options.trailSlackDays) days after the month."
                    : "A run of this month today and one next week may differ.",
                remedy: beyond > 0 ? "Run with --trail-slack \(max(needed, reading.options.trailSlackDays + 1))." : "Run again until the month is invoiced."))
    }

    private var lastDelivery: Int { inspection.input.trailFiles.compactMap(\.deliveryDay).max() ?? 0 }

    private mutating func keys() {
        let withKey = inspection.callers.reduce(0) { $0 + $1.apiKeyCalls }
        guard withKey > 0, calls > 0 else { return }
        let keys = inspection.callers.filter { $0.apiKeyCalls > 0 }.map { String($0.principal.split(separator: "/").last ?? "") }
        let isAll = inspection.callers.allSatisfy { $0.calls == 0 || $0.apiKeyCalls >= $0.calls }
        findings.append(
            Finding(
                isAll ? .problem : .notice, isAll ? .apiKeysOnly : .apiKeys,
                isAll ? "All calls were made with API keys: \(listed(keys))." : "\(counted(withKey, "call was", "calls were")) made with API keys: \(listed(keys)).",
                follows: "A long-term key leaves its IAM user as principal, so it can be claimed; but whoever has the key spends as that user.",
                remedy: "Give each workload a role of its own that signs with SigV4, or at least a key of its own, and claim it."))
    }
}
