import Records

/// Why a text is not the one way in which a number is written: exact plain decimals, no exponent, no `+`, no needless zero, `0` for zero
/// (specification, outputs).
enum NumberFault: Error, Equatable {
    case notPlain, outOfRange

    var reason: String {
        switch self {
        case .notPlain: "is no plain decimal without needless zeros"
        case .outOfRange: "is beyond the range of such figures"
        }
    }
}

/// Reads numbers in their one canonical form. This is not `Amount.parse`, which takes what bills write: here every other spelling is a fault.
enum DecimalText {
    /// A signed decimal with at most 18 decimals and at most 10¹⁸ units, in atto.
    static func amount(_ text: Span<UInt8>) throws(NumberFault) -> Int128 {
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        var at = first
        var whole: UInt64 = 0
        while at < text.count, let digit = decimalDigit(text[at]) {
            guard at - first < 19 else { throw .outOfRange }
            whole = whole * 10 + digit
            at += 1
        }
        let wholeDigits = at - first
        guard wholeDigits > 0, wholeDigits == 1 || text[first] != UInt8(ascii: "0") else { throw .notPlain }
        var atto = Int128(whole) * Amount.unit
        if at < text.count {
            guard text[at] == UInt8(ascii: ".") else { throw .notPlain }
            let point = at
            var fraction: UInt64 = 0
            var scale: UInt64 = 1_000_000_000_000_000_000
            at += 1
            while at < text.count {
                guard let digit = decimalDigit(text[at]) else { throw .notPlain }
                guard at - point <= 18 else { throw .outOfRange }
                fraction = fraction * 10 + digit
                scale /= 10
                at += 1
            }
            guard at > point + 1, text[at - 1] != UInt8(ascii: "0") else { throw .notPlain }
            atto += Int128(fraction) * Int128(scale)
        }
        guard atto <= Amount.sumLimit else { throw .outOfRange }
        guard !isNegative || atto > 0 else { throw .notPlain }
        return isNegative ? -atto : atto
    }

    /// A whole number from 0 to 10¹⁸ − 1.
    static func count(_ text: Span<UInt8>) throws(NumberFault) -> Int {
        guard let value = Int(exactly: try weight(text)), value < 1_000_000_000_000_000_000 else { throw .outOfRange }
        return value
    }

    /// A whole number that fits 128 bits.
    static func weight(_ text: Span<UInt8>) throws(NumberFault) -> UInt128 {
        guard text.count > 0, text.count == 1 || text[0] != UInt8(ascii: "0") else { throw .notPlain }
        guard text.count <= 39 else { throw .outOfRange }
        var value: UInt128 = 0
        for index in 0..<text.count {
            guard let digit = decimalDigit(text[index]) else { throw .notPlain }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt128(digit))
            guard !overflow && !carry else { throw .outOfRange }
            value = sum
        }
        return value
    }

    /// Money with exactly two decimals, `-12.30`, in cents.
    static func cents(_ text: Span<UInt8>) throws(NumberFault) -> Int128 {
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        let point = text.count - 3
        guard point > first, text[point] == UInt8(ascii: "."), point == first + 1 || text[first] != UInt8(ascii: "0") else { throw .notPlain }
        guard point - first <= 19 else { throw .outOfRange }
        var cents: Int128 = 0
        for index in first..<text.count where index != point {
            guard let digit = decimalDigit(text[index]) else { throw .notPlain }
            cents = cents * 10 + Int128(digit)
        }
        guard !isNegative || cents > 0 else { throw .notPlain }
        return isNegative ? -cents : cents
    }

    /// Whole cents as they are written: `12.30`.
    static func text(cents: Int128) -> String {
        let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(cents < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}

@inline(__always)
private func decimalDigit(_ byte: UInt8) -> UInt64? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? UInt64(byte - UInt8(ascii: "0")) : nil
}
