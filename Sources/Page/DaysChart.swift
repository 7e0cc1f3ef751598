import Published
import Records

/// Spend by day, stacked by workload; days with usage that has no evidence are shaded.
enum DaysChart {
    static func make(_ sums: CurrencySums, month: Month, currency: String, id: String) -> Chart {
        let series = Series(sums)
        let values = series.entries.map { series.days($0, sums) }
        let dates = (0..<sums.days).map { dateText(dayNumber: month.firstDay + $0) }
        func edge(_ day: Int, _ isAbove: Bool) -> Int128 { values.reduce(0) { $0 + (($1[day] > 0) == isAbove ? $1[day] : 0) } }
        let scale = AmountScale(
            least: (0..<sums.days).map { edge($0, false) }.min() ?? 0, most: (0..<sums.days).map { edge($0, true) }.max() ?? 0, length: 2400)
        let (left, top, step) = (640, 200, 280)
        let width = left + sums.days * step + 40
        var drawing = Markup()
        for tick in scale.ticks {
            let y = top + scale.offset(of: tick)
            drawing.rectangle(tick == 0 ? "axis" : "grid", x: left, y: y - 5, width: sums.days * step, height: tick == 0 ? 12 : 8)
            drawing.label(scale.label(tick), x: left - 80, y: y + 40, style: "quiet", anchor: "end")
        }
        for day in 0..<sums.days {
            let x = left + day * step
            if sums.withoutEvidence[day] > 0 { drawing.patterned("n", of: id, x: x, y: top, width: step, height: scale.length) }
            var (above, below) = (scale.offset(of: 0), scale.offset(of: 0))
            for (place, entry) in series.entries.enumerated() where values[place][day] != 0 {
                let cost = values[place][day]
                let height = scale.length(of: cost)
                let y = cost > 0 ? above - height : below
                if cost > 0 { above -= height } else { below += height }
                drawing.rectangle(
                    entry.style, x: x + 30, y: top + y, width: step - 60, height: height,
                    title: "\(dates[day]), \(entry.name): \(cents(cost)) \(currency)")
                if entry.style == "open" { drawing.patterned("h", of: id, x: x + 30, y: top + y, width: step - 60, height: height) }
            }
            if day == 0 || (day + 1) % 5 == 0 { drawing.label("\(day + 1)", x: x + step / 2, y: top + scale.length + 170, style: "quiet", anchor: "middle") }
        }
        let height = legend(series, into: &drawing, id: id, y: top + scale.length + 340, width: width, hasShade: sums.withoutEvidence.contains { $0 > 0 })
        let total = series.entries.indices.map { values[$0].reduce(0, +) }.reduce(0, +)
        let dearest = (0..<sums.days).max { a, b in edge(a, true) < edge(b, true) } ?? 0
        return Chart(
            id: id, title: "Spend by day, \(currency)",
            description:
                "\(cents(total)) \(currency) in \(month.text), tax included; the dearest day is \(dates[dearest]) with \(cents(edge(dearest, true))). \(unseen(sums, currency))",
            width: width, height: height, drawing: drawing, table: table(series, values, dates, sums, currency))
    }

    private static func unseen(_ sums: CurrencySums, _ currency: String) -> String {
        let days = sums.withoutEvidence.filter { $0 > 0 }.count
        guard days > 0 else { return "All usage of Claude Platform has evidence." }
        let cost = sums.withoutEvidence.reduce(0, +)
        return "On \(days) \(days == 1 ? "day" : "days"), dotted, usage of \(cents(cost)) \(currency) has no evidence."
    }

    /// - Returns: The height down to which it reaches.
    private static func legend(_ series: Series, into drawing: inout Markup, id: String, y: Int, width: Int, hasShade: Bool) -> Int {
        var (x, line) = (640, y)
        func entry(_ name: String, _ draw: (inout Markup, Int, Int) -> Void) {
            let needed = 260 + min(name.count, 30) * 68
            if x + needed > width && x > 640 {
                x = 640
                line += 200
            }
            draw(&drawing, x, line)
            drawing.label(shortened(name, to: 30), x: x + 170, y: line + 100)
            x += needed
        }
        for item in series.entries {
            entry(item.name) { drawing, x, y in
                drawing.rectangle(item.style, x: x, y: y, width: 120, height: 120)
                if item.style == "open" { drawing.patterned("h", of: id, x: x, y: y, width: 120, height: 120) }
            }
        }
        if hasShade { entry("usage without evidence") { drawing, x, y in drawing.patterned("n", of: id, x: x, y: y, width: 120, height: 120) } }
        return line + 220
    }

    private static func table(_ series: Series, _ values: [[Int128]], _ dates: [String], _ sums: CurrencySums, _ currency: String) -> ChartTable {
        ChartTable(
            columns: ["day"] + series.entries.map(\.name) + ["all", "without evidence"],
            rows: dates.indices.map { day in
                [dates[day]] + values.map { cents($0[day]) }
                    + [cents(values.reduce(0) { $0 + $1[day] }), cents(sums.withoutEvidence[day])]
            },
            links: dates.map { rowsLink([("day", $0), ("currency", currency)]) },
            cellLinks: dates.indices.map { day in
                let of = [("day", dates[day]), ("currency", currency)]
                let holders = series.entries.enumerated().map { place, entry in
                    // Several workloads in one have no rows of their own; nothing has none.
                    values[place][day] == 0 || entry.holders.count != 1 ? nil : rowsLink(entry.holders[0].columns + of)
                }
                return holders + [nil, sums.withoutEvidence[day] == 0 ? nil : rowsLink([("evidence", "no")] + of)]
            })
    }
}
