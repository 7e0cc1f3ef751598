import Published
import Records

/// Whose spend is followed.
public struct SpendKey: Hashable, Comparable, Sendable {
    /// Empty for the whole of the currency.
    public var workload: String
    public var currency: String

    public static func < (a: SpendKey, b: SpendKey) -> Bool {
        if a.currency != b.currency { return a.currency.utf8.lexicographicallyPrecedes(b.currency.utf8) }
        return a.workload.utf8.lexicographicallyPrecedes(b.workload.utf8)
    }
}

/// Spend by day over months in a row, read from published runs: what forecasts and anomalies are made of.
///
/// Cost of usage alone, as taxes, credits, refunds and fees follow no course, in millionths of the currency's unit: what is expected is no money, and squares of it must
/// fit 128 bits.
struct SpendHistory {
    /// The first day, counted from 1970-01-01, and how many days are complete from there.
    let firstDay: Int
    private(set) var dayCount = 0
    /// The month that the last run is of.
    let month: Month
    /// By day from `firstDay`.
    private(set) var costs: [SpendKey: [Int128]] = [:]
    private(set) var principals: [Caller: [Int128]] = [:]
    private(set) var accounts: [Account: Usage] = [:]
    /// What the months before the last came to, whole, by month.
    private(set) var months: [(month: Month, costs: [SpendKey: Int128])] = []

    struct Caller: Hashable {
        var principal: String
        var currency: String
    }

    /// Which workload a caller's last spend is of; empty for none.
    private(set) var workloads: [Caller: String] = [:]

    struct Account: Hashable {
        var account: String
        var currency: String
    }

    /// Usage of the Claude Platform by day, and of it what has no evidence.
    struct Usage {
        var all: [Int128]
        var without: [Int128]
    }

    static let millionth: Int128 = 1_000_000_000_000

    /// - Parameters:
    ///   - runs: Of months in a row, the last one last.
    ///   - asOf: Days from this one on are not looked at, as if the bill ended there; nil to take what is complete.
    init(_ runs: [PublishedRun], asOf: Instant? = nil) throws(ViewFault) {
        guard let first = runs.first, let last = runs.last else { preconditionFailure("a history has at least one run") }
        firstDay = first.month.firstDay
        month = last.month
        let through = asOf.map { min($0, last.dataThrough) } ?? last.dataThrough
        let end = min(through.dayNumber, last.month.firstDay + last.month.dayCount)
        dayCount = max(0, end - firstDay)
        for run in runs { try read(run) }
        scale()
    }

    private mutating func read(_ run: PublishedRun) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.allocations))
        let times = try LedgerTimes(table, run.month)
        let (workload, principal, currency) = (try table.column("workload_id"), try table.column("principal"), try table.column("currency"))
        let (type, platform, account) = (try table.column("line_item_type"), try table.column("platform"), try table.column("usage_account_id"))
        let (window, cost) = (try table.column("evidence_window"), try table.column("cost"))
        var whole: [SpendKey: Int128] = [:]
        var parts: UInt128 = 0
        let (firstDay, dayCount) = (firstDay, dayCount)
        while try table.next() {
            guard table.string(type) == "Usage" else { continue }
            let days = try times.days(table)
            let amount = try table.amount(cost)
            parts += amount.magnitude
            guard parts <= UInt128(Amount.unit) * 10_000_000_000_000_000_000 else { throw table.fault("brings the amounts to more than 10^19, which is no course of spend") }
            let (holder, code) = (table.string(workload), table.string(currency))
            let keys = holder.isEmpty ? [SpendKey(workload: "", currency: code)] : [SpendKey(workload: "", currency: code), SpendKey(workload: holder, currency: code)]
            for key in keys { whole[key, default: 0] += amount }
            let caller = Caller(principal: table.string(principal), currency: code)
            let part = amount / Int128(days.count)
            for day in days where day - firstDay < dayCount {
                let place = day - firstDay
                for key in keys { SpendHistory.add(part, place, dayCount, to: &costs[key, default: []]) }
                if !caller.principal.isEmpty {
                    SpendHistory.add(part, place, dayCount, to: &principals[caller, default: []])
                    workloads[caller] = holder
                }
                if table.string(platform) == "claude-platform" {
                    let key = Account(account: table.string(account), currency: code)
                    let isBlind = table.string(window) == "none"
                    SpendHistory.add(part, place, dayCount, to: &accounts[key, default: Usage(all: [], without: [])].all)
                    SpendHistory.add(isBlind ? part : 0, place, dayCount, to: &accounts[key, default: Usage(all: [], without: [])].without)
                }
            }
        }
        if run.month < month { months.append((run.month, whole.mapValues { $0 / SpendHistory.millionth })) }
    }

    /// From 10⁻¹⁸ to millionths, when all is added up.
    private mutating func scale() {
        func scaled(_ days: [Int128]) -> [Int128] { days.map { $0 / SpendHistory.millionth } }
        costs = costs.mapValues(scaled)
        principals = principals.mapValues(scaled)
        accounts = accounts.mapValues { Usage(all: scaled($0.all), without: scaled($0.without)) }
    }

    private static func add(_ cost: Int128, _ place: Int, _ dayCount: Int, to days: inout [Int128]) {
        if days.isEmpty { days = [Int128](repeating: 0, count: dayCount) }
        days[place] += cost
    }

    /// 0 is a Sunday.
    func weekday(_ place: Int) -> Int { Records.weekday(dayNumber: firstDay + place) }
    /// Of the last month the place of its first day.
    var monthStart: Int { month.firstDay - firstDay }
}
