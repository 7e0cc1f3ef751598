import Bytes
import Published
import Records
import Trends

/// The report of a published run: one page that needs nothing beside it.
///
///     head         style; a policy that lets nothing in and nothing out
///     at a glance  figures and charts, each with its table, made here
///     cards, bills, gaps, ledger    tables, made in the browser from the data that is in the page once
///
/// Everything in it comes from the run's files, so the same run gives the same bytes.
public struct Page {
    private let content: PageContent
    private let charts: [String: [Chart]]

    /// Reads the run in `folder`.
    public init(folder: String) throws(ViewFault) {
        content = try PageContent(folder)
        var charts: [String: [Chart]] = [:]
        for (place, currency) in content.currencies.enumerated() { charts[currency.code] = Page.charts(content, currency, "\(place + 1)") }
        self.charts = charts
    }

    private static func charts(_ content: PageContent, _ currency: PageContent.Currency, _ number: String) -> [Chart] {
        var charts = [LevelChart.make(currency.levels, currency: currency.code, id: "levels-\(number)")]
        guard let sums = content.sums.currencies[currency.code] else { return charts }
        let owners = content.owners
        func owner(_ workload: String) -> String { owners[workload].flatMap { $0.isEmpty ? nil : $0 } ?? workload }
        if let flow = FlowChart.make(sums, currency: currency.code, id: "flow-\(number)", owner: owner) { charts.append(flow) }
        charts.append(DaysChart.make(sums, month: content.run.month, currency: currency.code, id: "days-\(number)"))
        if let workloads = WorkloadsChart.make(sums, month: content.run.month, currency: currency.code, id: "workloads-\(number)") {
            charts.append(workloads)
        }
        return charts
    }

    /// Every chart as a file of its own: name and content.
    public func svgFiles() -> [(name: String, content: [UInt8])] {
        content.currencies.flatMap { currency in (charts[currency.code] ?? []).map { ("\($0.id).svg", $0.svg(isFile: true).bytes) } }
    }

    // MARK: The page

    /// `report.html`.
    public func html() -> [UInt8] {
        var page = Markup()
        let style = String(decoding: PackageResources.page_css + PackageResources.chart_css, as: UTF8.self)
        let script = String(decoding: PackageResources.page_js, as: UTF8.self)
        let month = content.run.month
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        page.raw(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '\(Page.source(style))'; script-src '\(Page.source(script))'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        )
        page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n")
        page.element("title", text: "Claude spend, \(Page.name(month))")
        page.raw("\n<style>\(style)</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n")
        head(&page)
        page.raw("<nav aria-label=\"Sections\"><ul>")
        let sections = [
            ("glance", "At a glance"), ("flow", "Flow"), ("days", "Days"), ("cards", "Spend cards"), ("bills", "Agent Bills"), ("gaps", "Gaps"),
            ("method", "Method"), ("rows", "Ledger"),
        ]
        for (id, name) in sections { page.raw("<li><a href=\"#\(id)\">\(name)</a></li>") }
        page.raw("</ul></nav>\n<main id=\"main\">\n")
        glance(&page)
        figures(&page, "flow", "From workspaces to those who answer", ["flow"])
        figures(&page, "days", "Days", ["days", "workloads"])
        tables(&page)
        MethodText.append(content, to: &page)
        page.raw(
            """
            <section id="rows" tabindex="-1" aria-labelledby="rows-h"><h2 id="rows-h">Rows of the ledger</h2>
            <p><span id="rows-what"></span> <button type="button" class="link" id="rows-all">show all rows</button></p>
            <p class="note">Every amount in this report leads here, to the rows that it is made of, exact to the last digit.</p><div id="rows-table"></div></section>
            </main>

            """)
        page.raw("<footer><p>Made by Apportion from run ")
        page.text(content.run.runID)
        page.raw(". The files beside this page have the same figures for other programs.</p><noscript><p>Tables of cards, bills, gaps and ledger rows need scripts; the same is in the CSV files beside this page.</p></noscript></footer>\n")
        page.raw("<script id=\"data\" type=\"application/json\">")
        var bytes = page.bytes
        appendData(to: &bytes)
        bytes.append(contentsOf: "</script>\n<script>\(script)</script>\n</body>\n</html>\n".utf8)
        return bytes
    }

    /// How a policy names a script or a style: by its content.
    private static func source(_ text: String) -> String {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return "sha256-\(base64(hash.digest()))"
    }

    /// `October 2026`
    private static func name(_ month: Month) -> String {
        let names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
        return "\(names[month.month - 1]) \(month.year)"
    }

