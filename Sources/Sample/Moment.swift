/// A second, counted from 2026-10-01T00:00:00Z. Negative ones lie in September, those from day 31 on in November.
struct Moment: Sendable, Comparable {
    var seconds: Int

    init(seconds: Int) {
        self.seconds = seconds
    }

    /// Day 0 is 1 October.
    init(day: Int, hour: Int = 0, minute: Int = 0) {
        seconds = (day * 24 + hour) * 3600 + minute * 60
    }

    /// The days and hours of the month that the sample shows.
    static let daysInMonth = 31
    static let hoursInMonth = 744
    static let monthStart = Moment(seconds: 0)
    static let monthEnd = Moment(day: daysInMonth)

    var day: Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }
    var secondOfDay: Int { seconds - day * 86_400 }
    var hourOfDay: Int { secondOfDay / 3600 }

    /// Hours since the start of the month.
    var hour: Int { day * 24 + hourOfDay }

    /// 1 October 2026 is a Thursday; 0 is Sunday.
    var weekday: Int { ((day + 4) % 7 + 7) % 7 }
    var isWeekend: Bool { weekday == 0 || weekday == 6 }

    /// The sample never leaves the two months around October.
    var monthAndDay: (month: Int, day: Int) {
        let day = day
        if day < 0 { return (9, 31 + day) }
        if day < Self.daysInMonth { return (10, day + 1) }
        return (11, day - Self.daysInMonth + 1)
    }

    func adding(seconds more: Int) -> Moment {
        Moment(seconds: seconds + more)
    }

    static func < (left: Moment, right: Moment) -> Bool {
        left.seconds < right.seconds
    }
}
