import Published

/// How near to a workload the month's money came, as one bar.
enum LevelChart {
    /// - Parameter levels: Amounts of `workload`, `workspace` and `unallocated`.
    static func make(_ levels: [String: Int128], currency: String, id: String) -> Chart {
        let entries = [
            ("workload", "to workloads", "s0"), ("workspace", "by workspace only", "level"), ("unallocated", "unattributed", "open"),
        ]
        let positive = entries.reduce(Int128(0)) { $0 + max(0, levels[$1.0] ?? 0) }
        let width = 9000
        var drawing = Markup()
        var x = 0
        for (place, (level, name, style)) in entries.enumerated() {
            let cost = levels[level] ?? 0
            let share = portion(cost, of: positive, length: width)
            drawing.rectangle(style, x: x, y: 0, width: share, height: 300, title: "\(name): \(cents(cost)) \(currency)")
            if style == "open" { drawing.patterned("h", of: id, x: x, y: 0, width: share, height: 300) }
            x += share
            let column = place * width / 3
            drawing.rectangle(style, x: column, y: 460, width: 120, height: 120)
            if style == "open" { drawing.patterned("h", of: id, x: column, y: 460, width: 120, height: 120) }
            drawing.label("\(name) \(cents(cost))  \(percent(cost, of: positive))", x: column + 180, y: 560)
        }
        func text(_ level: String) -> String { positive > 0 ? percent(levels[level] ?? 0, of: positive) : "nothing" }
        return Chart(
            id: id, title: "How near to a workload the money came, \(currency)",
            description: "\(text("workload")) to workloads, \(text("workspace")) by workspace only, \(text("unallocated")) unattributed.",
            width: width, height: 680, drawing: drawing,
            table: ChartTable(
                columns: ["level", "cost", "share"],
                rows: entries.map { [$0.1, cents(levels[$0.0] ?? 0), text($0.0)] },
                links: entries.map { rowsLink([("level", $0.0), ("currency", currency)]) }))
    }
}
