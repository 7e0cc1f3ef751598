import Records

/// `allocations.csv`, read once: every row judged by itself, by its neighbours, and added up.
struct LedgerReading {
    let sums: LedgerSums
    /// Shares that were compared with their weights.
    let splitCount: Int

    static func read(_ path: String, _ facts: RunFacts, _ names: inout Names) throws(VerificationFault) -> LedgerReading {
        let types = LineItemTypes(&names)
        let period = names.name(facts.period.text)
        var table = try CSVTable.open(path, LedgerColumn.header)
        var row = LedgerRow()
        var rules = LedgerRules(usage: types.usage)
        var usage = UsageSplits(usage: types.usage, charges: facts.charges, path: path)
        var followed = FollowedSplits(path: path)
        var repeats = RepeatedRows()
        var sums = LedgerSums(facts.period, types)
        while try table.next() {
            try row.read(table, period, &names)
            try repeats.check(row, table)
            try rules.check(row, table, names)
            try sums.agreement.check(row, table, names)
            try usage.add(row, table)
            try followed.add(row, table)
            sums.add(row)
        }
        try usage.close()
        try followed.finish(charges: facts.charges, rows: sums.rowCount)
        guard (facts.charges == 0) == (sums.rowCount == 0) else {
            throw .contradiction("\(path): has \(sums.rowCount) rows, but the bill has \(facts.charges) charges")
        }
        guard sums.calls <= Int128(facts.creditableEvents) else {
            throw .contradiction(
                "\(path): calls add up to \(sums.calls), but there are only \(facts.creditableEvents) events to credit (evidence + own_evidence − unused)")
        }
        return LedgerReading(sums: sums, splitCount: usage.comparedCount + followed.comparedCount)
    }
}

/// Rows equal in all but calls, quantity and cost must have been merged.
///
/// The columns behind these three come last in the order, so such rows need not be neighbours; but all that agree in the columns before lie
/// together, and only their last columns are held.
struct RepeatedRows {
    private struct Back: Hashable {
        var currency: Name
        var gap: LedgerGap
        var billingEntity: Name
        var legalEntity: Name
        var productCode: Name
        var operation: Name

        init(_ row: LedgerRow) {
            currency = row.currency
            gap = row.gap
            billingEntity = row.billingEntity
            legalEntity = row.legalEntity
            productCode = row.productCode
            operation = row.operation
        }
    }

    private var first: (back: Back, line: Int)?
    private var further: [Back: Int] = [:]

    mutating func check(_ row: LedgerRow, _ table: borrowing CSVTable) throws(VerificationFault) {
        let back = Back(row)
        if table.rowCount == 1 || table.firstChanged < LedgerColumn.calls.rawValue {
            first = (back, table.line)
            if !further.isEmpty { further.removeAll() }
            return
        }
        guard let first else { return }
        if let line = first.back == back ? first.line : further[back] {
            throw table.fault("differs from line \(line) only in calls, quantity or cost: such rows are one")
        }
        further[back] = table.line
    }
}
