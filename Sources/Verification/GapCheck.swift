import Records

/// `gaps.csv` against the ledger: each row is the sum of the shares with its gap, none is missing, none is extra, each says what to do.
enum GapCheck {
    private enum Column: Int {
        case gap, anchor, account, workspace, platform, firstSeen, lastSeen, calls, quantity, cost, currency, action

        static let header: [(name: String, kind: CSVTable.Kind)] = [
            ("gap", .text), ("anchor", .text), ("usage_account_id", .text), ("workspace_arn", .text), ("platform", .text),
            ("first_seen", .text), ("last_seen", .text), ("calls", .number), ("quantity", .number), ("cost", .number), ("currency", .text),
            ("action", .text),
        ]
    }

    private struct Key: Hashable {
        var gap: LedgerGap
        var anchor: Name
        var account: Name
        var workspace: Name
        var platform: LedgerPlatform
        var currency: Name
    }

    /// Returns how many rows were compared.
    static func check(_ path: String, _ ledger: LedgerSums, _ names: inout Names) throws(VerificationFault) -> Int {
        var left: [Key: LedgerSums.GapSums] = [:]
        for (key, sums) in ledger.gaps {
            let anchor = names.name(key.anchor.text(names))
            left[
                Key(
                    gap: key.gap, anchor: anchor, account: key.account, workspace: key.workspace, platform: key.platform,
                    currency: key.currency)] = sums
        }
        var table = try CSVTable.open(path, Column.header)
        while try table.next() {
            let key = Key(
                gap: try table.word(Column.gap.rawValue, LedgerGap.self), anchor: try table.name(Column.anchor.rawValue, &names),
                account: try table.name(Column.account.rawValue, &names), workspace: try table.name(Column.workspace.rawValue, &names),
                platform: try table.word(Column.platform.rawValue, LedgerPlatform.self),
                currency: try table.name(Column.currency.rawValue, &names))
            let label = describe(key, names)
            guard let sums = left.removeValue(forKey: key) else { throw table.fault("\(label) has no share in the ledger, or stands twice") }
            guard try table.instant(Column.firstSeen.rawValue) == sums.firstSeen else {
                throw table.fault(Column.firstSeen.rawValue, "but the ledger's first usage_start with \(label) is \(sums.firstSeen.text)")
            }
            guard try table.instant(Column.lastSeen.rawValue) == sums.lastSeen else {
                throw table.fault(Column.lastSeen.rawValue, "but the ledger's last usage_start with \(label) is \(sums.lastSeen.text)")
            }
            let place = FigurePlace(file: path, line: table.line)
            try place.expect(calls: try table.count(Column.calls.rawValue), sums.sum.calls, label)
            try place.expect(try table.amount(Column.quantity.rawValue), sums.sum.quantity, "quantity", label)
            try place.expect(try table.amount(Column.cost.rawValue), sums.sum.cost, "cost", label)
            guard !table.isEmpty(Column.action.rawValue) else { throw table.fault("action of \(label) is empty") }
        }
        let missing = left.keys.map { describe($0, names) }
        if let first = missing.min(by: bytewise) { throw .contradiction("\(path): lacks \(first), which rows of the ledger have") }
        return table.rowCount
    }

    private static func describe(_ key: Key, _ names: Names) -> String {
        "gap \(key.gap.rawValue) of '\(names.text(key.anchor))' (account \(names.text(key.account)), workspace '\(names.text(key.workspace))', \(key.platform.rawValue), \(names.text(key.currency)))"
    }
}
