import Published
import Terminal

/// The Agent Bills: what each owes, in the cents that `agent-bills.json` made, and of one bill its lines.
struct BillsView: RunView {
    let run: PublishedRun
    let selection: Selection

    private struct Bill {
        var id, payer, currency, owner: String
        var due: Int128
        var tax: Int128
        var days: [Int128]
        var lines: [Line]
    }

    private struct Line {
        var agent, workspace, platform, model, type, method, calls, cost: String
    }

    // MARK: Choosing

    /// Whether there is a filter that only lines can answer: then a bill is chosen when any of its lines is.
    private var asksLines: Bool { !(selection.workspace.isAnything && selection.principal.isAnything && selection.platform.isAnything) }

    private func isChosen(_ json: borrowing PublishedJSON, _ bill: Int) throws(ViewFault) -> Bool {
        guard selection.workload.holds(try json.bytes("workload_id", of: bill)),
            selection.owner.holds(try json.bytes("owner", of: bill)), selection.currency.holds(try json.bytes("currency", of: bill))
        else { return false }
        guard asksLines else { return true }
        for line in try json.elements("lines", of: bill) where try isChosen(json, line: line) { return true }
        return false
    }

    private func isChosen(_ json: borrowing PublishedJSON, line: Int) throws(ViewFault) -> Bool {
        let (workspace, agent) = (try json.bytes("workspace_arn", of: line), try json.bytes("agent", of: line))
        let platform = try json.bytes("platform", of: line)
        return selection.workspace.holds(workspace) && selection.principal.holds(agent) && selection.platform.holds(platform)
    }

