import Records

/// `agent-bills.csv` against the ledger: each row is the sum of the shares that it names, and so all bills are the charged total.
enum BillLineCheck {
    private enum Column: Int {
        case bill, owner, agent, workspace, platform, model, lineItemType, level, method, calls, quantity, cost, share, currency

        static let header: [(name: String, kind: CSVTable.Kind)] = [
            ("bill_id", .text), ("owner", .text), ("agent", .text), ("workspace_arn", .text), ("platform", .text), ("model", .text),
            ("line_item_type", .text), ("level", .text), ("method", .text), ("calls", .number), ("quantity", .number), ("cost", .number),
            ("share_pct", .number), ("currency", .text),
        ]
    }

    /// Returns how many rows were compared.
    static func check(_ path: String, _ bills: BillSums, _ owners: WorkloadOwners, _ names: inout Names) throws(VerificationFault) -> Int {
        var table = try CSVTable.open(path, Column.header)
        var left = bills.lines
        while try table.next() {
            let key = try key(table, &names)
            let label = "the line of bill '\(names.text(key.id))' in \(names.text(key.currency))"
            guard let sum = left.removeValue(forKey: key) else {
                throw table.fault("\(label) has no share in the ledger, or stands twice")
            }
            try compareOwner(table, bills.workloads[key.id], owners, label, &names)
            let place = FigurePlace(file: path, line: table.line)
            let cost = try table.amount(Column.cost.rawValue)
            try place.expect(cost, sum.cost, "cost", label)
            try place.expect(try table.amount(Column.quantity.rawValue), sum.quantity, "quantity", label)
            try place.expect(calls: try table.count(Column.calls.rawValue), sum.calls, label)
            let total = bills.ledger.currencies[key.currency]?.total.amount?.atto ?? 0
            try place.expect(
                try table.optionalAmount(Column.share.rawValue),
                computed: ExactQuotient.ratio(cost, of: total, times: 100, decimals: 4), "share_pct", label)
        }
        let missing = left.keys.map { "'\(names.text($0.id))' in \(names.text($0.currency))" }
        if let first = missing.min(by: bytewise) { throw .contradiction("\(path): lacks \(left.count) lines, one of bill \(first)") }
        return table.rowCount
    }

    private static func key(_ table: borrowing CSVTable, _ names: inout Names) throws(VerificationFault) -> BillSums.LineKey {
        BillSums.LineKey(
            id: try table.name(Column.bill.rawValue, &names), currency: try table.name(Column.currency.rawValue, &names),
            line: LedgerSums.BillLine(
                agent: try table.name(Column.agent.rawValue, &names), workspace: try table.name(Column.workspace.rawValue, &names),
                platform: try table.word(Column.platform.rawValue, LedgerPlatform.self),
                model: try table.name(Column.model.rawValue, &names),
                lineItemType: try table.name(Column.lineItemType.rawValue, &names),
                level: try table.word(Column.level.rawValue, LedgerLevel.self),
                method: try table.word(Column.method.rawValue, LedgerMethod.self)))
    }

    private static func compareOwner(
        _ table: borrowing CSVTable, _ workload: Name?, _ owners: WorkloadOwners, _ label: String, _ names: inout Names
    ) throws(VerificationFault) {
        let owner = try table.name(Column.owner.rawValue, &names)
        let expected = workload.flatMap { owners.owner(of: $0) } ?? .empty
        guard owner == expected else {
            throw table.fault("owner of \(label) is '\(names.text(owner))', but '\(names.text(expected))' by the spend cards")
        }
    }
}
