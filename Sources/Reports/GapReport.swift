import Attribution
import Records
import Registry

/// `gaps.csv`: money for which somebody has still to answer, and what to do about it.
struct GapReport {
    private let attribution: Attribution
    private let names: Names
    private let registry: Registry
    private var rows: [Key: Sums] = [:]
    private let reach: Instant

    private struct Key: Hashable {
        var gap: Gap
        var anchor: Name
        var usageAccount: Name
        var workspace: Name
        var platform: Platform
        var currency: Name
        var workload: Int32
    }

    private struct Sums {
        var firstSeen: Instant
        var lastSeen: Instant
        /// The first hours of usage in the gap, in the grain of evidence; nil where only tax or credit is in it.
        var firstUsage: (start: Instant, end: Instant)?
        var calls = 0
        var quantity = Amount.zero
        var cost = Amount.zero
        /// Of its last seven days before the data ends.
        var isRecent = false
        var recent = Amount.zero
        /// Whether there were calls, but none that named a principal.
        var hasNamelessEvidence = false
    }

    init(_ attribution: Attribution, _ registry: Registry) {
        self.attribution = attribution
        self.registry = registry
        names = attribution.ledger.names
        let ledger = attribution.ledger
        let reach = GapReport.reach(attribution)
        let recentStart = reach.adding(-7 * Instant.day)
        let days = MonthDays(attribution.period)
        self.reach = reach
        ledger.forEach { row, group in
            guard row.gap != .none else { return }
            let key = Key(
                gap: row.gap, anchor: GapReport.anchor(row, group), usageAccount: group.usageAccount, workspace: row.workspace,
                platform: group.platform, currency: group.currency, workload: row.gap == .noEstimate ? row.workload : -1)
            var sums = rows[key] ?? Sums(firstSeen: group.start, lastSeen: group.start)
            sums.firstSeen = min(sums.firstSeen, group.start)
            sums.lastSeen = max(sums.lastSeen, group.start)
            if group.isUsage, sums.firstUsage.map({ group.start < $0.start }) ?? true {
                sums.firstUsage = (group.start.flooredToHour, group.end.raisedToHour)
            }
            sums.calls += row.calls
            sums.quantity += row.quantity
            sums.cost += row.cost
            // What follows cost is as recent as what it follows.
            if group.isUsage || row.gap == .noUsage, let part = GapReport.recentPart(row, group, days, recentStart, reach) {
                sums.isRecent = true
                sums.recent += part
            }
            if row.window != .none { sums.hasNamelessEvidence = true }
            rows[key] = sums
        }
    }

    /// Until when the data reaches: the end of the latest usage of a day or less, as a charge of a month says nothing of its days.
    static func reach(_ attribution: Attribution) -> Instant {
        let ends = attribution.ledger.groups.lazy.filter { $0.isUsage && $0.end.microseconds - $0.start.microseconds <= Instant.day }.map { $0.end.raisedToHour }
        return min(attribution.dataThrough, ends.max() ?? attribution.dataThrough)
    }

    /// What of a row lies in the seven days before the data's end; nil where nothing does.
    private static func recentPart(_ row: LedgerRow, _ group: ChargeGroup, _ days: MonthDays, _ start: Instant, _ end: Instant) -> Amount? {
        guard group.end.microseconds - group.start.microseconds > Instant.day else { return group.start >= start && group.start < end ? row.cost : nil }
        guard group.end > start, group.start < end else { return nil }
        let spread = days.days(of: group)
        let window = max(spread.lowerBound, start.dayNumber - days.firstDay)..<min(spread.upperBound, end.adding(-1).dayNumber - days.firstDay + 1)
        return window.lowerBound < window.upperBound ? MonthDays.part(of: row.cost, days: spread, falling: window) : nil
    }

