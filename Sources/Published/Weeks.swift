import Records

/// The weeks of a month: Sunday to Saturday, cut at the month's ends, 4 to 6 of them.
package struct Weeks {
    package let month: Month
    /// Days since 1970-01-01.
    package let all: [Range<Int>]

    package init(_ month: Month) {
        self.month = month
        let end = month.firstDay + month.dayCount
        var weeks: [Range<Int>] = []
        var start = month.firstDay
        while start < end {
            // 1970-01-01 was a Thursday; Sunday is 0.
            let weekday = ((start + 4) % 7 + 7) % 7
            weeks.append(start..<min(start + 7 - weekday, end))
            start = weeks[weeks.count - 1].upperBound
        }
        all = weeks
    }

    /// The week that `text` names: a number from 1, or any date in it.
    package func week(_ text: String) throws(ViewFault) -> Range<Int> {
        if let number = Int(text), text.utf8.count < 4 {
            guard (1...all.count).contains(number) else {
                throw .usage("--week \(number) is not in \(month.text), which has weeks 1 to \(all.count)")
            }
            return all[number - 1]
        }
        guard let date = Instant(date: Array(text.utf8).span) else {
            throw .usage("--week '\(text)' is neither the number of a week, 1 to \(all.count), nor a date such as \(month.text)-04")
        }
        guard let week = all.first(where: { $0.contains(date.dayNumber) }) else {
            throw .usage("--week \(text) is not in \(month.text), the month of this run")
        }
        return week
    }

    /// 1 for the first.
    package func number(_ week: Range<Int>) -> Int { (all.firstIndex(of: week) ?? 0) + 1 }

    /// The day of a date or time that a file of the run holds; nil where it is none.
    package static func day(_ text: [UInt8]) -> Int? { Instant(date: Array(text.prefix(10)).span)?.dayNumber }
}
