import Attribution
import Records

/// What the trail says: accounts, days, callers.
struct TrailFindings {
    private(set) var findings: [Finding] = []
    private let inspection: Inspection
    private let reading: InspectionReading
    private let calls: Int
    /// Of every account the days on which hourly or daily usage of the Claude Platform began; an account without any has none.
    private let daysOfUsage: [String: Set<Int>]

    init(_ inspection: Inspection, _ reading: InspectionReading) {
        self.inspection = inspection
        self.reading = reading
        calls = inspection.trail.events.evidence
        daysOfUsage = TrailFindings.daysOfUsage(reading)
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
        // Calls in a workspace are evidence for its account, whoever made them.
        let facts = reading.attribution?.gapFacts
        let withEvidence = Set(facts?.accounts.map { reading.attribution?.ledger.names.text($0) ?? "" } ?? [])
        let silent = inspection.bill.accounts.filter { !seen.contains($0) && daysOfUsage[$0] != nil && !withEvidence.contains($0) }
        guard !silent.isEmpty else { return }
        findings.append(
            Finding(
                .problem, .accountWithoutTrail, "\(listed(silent)) \(silent.count == 1 ? "spends" : "spend") on the Claude Platform, but no record of \(silent.count == 1 ? "it" : "them") is here.",
                follows: "That money has no caller.", remedy: "Sync the trail of \(silent.count == 1 ? "this account" : "these accounts"), or use an organization trail."))
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
            let missing = (daysOfUsage[account] ?? []).subtracting(covered).sorted()
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

    private static func daysOfUsage(_ reading: InspectionReading) -> [String: Set<Int>] {
        guard let ledger = reading.attribution?.ledger else { return [:] }
        var days: [Name: Set<Int>] = [:]
        for group in ledger.groups where group.isUsage && group.platform == .claudePlatform {
            let isOfOneDay = group.end.microseconds - group.start.microseconds <= Instant.day
            let isInMonth = group.start >= reading.period.start && group.start < reading.period.end
            days[group.usageAccount, default: []].formUnion(isOfOneDay && isInMonth ? [group.start.dayNumber] : [])
        }
        return Dictionary(days.map { (ledger.names.text($0.key), $0.value) }, uniquingKeysWith: { $0.union($1) })
    }

    private mutating func lateness() {
        let (within, beyond) = (reading.trail, reading.trailBeyondSlack)
        // A call that was delivered in time as well is not late.
        let lateBeyond = beyond.lateCalls.subtracting(within.evidence.ids(among: beyond.lateCalls))
        let late = within.lateCalls.count + lateBeyond.count
        guard late > 0 else { return }
        let delay = max(within.longestDelay, beyond.longestDelay)
        let what = "\(counted(late, "call lies", "calls lie")) in folders of up to \(counted(delay, "day", "days")) after the call."
        if !lateBeyond.isEmpty {
            let needed = beyond.lastLateDelivery - (reading.period.next.firstDay - 1)
            findings.append(
                Finding(
                    .problem, .lateEvents, what,
                    follows: "A run reads folders to \(counted(reading.options.trailSlackDays, "day", "days")) after the month, so \(lateBeyond.count == 1 ? "one of them is" : "\(lateBeyond.count) of them are") not evidence, and not in the figures here.",
                    remedy: "Run with --trail-slack \(needed)."))
        } else {
            findings.append(
                Finding(
                    .notice, .lateEvents, what, follows: "A run of this month today and one next week may differ.",
                    remedy: "Run again until the month is invoiced."))
        }
    }

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
