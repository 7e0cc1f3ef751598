import Published
import Records
import Terminal

/// Rows of the ledger. In a terminal a few columns of a few rows; as CSV or JSON everything, row by row, so that no ledger is too long.
struct LedgerView: RunView {
    let run: PublishedRun
    let selection: Selection
    let limit: Int

    /// The columns of `allocations.csv` that are asked or shown.
    private struct Columns {
        let start, platform, workspace, lineItemType, principal, workload, model, calls, cost, currency, gap: Int
        let times: LedgerTimes

        init(_ table: borrowing PublishedTable, _ month: Month) throws(ViewFault) {
            start = try table.column("usage_start")
            platform = try table.column("platform")
            workspace = try table.column("workspace_arn")
            lineItemType = try table.column("line_item_type")
            principal = try table.column("principal")
            workload = try table.column("workload_id")
            model = try table.column("model")
            calls = try table.column("calls")
            cost = try table.column("cost")
            currency = try table.column("currency")
            gap = try table.column("gap")
            times = try LedgerTimes(table, month)
        }
    }

    private func isChosen(_ table: borrowing PublishedTable, _ columns: Columns) throws(ViewFault) -> Bool {
        func agrees(_ wanted: Wanted, _ column: Int, _ table: borrowing PublishedTable) -> Bool {
            wanted.isAnything || wanted.holds(table.text(column))
        }
        guard agrees(selection.workload, columns.workload, table), agrees(selection.principal, columns.principal, table),
            agrees(selection.workspace, columns.workspace, table), agrees(selection.platform, columns.platform, table),
            agrees(selection.gap, columns.gap, table), agrees(selection.currency, columns.currency, table)
        else { return false }
        guard !selection.weeks.isEmpty else { return true }
        let days = try columns.times.days(table)
        return selection.weeks.contains { $0.overlaps(days) }
    }

    func writeCSV(to sink: @escaping ByteSink) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.allocations))
        let columns = try Columns(table, run.month)
        try run.confirm()
        try table.writeCSV(to: sink) { (row) throws(ViewFault) in try isChosen(row, columns) }
    }

    func writeJSON(to sink: @escaping ByteSink) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.allocations))
        let columns = try Columns(table, run.month)
        try run.confirm()
        try table.writeJSON(to: sink) { (row) throws(ViewFault) in try isChosen(row, columns) }
    }

    // MARK: In a terminal

    private struct Row {
        var start, workload, principal, workspace, model, type, calls, currency, gap: String
        var cost: Int128
    }

    func lines(width: Int) throws(ViewFault) -> [StyledText] {
        var table = try PublishedTable.open(run.path(.allocations))
        let columns = try Columns(table, run.month)
        try run.confirm()
        var rows: [Row] = []
        var sums = CostSums()
        while try table.next() {
            guard try isChosen(table, columns) else { continue }
            sums.add(table.string(columns.currency), try table.amount(columns.cost))
            if rows.count < limit { rows.append(try row(table, columns)) }
        }
        let count = sums.count
        let rowText = "\(ViewText.count(count, "row")) of \(table.rowCount)"
        let heading = ViewText.heading(run, count == 0 ? rowText : "\(rowText), \(sums.text)", width: width)
        if count == 0 { return heading + [ViewText.nothing(selection)] }
        var lines = heading + section(rows, hasCurrencies: sums.costs.count > 1).lines(width: width)
        if count > rows.count {
            lines.append(StyledText("  and \(count - rows.count) more: --limit shows more of them, --csv all", .faint))
        }
        return lines
    }

    private func row(_ table: borrowing PublishedTable, _ columns: Columns) throws(ViewFault) -> Row {
        // `10-01 14:00`: the year is the month's, and minutes are rarely anything else.
        let start = table.string(columns.start).utf8.dropFirst(5).prefix(11)
        return Row(
            start: String(decoding: start, as: UTF8.self).replacing("T", with: " "), workload: table.string(columns.workload),
            principal: lastPart(table.string(columns.principal)), workspace: lastPart(table.string(columns.workspace)),
            model: table.string(columns.model), type: table.string(columns.lineItemType), calls: table.string(columns.calls),
            currency: table.string(columns.currency), gap: table.string(columns.gap), cost: try table.amount(columns.cost))
    }

    private func section(_ rows: [Row], hasCurrencies: Bool) -> TextTable {
        var choice = ColumnChoice()
        choice.add(.init("start"))
        choice.add(.init("workload", .left, .cut(.middle, least: 18)))
        choice.add(.init("principal", .left, .cut(.middle, least: 18), rank: 1))
        choice.add(.init("workspace", .left, .cut(.middle, least: 16), rank: 5))
        choice.add(.init("model", .left, .cut(.middle, least: 16), rank: 4))
        choice.add(.init("type", .left, .cut(.end, least: 6), rank: 3))
        choice.add(.init("calls", .right, rank: 6))
        choice.add(.init("cost", .right))
        choice.add(ViewText.currency, when: hasCurrencies)
        choice.add(.init("gap", rank: 2), when: rows.contains { !$0.gap.isEmpty })
        var table = choice.table
        for row in rows {
            table.add(
                choice.cells([
                    .text(StyledText(row.start)), ViewText.text(row.workload), ViewText.text(row.principal), ViewText.text(row.workspace),
                    ViewText.text(row.model), ViewText.text(row.type), ViewText.text(row.calls), ViewText.money(atto: row.cost),
                    .text(StyledText(row.currency)), .text(StyledText(row.gap, .notable)),
                ]))
        }
        return table
    }
}
