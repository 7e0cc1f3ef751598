import Published
import Records
import Registry

/// Something in the course of spend that somebody should look at, with the numbers that raised it. Amounts are millionths.
public struct Anomaly: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case evidenceStopped = "evidence-stopped"
        case jump
        case newPrincipal = "new-principal"
        case silent
    }

    public var kind: Kind
    /// The workload, the caller or the account.
    public var anchor: String
    public var currency: String
    /// Days counted from 1970-01-01.
    public var firstDay: Int
    public var lastDay: Int
    /// What was spent on these days, and what was to be expected.
    public var cost: Int128
    public var expected: Int128
    /// One plain sentence.
    public var reason: String
}

/// Looks at the last month, each day with what was known before it.
struct AnomalySearch {
    private let history: SpendHistory
    private let rules: TrendRules
    private(set) var found: [Anomaly] = []

    /// A history shorter than this leads to expect nothing.
    private static let leastDays = 14
    /// So many days in a row are unusual; after that they are what is expected.
    private static let mostUnusualDays = 3
    /// A workload that has been silent for longer has ended, and everybody knows.
    private static let longestSilence = 31

    init(_ history: SpendHistory, _ rules: TrendRules) {
        self.history = history
        self.rules = rules
        for (key, costs) in history.costs where !key.workload.isEmpty {
            jumps(key, costs)
            silence(key, costs)
        }
        newPrincipals()
        evidence()
        found.sort { a, b in
            if a.firstDay != b.firstDay { return a.firstDay < b.firstDay }
            return (a.kind.rawValue, a.anchor, a.currency) < (b.kind.rawValue, b.anchor, b.currency)
        }
    }

    private func millionths(_ amount: Amount) -> Int128 { amount.atto / SpendHistory.millionth }
    private func date(_ place: Int) -> String { dateText(dayNumber: history.firstDay + place) }
    private func money(_ millionths: Int128) -> String { Money.centsText(atto: millionths * SpendHistory.millionth) }

    /// Days far above what their workload's own days lead to expect; such days are no example for the next.
    private mutating func jumps(_ key: SpendKey, _ costs: [Int128]) {
        var usual = costs
        var last: Anomaly?
        let first = costs.firstIndex { $0 != 0 } ?? costs.count
        for place in max(first, history.monthStart)..<max(first, history.monthStart, history.dayCount) {
            guard place - first >= AnomalySearch.leastDays, let before = Expectation(usual[first..<place], weekday: history.weekday) else { continue }
            let expected = max(0, before.cost(weekday: history.weekday(place)))
            let deviation = squareRoot(before.variance)
            let over = costs[place] - expected
            let share = expected * min(rules.jumpPercent.atto / Amount.unit, 1_000_000) / 100
            // Of the dearest days the second: one that was itself a jump is no excuse.
            let dearest = costs[max(first, place - 56)..<place].sorted().suffix(2).first ?? 0
            guard over > share, over > millionths(rules.jumpLeast), over > 4 * deviation, costs[place] * 4 > dearest * 5 else { continue }
            // For a while: what goes on is the new usual.
            let length = last.map { $0.lastDay == history.firstDay + place - 1 ? $0.lastDay - $0.firstDay + 1 : 0 } ?? 0
            if length < AnomalySearch.mostUnusualDays { usual[place] = expected }
            if var run = last, run.lastDay == history.firstDay + place - 1 {
                run.lastDay += 1
                run.cost += costs[place]
                run.expected += expected
                last = run
            } else {
                if let last { found.append(told(last)) }
                last = Anomaly(
                    kind: .jump, anchor: key.workload, currency: key.currency, firstDay: history.firstDay + place, lastDay: history.firstDay + place,
                    cost: costs[place], expected: expected, reason: "\(before.dayCount) days before, usually off by \(money(deviation))")
            }
        }
        if let last { found.append(told(last)) }
    }

