import Bytes

/// An exact amount of money, or of what is counted: a whole number of 10⁻¹⁸ (atto) units.
///
/// Range of an amount that is read: ±10¹⁵ units; of a sum: ±10¹⁸ units. No floating point is involved anywhere.
public struct Amount: Hashable, Comparable, BitwiseCopyable, Sendable {
    public var atto: Int128

    public static let zero = Amount(atto: 0)
    /// 10¹⁸, one unit in atto.
    public static let unit: Int128 = 1_000_000_000_000_000_000
    /// 10¹⁵ units in atto: the largest single amount.
    public static let singleLimit: Int128 = unit * 1_000_000_000_000_000
    /// 10¹⁸ units in atto: the largest sum.
    public static let sumLimit: Int128 = unit * unit

    public init(atto: Int128) { self.atto = atto }

    public static func < (a: Amount, b: Amount) -> Bool { a.atto < b.atto }

    /// Plain decimal text: no exponent, no trailing zeros, `0` for zero.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `text`.
    public func append(to bytes: inout [UInt8]) { bytes.appendText(most: TextRoom.mostOfAmount) { $0.append(self) } }
}

extension Amount {
    /// Whole units, and what is left, which is below 10¹⁸.
    ///
    /// Almost always the whole units have 64 bits, and one division of the processor tells both.
    static func unitsAndRest(_ magnitude: UInt128) -> (units: UInt128, rest: UInt64) {
        let unit = UInt64(Amount.unit)
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        guard high < unit else {
            let (units, rest) = magnitude.quotientAndRemainder(dividingBy: UInt128(unit))
            return (units, UInt64(rest))
        }
        let (units, rest) = unit.dividingFullWidth((high, UInt64(truncatingIfNeeded: magnitude)))
        return (UInt128(units), rest)
    }
}

/// Appends a whole number in decimal digits.
public func appendDecimal(_ value: UInt128, to bytes: inout [UInt8]) { bytes.appendText(most: TextRoom.mostDigits) { $0.appendDecimal(value) } }

/// Why a text is no amount.
public enum AmountFault: Error, Equatable, Sendable {
    case empty, notANumber, outOfRange

    /// What follows "is '12,34', which ".
    public var reason: String {
        switch self {
        case .empty: "is empty"
        case .notANumber: "is no decimal number"
        case .outOfRange: "is beyond ±10^15"
        }
    }
}

extension Amount {
    /// Reads decimal text: an optional sign, digits with at most one point (`.5` and `5.` too), an optional exponent.
    ///
    /// Digits behind the 18th decimal are rounded half-even; `isExact` then is false.
    /// What lies beyond ±`limit` is out of range: that of a single amount, or `sumLimit` where sums are read back.
    public static func parse(_ text: Span<UInt8>, limit: Int128 = singleLimit) throws(AmountFault) -> (amount: Amount, isExact: Bool) {
        guard !text.isEmpty else { throw .empty }
        var at = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { at = 1 }
        // The first 37 significant digits as a whole number, and how far the point lies from its end.
        var digits: UInt128 = 0
        var significant = 0
        var dropped = 0
        var droppedIsZero = true
        var fraction = 0
        var seenPoint = false
        var seenDigit = false
        while at < text.count {
            let byte = text[at]
            if byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
                seenDigit = true
                if seenPoint { fraction += 1 }
                if significant < 37 {
                    digits = digits * 10 + UInt128(byte - UInt8(ascii: "0"))
                    if digits > 0 { significant += 1 }
                } else {
                    dropped += 1
                    if byte != UInt8(ascii: "0") { droppedIsZero = false }
                }
            } else if byte == UInt8(ascii: ".") && !seenPoint {
                seenPoint = true
            } else {
                break
            }
            at += 1
        }
        guard seenDigit else { throw .notANumber }
        let exponent = try parseExponent(text, at)
        guard digits > 0 else { return (.zero, true) }
        let power = 18 + exponent - fraction + dropped
        let magnitude: UInt128
        var isExact = true
        if power >= 0 {
            guard power <= 36, let factor = powerOfTen(power) else { throw .outOfRange }
            let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
            guard !overflow else { throw .outOfRange }
            magnitude = product
        } else if let divisor = powerOfTen(-power) {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: divisor)
            isExact = remainder == 0 && droppedIsZero
            let half = divisor / 2
            let roundsUp = remainder > half || (remainder == half && (!droppedIsZero || quotient & 1 == 1))
            magnitude = quotient + (roundsUp ? 1 : 0)
        } else {
            // Less than 10⁻¹⁹ atto.
            magnitude = 0
            isExact = false
        }
        guard magnitude <= UInt128(limit) else { throw .outOfRange }
        return (Amount(atto: isNegative ? -Int128(magnitude) : Int128(magnitude)), isExact)
    }

    private static func parseExponent(_ text: Span<UInt8>, _ start: Int) throws(AmountFault) -> Int {
        var at = start
        guard at < text.count else { return 0 }
        guard text[at] == UInt8(ascii: "e") || text[at] == UInt8(ascii: "E") else { throw .notANumber }
        at += 1
        var isNegative = false
        if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
            isNegative = text[at] == UInt8(ascii: "-")
            at += 1
        }
        guard at < text.count else { throw .notANumber }
        var exponent = 0
        while at < text.count {
            guard text[at] >= UInt8(ascii: "0"), text[at] <= UInt8(ascii: "9") else { throw .notANumber }
            // A cell has at most 64 Mi digits, so a larger exponent decides by itself.
            exponent = min(exponent * 10 + Int(text[at] - UInt8(ascii: "0")), 1 << 40)
            at += 1
        }
        return isNegative ? -exponent : exponent
    }
}

/// 10ⁿ for 0 ≤ n ≤ 38, else nil.
public func powerOfTen(_ exponent: Int) -> UInt128? {
    guard exponent >= 0, exponent <= 38 else { return nil }
    var power: UInt128 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
}

/// A sum of any number of amounts, exact however far it strays on the way.
///
/// Which worker adds which amounts is chance; so only the end value may be judged, never one in between.
public struct ExactSum: Equatable, Sendable {
    private var low: Int128 = 0
    /// How often `low` has wrapped around, upwards less downwards.
    private var wraps = 0

    public init() {}
    public init(_ amount: Amount) { low = amount.atto }

    init(low: Int128, wraps: Int) {
        self.low = low
        self.wraps = wraps
    }

    func store(in bytes: inout StoredBytes) {
        bytes.put(low)
        bytes.put(Int64(wraps))
    }

    public static func += (sum: inout ExactSum, amount: Amount) { sum.add(amount.atto, 0) }
    public static func += (sum: inout ExactSum, other: ExactSum) { sum.add(other.low, other.wraps) }

    private mutating func add(_ atto: Int128, _ wraps: Int) {
        let (partial, overflow) = low.addingReportingOverflow(atto)
        low = partial
        self.wraps += wraps
        if overflow { self.wraps += atto > 0 ? 1 : -1 }
    }

    /// The sum, or nil when it lies beyond ±10¹⁸ units.
    public var amount: Amount? {
        guard wraps == 0, low >= -Amount.sumLimit, low <= Amount.sumLimit else { return nil }
        return Amount(atto: low)
    }
}
