import Records

/// Exact arithmetic beyond 128 bits, and the one way in which amounts are divided.
enum Wide {
    /// ⌊a·b ÷ divisor⌋ and what is left, for b ≤ divisor, so that the quotient fits.
    static func multiplyDivide(_ a: UInt128, _ b: UInt128, _ divisor: UInt128) -> (quotient: UInt128, remainder: UInt128) {
        let product = a.multipliedFullWidth(by: b)
        // Almost always the product has 128 bits and the divisor 64: two divisions of the processor then.
        guard product.high == 0, let small = UInt64(exactly: divisor) else { return divisor.dividingFullWidth(product) }
        let (high, rest) = UInt64(truncatingIfNeeded: product.low >> 64).quotientAndRemainder(dividingBy: small)
        let (low, remainder) = small.dividingFullWidth((rest, UInt64(truncatingIfNeeded: product.low)))
        return (UInt128(high) << 64 | UInt128(low), UInt128(remainder))
    }

    /// Whether |a·b − c·d| > limit, exactly; all are signed amounts.
    static func productsDiffer(_ a: Int128, _ b: Int128, _ c: Int128, _ d: Int128, by limit: UInt128) -> Bool {
        let first = a.magnitude.multipliedFullWidth(by: b.magnitude)
        let second = c.magnitude.multipliedFullWidth(by: d.magnitude)
        let firstIsNegative = (a < 0) != (b < 0)
        let secondIsNegative = (c < 0) != (d < 0)
        if firstIsNegative != secondIsNegative {
            // Opposite signs: the distance is the sum.
            let (low, carry) = first.low.addingReportingOverflow(second.low)
            let high = first.high + second.high + (carry ? 1 : 0)
            return high > 0 || low > limit
        }
        let isLess = (first.high, first.low) < (second.high, second.low)
        let (larger, smaller) = isLess ? (second, first) : (first, second)
        let (low, borrow) = larger.low.subtractingReportingOverflow(smaller.low)
        let high = larger.high - smaller.high - (borrow ? 1 : 0)
        return high > 0 || low > limit
    }
}

/// Divides an amount in proportion to weights so that nothing is lost (specification, attribution §6).
///
/// Each part is ⌊|A|·w ÷ W⌋ atto; the atto left over go one each to the parts with the largest remainders, ties to the earlier; then
/// the sign of A is put back. Parts are in the order of `weights`, which for claimants is bytewise. At least one weight must be positive.
public func split(_ amount: Amount, by weights: [UInt128]) -> [Amount] {
    let total = weights.reduce(0, +)
    precondition(total > 0, "nothing to split by")
    if weights.count == 1 { return [amount] }
    let magnitude = amount.atto.magnitude
    let isNegative = amount.atto < 0
    var parts: [Amount] = []
    var remainders: [UInt128] = []
    parts.reserveCapacity(weights.count)
    remainders.reserveCapacity(weights.count)
    var left = magnitude
    for weight in weights {
        let (part, remainder) = Wide.multiplyDivide(magnitude, weight, total)
        parts.append(Amount(atto: isNegative ? -Int128(part) : Int128(part)))
        remainders.append(remainder)
        left -= part
    }
    for place in largest(Int(left), of: remainders) { parts[place].atto += isNegative ? -1 : 1 }
    return parts
}

/// The places of the `count` largest remainders, ties to the earlier, in any order.
private func largest(_ count: Int, of remainders: [UInt128]) -> [Int] {
    if count == 0 { return [] }
    var places = Array(remainders.indices)
    func precedes(_ a: Int, _ b: Int) -> Bool { (remainders[b], a) < (remainders[a], b) }
    guard count * remainders.count <= 256 else { return Array(places.sorted(by: precedes)[..<count]) }
    // Of a few the largest is looked for, then the next.
    for chosen in 0..<count {
        var best = chosen
        for candidate in chosen + 1..<places.count where precedes(places[candidate], places[best]) { best = candidate }
        places.swapAt(chosen, best)
    }
    return Array(places[..<count])
}

/// A sum of amounts that is known to stay within the limits of a run.
func sum(_ amounts: some Sequence<Amount>) -> ExactSum {
    amounts.reduce(into: ExactSum()) { $0 += $1 }
}

/// Whether part is more (1), exactly (0) or less (−1) than `percent` per cent of whole; nil when whole is 0. Exact for all amounts.
public func compareShare(_ part: Amount, of whole: Amount, percent: Amount) -> Int? {
    guard whole.atto != 0 else { return nil }
    // part ÷ whole against percent ÷ 100: both sides times 100 · 10¹⁸ · whole, whose sign decides the direction.
    let (a, b) = (Wide.Product(part.atto, 100 * Amount.unit), Wide.Product(percent.atto, whole.atto))
    let order = a.compare(b)
    return whole.atto < 0 ? -order : order
}

extension Wide {
    /// A product of two signed numbers, exact in 256 bits.
    struct Product {
        private var isNegative: Bool
        private var high: UInt128
        private var low: UInt128

        init(_ a: Int128, _ b: Int128) {
            let product = a.magnitude.multipliedFullWidth(by: b.magnitude)
            high = product.high
            low = product.low
            isNegative = (a < 0) != (b < 0) && (high, low) != (0, 0)
        }

        /// 1 when this is larger, −1 when it is smaller, else 0.
        func compare(_ other: Product) -> Int {
            if isNegative != other.isNegative { return isNegative ? -1 : 1 }
            if (high, low) == (other.high, other.low) { return 0 }
            let isLarger = (high, low) > (other.high, other.low)
            return isLarger != isNegative ? 1 : -1
        }
    }
}
