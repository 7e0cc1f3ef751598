import Bytes
import Records
import Registry

/// What makes one gap the same over months.
public struct GapKey: Hashable, Sendable {
    public var gap: String
    public var anchor: String
    public var account: String
    public var workspace: String
    public var platform: String
    public var currency: String

    public init(gap: String, anchor: String, account: String, workspace: String, platform: String, currency: String) {
        self.gap = gap
        self.anchor = anchor
        self.account = account
        self.workspace = workspace
        self.platform = platform
        self.currency = currency
    }

    /// Stable: the first digits of a SHA-256 of what it is.
    public var id: String {
        var hash = SHA256()
        for text in [gap, anchor, account, workspace, platform, currency] { hash.update(Array("\(text.utf8.count):\(text)".utf8)) }
        return "gap-" + hash.hex().prefix(12)
    }
}

/// What one month's data says of a gap.
public struct GapFact: Sendable {
    public var key: GapKey
    public var firstSeen: Instant
    public var lastSeen: Instant
    /// Whether there is anything of it in the seven days before the data ends, and what that costs.
    public var isRecent: Bool
    public var recent: Amount
    public var month: Amount
    public var action: String

    public init(key: GapKey, firstSeen: Instant, lastSeen: Instant, isRecent: Bool, recent: Amount, month: Amount, action: String) {
        self.key = key
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.isRecent = isRecent
        self.recent = recent
        self.month = month
        self.action = action
    }
}

/// How far a gap has come.
public enum GapState: String, Sendable, CaseIterable {
    /// There is money in it, and nobody has decided anything.
    case active = "Active"
    /// Somebody has decided what should end it; the data does not show that yet.
    case actioned = "Actioned"
    /// The data shows an end: seven days without it, or the month has it no more.
    case resolved = "Resolved"
    /// It was resolved, and is there again.
    case recalled = "Recalled"
}

/// A gap over its life: one row of `gap-register.csv`.
public struct GapRecord: Sendable {
    public var key: GapKey
    public var state: GapState
    /// Until when the data reached when it came into this state.
    public var since: Instant
    public var firstSeen: Instant
    public var lastSeen: Instant
    public var recent: Amount
    public var month: Amount
    /// The decision that is to end it; empty for none.
    public var decision: String
    public var action: String

    public init(
        key: GapKey, state: GapState, since: Instant, firstSeen: Instant, lastSeen: Instant, recent: Amount, month: Amount, decision: String, action: String
    ) {
        self.key = key
        self.state = state
        self.since = since
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.recent = recent
        self.month = month
        self.decision = decision
        self.action = action
    }
}

/// All gaps over their lives, made anew by every run of the register before, the month's data and the decisions. Only data resolves a gap.
public struct GapRegister: Sendable {
    /// By id.
    public let records: [GapRecord]

    /// How long there must be nothing of a gap, in microseconds.
    public static let quiet = 7 * Instant.day

