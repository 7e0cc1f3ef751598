import Records

/// To which days of the month a row of the ledger belongs.
///
/// A row of at most 24 hours belongs to the day on which it starts. A longer one is spread over its days in the month; what lies outside
/// the month belongs to the month's nearest day.
package struct LedgerDays {
    package let month: Month

    package init(month: Month) { self.month = month }

    package func days(from start: Instant, to end: Instant) -> ClosedRange<Int> {
        let limits = month.firstDay...(month.firstDay + month.dayCount - 1)
        func nearest(_ day: Int) -> Int { min(max(day, limits.lowerBound), limits.upperBound) }
        let first = nearest(start.dayNumber)
        guard end.microseconds - start.microseconds > Instant.day else { return first...first }
        return first...max(first, nearest(end.adding(-1).dayNumber))
    }
}

/// The columns of the ledger that say when.
package struct LedgerTimes {
    private let start: Int
    private let end: Int
    private let days: LedgerDays

    package init(_ table: borrowing PublishedTable, _ month: Month) throws(ViewFault) {
        start = try table.column("usage_start")
        end = try table.column("usage_end")
        days = LedgerDays(month: month)
    }

    package func days(_ table: borrowing PublishedTable) throws(ViewFault) -> ClosedRange<Int> {
        guard let from = Instant(table.text(start).span), let to = Instant(table.text(end).span) else {
            throw table.fault("has a usage_start or usage_end that is no time")
        }
        return days.days(from: from, to: to)
    }
}
