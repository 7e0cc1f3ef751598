import Records
import Reports
import Runs

/// What a run says on standard output: whether the figures are good, who spent most, what is open, and where the files are.
enum RunText {
    static func text(_ result: RunResult) -> String {
        let through = result.dataThrough == result.period.end ? "complete" : "data through \(result.dataThrough.text)"
        var lines = ["\(result.period.text) · \(through) · run \(result.runID)"]
        for figures in result.summary {
            lines.append(contentsOf: totals(figures))
            lines.append("")
            lines.append(contentsOf: workloads(result.workloads.filter { $0.currency == figures.currency }))
            lines.append(contentsOf: gaps(figures))
        }
        if result.setAside > 0 { lines.append("PARTIAL: \(result.setAside) set aside, see rejected.csv") }
        lines.append(
            "files in \(result.folder): allocations.csv (\(result.ledgerRows) \(result.ledgerRows == 1 ? "row" : "rows")), spend-cards.csv, agent-bills.csv, gaps.csv, reconciliation.json")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func totals(_ figures: CurrencySummary) -> [String] {
        func line(_ label: String, _ amount: Amount, _ share: String) -> String {
            "  \(label.padded(to: 24)) \(CurrencySummary.cents(amount).paddedLeft(to: 14)) \(figures.currency)\(share)"
        }
        func share(_ amount: Amount) -> String { "  " + CurrencySummary.percent(amount, of: figures.charged).paddedLeft(to: 9) }
        let difference = Amount(atto: figures.charged.atto - figures.allocated.atto)
        let coverage = CurrencySummary.percent(figures.claudeUsageWithEvidence, of: figures.claudeUsage)
        return [
            line("charged", figures.charged, ""),
            line("to workloads", figures.workload, share(figures.workload)),
            line("to workspaces", figures.workspace, share(figures.workspace)),
            line("unallocated", figures.unallocated, share(figures.unallocated)),
            "  charged − allocated = \(difference.text); evidence for \(coverage) of Claude Platform usage",
        ]
    }

    private static func workloads(_ workloads: [WorkloadSummary]) -> [String] {
        guard !workloads.isEmpty else { return [] }
        var lines = ["  \("workload".padded(to: 24)) \("actual".paddedLeft(to: 14)) \("estimate to date".paddedLeft(to: 18))  band"]
        for workload in workloads.prefix(10) {
            let estimate = workload.estimateToDate.map(CurrencySummary.cents) ?? "–"
            lines.append(
                "  \(workload.id.padded(to: 24)) \(CurrencySummary.cents(workload.actual).paddedLeft(to: 14)) \(estimate.paddedLeft(to: 18))  \(workload.band)")
        }
        if workloads.count > 10 { lines.append("  and \(workloads.count - 10) more") }
        return lines + [""]
    }

    private static func gaps(_ figures: CurrencySummary) -> [String] {
        guard !figures.gaps.isEmpty else { return [] }
        let lines = figures.gaps.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { gap, amount in
            "  \(gap.padded(to: 24)) \(CurrencySummary.cents(amount).paddedLeft(to: 14)) \(figures.currency)"
        }
        return ["  open (gaps.csv says what to do)"] + lines + [""]
    }
}
