import Published
import Records

/// What a month's usage is expected to come to, without taxes, credits, refunds and fees.
public struct Forecast: Sendable {
    public var key: SpendKey
    /// Of complete days, in millionths of the currency's unit, as all amounts here.
    public var toDate: Int128
    public var completeDays: Int
    public var monthDays: Int
    /// Nil with too little data.
    public var monthEnd: Estimate?
    /// The month before, whole; nil where it was not given.
    public var monthBefore: Int128?

    public struct Estimate: Sendable {
        public var cost: Int128
        /// Between these four months in five are expected to end.
        public var low: Int128
        public var high: Int128
        /// How many days it is made of, and whether each weekday is expected to be as it was.
        public var historyDays: Int
        public var followsWeekdays: Bool
    }

    /// Millionths as an amount.
    public static func amount(_ millionths: Int128) -> Amount { Amount(atto: millionths * SpendHistory.millionth) }

    init(_ key: SpendKey, _ costs: [Int128], _ history: SpendHistory) {
        self.key = key
        let start = min(max(0, history.monthStart), history.dayCount)
        toDate = costs[start...].reduce(0, +)
        completeDays = history.dayCount - start
        monthDays = history.month.dayCount
        monthBefore = history.months.last.map { $0.costs[key] ?? 0 }
        let left = monthDays - completeDays
        guard left > 0 else {
            monthEnd = Estimate(cost: toDate, low: toDate, high: toDate, historyDays: history.dayCount, followsWeekdays: false)
            return
        }
        // A workload that began lately has no history of nothing.
        let first = costs.firstIndex { $0 != 0 } ?? costs.count
        guard let expectation = Expectation(costs[first...], weekday: history.weekday) else { return }
        let rest = (history.dayCount..<history.dayCount + left).reduce(Int128(0)) { $0 + expectation.cost(weekday: history.weekday($1)) }
        // Each day is off by itself, the level is off for all of them, and it may have moved for good.
        let days = Int128(left)
        let chance = squareRoot(expectation.variance * (days + days * days / Int128(expectation.recentCount))) * 128 / 100
        let drift = expectation.drift * days
        let spread = squareRoot(chance * chance + drift * drift)
        let cost = toDate + rest
        monthEnd = Estimate(
            cost: cost, low: max(cost - spread, min(toDate, cost)), high: cost + spread, historyDays: expectation.dayCount,
            followsWeekdays: expectation.followsWeekdays)
    }
}
