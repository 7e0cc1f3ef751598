import Bytes

/// A point in time: microseconds since 1970-01-01T00:00:00Z, as AWS counts (no leap seconds).
public struct Instant: Hashable, Comparable, BitwiseCopyable, Sendable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }
    public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

    public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

    public static let hour: Int64 = 3_600_000_000
    public static let day: Int64 = 24 * hour

    public var flooredToHour: Instant { Instant(microseconds: floorDivide(microseconds, Instant.hour) * Instant.hour) }
    public var raisedToHour: Instant { Instant(microseconds: -floorDivide(-microseconds, Instant.hour) * Instant.hour) }
    public func adding(_ microseconds: Int64) -> Instant { Instant(microseconds: self.microseconds + microseconds) }

    /// Days since 1970-01-01 of the day this lies in.
    public var dayNumber: Int { Int(floorDivide(microseconds, Instant.day)) }

    public init(dayNumber: Int) { microseconds = Int64(dayNumber) * Instant.day }

    /// `2026-11-01T00:00:00Z`; with a fraction only where it is not zero.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    public func append(to bytes: inout [UInt8]) {
        let day = dayNumber
        appendDate(dayNumber: day, to: &bytes)
        var rest = microseconds - Int64(day) * Instant.day
        bytes.append(UInt8(ascii: "T"))
        appendTwoDigits(Int(rest / Instant.hour), to: &bytes)
        rest %= Instant.hour
        bytes.append(UInt8(ascii: ":"))
        appendTwoDigits(Int(rest / 60_000_000), to: &bytes)
        rest %= 60_000_000
        bytes.append(UInt8(ascii: ":"))
        appendTwoDigits(Int(rest / 1_000_000), to: &bytes)
        rest %= 1_000_000
        if rest > 0 {
            bytes.append(UInt8(ascii: "."))
            var power: Int64 = 100_000
            while rest > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(rest / power))
                rest %= power
                power /= 10
            }
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}

extension Instant {
    /// Reads `2026-11-01T00:00:00Z`, also with a space for the `T`, with a fraction, with an offset (`+00:00`) or without a zone (UTC).
    ///
    /// Digits behind the microsecond are dropped. Nil when the text is no such time or no such day exists.
    public init?(_ text: Span<UInt8>) {
        guard text.count >= 19, let day = parsedDay(text, 0), text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let hour = twoDigits(text, 11), let minute = twoDigits(text, 14), let second = twoDigits(text, 17),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = hour * 3600 + minute * 60 + second
        var micros = Int64(day) * Instant.day + Int64(seconds) * 1_000_000
        var at = 19
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            let first = at
            var scale: Int64 = 100_000
            while at < text.count, let digit = digit(text[at]) {
                micros += Int64(digit) * scale
                scale /= 10
                at += 1
            }
            guard at > first else { return nil }
        }
        guard let offset = Instant.zoneOffset(text, at) else { return nil }
        microseconds = micros - offset
        // What a zone moves out of the years that can be written is no time.
        guard self >= Month.first.start, self < Month.last.end else { return nil }
    }

    /// Midnight (UTC) of a date `2026-11-01`; nil when the text is no date.
    public init?(date text: Span<UInt8>) {
        guard text.count == 10, let day = parsedDay(text, 0) else { return nil }
        self.init(dayNumber: day)
    }

    /// Microseconds east of UTC of the zone at `at`, through the end of the text.
    private static func zoneOffset(_ text: Span<UInt8>, _ start: Int) -> Int64? {
        var at = start
        if at < text.count, text[at] == UInt8(ascii: " ") { at += 1 }
        if at == text.count { return at == start ? 0 : nil }
        if text[at] == UInt8(ascii: "Z") { return at + 1 == text.count ? 0 : nil }
        guard text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-"), let hours = twoDigits(text, at + 1), hours < 24
        else { return nil }
        var minutes = 0
        if at + 3 < text.count {
            let digits = text[at + 3] == UInt8(ascii: ":") ? at + 4 : at + 3
            guard digits + 2 == text.count, let value = twoDigits(text, digits), value < 60 else { return nil }
            minutes = value
        } else if at + 3 != text.count {
            return nil
        }
        let offset = Int64(hours * 60 + minutes) * 60_000_000
        return text[at] == UInt8(ascii: "-") ? -offset : offset
    }
}