    private func head(_ page: inout Markup) {
        let run = content.run
        page.raw("<header><h1>")
        page.text("Claude spend, \(Page.name(run.month))")
        page.raw("</h1><ul class=\"chips\">")
        let isComplete = run.state == "complete"
        page.raw("<li class=\"\(isComplete ? "good" : "warn")\">\(isComplete ? "month complete" : "")")
        if !isComplete { page.text(run.state) }
        page.raw("</li><li>")
        page.text(content.finality == "invoiced" ? "invoiced: every charge has an invoice" : "open: not every charge has an invoice yet")
        page.raw("</li>")
        if run.isPartial { page.raw("<li class=\"bad\">partial: faulty rows were set aside, see rejected.csv</li>") }
        page.raw("<li>")
        page.text("\(content.costBasis) cost")
        page.raw("</li></ul></header>\n")
    }

    private func glance(_ page: inout Markup) {
        page.raw("<section id=\"glance\"><h2>At a glance</h2>\n")
        if content.currencies.isEmpty { page.raw("<p>Nothing was charged.</p>") }
        for currency in content.currencies {
            page.raw("<dl class=\"figures\">")
            func figure(_ name: String, _ value: String, _ more: String, link: String? = nil, exact: Int128? = nil) {
                page.raw("<div>")
                page.element("dt", text: name)
                page.raw("<dd>")
                if let link {
                    page.element("a", [("href", link)] + (exact.map { [("title", Amount(atto: $0).text)] } ?? []), text: value)
                } else {
                    page.text(value)
                }
                if !more.isEmpty { page.element("small", text: more) }
                page.raw("</dd></div>")
            }
            figure(
                "charged", "\(cents(currency.charged)) \(currency.code)", change(currency), link: rowsLink([("currency", currency.code)]), exact: currency.charged)
            let usual = currency.levels.values.reduce(Int128(0)) { $0 + max(0, $1) }
            for (level, name) in [("workload", "to workloads"), ("workspace", "by workspace only"), ("unallocated", "unattributed")] {
                let cost = currency.levels[level] ?? 0
                figure(name, percent(cost, of: usual), cents(cost), link: rowsLink([("level", level), ("currency", currency.code)]), exact: cost)
            }
            let seen = content.sums.currencies[currency.code].map { $0.usage.reduce(0, +) - $0.withoutEvidence.reduce(0, +) } ?? 0
            figure(
                "usage with evidence", currency.coverage.isEmpty ? "–" : Page.rate(currency.coverage), "of Claude Platform, by cost",
                link: seen == 0 ? nil : rowsLink([("evidence", "yes"), ("currency", currency.code)]), exact: seen)
            let open = currency.gaps.reduce(Int128(0)) { $0 + $1.cost }
            figure(
                "to answer for", cents(open), gapCount(currency.code), link: open == 0 ? nil : rowsLink([("open", "yes"), ("currency", currency.code)]),
                exact: open)
            page.raw("</dl>\n")
            for chart in charts[currency.code] ?? [] where chart.id.hasPrefix("levels") { append(chart, to: &page) }
        }
        page.raw("</section>\n")
    }

    private func gapCount(_ currency: String) -> String {
        let count = content.gaps.counts[currency] ?? 0
        return count == 0 ? "no gaps" : "\(count) \(count == 1 ? "gap" : "gaps"), below"
    }

    /// Against the month before, where it is published beside this run.
    private func change(_ currency: PageContent.Currency) -> String {
        guard let before = content.before else { return "the month before is not published beside this one" }
        guard let old = before.charged[currency.code] else { return "nothing in \(before.month.text)" }
        let change = currency.charged - old
        let rate = percent(change, of: old)
        return "\(change >= 0 ? "+" : "")\(cents(change))\(rate.isEmpty ? "" : ", \(change >= 0 ? "+" : "")\(rate)") \(content.run.state == "complete" ? "against" : "so far, against the whole of") \(before.month.text)"
    }

    /// `97.89 %` of `0.9789`.
    private static func rate(_ ratio: String) -> String {
        let parts = ratio.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = (parts.count > 1 ? String(parts[1]) : "") + "0000"
        let digits = "\(parts[0])\(decimals.prefix(2))"
        return "\(Int(digits) ?? 0).\(decimals.dropFirst(2).prefix(2)) %"
    }

    private func figures(_ page: inout Markup, _ id: String, _ title: String, _ kinds: [String]) {
        page.raw("<section id=\"\(id)\"><h2>\(title)</h2>\n")
        let shown = content.currencies.flatMap { charts[$0.code] ?? [] }.filter { chart in kinds.contains { chart.id.hasPrefix($0) } }
        if shown.isEmpty { page.raw("<p class=\"quiet\">Nothing to show.</p>") }
        for currency in content.currencies {
            for kind in kinds { for chart in charts[currency.code] ?? [] where chart.id.hasPrefix(kind) { append(chart, to: &page) } }
        }
        page.raw("</section>\n")
    }

