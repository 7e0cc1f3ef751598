import Published
import Records
import Terminal

/// The spend cards of the month, or of weeks; with the overview, the workloads' and how the run stands.
struct CardsView: RunView {
    let run: PublishedRun
    let selection: Selection
    let isOverview: Bool

    /// A row of `spend-cards.csv`.
    private struct Card {
        var type: String
        var id: String
        var owner: String
        var week: Range<Int>?
        var actual: Int128
        var tax: Int128
        var estimateToDate: Int128?
        var variancePercent: String
        var band: String
        var currency: String
    }

    /// The columns that say whether a row is chosen, and the others.
    private struct Columns {
        let kind, start, end, type, id, owner, actual, tax, toDate, percent, band, currency: Int

        init(_ table: borrowing PublishedTable) throws(ViewFault) {
            kind = try table.column("period_kind")
            start = try table.column("period_start")
            end = try table.column("period_end")
            type = try table.column("card_type")
            id = try table.column("card_id")
            owner = try table.column("owner")
            actual = try table.column("actual")
            tax = try table.column("tax")
            toDate = try table.column("estimate_to_date")
            percent = try table.column("variance_pct")
            band = try table.column("band")
            currency = try table.column("currency")
        }
    }

    // MARK: Choosing

    private func isInPeriod(_ table: borrowing PublishedTable, _ columns: Columns) -> Bool {
        let isMonth = table.string(columns.kind) == "month"
        if selection.weeks.isEmpty { return isMonth }
        guard !isMonth, let day = Weeks.day(table.text(columns.start)) else { return false }
        return selection.weeks.contains { $0.contains(day) }
    }

    private func isChosen(_ table: borrowing PublishedTable, _ columns: Columns) -> Bool {
        let type = table.string(columns.type)
        guard selection.cardTypes.contains(type), isInPeriod(table, columns) else { return false }
        let id = table.text(columns.id)
        return (selection.workload.isAnything || type == "workload" && selection.workload.holds(id))
            && (selection.workspace.isAnything || type == "workspace" && selection.workspace.holds(id))
            && selection.owner.holds(table.text(columns.owner)) && selection.currency.holds(table.text(columns.currency))
    }

