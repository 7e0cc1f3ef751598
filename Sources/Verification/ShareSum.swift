import Records

/// What rows add up to: cost with and without tax, quantity and calls.
struct ShareSum {
    /// Cost without tax.
    var actual = ExactSum()
    var tax = ExactSum()
    var quantity = ExactSum()
    /// Below 10¹⁸ a row, so this cannot overflow.
    var calls: Int128 = 0

    var cost: ExactSum {
        var sum = actual
        sum += tax
        return sum
    }

    static func += (sum: inout ShareSum, other: ShareSum) {
        sum.actual += other.actual
        sum.tax += other.tax
        sum.quantity += other.quantity
        sum.calls += other.calls
    }

    init() {}

    init(cost: Int128, isTax: Bool, quantity: Int128, calls: Int) {
        if isTax { tax += Amount(atto: cost) } else { actual += Amount(atto: cost) }
        self.quantity += Amount(atto: quantity)
        self.calls = Int128(calls)
    }
}

/// Where a figure stands, to be said when it is not what the ledger's rows add up to.
struct FigurePlace {
    var file: String
    var line: Int

    /// Compares a figure with a sum of the ledger's rows.
    func expect(
        _ written: Int128, _ sum: ExactSum, _ column: StaticString, _ key: @autoclosure () -> String
    ) throws(VerificationFault) {
        guard sum.amount?.atto == written else {
            throw .at(file, line, "\(column) of \(key()) is \(figure(written)), but the ledger's rows add up to \(figure(sum))")
        }
    }

    /// Compares a number of calls.
    func expect(calls written: Int, _ sum: Int128, _ key: @autoclosure () -> String) throws(VerificationFault) {
        guard Int128(written) == sum else {
            throw .at(file, line, "calls of \(key()) is \(written), but the ledger's rows add up to \(sum)")
        }
    }

    /// Compares a figure with what follows from others; nil stands for an empty cell.
    func expect(
        _ written: Int128?, computed: Int128?, _ column: StaticString, _ key: @autoclosure () -> String
    ) throws(VerificationFault) {
        guard written == computed else {
            throw .at(
                file, line,
                "\(column) of \(key()) is \(written.map { figure($0) } ?? "empty"), but recomputed it is \(computed.map { figure($0) } ?? "empty")")
        }
    }
}
