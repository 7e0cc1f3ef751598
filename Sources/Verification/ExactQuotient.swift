import Records

/// Products and quotients of figures, exact in 256 bits.
enum ExactQuotient {
    /// value × factor ÷ divisor to the nearest whole number, a half to the even one; nil when that needs more than 127 bits or the divisor is 0.
    static func halfEven(_ value: Int128, times factor: UInt128, by divisor: UInt128) -> Int128? {
        guard let (quotient, remainder) = divided(value.magnitude, times: factor, by: divisor) else { return nil }
        let toNext = divisor - remainder
        let roundsUp = remainder > toNext || (remainder == toNext && quotient & 1 == 1)
        let (rounded, overflow) = quotient.addingReportingOverflow(roundsUp ? 1 : 0)
        guard !overflow, let magnitude = Int128(exactly: rounded) else { return nil }
        return value < 0 ? -magnitude : magnitude
    }

    /// ⌊value × factor ÷ divisor⌋ and what is left; nil when the quotient needs more than 128 bits or the divisor is 0.
    static func divided(_ value: UInt128, times factor: UInt128, by divisor: UInt128) -> (quotient: UInt128, remainder: UInt128)? {
        guard divisor > 0 else { return nil }
        let product = value.multipliedFullWidth(by: factor)
        guard product.high < divisor else { return nil }
        return divisor.dividingFullWidth(product)
    }

    /// part ÷ whole in atto, rounded half-even to `decimals` decimals, after multiplying with `factor` (100 for a percentage); nil when whole
    /// is 0 or the ratio is beyond all figures.
    static func ratio(_ part: Int128, of whole: Int128, times factor: UInt128 = 1, decimals: Int) -> Int128? {
        guard let scale = powerOfTen(decimals), let step = powerOfTen(18 - decimals), whole != 0 else { return nil }
        guard let units = halfEven(part, times: factor * scale, by: whole.magnitude) else { return nil }
        let (atto, overflow) = units.multipliedReportingOverflow(by: Int128(step))
        guard !overflow else { return nil }
        return whole < 0 ? -atto : atto
    }
}

/// An amount in atto as text, for messages.
func figure(_ atto: Int128) -> String { Amount(atto: atto).text }

/// A sum as text, for messages.
func figure(_ sum: ExactSum) -> String { sum.amount?.text ?? "more than 10^18" }
