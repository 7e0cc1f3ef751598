import Testing
import TestSupport

@testable import Records

private func parse(_ text: String) -> Result<(amount: Amount, isExact: Bool), AmountFault> {
    let text = bytes(text)
    do throws(AmountFault) { return .success(try Amount.parse(text.span)) } catch { return .failure(error) }
}

/// The amount that a text says, reckoned with lists of digits; nil when it is beyond the range.
private func twin(sign: String, whole: String, fraction: String, exponent: Int) -> (text: String, isExact: Bool)? {
    let digits = Digits(text: whole + fraction)
    // digits · 10^shift atto.
    let shift = 18 - fraction.utf8.count + exponent
    var atto = digits
    var isExact = true
    if shift >= 0 {
        if !digits.isZero && shift > 80 { return nil }
        atto = digits.isZero ? digits : digits * Digits.tenTo(shift)
    } else {
        let divisor = Digits.tenTo(min(-shift, digits.digits.count + 2))
        atto = digits.dividedHalfEven(by: divisor)
        isExact = digits.divided(by: divisor).remainder.isZero
    }
    guard atto <= Digits.tenTo(33) else { return nil }
    return ((sign == "-" && !atto.isZero ? "-" : "") + atto.description, isExact)
}

@Suite struct AmountTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func parsingAgreesWithDigitsOnPaper(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let alphabet = Array((random.once(in: 3) ? "05" : "0123456789").utf8)
            func run(_ longest: Int, _ random: inout SeededRandom) -> String { text(random.bytes(of: alphabet, upTo: longest)) }
            var whole = run(random.pick([3, 16, 42]), &random)
            let fraction = run(random.pick([2, 19, 42]), &random)
            if whole.isEmpty && fraction.isEmpty { whole = "7" }
            let sign = random.pick(["", "-", "+"])
            var exponent = 0
            var written = sign + whole + (fraction.isEmpty ? random.pick(["", "."]) : "." + fraction)
            if random.once(in: 2) {
                exponent = random.int(-40...30)
                let digits = String(abs(exponent))
                let zeros = random.once(in: 3) ? "00" : ""
                written += random.pick(["e", "E"]) + (exponent < 0 ? "-" : random.pick(["", "+"])) + zeros + digits
            }
            let wanted = twin(sign: sign, whole: whole, fraction: fraction, exponent: exponent)
            switch parse(written) {
            case .success(let found):
                #expect("\(found.amount.atto)" == wanted?.text, "seed \(seed): \(written)")
                #expect(found.isExact == wanted?.isExact, "seed \(seed): \(written)")
            case .failure(let fault):
                #expect(wanted == nil && fault == .outOfRange, "seed \(seed): \(written): \(fault)")
            }
        }
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("+0.00", "0"), ("000", "0"), (".5", "0.5"), ("5.", "5"), ("-.5", "-0.5"), ("3e-07", "0.0000003"),
        ("1.0E-7", "0.0000001"), ("1e3", "1000"), ("12.3400", "12.34"), ("007.10", "7.1"),
        ("1000000000000000", "1000000000000000"), ("-1e15", "-1000000000000000"), ("1e-18", "0.000000000000000001"),
        // The 19th decimal, half-even both ways, and just beside the half.
        ("0.0000000000000000005", "0"), ("0.0000000000000000015", "0.000000000000000002"),
        ("0.0000000000000000025", "0.000000000000000002"), ("0.00000000000000000250000000000000000000001", "0.000000000000000003"),
        ("0.0000000000000000024999999999999999999999", "0.000000000000000002"), ("-0.0000000000000000015", "-0.000000000000000002"),
        ("1e-99999999999999999999999", "0"), ("0e99999999999999999999999", "0"),
        // 999999999999999.9999999999999999995 rounds to the limit itself.
        ("999999999999999.9999999999999999995", "1000000000000000"), ("1000000000000000.0000000000000000005", "1000000000000000"),
    ]) func amounts(written: String, text: String) throws {
        #expect(try parse(written).get().amount.text == text)
    }

    @Test(arguments: [
        "1000000000000000.000000000000000001", "-1000000000000000.000000000000000001", "1e16", "1e99999999999999999999999", "1e40",
        "1000000000000000.0000000000000000006", "340282366920938463463374607431768211456", "9999999999999999999999999999999999999999",
    ]) func beyondTheRange(written: String) {
        #expect(throws: AmountFault.outOfRange) { try parse(written).get() }
    }

    @Test(arguments: [
        "-", "+", ".", "-.", "e5", ".e1", "1e", "1e+", "1e-", "1e1.5", "1.2.3", "1,2", " 1", "1 ", "--1", "+-1", "1-", "0x10", "NaN", "inf",
        "1e5e5", "1_000", "١", "1\0", "$1",
    ]) func junk(written: String) {
        #expect(throws: AmountFault.notANumber) { try parse(written).get() }
    }

    @Test func anEmptyTextIsNoAmount() { #expect(throws: AmountFault.empty) { try parse("").get() } }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func whatIsPrintedIsReadBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let limit = UInt128(Amount.singleLimit)
            let wide = UInt128(random.next()) << 64 | UInt128(random.next())
            let magnitude = (wide >> UInt128(random.int(0...127))) % (limit + 1)
            let amount = Amount(atto: random.once(in: 2) ? Int128(magnitude) : -Int128(magnitude))
            let read = try parse(amount.text).get()
            #expect(read.amount == amount && read.isExact, "seed \(seed): \(amount.text)")
            #expect(!amount.text.contains(".") || amount.text.last != "0", "seed \(seed): \(amount.text)")
        }
    }

    @Test func sumsFarBeyondReadAmountsArePrinted() {
        #expect(Amount(atto: Int128.max).text == "170141183460469231731.687303715884105727")
        #expect(Amount(atto: Int128.min).text == "-170141183460469231731.687303715884105728")
        #expect(Amount(atto: Amount.sumLimit).text == "1000000000000000000")
        var decimal: [UInt8] = []
        appendDecimal(UInt128.max, to: &decimal)
        #expect(text(decimal) == "340282366920938463463374607431768211455")
    }
}