    func writeCSV(to sink: @escaping ByteSink) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.cards))
        let columns = try Columns(table)
        try run.confirm()
        try table.writeCSV(to: sink) { (row) throws(ViewFault) in isChosen(row, columns) }
    }

    func writeJSON(to sink: @escaping ByteSink) throws(ViewFault) {
        // Both files have the same cards in the same order.
        var table = try PublishedTable.open(run.path(.cards))
        let columns = try Columns(table)
        var chosen: [Bool] = []
        while try table.next() { chosen.append(isChosen(table, columns)) }
        let json = try PublishedJSON.read(run.path(.cardDetails))
        let count = try json.elements("cards", of: json.root).count
        guard count == chosen.count else {
            throw .damaged("\(json.path): has \(count) cards, but \(table.path) has \(chosen.count)")
        }
        try run.confirm()
        try json.write("cards", to: sink) { (place, _) throws(ViewFault) in chosen[place] }
    }

    // MARK: In a terminal

    func lines(width: Int) throws(ViewFault) -> [StyledText] {
        var cards: [Card] = []
        var totals: [Card] = []
        var table = try PublishedTable.open(run.path(.cards))
        let columns = try Columns(table)
        while try table.next() {
            let isTotal = table.string(columns.type) == "total" && isInPeriod(table, columns)
            let isChosen = isChosen(table, columns)
            guard isTotal || isChosen else { continue }
            let card = try card(table, columns)
            if isTotal { totals.append(card) }
            if isChosen { cards.append(card) }
        }
        let days = try days(cards)
        let gaps = isOverview && !selection.isFiltered ? try CostSums.gaps(of: run) : nil
        try run.confirm()
        var lines = ViewText.heading(
            run, selection.weeks.isEmpty ? "cards of the month, without tax" : "cards of weeks, without tax", width: width)
        if cards.isEmpty { lines.append(ViewText.nothing(selection)) }
        let periods: [Range<Int>?] = selection.weeks.isEmpty ? [nil] : selection.weeks
        for period in periods {
            let shown = cards.filter { $0.week == period }
            if let period, !cards.isEmpty { lines += ["", weekHeading(period)] }
            if !shown.isEmpty { lines += section(shown, totals.filter { $0.week == period }, days).lines(width: width) }
        }
        if let gaps { lines += summary(totals, gaps) }
        return lines
    }

    private func card(_ table: borrowing PublishedTable, _ columns: Columns) throws(ViewFault) -> Card {
        guard let first = Weeks.day(table.text(columns.start)), let last = Weeks.day(table.text(columns.end)), first <= last,
            first >= run.month.firstDay, last < run.month.firstDay + run.month.dayCount
        else { throw table.fault("has a period that does not lie in \(run.month.text)") }
        return Card(
            type: table.string(columns.type), id: table.string(columns.id), owner: table.string(columns.owner),
            week: table.string(columns.kind) == "month" ? nil : first..<last + 1, actual: try table.amount(columns.actual),
            tax: try table.amount(columns.tax), estimateToDate: try table.optionalAmount(columns.toDate),
            variancePercent: table.string(columns.percent), band: table.string(columns.band), currency: table.string(columns.currency))
    }

    /// Workloads and total have their days in the bills; for the others the ledger is read once.
    private func days(_ cards: [Card]) throws(ViewFault) -> DailyCosts {
        var days = DailyCosts(run.month)
        try days.addBills(try PublishedJSON.read(run.path(.bills)))
        let others = Set(cards.map(\.type)).subtracting(["workload", "total"])
        if !others.isEmpty { try days.addLedger(run, types: others) }
        return days
    }

    private func weekHeading(_ week: Range<Int>) -> StyledText {
        StyledText("week \(Weeks(run.month).number(week))", .strong)
            + StyledText(" · \(dateText(dayNumber: week.lowerBound)) to \(dateText(dayNumber: week.upperBound - 1))")
    }

    /// The cards of one period: types in the order in which they were asked for, most money first.
    private func section(_ cards: [Card], _ totals: [Card], _ days: DailyCosts) -> TextTable {
        let types = selection.cardTypes.filter { type in cards.contains { $0.type == type } }
        let dayCount = cards.first?.week?.count ?? run.month.dayCount
        let plan = cards + totals
        var choice = ColumnChoice()
        choice.add(.init("kind", rank: 4), when: types.count > 1)
        choice.add(.init(types.count > 1 ? "id" : types.first ?? "", .left, .cut(.middle, least: 20)))
        choice.add(.init("owner", .left, .cut(.middle, least: 16), rank: 6), when: cards.contains { !$0.owner.isEmpty })
        choice.add(.init("actual", .right))
        choice.add(ViewText.currency, when: Set(plan.map(\.currency)).count > 1)
        choice.add(.init("to date", .right), when: cards.contains { $0.estimateToDate != nil })
        choice.add(.init("off by", .right, rank: 5), when: cards.contains { !$0.variancePercent.isEmpty })
        choice.add(.init("band", rank: 1), when: cards.contains { $0.band != "no-estimate" })
        choice.add(.init("of total", .left, .stretch(least: 8, most: 24), rank: 2))
        // Two days a column are still a month; the few days of a week stay apart.
        choice.add(.init("by day", .left, .stretch(least: dayCount > 7 ? (dayCount + 1) / 2 : dayCount, most: dayCount), rank: 3))
        var table = choice.table
        func add(_ card: Card, _ style: Style) {
            let total = totals.first { $0.currency == card.currency }?.actual ?? 0
            let week = card.week ?? run.month.firstDay..<run.month.firstDay + run.month.dayCount
            table.add(
                choice.cells([
                    ViewText.text(card.type == "total" ? "" : card.type), .text(StyledText(lastPart(card.id), style)),
                    ViewText.text(card.owner),
                    ViewText.money(atto: card.actual, style), .text(StyledText(card.currency)),
                    card.estimateToDate.map { ViewText.money(atto: $0) } ?? ViewText.text(""),
                    ViewText.text(card.variancePercent.isEmpty ? "" : card.variancePercent + " %"),
                    .text(card.type == "total" ? "" : CardsView.band(card.band)),
                    .bar(Bar(part: card.actual, of: total)),
                    .sparkline(Sparkline(days.values(.init(type: card.type, id: card.id, currency: card.currency), week))),
                ]))
        }
        for type in types {
            for card in cards.filter({ $0.type == type }).sorted(by: CardsView.comesFirst) { add(card, .plain) }
        }
        if isOverview { for total in totals where cards.contains(where: { $0.currency == total.currency }) { add(total, .strong) } }
        return table
    }

    private static func comesFirst(_ a: Card, _ b: Card) -> Bool {
        if a.currency != b.currency { return a.currency.utf8.lexicographicallyPrecedes(b.currency.utf8) }
        if a.actual != b.actual { return a.actual > b.actual }
        return a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
    }

    private static func band(_ band: String) -> StyledText {
        switch band {
        case "on-plan": StyledText(band, .good)
        case "over": StyledText(band, .notable)
        case "far-over": StyledText(band, .bad)
        case "no-estimate", "not-started": StyledText(band, .faint)
        default: StyledText(band)
        }
    }

    /// What was charged, and what is open, by currency.
    private func summary(_ totals: [Card], _ gaps: CostSums) -> [StyledText] {
        var lines: [StyledText] = [""]
        for total in totals {
            let charged = Money.centsText(atto: total.actual + total.tax)
            lines.append(StyledText("  charged \(charged) \(total.currency), of which tax \(Money.centsText(atto: total.tax))"))
        }
        if gaps.count == 0 { return lines + [StyledText("  no gaps", .good)] }
        lines.append(
            StyledText("  \(ViewText.count(gaps.count, "gap"))", .notable)
                + StyledText(" over \(gaps.text): apportion show \(run.folder) gaps"))
        return lines
    }
}
