import Records

/// Exact quotients rounded half to even, and the decimals of percentages.
enum Rounding {
    /// dividend ÷ divisor to the nearest whole number, a half to the even one. The divisor is positive.
    static func halfEven(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        precondition(divisor > 0)
        var (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        if remainder < 0 {
            quotient -= 1
            remainder += divisor
        }
        let twice = remainder * 2
        if twice > divisor || (twice == divisor && quotient & 1 != 0) { quotient += 1 }
        return quotient
    }

    /// part ÷ whole as decimal text, moved left by `shift` digits (2 makes a percentage), with at most `decimals` decimals, half to even;
    /// nil when whole is 0. Exact for all amounts, however far apart.
    static func ratioText(_ part: Int128, _ whole: Int128, shift: Int, decimals: Int) -> String? {
        guard whole != 0 else { return nil }
        let digits = shift + decimals
        let scale = powerOfTen(digits) ?? 1
        var (units, rest) = part.magnitude.quotientAndRemainder(dividingBy: whole.magnitude)
        var (scaled, remainder) = whole.magnitude.dividingFullWidth(rest.multipliedFullWidth(by: scale))
        let toNext = whole.magnitude - remainder
        if remainder > toNext || (remainder == toNext && (scale == 1 ? units : scaled) & 1 != 0) { scaled += 1 }
        if scaled == scale {
            units += 1
            scaled = 0
        }
        // units and scaled are the digits before and behind a point that now moves to the right by `shift`.
        var all: [UInt8] = []
        appendDecimal(units, to: &all)
        rest = scaled
        var tail: [UInt8] = []
        for _ in 0..<digits {
            tail.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        all.append(contentsOf: tail.reversed())
        var before = Array(all.dropLast(decimals).drop { $0 == UInt8(ascii: "0") })
        if before.isEmpty { before = [UInt8(ascii: "0")] }
        var fraction = Array(all.suffix(decimals))
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        let text = String(decoding: fraction.isEmpty ? before : before + [UInt8(ascii: ".")] + fraction, as: UTF8.self)
        return (part < 0) != (whole < 0) && text != "0" ? "-" + text : text
    }

    /// Whole cents with two decimals: `12.30`.
    static func centsText(_ cents: Int128) -> String {
        var bytes: [UInt8] = cents < 0 ? [UInt8(ascii: "-")] : []
        let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        appendDecimal(whole, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(ascii: "0") + UInt8(rest / 10))
        bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Amount {
    /// 10¹⁶: one cent in atto.
    static let cent: Int128 = unit / 100

    static func + (a: Amount, b: Amount) -> Amount { Amount(atto: a.atto + b.atto) }
    static func - (a: Amount, b: Amount) -> Amount { Amount(atto: a.atto - b.atto) }
}