    private func append(_ chart: Chart, to page: inout Markup) {
        page.raw("<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\"")
        page.attribute("aria-label", chart.title)
        page.raw(">")
        page.raw(chart.svg(isFile: false))
        page.raw("</div><figcaption>")
        page.element("strong", text: chart.title + ". ")
        page.text(chart.description)
        page.raw("</figcaption><details class=\"figures-table\"><summary>The same as a table</summary><div class=\"scroll\" role=\"region\" tabindex=\"0\"")
        page.attribute("aria-label", "Table: " + chart.title)
        page.raw("><table><thead><tr>")
        for (place, column) in chart.table.columns.enumerated() { page.element("th", [("scope", "col")] + (place > 0 ? [("class", "n")] : []), text: column) }
        page.raw("</tr></thead><tbody>")
        // Of very many rows the first: the tables below have all.
        for (place, row) in chart.table.rows.prefix(200).enumerated() {
            page.raw("<tr>")
            for (column, cell) in row.enumerated() {
                page.open(column == 0 ? "th" : "td", column == 0 ? [("scope", "row")] : [("class", "n")])
                let links = column == 0 ? chart.table.links : place < chart.table.cellLinks.count ? chart.table.cellLinks[place] : []
                let at = column == 0 ? place : column - 1
                if at < links.count, let link = links[at] {
                    page.element("a", [("href", link)], text: cell.isEmpty ? "–" : cell)
                } else {
                    page.text(cell)
                }
                page.raw(column == 0 ? "</th>" : "</td>")
            }
            page.raw("</tr>")
        }
        page.raw("</tbody></table>")
        if chart.table.rows.count > 200 { page.raw("<p class=\"note\">The first 200 of \(chart.table.rows.count).</p>") }
        page.raw("</div></details></figure>\n")
    }

    private func tables(_ page: inout Markup) {
        page.raw(
            """
            <section id="cards"><h2>Spend cards</h2><p class="note">What was spent against what was confirmed, without tax. A name opens its card.</p>
            <div class="tools" id="cards-tools"></div><div id="cards-table"></div><div id="card" tabindex="-1"></div></section>
            <section id="bills"><h2>Agent Bills</h2><p class="note">Who owes what, down to the agent. A name opens its statement.</p>
            <div class="tools" id="bills-tools"></div><div id="bills-table"></div><div id="bill" tabindex="-1"></div></section>
            <section id="gaps"><h2>Gaps</h2><p class="note">Money for which somebody has still to answer, and what to do about it.</p><div id="gaps-table"></div></section>

            """)
    }

    private func appendData(to bytes: inout [UInt8]) {
        func member(_ name: String, _ json: [UInt8]) {
            bytes.append(contentsOf: "\"\(name)\":".utf8)
            bytes.append(contentsOf: json)
            bytes.append(contentsOf: ",\n".utf8)
        }
        func text(_ text: String) -> [UInt8] {
            var json: [UInt8] = []
            JSONList.appendString(Array(text.utf8), to: &json)
            return json
        }
        func list(_ json: [UInt8]) -> [UInt8] { [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")] }
        bytes.append(UInt8(ascii: "{"))
        member("month", text(content.run.month.text))
        member("days", Array("\(content.run.month.dayCount)".utf8))
        member("run", text(content.run.runID))
        member("finality", text(content.finality))
        member("estimates", list(Array(ShareFacts.estimates.sorted().map { text($0) }.joined(separator: [UInt8(ascii: ",")]))))
        member("cards", list(content.cards.json))
        member("bills", list(content.bills))
        member("gaps", list(content.gaps.json))
        member("forecasts", list(forecasts(text)))
        content.sums.data.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}

extension Page {
    /// Where workloads and the whole are going, for their cards.
    private func forecasts(_ text: (String) -> [UInt8]) -> [UInt8] {
        var json: [UInt8] = []
        for forecast in content.forecasts {
            guard let end = forecast.monthEnd else { continue }
            json.append(contentsOf: (json.isEmpty ? "{" : ",\n{").utf8)
            let type = forecast.key.workload.isEmpty ? "total" : "workload"
            let members = [
                ("card_type", type), ("card_id", forecast.key.workload.isEmpty ? "total" : forecast.key.workload), ("currency", forecast.key.currency),
                ("end", Forecast.amount(end.cost).text), ("low", Forecast.amount(end.low).text), ("high", Forecast.amount(end.high).text), ("days", "\(end.historyDays)"),
            ]
            for (place, member) in members.enumerated() {
                json.append(contentsOf: "\(place > 0 ? "," : "")\"\(member.0)\":".utf8)
                json.append(contentsOf: text(member.1))
            }
            json.append(UInt8(ascii: "}"))
        }
        return json
    }
}

/// RFC 4648.
private func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0..<4 { text.append(place <= group.count ? digits[word >> (18 - 6 * place) & 63] : "=") }
    }
    return text
}
