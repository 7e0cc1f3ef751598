import Published

/// From workspaces through callers to those who answer for them. What is shared out by weights is hatched; what nobody answers for is always there.
enum FlowChart {
    private static let most = 12
    private static let nodeWidth = 140

    private struct Node {
        var key: String
        var name: String
        var style: String
        var cost: Int128 = 0
        var y = 0
        var height = 0
        /// How far down its sides are taken by ribbons already.
        var arrived = 0
        var left = 0
    }

    /// - Parameter owner: Who answers for a workload.
    static func make(_ sums: CurrencySums, currency: String, id: String, owner: (String) -> String) -> Chart? {
        // Credits have no width; the table has them.
        let ways = sums.ways.filter { $0.value.cost > 0 }
        guard !ways.isEmpty else { return nil }
        let total = ways.values.reduce(Int128(0)) { $0 + $1.cost }
        func holder(_ way: CurrencySums.Way) -> (name: String, style: String) {
            switch way.holder {
            case .workload(let workload): (owner(workload), "s1")
            case .workspace: ("by workspace only", "level")
            case .unallocated: ("unattributed", "open")
            }
        }
        // An owner may be called as the page calls what nobody owns: what tells nodes apart is more than their names.
        func keys(_ way: CurrencySums.Way) -> [String] { [way.workspace, way.principal, "\(holder(way).style) \(holder(way).name)"] }
        var stages: [[String: Node]] = [[:], [:], [:]]
        for (way, flow) in ways {
            let names = [way.workspace, way.principal.isEmpty ? "no caller known" : way.principal, holder(way).name]
            let styles = ["s0", way.principal.isEmpty ? "rest" : "s2", holder(way).style]
            let keys = keys(way)
            for stage in 0..<3 { stages[stage][keys[stage], default: Node(key: keys[stage], name: names[stage], style: styles[stage])].cost += flow.cost }
        }
        // Of each stage the dearest, the others as one, and what is open last.
        let length = 3600
        var columns: [[Node]] = []
        var place: [[String: Int]] = []
        for stage in stages {
            let sorted = stage.values.sorted { a, b in
                if isOpen(a) != isOpen(b) { return isOpen(b) }
                return a.cost != b.cost ? a.cost > b.cost : a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
            }
            let closed = sorted.filter { !isOpen($0) }
            var nodes = Array(closed.prefix(most))
            var places: [String: Int] = [:]
            for (index, node) in nodes.enumerated() { places[node.key] = index }
            if closed.count > most {
                let rest = closed.dropFirst(most)
                for node in rest { places[node.key] = nodes.count }
                nodes.append(Node(key: "", name: "\(rest.count) others", style: "rest", cost: rest.reduce(0) { $0 + $1.cost }))
            }
            for node in sorted where isOpen(node) {
                places[node.key] = nodes.count
                nodes.append(node)
            }
            var y = 320
            for index in nodes.indices {
                nodes[index].height = max(10, portion(nodes[index].cost, of: total, length: length))
                nodes[index].y = y
                y += max(nodes[index].height, 150) + 70
            }
            columns.append(nodes)
            place.append(places)
        }
        let bottom = columns.compactMap { $0.last.map { $0.y + max($0.height, 150) } }.max() ?? 0
        let x = [2500, 5300, 8100]
        var links: [Link: CurrencySums.Flow] = [:]
        for (way, flow) in ways {
            let keys = keys(way)
            for stage in 0..<2 {
                let link = Link(stage: stage, from: place[stage][keys[stage]] ?? 0, to: place[stage + 1][keys[stage + 1]] ?? 0)
                links[link, default: CurrencySums.Flow()].cost += flow.cost
                links[link, default: CurrencySums.Flow()].estimated += flow.estimated
            }
        }
        var drawing = Markup()
        for link in links.keys.sorted() {
            guard let flow = links[link] else { continue }
            let title = "\(columns[link.stage][link.from].name) → \(columns[link.stage + 1][link.to].name): \(cents(flow.cost)) \(currency), \(cents(flow.estimated)) of it estimated"
            let all = portion(flow.cost, of: total, length: length)
            let estimated = min(all, portion(flow.estimated, of: total, length: length))
            for (height, isEstimated) in [(all - estimated, false), (estimated, true)] where height > 0 {
                let from = columns[link.stage][link.from].y + columns[link.stage][link.from].left
                let to = columns[link.stage + 1][link.to].y + columns[link.stage + 1][link.to].arrived
                ribbon(&drawing, (x[link.stage] + nodeWidth, from), (x[link.stage + 1], to), height, isEstimated ? id : nil, title)
                columns[link.stage][link.from].left += height
                columns[link.stage + 1][link.to].arrived += height
            }
        }
        for (stage, nodes) in columns.enumerated() {
            drawing.label(
                ["workspace", "caller", "who answers"][stage], x: stage == 0 ? x[0] + nodeWidth : x[stage], y: 160, style: "name",
                anchor: stage == 0 ? "end" : "start")
            for node in nodes {
                drawing.rectangle(node.style, x: x[stage], y: node.y, width: nodeWidth, height: node.height)
                if node.style == "open" { drawing.patterned("h", of: id, x: x[stage], y: node.y, width: nodeWidth, height: node.height) }
                let label = "\(shortened(lastPart(node.name), to: stage == 1 ? 26 : 22)) \(cents(node.cost))"
                drawing.label(
                    label, x: stage == 0 ? x[0] - 60 : x[stage] + nodeWidth + 60, y: node.y + max(node.height, 110) / 2 + 40, style: "halo",
                    anchor: stage == 0 ? "end" : "start")
            }
        }
        let credited = sums.ways.values.reduce(Int128(0)) { $0 + min(0, $1.cost) }
        let below = credited < 0 ? " Ways that come to less than nothing, \(cents(credited)) together, have no width; the table has them." : ""
        let estimated = ways.values.reduce(Int128(0)) { $0 + $1.estimated }
        let open = ways.reduce(Int128(0)) { $0 + ($1.key.holder == .unallocated ? $1.value.cost : 0) }
        return Chart(
            id: id, title: "From workspaces through callers to those who answer, \(currency)",
            description:
                "\(cents(total)) \(currency), credits taken off where they fall; \(percent(open, of: total)) of it unattributed; \(percent(estimated, of: total)), hatched, is shared out by calls or tokens, or follows what is.\(below)",
            width: 11200, height: bottom + 60, drawing: drawing, table: table(sums, currency, holder))
    }

