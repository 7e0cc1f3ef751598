import Published

/// How many rows there are, and what they cost, by currency.
struct CostSums {
    private(set) var count = 0
    /// In bytewise order of the currencies.
    private(set) var costs: [(currency: String, cost: Int128)] = []

    mutating func add(_ currency: String, _ cost: Int128) {
        count += 1
        if let place = costs.firstIndex(where: { $0.currency == currency }) {
            costs[place].cost += cost
            return
        }
        costs.append((currency, cost))
        costs.sort { $0.currency.utf8.lexicographicallyPrecedes($1.currency.utf8) }
    }

    /// `769.59 USD`, of several currencies with commas between.
    var text: String { costs.map { "\(Money.centsText(atto: $0.cost)) \($0.currency)" }.joined(separator: ", ") }

    /// Of all gaps of a run.
    static func gaps(of run: PublishedRun) throws(ViewFault) -> CostSums {
        var table = try PublishedTable.open(run.path(.gaps))
        let (cost, currency) = (try table.column("cost"), try table.column("currency"))
        var sums = CostSums()
        while try table.next() { sums.add(table.string(currency), try table.amount(cost)) }
        return sums
    }
}
