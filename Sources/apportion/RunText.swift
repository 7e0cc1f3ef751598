import Records
import Reports
import Runs

/// What a run says on standard output: a few lines that tell whether the figures are good, and where they are.
enum RunText {
    static func text(_ result: RunResult) -> String {
        var lines: [String] = []
        let through = result.dataThrough == result.period.end ? "complete" : "data through \(result.dataThrough.text)"
        lines.append("\(result.period.text) · \(through) · run \(result.runID)")
        for figures in result.summary {
            let width = CurrencySummary.cents(figures.charged).count
            func line(_ label: String, _ amount: Amount) -> String {
                let share = CurrencySummary.percent(amount, of: figures.charged)
                return "  \(label.padded(to: 12)) \(CurrencySummary.cents(amount).paddedLeft(to: width)) \(figures.currency)  \(share.paddedLeft(to: 9))"
            }
            lines.append(line("charged", figures.charged))
            lines.append(line("workload", figures.workload))
            lines.append(line("workspace", figures.workspace))
            lines.append(line("unallocated", figures.unallocated))
            let difference = Amount(atto: figures.charged.atto - figures.allocated.atto)
            let coverage = CurrencySummary.percent(figures.claudeUsageWithEvidence, of: figures.claudeUsage)
            lines.append("  charged − allocated = \(difference.text) · evidence for \(coverage) of Claude Platform usage")
        }
        if result.setAside > 0 { lines.append("  PARTIAL: \(result.setAside) set aside, see rejected.csv") }
        lines.append("\(result.ledgerRows) ledger rows in \(result.folder)/allocations.csv; beside it cards, bills, gaps, reconciliation")
        return lines.joined(separator: "\n") + "\n"
    }
}
