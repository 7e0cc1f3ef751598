import Attribution
import Records

/// The weeks of a month (Sunday to Saturday, cut at its ends), and on which days a ledger row counts (specification, outputs, spend cards).
struct MonthDays {
    let month: Month
    let firstDay: Int
    let dayCount: Int
    /// Offsets of days in the month, end exclusive; 4 to 6 of them.
    let weeks: [Range<Int>]
    /// For every day of the month its week.
    private let weekOfDay: [Int]

    init(_ month: Month) {
        self.month = month
        firstDay = month.firstDay
        dayCount = month.dayCount
        var weeks: [Range<Int>] = []
        var start = 0
        for day in 1...dayCount where day == dayCount || weekday(dayNumber: month.firstDay + day) == 0 {
            weeks.append(start..<day)
            start = day
        }
        self.weeks = weeks
        weekOfDay = weeks.enumerated().flatMap { index, days in days.map { _ in index } }
    }

    func week(ofDay day: Int) -> Int { weekOfDay[day] }

    /// The days of the month over which a group's rows are spread in equal parts.
    ///
    /// An interval of at most 24 hours counts on the day of its start. What lies outside the month counts on the month's nearest day.
    func days(of group: ChargeGroup) -> Range<Int> {
        let startDay = group.start.dayNumber - firstDay
        guard group.end.microseconds - group.start.microseconds > Instant.day else {
            let day = min(max(startDay, 0), dayCount - 1)
            return day..<day + 1
        }
        // The day of the last second: an end at midnight belongs to the day before.
        let lastDay = group.end.adding(-1_000_000).dayNumber - firstDay
        if startDay >= dayCount { return dayCount - 1..<dayCount }
        if lastDay < 0 { return 0..<1 }
        return max(startDay, 0)..<min(lastDay, dayCount - 1) + 1
    }

    /// What of an amount spread evenly over `days` falls on `part` of them: ⌊|A| ÷ n⌋ a day, the atto left over on the earlier days.
    static func part(of amount: Amount, days: Range<Int>, falling part: Range<Int>) -> Amount {
        // Almost every charge is of an hour, and on one day.
        if days.count == 1 { return part.isEmpty ? .zero : amount }
        let count = UInt128(days.count)
        let (each, left) = amount.atto.magnitude.quotientAndRemainder(dividingBy: count)
        let withExtra = part.clamped(to: days.lowerBound..<days.lowerBound + Int(left))
        let sum = each * UInt128(part.count) + UInt128(withExtra.count)
        return Amount(atto: amount.atto < 0 ? -Int128(sum) : Int128(sum))
    }
}
