import Bytes
import Records

/// `gap-register.csv`, where a run has one, against the ledger: every gap of the month is in it with what it costs, ids are those of what they name, and
/// what the month does not have costs nothing in it. States and times before the month stem from earlier runs.
enum RegisterCheck {
    private enum Column: Int {
        case id, state, since, gap, anchor, account, workspace, platform, currency, firstSeen, lastSeen, recent, month, decision, action

        static let header: [(name: String, kind: CSVTable.Kind)] = [
            ("gap_id", .text), ("state", .text), ("since", .text), ("gap", .text), ("anchor", .text), ("usage_account_id", .text), ("workspace_arn", .text),
            ("platform", .text), ("currency", .text), ("first_seen", .text), ("last_seen", .text), ("spend_7_days", .number), ("spend_month", .number),
            ("decision", .text), ("action", .text),
        ]
    }

    private enum State: String, CaseIterable {
        case active = "Active"
        case actioned = "Actioned"
        case resolved = "Resolved"
        case recalled = "Recalled"
    }

    /// Returns how many rows were compared.
    static func check(_ path: String, _ ledger: LedgerSums, _ names: inout Names) throws(VerificationFault) -> Int {
        var left: [String: LedgerSums.GapSums] = [:]
        for (key, sums) in ledger.gaps {
            left[
                id([
                    key.gap.rawValue, String(decoding: key.anchor.text(names), as: UTF8.self), names.text(key.account), names.text(key.workspace), key.platform.rawValue, names.text(key.currency),
                ])] = sums
        }
        var table = try CSVTable.open(path, Column.header)
        var last = ""
        while try table.next() {
            var texts: [String] = []
            for column in [Column.gap, .anchor, .account, .workspace, .platform, .currency, .id] {
                let name = try table.name(column.rawValue, &names)
                texts.append(names.text(name))
            }
            let said = texts.removeLast()
            let made = id(texts)
            guard said == made else { throw table.fault("gap_id is '\(said)', but what the row names makes \(made)") }
            guard said != last else { throw table.fault("gap_id \(said) stands twice") }
            last = said
            let state = try table.word(Column.state.rawValue, State.self)
            let (first, seen) = (try table.instant(Column.firstSeen.rawValue), try table.instant(Column.lastSeen.rawValue))
            guard first <= seen else { throw table.fault("first_seen is after last_seen") }
            let (recent, month) = (try table.amount(Column.recent.rawValue), try table.amount(Column.month.rawValue))
            guard let sums = left.removeValue(forKey: said) else {
                guard month == 0, recent == 0 else { throw table.fault("spend_month of \(said) is \(figure(month)), but no row of the ledger has this gap") }
                continue
            }
            try FigurePlace(file: path, line: table.line).expect(month, sums.sum.cost, "spend_month", said)
            guard first <= sums.firstSeen, seen <= sums.lastSeen else {
                throw table.fault("first_seen and last_seen are \(first.text) and \(seen.text), but the ledger has \(sums.firstSeen.text) to \(sums.lastSeen.text)")
            }
            guard state != .resolved || recent == 0 else { throw table.fault("state is Resolved, but spend_7_days is \(figure(recent))") }
        }
        if let missing = left.keys.min() { throw .contradiction("\(path): lacks \(missing), a gap that rows of the ledger have") }
        return table.rowCount
    }

    /// The first digits of the SHA-256 of six texts, each with its length.
    private static func id(_ texts: [String]) -> String {
        var hash = SHA256()
        for text in texts { hash.update(Array("\(text.utf8.count):\(text)".utf8)) }
        return "gap-" + hash.hex().prefix(12)
    }
}
