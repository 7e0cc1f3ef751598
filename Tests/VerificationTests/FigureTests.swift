import Records
import TestSupport
import Testing

@testable import Verification

@Suite struct FigureTests {
    @Test(arguments: ["0", "1", "-1", "0.5", "-0.000000000000000001", "1000000000000000000", "12.34", "9999999999999999.999999999999999999"])
    func plainDecimalsAreRead(_ text: String) throws {
        #expect(figure(try DecimalText.amount(bytes(text).span)) == text)
    }

    @Test(arguments: ["", "-", "+1", "01", "1.", ".5", "1.0", "0.10", "-0", "1e3", "1,5", " 1", "1 ", "0x1", "1.2.3", "--1", "-01", "١"])
    func everyOtherSpellingIsAFault(_ text: String) {
        #expect(throws: NumberFault.notPlain) { try DecimalText.amount(bytes(text).span) }
    }

    @Test(arguments: ["1000000000000000001", "1000000000000000000.5", "99999999999999999999", "0.0000000000000000001"])
    func figuresBeyondTheRangeAreAFault(_ text: String) {
        #expect(throws: NumberFault.outOfRange) { try DecimalText.amount(bytes(text).span) }
    }

    @Test func weightsFill128Bits() throws {
        #expect(try DecimalText.weight(bytes("340282366920938463463374607431768211455").span) == UInt128.max)
        #expect(throws: NumberFault.outOfRange) { try DecimalText.weight(bytes("340282366920938463463374607431768211456").span) }
        #expect(throws: NumberFault.notPlain) { try DecimalText.weight(bytes("-1").span) }
        #expect(throws: NumberFault.outOfRange) { try DecimalText.count(bytes("1000000000000000000").span) }
    }

    @Test func centsHaveTwoDecimals() throws {
        for (text, cents) in [("0.00", 0), ("12.30", 1230), ("-0.01", -1), ("1000.00", 100_000)] as [(String, Int128)] {
            #expect(try DecimalText.cents(bytes(text).span) == cents)
            #expect(DecimalText.text(cents: cents) == text)
        }
        for text in ["", "0", ".00", "1.0", "1.000", "-0.00", "01.00", "1.0x", "--1.00"] {
            #expect(throws: NumberFault.notPlain) { try DecimalText.cents(bytes(text).span) }
        }
    }

    @Test func halvesGoToTheEven() {
        let whole: [(Int128, Int128)] = [(5, 0), (15, 2), (25, 2), (26, 3), (-5, 0), (-15, -2), (-16, -2), (-14, -1)]
        for (value, rounded) in whole { #expect(ExactQuotient.halfEven(value, times: 1, by: 10) == rounded) }
        #expect(ExactQuotient.halfEven(Int128.max, times: .max, by: .max) == Int128.max)
        #expect(ExactQuotient.halfEven(Int128.max, times: 3, by: 2) == nil)
        #expect(ExactQuotient.halfEven(1, times: 1, by: 0) == nil)
    }

    @Test func ratiosAreRounded() {
        #expect(ExactQuotient.ratio(1, of: 3, decimals: 4).map { figure($0) } == "0.3333")
        #expect(ExactQuotient.ratio(-2, of: 3, times: 100, decimals: 2).map { figure($0) } == "-66.67")
        #expect(ExactQuotient.ratio(-2, of: -4, times: 100, decimals: 4).map { figure($0) } == "50")
        #expect(ExactQuotient.ratio(1, of: 0, decimals: 4) == nil)
    }

    @Test func missingCentsGoToTheLargestRemainders() {
        let third = Amount.unit / 3
        func due(_ amounts: [(String, Int128)]) -> [Int128]? { DueCents.cents(amounts.map { (bytes($0.0), $0.1) }) }
        // 3 × 0.333… is 1.00 but for three atto: one cent is missing, and equal remainders leave it to the smaller id.
        #expect(due([("c", third), ("a", third), ("b", third)]) == [33, 34, 33])
        #expect(due([("a", -third), ("b", -third), ("c", -third)]) == [-33, -33, -34])
        #expect(due([("a", Amount.unit / 1000 * 5), ("b", Amount.unit / 1000 * 10)]) == [1, 1])
        #expect(due([]) == [])
        #expect(due([("a", Amount.sumLimit), ("b", Amount.sumLimit)]) == nil)
    }

    @Test func sharesAreAtMostOneAttoAbove() {
        #expect(deviation(33, of: 100, weight: 1, total: 3) == 0)
        #expect(deviation(34, of: 100, weight: 1, total: 3) == 1)
        #expect(deviation(-34, of: -100, weight: 1, total: 3) == 1)
        #expect(deviation(-1, of: 100, weight: 1, total: 3) == -34)
        #expect(deviation(1, of: 1, weight: 2, total: 1) == nil)
    }

    @Test func tokenTypesStandInUsageTypes() {
        let types: [(String, LedgerTokens)] = [
            ("USE1-MP:USE1_CacheReadInputTokenCount-Units", .cacheRead), ("x-cache_write-1h", .cacheWrite1h), ("CacheWrite", .cacheWrite),
            ("USE1-NovaLite-input-tokens", .input), ("OutputTokenCount", .output), ("MP:ccu-Units", .none), ("", .none),
        ]
        for (usageType, type) in types { #expect(LedgerTokens(usageType: bytes(usageType)[...]) == type) }
    }
}

@Suite struct BillingDaysTests {
    private func spread(_ days: BillingDays, _ start: String, _ end: String) throws -> ClosedRange<Int> {
        func instant(_ text: String) -> Instant? {
            let bytes = bytes(text)
            return Instant(bytes.span)
        }
        return days.spread(from: try #require(instant(start)), to: try #require(instant(end)))
    }

    @Test func weeksAreCutAtTheMonthsEnds() {
        // August 2026 begins on a Saturday.
        #expect(BillingDays(Month(year: 2026, month: 8)).weeks == [0..<1, 1..<8, 8..<15, 15..<22, 22..<29, 29..<31])
        #expect(BillingDays(Month(year: 2026, month: 2)).weeks == [0..<7, 7..<14, 14..<21, 21..<28])
    }

    @Test func longRowsAreSpreadOverTheirDaysInTheMonth() throws {
        let days = BillingDays(Month(year: 2026, month: 11))
        #expect(try spread(days, "2026-11-04T00:00:00Z", "2026-11-05T00:00:00Z") == 3...3)
        #expect(try spread(days, "2026-11-04T12:00:00Z", "2026-11-05T12:00:00Z") == 3...3)
        #expect(try spread(days, "2026-11-04T12:00:00Z", "2026-11-05T12:00:01Z") == 3...4)
        #expect(try spread(days, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z") == 0...29)
        #expect(try spread(days, "2026-10-30T00:00:00Z", "2026-11-02T00:00:00Z") == 0...0)
        #expect(try spread(days, "2026-09-01T00:00:00Z", "2026-09-30T00:00:00Z") == 0...0)
        #expect(try spread(days, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z") == 29...29)
        #expect(try spread(days, "0001-01-01T00:00:00Z", "9998-12-31T23:59:59Z") == 0...29)
    }

    @Test func partsAddUp() {
        for amount in [0, 1, -1, 29, -31, 1_000_000_007] as [Int128] {
            let parts = (2...8).map { BillingDays.part(amount, over: 2...8, on: $0...$0) }
            #expect(parts.reduce(0, +) == amount)
            #expect(BillingDays.part(amount, over: 2...8, on: 2...8) == amount)
            #expect(parts == parts.sorted(by: amount < 0 ? (<) : (>)))
        }
    }
}
