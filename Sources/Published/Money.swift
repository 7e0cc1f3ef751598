import Records

/// Amounts as they are shown in a terminal.
package enum Money {
    /// A decimal of a published file in atto, nil where it is none. Sums may go beyond what one amount of a bill may be.
    package static func atto(_ text: [UInt8]) -> Int128? {
        let isNegative = text.first == UInt8(ascii: "-")
        var magnitude: UInt128 = 0
        /// Digits behind the point, once it was met.
        var decimals: Int?
        var digits = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: "."), decimals == nil {
                decimals = 0
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 37 else { return nil }
            magnitude = magnitude * 10 + UInt128(byte - UInt8(ascii: "0"))
            digits += 1
            if let before = decimals { decimals = before + 1 }
        }
        guard digits > 0, let scale = powerOfTen(18 - (decimals ?? 0)) else { return nil }
        let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: scale)
        guard !overflow, scaled <= UInt128(Amount.sumLimit) else { return nil }
        return isNegative ? -Int128(scaled) : Int128(scaled)
    }

    /// Whole cents, half to the even one: for figures that are looked at. What is owed has its cents from `agent-bills.json`.
    package static func centsText(atto: Int128) -> String {
        let cent: UInt128 = 10_000_000_000_000_000
        var (cents, rest) = atto.magnitude.quotientAndRemainder(dividingBy: cent)
        if rest * 2 > cent || (rest * 2 == cent && cents & 1 == 1) { cents += 1 }
        return centsText(cents: atto < 0 ? -Int128(cents) : Int128(cents))
    }

    /// `12.30`
    package static func centsText(cents: Int128) -> String {
        let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(cents < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Cents written with two decimals, nil for any other text.
    package static func cents(_ text: [UInt8]) -> Int128? {
        guard text.count > 3, text[text.count - 3] == UInt8(ascii: "."), let atto = atto(text) else { return nil }
        return atto / 10_000_000_000_000_000
    }
}