    private static func isOpen(_ node: Node) -> Bool { node.style == "open" || node.style == "level" || node.key.isEmpty }

    private struct Link: Hashable, Comparable {
        var stage: Int
        var from: Int
        var to: Int

        static func < (a: Link, b: Link) -> Bool { (a.stage, a.from, a.to) < (b.stage, b.from, b.to) }
    }

    private static func ribbon(_ drawing: inout Markup, _ from: (x: Int, y: Int), _ to: (x: Int, y: Int), _ height: Int, _ hatch: String?, _ title: String) {
        func point(_ x: Int, _ y: Int) -> String { "\(Chart.length(x)) \(Chart.length(y))" }
        let middle = (from.x + to.x) / 2
        let path =
            "M\(point(from.x, from.y))C\(point(middle, from.y)) \(point(middle, to.y)) \(point(to.x, to.y))L\(point(to.x, to.y + height))C\(point(middle, to.y + height)) \(point(middle, from.y + height)) \(point(from.x, from.y + height))Z"
        drawing.raw("<path class=\"ribbon\" d=\"\(path)\">")
        drawing.element("title", text: title)
        drawing.raw("</path>")
        if let hatch { drawing.raw("<path fill=\"url(#\(hatch)-e)\" d=\"\(path)\"/>") }
    }

    private static func table(_ sums: CurrencySums, _ currency: String, _ holder: (CurrencySums.Way) -> (name: String, style: String)) -> ChartTable {
        func order(_ way: CurrencySums.Way) -> String { "\(way.workspace)\n\(way.principal)\n\(holder(way).name)\n\(way.holder)" }
        let sorted = sums.ways.sorted { a, b in
            a.value.cost != b.value.cost ? a.value.cost > b.value.cost : order(a.key).utf8.lexicographicallyPrecedes(order(b.key).utf8)
        }
        return ChartTable(
            columns: ["workspace", "caller", "who answers", "cost", "of it estimated"],
            rows: sorted.map { way, flow in
                [lastPart(way.workspace), lastPart(way.principal), holder(way).name, cents(flow.cost), cents(flow.estimated)]
            },
            links: sorted.map { way, _ in rowsLink(columns(way) + [("currency", currency)]) })
    }

    /// Of the ledger, by which the rows of a way are found.
    private static func columns(_ way: CurrencySums.Way) -> [(String, String)] {
        var columns = [("principal", way.principal)]
        switch way.workspace {
        case "Bedrock": columns += [("workspace_arn", ""), ("platform", "bedrock")]
        case "no workspace": columns += [("workspace_arn", ""), ("platform", "claude-platform")]
        default: columns.append(("workspace_arn", way.workspace))
        }
        return columns + way.holder.columns
    }
}