    /// Whom or what the gap hangs on; nothing for an account, which the row has anyway.
    private static func anchor(_ row: LedgerRow, _ group: ChargeGroup) -> Name {
        switch row.gap {
        case .sharedRole, .unclaimedPrincipal: row.principal
        // Who used it, as far as that is known.
        case .notApproved, .outOfScope: row.principal.isEmpty ? row.workspace : row.principal
        // The workload itself is in the key.
        case .noEstimate: .empty
        case .noEvidence, .noUsage, .none: row.workspace
        }
    }

    private func text(_ key: Key) -> [UInt8] {
        if key.gap == .noEstimate { return Array(registry.workloads[Int(key.workload)].id.utf8) }
        return key.anchor.isEmpty ? Array("account:".utf8) + names.bytes(key.usageAccount) : Array(names.bytes(key.anchor))
    }

    /// Dearest first.
    func summaries() -> [GapSummary] {
        let all = rows.map { key, sums in
            GapSummary(
                gap: key.gap.text, anchor: String(decoding: text(key), as: UTF8.self), cost: sums.cost, currency: names.text(key.currency),
                action: action(key, sums))
        }
        return all.sorted { a, b in
            if a.cost != b.cost { return a.cost > b.cost }
            return (a.gap, a.anchor, a.currency, a.action) < (b.gap, b.anchor, b.currency, b.action)
        }
    }

    /// What the month says of each gap, for its register.
    func entries() -> [GapEntry] {
        rows.map { key, sums in
            GapEntry(
                gap: key.gap.text, anchor: String(decoding: text(key), as: UTF8.self), account: names.text(key.usageAccount), workspace: names.text(key.workspace),
                platform: key.platform.text, currency: names.text(key.currency), firstSeen: sums.firstSeen, lastSeen: min(sums.lastSeen, max(sums.firstSeen, reach)), isRecent: sums.isRecent,
                recent: sums.recent, cost: sums.cost, action: action(key, sums))
        }
    }

    func csv() -> [UInt8] {
        var table = Table([
            ("gap", .text), ("anchor", .text), ("usage_account_id", .text), ("workspace_arn", .text), ("platform", .text),
            ("first_seen", .text), ("last_seen", .text), ("calls", .number), ("quantity", .number), ("cost", .number),
            ("currency", .text), ("action", .text),
        ])
        for (key, sums) in rows {
            table.add([
                Array(key.gap.text.utf8), text(key), Array(names.bytes(key.usageAccount)), Array(names.bytes(key.workspace)),
                Array(key.platform.text.utf8), Array(sums.firstSeen.text.utf8), Array(sums.lastSeen.text.utf8),
                Array(String(sums.calls).utf8), Array(sums.quantity.text.utf8), Array(sums.cost.text.utf8),
                Array(names.bytes(key.currency)), Array(action(key, sums).utf8),
            ])
        }
        table.sort()
        return table.csv()
    }

    /// One plain sentence for this very case.
    private func action(_ key: Key, _ sums: Sums) -> String {
        let anchor = String(decoding: text(key), as: UTF8.self)
        let account = names.text(key.usageAccount)
        switch key.gap {
        case .sharedRole:
            return "Give each workload that calls as \(shortName(anchor)) its own role: this one is shared, so its spend cannot be told apart."
        case .unclaimedPrincipal:
            if let session = SessionPatterns.session(of: Array(anchor.utf8)) {
                let role = String(decoding: canonicalPrincipal(Array(anchor.utf8)), as: UTF8.self)
                return "Claim the session '\(String(decoding: session, as: UTF8.self))' of \(shortName(role)) for a workload in the registry, or block it: no claim is in force while it spends."
            }
            let issued = registry.approvals?.first { $0.principal == anchor }
            return "Claim \(shortName(anchor)) for a workload in the registry, or block it: no claim is in force while it spends"
                + (registry.approvals == nil ? "." : issued.map { "; it was issued for scope \($0.scope)." } ?? "; it was issued by no task.")
        case .notApproved:
            return "Request an approval for what \(used(key, anchor, account)), or stop it: no approval of \(key.platform.text) is for it."
        case .outOfScope:
            return outOfScope(key, anchor, account)
        case .noEstimate:
            let owner = key.workload >= 0 ? registry.workloads[Int(key.workload)].owner : ""
            let who = owner.isEmpty ? "its owner" : owner
            return "Have \(who) confirm an estimate in \(names.text(key.currency)) for \(attribution.period.text) for \(anchor)."
        case .noUsage:
            return
                "Ask billing why account \(account) carries this charge: its payer has no \(key.platform.text) usage in \(names.text(key.currency)) this month that it could follow."
        case .noEvidence: return noEvidence(key, sums, account)
        case .none: return ""
        }
    }