    /// - Parameters:
    ///   - previous: The register before, and its month.
    ///   - reach: Until when the month's data reaches; charges of many days say nothing of that.
    public init(_ facts: [GapFact], previous: (records: [GapRecord], month: Month)?, _ governance: Governance?, month: Month, reach: Instant) {
        let before = Dictionary((previous?.records ?? []).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var records = facts.map { fact in GapRegister.record(fact, before[fact.key], governance, month, reach) }
        let present = Set(facts.map(\.key))
        for old in previous?.records ?? [] where !present.contains(old.key) {
            var record = old
            record.recent = .zero
            record.month = .zero
            // What this month had and has no more is gone. What was seen late in another is not gone because this one has not come to it yet.
            let isOver = previous?.month == month && old.lastSeen >= month.start || old.lastSeen.adding(GapRegister.quiet) <= reach
            if isOver, old.state != .resolved {
                record.state = .resolved
                record.since = reach
            }
            records.append(record)
        }
        self.records = records.map { (id: $0.key.id, record: $0) }.sorted { bytewiseLess($0.id, $1.id) }.map(\.record)
    }

    private static func record(_ fact: GapFact, _ old: GapRecord?, _ governance: Governance?, _ month: Month, _ reach: Instant) -> GapRecord {
        // A decision counts for what was seen before it, and a gap that came back needs a new one.
        let open = old.flatMap { $0.state == .recalled || $0.state == .resolved ? $0.since : nil }
        let decision = governance?.lastDecision(on: fact.key, month, lastSeen: fact.lastSeen).flatMap { found in open.map { found.at >= $0 } ?? true ? found : nil }
        let state: GapState
        if !fact.isRecent {
            state = .resolved
        } else if decision != nil {
            state = .actioned
        } else if let old, old.state == .recalled || old.state == .resolved && fact.lastSeen > old.lastSeen {
            state = .recalled
        } else if let old, old.state == .resolved {
            // Nothing new of it: the same data, seen from an earlier end.
            state = .resolved
        } else {
            state = .active
        }
        return GapRecord(
            key: fact.key, state: state, since: old.flatMap { $0.state == state ? $0.since : nil } ?? reach,
            firstSeen: min(fact.firstSeen, old?.firstSeen ?? fact.firstSeen), lastSeen: fact.lastSeen,
            recent: fact.recent, month: fact.month, decision: state == .resolved ? old?.decision ?? "" : decision?.id ?? "", action: fact.action)
    }
}

extension Governance {
    /// The last decision that is to end a gap; nil for none. One that was in force while the gap went on has not ended it.
    func lastDecision(on key: GapKey, _ month: Month, lastSeen: Instant) -> Decision? {
        // A session that is told apart is its role's, too.
        let role = String(decoding: canonicalPrincipal(Array(key.anchor.utf8)), as: UTF8.self)
        return decisions.last { decision in
            let isInTime = lastSeen < decision.nextDay
            switch (key.gap, decision.verb) {
            case ("unclaimed-principal", .claim), ("shared-role", .claim):
                return isInTime && isOpen(decision) && claimedPrincipal(decision.principal) == role
            // It waits for who confirms it.
            case ("no-estimate", .estimate): return decision.object == key.anchor && decision.month == month && decision.currency == key.currency
            case ("no-evidence", .claim): return isInTime && isOpen(decision) && !key.workspace.isEmpty && decision.workspace == key.workspace
            case ("no-evidence", .complete):
                return isInTime && !key.workspace.isEmpty && decision.trail == .captured && scope(of: decision)?.workspace == key.workspace
            case ("not-approved", .request), ("not-approved", .approve), ("out-of-scope", .request), ("out-of-scope", .approve):
                guard let scope = scope(of: decision), !scope.status.isEnd, isAbout(scope, key, role) else { return false }
                // A request waits for approval; an approval is in force from its day.
                return isInTime || scope.status == .pendingApproval
            default: return false
            }
        }
    }

    /// Whether a claim was neither taken back nor released, and is for a workload that there is.
    private func isOpen(_ decision: Decision) -> Bool {
        claims.contains { $0.decision == decision.id && $0.claim.to == nil } && registry.workloads.contains { $0.id == decision.object }
    }

    /// Whether a scope is for what a gap is about: its role or workspace, or a workload that has a claim on either; an account's nameless usage is any
    /// scope's of that account.
    private func isAbout(_ scope: Scope, _ key: GapKey, _ role: String) -> Bool {
        guard scope.platform.text == key.platform, scope.account == key.account else { return false }
        if key.anchor.hasPrefix("account:") { return true }
        let anchors: [Claim.Anchor] = [.principal(role)] + (key.workspace.isEmpty ? [] : [.workspace(key.workspace)])
        if anchors.contains(where: { scope.isAnchor($0) }) { return true }
        let written = registry.workloads.first { $0.id == scope.workload }?.claims.map(\.anchor) ?? []
        let decided = claims.filter { $0.workload == scope.workload }.map(\.claim.anchor)
        return (written + decided).contains { anchor in
            if case .session(let of, _) = anchor { return of == role }
            return anchors.contains(anchor)
        }
    }

    private func scope(of decision: Decision) -> Scope? { scope(decision.object.split(separator: "/").first.map(String.init) ?? "") }
}

// MARK: The file

extension GapRegister {
    public static let columns = [
        "gap_id", "state", "since", "gap", "anchor", "usage_account_id", "workspace_arn", "platform", "currency", "first_seen", "last_seen", "spend_7_days",
        "spend_month", "decision", "action",
    ]

    public var csv: [UInt8] {
        let numbers: Set = ["spend_7_days", "spend_month"]
        var table = Table(GapRegister.columns.map { ($0, numbers.contains($0) ? .number : .text) })
        for record in records {
            let key = record.key
            table.add(
                [
                    key.id, record.state.rawValue, record.since.text, key.gap, key.anchor, key.account, key.workspace, key.platform, key.currency, record.firstSeen.text,
                    record.lastSeen.text, record.recent.text, record.month.text, record.decision, record.action,
                ].map { Array($0.utf8) })
        }
        return table.csv()
    }
}