    private func told(_ jump: Anomaly) -> Anomaly {
        var jump = jump
        let when = jump.firstDay == jump.lastDay ? dateText(dayNumber: jump.firstDay) : "\(dateText(dayNumber: jump.firstDay)) to \(dateText(dayNumber: jump.lastDay))"
        jump.reason = "\(money(jump.cost)) \(jump.currency) on \(when), where \(money(jump.expected)) was to be expected (\(jump.reason))."
        return jump
    }

    /// A workload that has spent nothing up to now, for longer than its weekdays explain.
    private mutating func silence(_ key: SpendKey, _ costs: [Int128]) {
        guard let lastSpent = costs.lastIndex(where: { $0 != 0 }), lastSpent < history.dayCount - 1, lastSpent + 1 >= AnomalySearch.leastDays else { return }
        let first = costs.firstIndex { $0 != 0 } ?? 0
        guard let before = Expectation(costs[first...lastSpent], weekday: history.weekday), before.dayCount >= AnomalySearch.leastDays else { return }
        let quiet = lastSpent + 1..<history.dayCount
        let expected = quiet.reduce(Int128(0)) { $0 + before.cost(weekday: history.weekday($1)) }
        let usual = (0..<7).reduce(Int128(0)) { $0 + before.cost(weekday: $1) } / 7
        // A workload that rests now and then rests again.
        var (rest, longestRest) = (0, 0)
        for place in max(first, lastSpent - 55)...lastSpent {
            rest = costs[place] == 0 ? rest + 1 : 0
            longestRest = max(longestRest, rest)
        }
        guard expected >= millionths(rules.silentLeast), expected >= 3 * usual, quiet.count > 2 * longestRest, quiet.count <= AnomalySearch.longestSilence else { return }
        found.append(
            Anomaly(
                kind: .silent, anchor: key.workload, currency: key.currency, firstDay: history.firstDay + quiet.lowerBound,
                lastDay: history.firstDay + quiet.upperBound - 1, cost: 0, expected: expected,
                reason: "Nothing since \(date(lastSpent)), where \(money(expected)) \(key.currency) was to be expected in \(quiet.count) days."))
    }

    private mutating func newPrincipals() {
        for (caller, costs) in history.principals {
            guard let first = costs.firstIndex(where: { $0 != 0 }), first >= history.monthStart, first >= AnomalySearch.leastDays else { continue }
            let cost = costs[first...].reduce(0, +)
            guard cost >= millionths(rules.newPrincipalLeast) else { continue }
            let workload = history.workloads[caller] ?? ""
            let owner = workload.isEmpty ? "no workload claims it" : "claimed by \(workload)"
            found.append(
                Anomaly(
                    kind: .newPrincipal, anchor: caller.principal, currency: caller.currency, firstDay: history.firstDay + first,
                    lastDay: history.firstDay + history.dayCount - 1, cost: cost, expected: 0,
                    reason: "Not seen in \(first) days before \(date(first)); \(money(cost)) \(caller.currency) since, \(owner)."))
        }
    }

    private mutating func evidence() {
        for (key, usage) in history.accounts {
            guard let lastSeen = usage.all.indices.last(where: { usage.all[$0] > usage.without[$0] }) else { continue }
            let blind = lastSeen + 1..<history.dayCount
            let cost = usage.all[blind].reduce(0, +)
            guard !blind.isEmpty, cost >= millionths(rules.evidenceLeast), let first = blind.first(where: { usage.all[$0] > 0 }), blind.upperBound > history.monthStart
            else { continue }
            found.append(
                Anomaly(
                    kind: .evidenceStopped, anchor: key.account, currency: key.currency, firstDay: history.firstDay + first,
                    lastDay: history.firstDay + history.dayCount - 1, cost: cost, expected: 0,
                    reason: "The last call of account \(key.account) that was seen is of \(date(lastSeen)); \(money(cost)) \(key.currency) of usage since has no evidence."))
        }
    }
}