@Suite struct ExactSumTests {
    /// The numbers wander far outside 128 bits on the way; the order, and how they are grouped, must not show.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func anyOrderGivesTheSameSum(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let end = Amount(atto: Int128(random.int(-1_000_000...1_000_000)) * Amount.unit + 7)
        var amounts = [end]
        for _ in 0..<40 {
            let large = Int128.max - Int128(random.int(0...1000))
            amounts.append(contentsOf: [Amount(atto: large), Amount(atto: -large)])
        }
        for _ in 0..<20 {
            amounts.shuffle(using: &random)
            var sum = ExactSum()
            for amount in amounts { sum += amount }
            #expect(sum.amount == end, "seed \(seed)")
            var parts = [ExactSum](repeating: ExactSum(), count: 5)
            for amount in amounts { parts[random.int(0...4)] += amount }
            parts.shuffle(using: &random)
            var merged = ExactSum()
            for part in parts { merged += part }
            #expect(merged == sum, "seed \(seed)")
        }
    }

    @Test func onlyTheEndIsJudged() {
        var sum = ExactSum(Amount(atto: Amount.sumLimit))
        #expect(sum.amount == Amount(atto: Amount.sumLimit))
        sum += Amount(atto: 1)
        #expect(sum.amount == nil)
        sum += Amount(atto: -1)
        #expect(sum.amount?.text == "1000000000000000000")
        var negative = ExactSum(Amount(atto: -Amount.sumLimit))
        #expect(negative.amount != nil)
        negative += Amount(atto: -1)
        #expect(negative.amount == nil)
        // Wrapped around once, the low part alone would look innocent.
        var wrapped = ExactSum()
        for _ in 0..<2 { wrapped += Amount(atto: Int128.max) }
        wrapped += Amount(atto: 2)
        #expect(wrapped.amount == nil)
        for _ in 0..<2 { wrapped += Amount(atto: -Int128.max) }
        #expect(wrapped.amount == Amount(atto: 2))
    }
}
