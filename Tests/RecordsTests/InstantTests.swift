import Testing
import TestSupport

@testable import Records

private func instant(_ text: String) -> Instant? { Instant(bytes(text).span) }

@Suite struct InstantTests {
    @Test(arguments: [
        ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"), ("2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00Z"),
        ("2026-11-01 00:00:00", "2026-11-01T00:00:00Z"), ("2026-11-01T00:00:00", "2026-11-01T00:00:00Z"),
        ("2026-11-01 00:00:00+00:00", "2026-11-01T00:00:00Z"), ("2026-11-01 00:00:00 +00:00", "2026-11-01T00:00:00Z"),
        ("2026-11-01 02:30:00+02:30", "2026-11-01T00:00:00Z"), ("2026-10-31T20:00:00-0400", "2026-11-01T00:00:00Z"),
        ("2026-11-01T05:00:00+05", "2026-11-01T00:00:00Z"), ("2026-11-01T23:59:59.5Z", "2026-11-01T23:59:59.5Z"),
        ("2026-11-01T23:59:59.123456999Z", "2026-11-01T23:59:59.123456Z"), ("2026-11-01T23:59:59.000001Z", "2026-11-01T23:59:59.000001Z"),
        ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"), ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"), ("9998-12-31T23:59:59Z", "9998-12-31T23:59:59Z"),
    ]) func acceptedForms(written: String, text: String) {
        #expect(instant(written)?.text == text)
    }

    @Test(arguments: [
        "", "2026-11-01", "2026-11-01T00:00", "2026-11-01T00:00:0Z", "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-01T24:00:00Z",
        "2026-11-01T00:60:00Z", "2026-11-01T00:00:60Z", "2026-11-01t00:00:00Z", "2026-11-01T00:00:00z", "2026-11-01T00:00:00.Z",
        "2026-11-01T00:00:00ZZ", "2026-11-01T00:00:00Z ", " 2026-11-01T00:00:00Z", "2026-11-01T00:00:00 ", "2026/11/01T00:00:00Z",
        "2026-11-01T00.00.00Z", "20261101T000000Z", "+026-11-01T00:00:00Z", "2026-11-01T00:00:00+1", "2026-11-01T00:00:00+24:00",
        "2026-11-01T00:00:00+00:60", "2026-11-01T00:00:00+00:0", "2026-11-01T00:00:00+00:000", "2026-11-01T00:00:00,5Z",
        "1793491200", "2026-11-0١T00:00:00Z",
    ]) func refusedForms(written: String) {
        #expect(instant(written) == nil)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func whatIsPrintedIsReadBack(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let day = Int64(random.int(-100_000...1_000_000)) * Instant.day
            let micros = random.pick([0, Int64(random.int(0...86_399)) * 1_000_000, Int64(random.int(0...86_399_999_999))])
            let instant = Instant(microseconds: day + micros)
            #expect(Instant(bytes(instant.text).span) == instant, "seed \(seed): \(instant.text)")
        }
    }

    @Test func hoursAreFlooredAndRaised() {
        for (text, floor, ceiling) in [
            ("2026-11-30T23:59:59Z", "2026-11-30T23:00:00Z", "2026-12-01T00:00:00Z"),
            ("2026-11-01T05:00:00Z", "2026-11-01T05:00:00Z", "2026-11-01T05:00:00Z"),
            ("2026-11-01T05:00:00.000001Z", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"),
            ("1969-12-31T22:30:00Z", "1969-12-31T22:00:00Z", "1969-12-31T23:00:00Z"),
        ] {
            #expect(instant(text)?.flooredToHour.text == floor)
            #expect(instant(text)?.raisedToHour.text == ceiling)
        }
        #expect(instant("1969-12-31T23:59:59.999999Z")?.dayNumber == -1)
        #expect(instant("1970-01-01T00:00:00Z")?.dayNumber == 0)
    }

    @Test func datesAreOnlyDates() {
        #expect(Instant(date: bytes("2026-11-01").span)?.text == "2026-11-01T00:00:00Z")
        for wrong in ["2026-11-1", "2026-11-31", "2026-11-01T00:00:00Z", "", "2026-1-01x"] {
            #expect(Instant(date: bytes(wrong).span) == nil)
        }
    }
}

@Suite struct CalendarTests {
    /// Day by day from 1600 on, the way a calendar is turned over.
    @Test func everyDayOfEightCenturies() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var day = -135_140  // 1600-01-01
        var dayOfWeek = 6  // a Saturday
        for year in 1600...2400 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for month in 1...12 {
                let count = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
                let period = Month(year: year, month: month)
                #expect(period.firstDay == day && period.dayCount == count, "\(year)-\(month)")
                for date in 1...count {
                    let civil = civilDate(dayNumber: day)
                    if dayNumberOf(year: year, month: month, day: date) != day || civil != (year, month, date)
                        || weekday(dayNumber: day) != dayOfWeek
                    {
                        Issue.record("\(year)-\(month)-\(date)")
                    }
                    day += 1
                    dayOfWeek = (dayOfWeek + 1) % 7
                }
            }
        }
        #expect(dateText(dayNumber: 0) == "1970-01-01" && dayNumberOf(year: 2026, month: 11, day: 1) == 20_758)
    }

    @Test func months() {
        #expect(Month(bytes("2026-12").span)?.next == Month(year: 2027, month: 1))
        #expect(Month(bytes("2026-02").span)?.end.text == "2026-03-01T00:00:00Z")
        #expect(Month(year: 2026, month: 3).text == "2026-03")
        #expect(Month(year: 2026, month: 12) < Month(year: 2027, month: 1))
        #expect(Month(containing: Month(year: 2026, month: 3).start.adding(-1)) == Month(year: 2026, month: 2))
        for wrong in ["2026-13", "2026-00", "2026-1", "202611", "2026-11-01", "", "abcd-11", "2026/11"] {
            #expect(Month(bytes(wrong).span) == nil, "\(wrong)")
        }
    }
}
