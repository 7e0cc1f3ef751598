import Attribution
import Records
import Reports
import Runs
import Terminal

/// What a run says on standard output, on one screen: whether the figures are good, who spent most, what is open, and where the files are.
struct RunText {
    private let result: RunResult
    private let width: Int

    init(_ result: RunResult, width: Int) {
        self.result = result
        // Wider than this the eye no longer finds from a name to its figure.
        self.width = min(width, 140)
    }

    func lines() -> [StyledText] {
        var lines = [title()]
        for figures in result.summary {
            lines += totals(figures)
            lines += workloads(result.workloads.filter { $0.currency == figures.currency })
            lines += gaps(result.gaps.filter { $0.currency == figures.currency }, figures)
        }
        if result.setAside > 0 {
            lines += [StyledText(), StyledText("PARTIAL: \(result.setAside) set aside, see rejected.csv", .bad)]
        }
        return lines + files()
    }

    private func title() -> StyledText {
        var line = StyledText(result.period.text, .strong)
        line.append(" · \(result.dataThrough == result.period.end ? "complete" : "data through \(result.dataThrough.text)") · ", .plain)
        line.append("run \(result.runID)", .faint)
        return line
    }

    // MARK: Totals

    private func totals(_ figures: CurrencySummary) -> [StyledText] {
        let difference = Amount(atto: figures.charged.atto - figures.allocated.atto)
        var total = StyledText("  charged ")
        total.append("\(CurrencySummary.cents(figures.charged)) \(figures.currency)", .strong)
        total.append(", allocated \(CurrencySummary.cents(figures.allocated)) \(figures.currency), ", .plain)
        total.append("difference \(difference.text)", difference == .zero ? .good : .bad)
        var levels = table("where it went")
        for (label, amount) in [("to workloads", figures.workload), ("to workspaces", figures.workspace), ("unallocated", figures.unallocated)] {
            levels.add(row(label, amount, of: figures.charged))
        }
        var lines = [StyledText(), total, StyledText()] + levels.lines(width: width)
        guard figures.claudeUsage != .zero else { return lines }
        var evidence = table("evidence for Claude Platform usage")
        for (window, label) in [
            (EvidenceWindow.interval, "calls of the hour"), (.shared, "calls of the account"), (.before, "calls of the day before"),
            (.none, "none"),
        ] {
            let amount = figures.claudeUsageByWindow[window] ?? .zero
            if amount != .zero || window == .none { evidence.add(row(label, amount, of: figures.claudeUsage)) }
        }
        lines += [StyledText()] + evidence.lines(width: width)
        return lines
    }

    private func table(_ title: String) -> TextTable {
        TextTable([
            .init(title, .left), .init("", .right), .init("", .right), .init("", .left, .stretch(least: 10, most: 40), rank: 1),
        ])
    }

    private func row(_ label: String, _ amount: Amount, of whole: Amount) -> [TextTable.Cell] {
        [
            .text(StyledText(label)), .text(StyledText(CurrencySummary.cents(amount))),
            .text(StyledText(CurrencySummary.percent(amount, of: whole), .faint)), .bar(Bar(part: amount.atto, of: whole.atto)),
        ]
    }

    // MARK: Workloads

    private static let shownWorkloads = 10

    private func workloads(_ workloads: [WorkloadSummary]) -> [StyledText] {
        guard !workloads.isEmpty else { return [] }
        let most = workloads.map(\.actual.atto).max() ?? 0
        var table = TextTable([
            .init("workload", .left, .cut(.middle, least: 12)), .init("actual", .right), .init("estimate to date", .right), .init("band", .left),
            .init("", .left, .stretch(least: 8, most: 30), rank: 1),
        ])
        for workload in workloads.prefix(RunText.shownWorkloads) {
            table.add([
                .text(StyledText(workload.id)), .text(StyledText(CurrencySummary.cents(workload.actual))),
                .text(StyledText(workload.estimateToDate.map(CurrencySummary.cents) ?? "–")),
                .text(StyledText(workload.band, RunText.style(ofBand: workload.band))), .bar(Bar(part: workload.actual.atto, of: most)),
            ])
        }
        return [StyledText()] + table.lines(width: width) + more(workloads.count - RunText.shownWorkloads, "spend-cards.csv")
            + [StyledText("  without tax, and with what their claimed workspaces spent", .faint)]
    }

    private static func style(ofBand band: String) -> Style {
        switch band {
        case "on-plan": .good
        case "under", "over", "not-started": .notable
        case "far-over": .bad
        default: .faint
        }
    }

    private func more(_ count: Int, _ file: String) -> [StyledText] {
        count > 0 ? [StyledText("  and \(count) more, in \(file)", .faint)] : []
    }

    // MARK: Gaps

    private static let shownGaps = 4

    private func gaps(_ gaps: [GapSummary], _ figures: CurrencySummary) -> [StyledText] {
        guard !gaps.isEmpty else { return [] }
        var table = TextTable([.init("open", .left), .init("", .right), .init("", .left, .cut(.middle, least: 12))])
        for gap in gaps.prefix(RunText.shownGaps) {
            let anchor = gap.anchor.split(separator: "/").last.map(String.init) ?? gap.anchor
            table.add(
                [.text(StyledText(gap.gap, .notable)), .text(StyledText(CurrencySummary.cents(gap.cost))), .text(StyledText(anchor))],
                note: gap.action)
        }
        let sums = figures.gaps.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \(CurrencySummary.cents($0.value))" }
        return [StyledText()] + table.lines(width: width) + more(gaps.count - RunText.shownGaps, "gaps.csv")
            + paragraph("all that is open: \(sums.joined(separator: ", "))", width: width - 2).map { StyledText("  \($0)", .faint) }
    }

    // MARK: Files

    private func files() -> [StyledText] {
        let ledger = "allocations.csv (\(result.ledgerRows) \(result.ledgerRows == 1 ? "row" : "rows"))"
        let text = "files in \(result.folder): \(ledger), spend-cards, agent-bills, gaps.csv, reconciliation.json"
        return [StyledText()] + paragraph(text, width: width).map { StyledText($0) }
    }
}