    /// The rows of `agent-bills.csv` are lines, so of a bill those are written that were asked for.
    func writeCSV(to sink: @escaping ByteSink) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.billLines))
        let (id, owner, currency) = (try table.column("bill_id"), try table.column("owner"), try table.column("currency"))
        let (agent, workspace, platform) = (try table.column("agent"), try table.column("workspace_arn"), try table.column("platform"))
        try run.confirm()
        try table.writeCSV(to: sink) { (row) throws(ViewFault) in
            selection.workload.holds(row.text(id)) && selection.owner.holds(row.text(owner)) && selection.currency.holds(row.text(currency))
                && selection.principal.holds(row.text(agent)) && selection.workspace.holds(row.text(workspace))
                && selection.platform.holds(row.text(platform))
        }
    }

    /// Bills are whole: one of whose lines any was asked for is written with all of them.
    func writeJSON(to sink: @escaping ByteSink) throws(ViewFault) {
        let json = try PublishedJSON.read(run.path(.bills))
        try run.confirm()
        try BillsView.write(json, to: sink, self)
    }

    private static func write(_ json: borrowing PublishedJSON, to sink: @escaping ByteSink, _ view: BillsView) throws(ViewFault) {
        var chosen: [Bool] = []
        for bill in try json.elements("bills", of: json.root) { chosen.append(try view.isChosen(json, bill)) }
        try json.write("bills", to: sink) { (place, _) throws(ViewFault) in chosen[place] }
    }

    // MARK: In a terminal

    func lines(width: Int) throws(ViewFault) -> [StyledText] {
        let bills = try bills()
        try run.confirm()
        let currencies = Set(bills.map(\.currency)).sorted()
        let what = bills.isEmpty ? "bills" : "\(ViewText.count(bills.count, "bill")) in \(currencies.joined(separator: ", "))"
        let heading = ViewText.heading(run, asksLines ? what + ", whole, with such lines" : what, width: width)
        if bills.isEmpty { return heading + [ViewText.nothing(selection)] }
        var lines = heading + section(bills, currencies).lines(width: width)
        guard Set(bills.map(\.id)).count == 1 else { return lines }
        for bill in bills {
            lines += ["", StyledText("lines", .strong) + StyledText(" · payer \(bill.payer), \(bill.currency), exact")]
            lines += BillsView.lineTable(bill).lines(width: width)
        }
        return lines
    }

    private func bills() throws(ViewFault) -> [Bill] {
        let json = try PublishedJSON.read(run.path(.bills))
        var bills: [Bill] = []
        for node in try json.elements("bills", of: json.root) where try isChosen(json, node) { bills.append(try bill(json, node)) }
        return bills.enumerated().sorted { a, b in
            if a.element.currency != b.element.currency {
                return a.element.currency.utf8.lexicographicallyPrecedes(b.element.currency.utf8)
            }
            return (b.element.due, a.offset) < (a.element.due, b.offset)
        }.map(\.element)
    }

    private func bill(_ json: borrowing PublishedJSON, _ node: Int) throws(ViewFault) -> Bill {
        var days = [Int128](repeating: 0, count: run.month.dayCount)
        for entry in try json.elements("days", of: node) {
            guard let day = Weeks.day(try json.bytes("date", of: entry)), days.indices.contains(day - run.month.firstDay) else { continue }
            days[day - run.month.firstDay] += try json.amount("cost", of: entry)
        }
        var lines: [Line] = []
        for line in try json.elements("lines", of: node) where try isChosen(json, line: line) {
            lines.append(
                Line(
                    agent: try json.string("agent", of: line), workspace: try json.string("workspace_arn", of: line),
                    platform: try json.string("platform", of: line), model: try json.string("model", of: line),
                    type: try json.string("line_item_type", of: line), method: try json.string("method", of: line),
                    calls: try json.raw("calls", of: line), cost: try json.string("cost", of: line)))
        }
        return Bill(
            id: try json.string("bill_id", of: node), payer: try json.string("payer_account_id", of: node),
            currency: try json.string("currency", of: node), owner: try json.string("owner", of: node),
            due: try json.cents("amount_due", of: node), tax: try json.cents("of_which_tax", of: node), days: days, lines: lines)
    }

    private func section(_ bills: [Bill], _ currencies: [String]) -> TextTable {
        var choice = ColumnChoice()
        choice.add(.init("bill", .left, .cut(.middle, least: 30)))
        choice.add(.init("owner", .left, .cut(.middle, least: 14), rank: 3), when: bills.contains { !$0.owner.isEmpty })
        choice.add(.init("payer", rank: 4), when: Set(bills.map(\.payer)).count > 1)
        choice.add(.init("amount due", .right))
        choice.add(.init("of which tax", .right, rank: 1))
        choice.add(ViewText.currency, when: currencies.count > 1)
        choice.add(.init("by day", .left, .stretch(least: (run.month.dayCount + 1) / 2, most: run.month.dayCount), rank: 2))
        var table = choice.table
        for bill in bills {
            table.add(
                choice.cells([
                    .text(StyledText(BillsView.shortID(bill.id))), ViewText.text(bill.owner), ViewText.text(bill.payer),
                    .text(StyledText(Money.centsText(cents: bill.due))), .text(StyledText(Money.centsText(cents: bill.tax))),
                    .text(StyledText(bill.currency)), .sparkline(Sparkline(bill.days)),
                ]))
        }
        guard bills.count > 1 else { return table }
        for currency in currencies {
            let sum = bills.filter { $0.currency == currency }.reduce((due: 0, tax: 0)) { ($0.due + $1.due, $0.tax + $1.tax) }
            table.add(
                choice.cells([
                    .text(StyledText("together", .strong)), .text(""), .text(""),
                    .text(StyledText(Money.centsText(cents: sum.due), .strong)),
                    .text(StyledText(Money.centsText(cents: sum.tax), .strong)), .text(StyledText(currency)), .text(""),
                ]))
        }
        return table
    }

    private static func lineTable(_ bill: Bill) -> TextTable {
        var choice = ColumnChoice()
        choice.add(.init("agent", .left, .cut(.middle, least: 16)))
        choice.add(.init("model", .left, .cut(.middle, least: 18), rank: 2))
        choice.add(.init("type", .left, .cut(.end, least: 6), rank: 1))
        choice.add(.init("method", rank: 4))
        choice.add(.init("workspace", .left, .cut(.middle, least: 14), rank: 5), when: bill.lines.contains { !$0.workspace.isEmpty })
        choice.add(.init("platform", rank: 6))
        choice.add(.init("calls", .right, rank: 3))
        choice.add(.init("cost", .right))
        var table = choice.table
        for line in bill.lines {
            table.add(
                choice.cells([
                    ViewText.text(lastPart(line.agent)), ViewText.text(line.model), ViewText.text(line.type), ViewText.text(line.method),
                    ViewText.text(lastPart(line.workspace)), ViewText.text(line.platform), ViewText.text(line.calls),
                    ViewText.text(line.cost),
                ]))
        }
        return table
    }

    /// `unclaimed:arn:aws:iam::111122223333:role/batch` as `unclaimed:batch`.
    private static func shortID(_ id: String) -> String {
        for prefix in ["unclaimed:", "unattributed:"] where id.hasPrefix(prefix) {
            return prefix + lastPart(String(id.dropFirst(prefix.count)))
        }
        return id
    }
}
