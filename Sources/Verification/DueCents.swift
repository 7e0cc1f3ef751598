import Records

/// Cents that add up: what `amount_due` and `of_which_tax` must be (specification, outputs, `agent-bills.json`).
///
/// Among the bills of one payer in one currency each exact sum is floored towards −∞; as many cents as the total, rounded half-even, has more go one
/// each to the largest remainders, of equal ones to the bytewise smaller bill id.
enum DueCents {
    private static let cent = Amount.unit / 100

    /// The cents of each amount, nil when the amounts add up to more than figures can say. Ids are those of the bills.
    static func cents(_ amounts: [(id: [UInt8], atto: Int128)]) -> [Int128]? {
        var total = ExactSum()
        var floors: [Int128] = []
        var remainders: [Int128] = []
        var floorSum: Int128 = 0
        for amount in amounts {
            total += Amount(atto: amount.atto)
            let remainder = (amount.atto % cent + cent) % cent
            remainders.append(remainder)
            floors.append((amount.atto - remainder) / cent)
            floorSum += floors[floors.count - 1]
        }
        guard let whole = total.amount, let target = ExactQuotient.halfEven(whole.atto, times: 1, by: UInt128(cent)) else { return nil }
        let order = amounts.indices.sorted { a, b in
            if remainders[a] != remainders[b] { return remainders[a] > remainders[b] }
            return amounts[a].id.lexicographicallyPrecedes(amounts[b].id)
        }
        for place in order.prefix(Int(clamping: max(0, target - floorSum))) { floors[place] += 1 }
        return floors
    }
}
