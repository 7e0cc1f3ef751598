import Published
import Terminal

/// The gaps, most money first, each with what to do.
struct GapsView: RunView {
    let run: PublishedRun
    let selection: Selection

    /// The columns of `gaps.csv`.
    private struct Columns {
        let gap, anchor, account, workspace, platform, first, last, calls, cost, currency, action: Int

        init(_ table: borrowing PublishedTable) throws(ViewFault) {
            gap = try table.column("gap")
            anchor = try table.column("anchor")
            account = try table.column("usage_account_id")
            workspace = try table.column("workspace_arn")
            platform = try table.column("platform")
            first = try table.column("first_seen")
            last = try table.column("last_seen")
            calls = try table.column("calls")
            cost = try table.column("cost")
            currency = try table.column("currency")
            action = try table.column("action")
        }
    }

    private struct Gap {
        var gap, anchor, account, workspace, platform, first, last, calls, currency, action: String
        var cost: Int128
    }

    /// The anchor is the workload of `no-estimate`, and the principal of what hangs on one.
    private func isChosen(_ table: borrowing PublishedTable, _ columns: Columns) -> Bool {
        let gap = table.string(columns.gap)
        let anchor = table.text(columns.anchor)
        return (selection.workload.isAnything || gap == "no-estimate" && selection.workload.holds(anchor))
            && (selection.principal.isAnything
                || ["shared-role", "unclaimed-principal", "not-approved", "out-of-scope"].contains(gap) && selection.principal.holds(anchor))
            && selection.gap.holds(table.text(columns.gap)) && selection.workspace.holds(table.text(columns.workspace))
            && selection.platform.holds(table.text(columns.platform)) && selection.currency.holds(table.text(columns.currency))
    }

    func writeCSV(to sink: @escaping ByteSink) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.gaps))
        let columns = try Columns(table)
        try run.confirm()
        try table.writeCSV(to: sink) { (row) throws(ViewFault) in isChosen(row, columns) }
    }

    func writeJSON(to sink: @escaping ByteSink) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.gaps))
        let columns = try Columns(table)
        try run.confirm()
        try table.writeJSON(to: sink) { (row) throws(ViewFault) in isChosen(row, columns) }
    }

    func lines(width: Int) throws(ViewFault) -> [StyledText] {
        var gaps: [Gap] = []
        var table = try PublishedTable.open(run.path(.gaps))
        let columns = try Columns(table)
        while try table.next() { if isChosen(table, columns) { gaps.append(try gap(table, columns)) } }
        try run.confirm()
        gaps = gaps.enumerated().sorted { a, b in
            if a.element.currency != b.element.currency {
                return a.element.currency.utf8.lexicographicallyPrecedes(b.element.currency.utf8)
            }
            return (b.element.cost, a.offset) < (a.element.cost, b.offset)
        }.map(\.element)
        var sums = CostSums()
        for gap in gaps { sums.add(gap.currency, gap.cost) }
        let heading = ViewText.heading(run, gaps.isEmpty ? "gaps" : "\(ViewText.count(gaps.count, "gap")) over \(sums.text)", width: width)
        if gaps.isEmpty { return heading + [selection.isFiltered ? ViewText.nothing(selection) : StyledText("  no gaps", .good)] }
        return heading + section(gaps, sums).lines(width: width)
    }

    private func gap(_ table: borrowing PublishedTable, _ columns: Columns) throws(ViewFault) -> Gap {
        Gap(
            gap: table.string(columns.gap), anchor: table.string(columns.anchor), account: table.string(columns.account),
            workspace: table.string(columns.workspace), platform: table.string(columns.platform),
            first: String(table.string(columns.first).prefix(10)), last: String(table.string(columns.last).prefix(10)),
            calls: table.string(columns.calls), currency: table.string(columns.currency), action: table.string(columns.action),
            cost: try table.amount(columns.cost))
    }

    private func section(_ gaps: [Gap], _ sums: CostSums) -> TextTable {
        var choice = ColumnChoice()
        choice.add(.init("gap"))
        choice.add(.init("anchor", .left, .cut(.middle, least: 20)))
        choice.add(.init("cost", .right))
        choice.add(ViewText.currency, when: sums.costs.count > 1)
        choice.add(.init("first seen", rank: 1))
        choice.add(.init("last seen", rank: 2))
        choice.add(.init("platform", rank: 3))
        choice.add(.init("calls", .right, rank: 4))
        choice.add(.init("account", rank: 5))
        choice.add(.init("workspace", .left, .cut(.middle, least: 16), rank: 6))
        var table = choice.table
        for gap in gaps {
            table.add(
                choice.cells([
                    .text(StyledText(gap.gap, .notable)), ViewText.text(lastPart(gap.anchor)), ViewText.money(atto: gap.cost, .strong),
                    .text(StyledText(gap.currency)), ViewText.text(gap.first), ViewText.text(gap.last), ViewText.text(gap.platform),
                    ViewText.text(gap.calls), ViewText.text(gap.account), ViewText.text(lastPart(gap.workspace)),
                ]), note: gap.action)
        }
        return table
    }
}
