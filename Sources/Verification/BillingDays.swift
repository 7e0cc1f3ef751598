import Records

/// The days and weeks of the billing period, and on which of them a ledger row counts (specification, outputs, spend cards).
struct BillingDays {
    let month: Month
    /// Day numbers since 1970.
    let firstDay: Int
    let dayCount: Int
    /// The weeks as days of the month from 0, Sunday to Saturday, cut at the month's ends.
    let weeks: [Range<Int>]
    private let weekOfDay: [Int]

    init(_ month: Month) {
        self.month = month
        firstDay = month.firstDay
        dayCount = month.dayCount
        var weeks: [Range<Int>] = []
        var weekOfDay: [Int] = []
        for day in 0..<dayCount {
            let isSunday = weekday(dayNumber: month.firstDay + day) == 0
            if day == 0 || isSunday { weeks.append(day..<day) }
            weeks[weeks.count - 1] = weeks[weeks.count - 1].lowerBound..<day + 1
            weekOfDay.append(weeks.count - 1)
        }
        self.weeks = weeks
        self.weekOfDay = weekOfDay
    }

    func week(of day: Int) -> Int { weekOfDay[day] }

    /// The days over which a row is spread: that of its start when it lasts at most 24 hours, else all it touches, but only days of the month.
    func spread(from start: Instant, to end: Instant) -> ClosedRange<Int> {
        let first = start.dayNumber - firstDay
        var last = first
        // An end at midnight belongs to the day before.
        if end.microseconds - start.microseconds > Instant.day { last = end.adding(-1_000_000).dayNumber - firstDay }
        let inside = 0...dayCount - 1
        if first > inside.upperBound { return inside.upperBound...inside.upperBound }
        if last < 0 { return 0...0 }
        return max(first, 0)...min(max(first, last), inside.upperBound)
    }

    /// What of `amount`, split evenly over `days` with the atto left over on the earlier ones, falls on `part` of them.
    static func part(_ amount: Int128, over days: ClosedRange<Int>, on part: ClosedRange<Int>) -> Int128 {
        if days.count == 1 { return amount }
        let (each, left) = amount.magnitude.quotientAndRemainder(dividingBy: UInt128(days.count))
        var sum: UInt128 = 0
        for day in part { sum += each + (UInt128(day - days.lowerBound) < left ? 1 : 0) }
        return amount < 0 ? -Int128(sum) : Int128(sum)
    }

    func date(_ day: Int) -> String { dateText(dayNumber: firstDay + day) }
}
