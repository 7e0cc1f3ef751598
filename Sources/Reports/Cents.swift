import Records

/// Makes cents of exact amounts, once, so that they sum to the rounded total (specification, outputs, `agent-bills.json`).
///
/// Each amount is floored towards −∞ to cents; the target is the exact total rounded half-even; the cents missing go one each to
/// the largest remainders, ties to the earlier. Amounts must be in bytewise order of their bills' ids.
func cents(of amounts: [Amount]) -> [Int128] {
    var total = Amount.zero
    var parts: [Int128] = []
    var remainders: [(remainder: Int128, index: Int)] = []
    for (index, amount) in amounts.enumerated() {
        total += amount
        var (quotient, remainder) = amount.atto.quotientAndRemainder(dividingBy: Amount.cent)
        if remainder < 0 {
            quotient -= 1
            remainder += Amount.cent
        }
        parts.append(quotient)
        remainders.append((remainder, index))
    }
    let missing = Rounding.halfEven(total.atto, Amount.cent) - parts.reduce(0, +)
    precondition(missing >= 0 && missing <= Int128(amounts.count), "cents do not tie: \(missing) missing")
    remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
    for place in 0..<Int(missing) { parts[remainders[place].index] += 1 }
    return parts
}
