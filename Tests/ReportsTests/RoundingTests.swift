import Attribution
import Records
import Testing
import TestSupport

@testable import Reports

private func number(_ random: inout SeededRandom, _ bits: Int) -> Int128 {
    let wide = UInt128(random.next()) << 64 | UInt128(random.next())
    let magnitude = Int128(wide >> UInt128(128 - random.int(0...bits)))
    return random.once(in: 2) ? magnitude : -magnitude
}

/// A sign and the digits of a quotient rounded half to even, `decimals` of them behind the point.
private func quotientText(_ dividend: Int128, _ divisor: Int128, scale: Int, decimals: Int) -> String {
    let rounded = (Digits(dividend.magnitude) * Digits.tenTo(scale)).dividedHalfEven(by: Digits(divisor.magnitude))
    var text = rounded.description
    while text.utf8.count <= decimals { text = "0" + text }
    if decimals > 0 {
        text = text.dropLast(decimals) + "." + text.suffix(decimals)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
    }
    return (dividend < 0) != (divisor < 0) && !rounded.isZero ? "-" + text : text
}

@Suite struct RoundingTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>) func quotientsAgreeWithPaper(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let divisor = max(1, number(&random, random.pick([5, 60, 125])).magnitude)
            // Often exactly half way.
            let half = random.once(in: 3) && divisor.isMultiple(of: 2)
            let dividend = half ? Int128(divisor / 2) * Int128(random.int(-7...7) * 2 + 1) : number(&random, 125)
            guard dividend.magnitude < 1 << 126 else { continue }
            let wanted = quotientText(dividend, Int128(divisor), scale: 0, decimals: 0)
            #expect("\(Rounding.halfEven(dividend, Int128(divisor)))" == wanted, "seed \(seed): \(dividend) ÷ \(divisor)")
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func ratiosAgreeWithPaper(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<60 {
            let whole = number(&random, random.pick([4, 60, 120]))
            let part = random.once(in: 3) ? whole / 2 &* 3 : number(&random, random.pick([4, 60, 120]))
            let (shift, decimals) = random.pick([(0, 4), (2, 2), (2, 4), (0, 0)])
            let wanted = whole == 0 ? nil : quotientText(part, whole, scale: shift + decimals, decimals: decimals)
            #expect(Rounding.ratioText(part, whole, shift: shift, decimals: decimals) == wanted, "seed \(seed): \(part) ÷ \(whole)")
        }
    }

    @Test(arguments: [
        (1, 3, 2, 2, "33.33"), (2, 3, 2, 2, "66.67"), (1, 8, 2, 0, "12"), (3, 8, 2, 0, "38"), (1, 20_000, 0, 4, "0"),
        (3, 20_000, 0, 4, "0.0002"),
        (-1, 20_000, 0, 4, "0"), (99_999, 100_000, 2, 2, "100"), (-5, 2, 0, 0, "-2"), (-7, 2, 0, 0, "-4"), (7, -2, 0, 1, "-3.5"),
        (0, 5, 2, 4, "0"),
        (1, 1, 0, 4, "1"), (1050, 10, 0, 0, "105"),
    ]) func ratios(part: Int, whole: Int, shift: Int, decimals: Int, text: String) {
        #expect(Rounding.ratioText(Int128(part), Int128(whole), shift: shift, decimals: decimals) == text)
    }

    @Test func centsInWriting() {
        for (cents, text) in [
            (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (1230, "12.30"), (-100, "-1.00"), (100_000_000_001, "1000000000.01"),
        ] {
            #expect(Rounding.centsText(Int128(cents)) == text)
        }
        #expect(
            CurrencySummary.cents(Amount(atto: Amount.cent / 2)) == "0.00"
                && CurrencySummary.cents(Amount(atto: Amount.cent / 2 * 3)) == "0.02")
        #expect(CurrencySummary.percent(Amount(atto: 1), of: Amount(atto: 8)) == "12.50 %")
    }
}

@Suite struct CentsTests {
    private func dues(_ atto: [Int128]) -> [Int128] { cents(of: atto.map { Amount(atto: $0) }) }
    private let cent = Amount.cent