    /// Behind "what": by whom or where, as far as that is known.
    private func used(_ key: Key, _ anchor: String, _ account: String) -> String {
        if key.anchor.isEmpty { return "is used in account \(account)" }
        return key.anchor == key.workspace ? "is used in workspace \(shortName(anchor))" : "\(shortName(anchor)) uses in account \(account)"
    }

    private func outOfScope(_ key: Key, _ anchor: String, _ account: String) -> String {
        let workspace = names.text(key.workspace)
        let own = registry.approvals?.filter { $0.platform == key.platform && ($0.principal == anchor || !workspace.isEmpty && $0.workspace == workspace) } ?? []
        guard let first = own.first else {
            return "Request an approval for account \(account) and the region, or stop what \(used(key, anchor, account)): its model is approved for others only."
        }
        let places = own.map { "\($0.modelName) in \($0.account), \($0.region)" }
        return "Request a scope that supersedes \(first.scope), or stop what \(used(key, anchor, account)): that is for \(places.joined(separator: "; "))."
    }

    private func noEvidence(_ key: Key, _ sums: Sums, _ account: String) -> String {
        let facts = attribution.gapFacts
        if key.platform == .bedrock {
            if facts.lacksPrincipalColumn(key.usageAccount) {
                return "Include IAM principal data in a CUR 2.0 export: the bill of account \(account) has no line_item_iam_principal column."
            }
            return "Look at who calls Bedrock in account \(account): the bill has the principal column, but it is empty for these rows."
        }
        if sums.hasNamelessEvidence {
            return "Find the caller in CloudTrail: the calls in account \(account) name no IAM principal; call with SigV4 under a role of the workload's own."
        }
        guard let hours = sums.firstUsage else {
            let usage = key.workspace.isEmpty ? "the usage" : "the usage of \(shortName(names.text(key.workspace)))"
            return "Find who called for \(usage) that this charge of account \(account) follows: once that has evidence, so has this."
        }
        guard facts.hasEvidence(key.usageAccount) else {
            return
                "Enable CloudTrail data events for AWS::AWSExternalAnthropic::Workspace in account \(account) and check the trail's selectors: no event of this account was found."
        }
        if sums.firstSeen >= attribution.dataThrough.adding(-Instant.day) {
            return "Wait a day and run again: CloudTrail may still deliver events of account \(account) for these last hours."
        }
        if facts.hasEvidence(key.usageAccount, from: hours.start, to: hours.end) {
            return
                "Check the selectors of account \(account)'s trail: at \(hours.start.text) it logged calls to other workspaces, but none to this one, which was billed."
        }
        let (last, next) = facts.neighbours(of: key.usageAccount, from: hours.start, to: hours.end)
        let from = last.map { "from \($0.text)" } ?? "before \(hours.end.text)"
        let to = next.map { "to \($0.text)" } ?? "and later"
        return "Look for a gap in the trail of account \(account) \(from) \(to): it has events at other times, but none while this was billed."
    }

    /// A principal's name without what is the same for all of its account.
    private func shortName(_ principal: String) -> String {
        principal.split(separator: "/").last.map { principal.contains("/") ? "\($0) (\(principal))" : principal } ?? principal
    }
}