/// A calendar month (UTC), the billing period.
public struct Month: Hashable, Comparable, Sendable {
    public var year: Int
    /// 1…12
    public var month: Int

    public init(year: Int, month: Int) {
        self.year = year
        self.month = month
    }

    public init(containing instant: Instant) {
        let date = civilDate(dayNumber: instant.dayNumber)
        year = date.year
        month = date.month
    }

    /// Reads `2026-11`, years 0001 to 9998.
    public init?(_ text: Span<UInt8>) {
        guard text.count == 7, text[4] == UInt8(ascii: "-"), let high = twoDigits(text, 0), let low = twoDigits(text, 2),
            let month = twoDigits(text, 5), month >= 1, month <= 12, (1...9998).contains(high * 100 + low)
        else { return nil }
        year = high * 100 + low
        self.month = month
    }

    /// The first and the last month that a time may lie in.
    static let first = Month(year: 1, month: 1)
    static let last = Month(year: 9998, month: 12)

    public static func < (a: Month, b: Month) -> Bool { (a.year, a.month) < (b.year, b.month) }

    public var next: Month { month == 12 ? Month(year: year + 1, month: 1) : Month(year: year, month: month + 1) }
    public var firstDay: Int { dayNumberOf(year: year, month: month, day: 1) }
    public var dayCount: Int { next.firstDay - firstDay }
    public var start: Instant { Instant(dayNumber: firstDay) }
    /// The first instant behind the month.
    public var end: Instant { Instant(dayNumber: next.firstDay) }

    public var text: String {
        var bytes: [UInt8] = []
        appendDate(dayNumber: firstDay, to: &bytes)
        return String(decoding: bytes.dropLast(3), as: UTF8.self)
    }
}

// MARK: The calendar

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
public func dayNumberOf(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

/// The inverse of `dayNumberOf`.
public func civilDate(dayNumber: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
}

/// 0 for Sunday … 6 for Saturday.
public func weekday(dayNumber: Int) -> Int {
    let remainder = (dayNumber + 4) % 7  // 1970-01-01 was a Thursday.
    return remainder < 0 ? remainder + 7 : remainder
}

/// Appends `2026-11-01`.
public func appendDate(dayNumber: Int, to bytes: inout [UInt8]) {
    let date = civilDate(dayNumber: dayNumber)
    appendTwoDigits(date.year / 100, to: &bytes)
    appendTwoDigits(date.year % 100, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendTwoDigits(date.month, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendTwoDigits(date.day, to: &bytes)
}

public func dateText(dayNumber: Int) -> String {
    var bytes: [UInt8] = []
    appendDate(dayNumber: dayNumber, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

private func appendTwoDigits(_ value: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "0") + UInt8(value / 10))
    bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
}

/// The day number of the date `YYYY-MM-DD` at `at`, nil when no such day exists.
func parsedDay(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard at + 10 <= text.count, text[at + 4] == UInt8(ascii: "-"), text[at + 7] == UInt8(ascii: "-"),
        let high = twoDigits(text, at), let low = twoDigits(text, at + 2),
        let month = twoDigits(text, at + 5), let day = twoDigits(text, at + 8)
    else { return nil }
    return dayNumber(year: high * 100 + low, month: month, day: day)
}

/// The day number of a date, nil when no such day exists.
func dayNumber(year: Int, month: Int, day: Int) -> Int? {
    guard month >= 1, month <= 12, day >= 1 else { return nil }
    let month = Month(year: year, month: month)
    return day <= month.dayCount ? month.firstDay + day - 1 : nil
}

func twoDigits(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard at >= 0, at + 2 <= text.count, let tens = digit(text[at]), let ones = digit(text[at + 1]) else { return nil }
    return tens * 10 + ones
}

@inline(__always)
func digit(_ byte: UInt8) -> Int? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
}

/// The quotient rounded towards −∞.
func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
}
