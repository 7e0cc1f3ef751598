import Published
import Records

/// The days of each workload beside each other, each against its own dearest day.
enum WorkloadsChart {
    /// More could not be compared by eye.
    static let most = 24

    static func make(_ sums: CurrencySums, month: Month, currency: String, id: String) -> Chart? {
        let workloads = sums.workloads
        if workloads.isEmpty { return nil }
        let (columns, cellWidth, cellHeight, plot) = (4, 2340, 1000, 520)
        var drawing = Markup()
        for (place, workload) in workloads.prefix(most).enumerated() {
            let (x, y) = (place % columns * cellWidth + 60, place / columns * cellHeight)
            let days = sums.byDay[.workload(workload)] ?? []
            let scale = AmountScale(least: days.min() ?? 0, most: days.max() ?? 0, length: plot)
            drawing.label(shortened(workload, to: 24), x: x, y: y + 180, style: "name")
            drawing.label(cents(sums.total(.workload(workload))), x: x + cellWidth - 200, y: y + 180, style: "quiet", anchor: "end")
            let step = (cellWidth - 200) / max(1, days.count)
            let zero = y + 260 + scale.offset(of: 0)
            drawing.rectangle("axis", x: x, y: zero, width: step * days.count, height: 6)
            for (day, cost) in days.enumerated() where cost != 0 {
                let height = max(6, scale.length(of: cost))
                drawing.rectangle(
                    "s0", x: x + day * step + 6, y: cost > 0 ? zero - height : zero, width: step - 12, height: height,
                    title: "\(dateText(dayNumber: month.firstDay + day)): \(cents(cost)) \(currency)")
            }
        }
        let shown = min(workloads.count, most)
        let left = workloads.count > most ? " The \(most) dearest of \(workloads.count) are shown; the spend cards have all." : ""
        return Chart(
            id: id, title: "Days of each workload, \(currency)",
            description: "Spend by day of \(shown) \(shown == 1 ? "workload" : "workloads"), each against its own dearest day.\(left)",
            width: columns * cellWidth, height: (shown + columns - 1) / columns * cellHeight, drawing: drawing,
            table: ChartTable(
                columns: ["workload", "month", "dearest day", "on"],
                rows: workloads.map { workload in
                    let days = sums.byDay[.workload(workload)] ?? []
                    let best = days.indices.max { days[$0] < days[$1] } ?? 0
                    return [
                        workload, cents(sums.total(.workload(workload))), cents(days.isEmpty ? 0 : days[best]),
                        dateText(dayNumber: month.firstDay + best),
                    ]
                },
                links: workloads.map { rowsLink([("workload_id", $0), ("currency", currency)]) }))
    }
}