    @Test func centsGoToTheLargestRemainders() {
        #expect(dues([]) == [])
        #expect(dues([cent / 2]) == [0] && dues([cent / 2 * 3]) == [2])
        // Three thirds of a cent make one, and the first has it.
        #expect(dues([cent / 3, cent / 3, cent / 3]) == [1, 0, 0])
        #expect(dues([cent / 4, cent / 2, cent / 4]) == [0, 1, 0])
        // Flooring goes towards −∞.
        #expect(dues([-cent / 2, cent / 2]) == [0, 0])
        #expect(dues([-cent / 4, cent / 4]) == [0, 0])
        #expect(dues([-cent * 3 / 2]) == [-2])
        #expect(dues([cent / 2, cent / 2 + 1]) == [0, 1])
        #expect(dues([10 * cent, -3 * cent]) == [10, -3])
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func theySumToTheRoundedTotal(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<80 {
            let amounts = (0..<random.int(1...9)).map { _ in
                random.once(in: 3)
                    ? Int128(random.int(-9...9)) * cent / Int128(random.pick([2, 3, 4])) : number(&random, random.pick([40, 70, 100]))
            }
            let found = dues(amounts)
            let total = amounts.reduce(0, +)
            #expect("\(found.reduce(0, +))" == quotientText(total, cent, scale: 0, decimals: 0), "seed \(seed): \(amounts)")
            let floors = amounts.map { $0 >= 0 ? $0 / cent : -((-$0 + cent - 1) / cent) }
            let raised = zip(found, floors).map { $0 - $1 }
            #expect(raised.allSatisfy { $0 == 0 || $0 == 1 }, "seed \(seed): \(amounts)")
            // Nobody who got no cent has a larger remainder than one who did, nor an equal one earlier.
            let remainders = zip(amounts, floors).map { $0 - $1 * cent }
            for (lucky, one) in raised.enumerated() where one == 1 {
                for (other, none) in raised.enumerated() where none == 0 {
                    #expect((remainders[lucky], other) > (remainders[other], lucky), "seed \(seed): \(amounts)")
                }
            }
        }
    }
}

@Suite struct MonthDaysTests {
    @Test func weeksOfElevenYears() {
        for year in 2020...2030 {
            for month in 1...12 {
                let days = MonthDays(Month(year: year, month: month))
                #expect((4...6).contains(days.weeks.count), "\(year)-\(month)")
                #expect(days.weeks.flatMap { Array($0) } == Array(0..<days.dayCount), "\(year)-\(month)")
                for (number, week) in days.weeks.enumerated() {
                    let first = weekday(dayNumber: days.firstDay + week.lowerBound)
                    let last = weekday(dayNumber: days.firstDay + week.upperBound - 1)
                    #expect(first == 0 || number == 0, "\(year)-\(month): weeks begin on Sunday")
                    #expect(last == 6 || number == days.weeks.count - 1, "\(year)-\(month): weeks end on Saturday")
                    for day in week { #expect(days.week(ofDay: day) == number) }
                }
            }
        }
        // February 2026 begins on a Sunday; August 2026 on a Saturday and has 31 days.
        #expect(MonthDays(Month(year: 2026, month: 2)).weeks.count == 4 && MonthDays(Month(year: 2026, month: 8)).weeks.count == 6)
    }

    @Test(arguments: [
        ("2026-11-03T23:00:00Z", "2026-11-04T00:00:00Z", 2..<3), ("2026-11-03T14:00:00Z", "2026-11-04T14:00:00Z", 2..<3),
        ("2026-11-03T14:00:00Z", "2026-11-04T14:00:01Z", 2..<4), ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", 0..<30),
        ("2026-11-03T00:00:00Z", "2026-11-05T00:00:01Z", 2..<5), ("2026-11-03T00:00:00Z", "2026-11-05T00:00:00Z", 2..<4),
        ("2026-10-20T00:00:00Z", "2026-11-02T12:00:00Z", 0..<2), ("2026-11-29T00:00:00Z", "2026-12-09T00:00:00Z", 28..<30),
        ("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z", 0..<1), ("2026-12-01T00:00:00Z", "2026-12-31T00:00:00Z", 29..<30),
        ("2026-10-31T23:00:00Z", "2026-11-01T00:00:00Z", 0..<1), ("2026-12-01T00:00:00Z", "2026-12-01T01:00:00Z", 29..<30),
    ]) func daysOfAnInterval(start: String, end: String, days: Range<Int>) throws {
        var world = TinyWorld()
        world.rows = [TinyWorld.row(start: start, end: end)]
        let group = try #require(try world.run().attribution.ledger.groups.first)
        #expect(MonthDays(Month(year: 2026, month: 11)).days(of: group) == days)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func spreadPartsSumToTheWhole(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<60 {
            let amount = Amount(atto: number(&random, random.pick([3, 6, 100])))
            let start = random.int(0...20)
            let days = start..<start + random.int(1...11)
            // The rule of the split: equal parts, what is left over to the earlier days.
            let parts = split(amount, by: days.map { _ in 1 })
            for (day, part) in zip(days, parts) {
                #expect(MonthDays.part(of: amount, days: days, falling: day..<day + 1) == part, "seed \(seed): \(amount.atto) on \(days)")
            }
            let cut = random.int(days.lowerBound...days.upperBound)
            let (before, behind) = (
                MonthDays.part(of: amount, days: days, falling: days.lowerBound..<cut),
                MonthDays.part(of: amount, days: days, falling: cut..<days.upperBound)
            )
            #expect(before.atto + behind.atto == amount.atto, "seed \(seed): \(amount.atto) on \(days) cut at \(cut)")
        }
    }
}
