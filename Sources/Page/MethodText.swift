import Published
import Records

/// How the figures came about, in plain words, with this very run's numbers.
enum MethodText {
    static func append(_ content: PageContent, to page: inout Markup) {
        page.raw("<section id=\"method\"><h2>Method</h2>\n")
        for currency in content.currencies { conservation(currency, to: &page) }
        page.raw("<h3>What is exact, and what is an estimate</h3>\n")
        page.raw(
            "<p>What was charged is exact: every row of the bill is in it, to the last digit. How it is shared out is exact where the bill itself says who it was, and an estimate where calls of several callers share one hour.</p>"
        )
        for currency in content.currencies { methods(currency, to: &page) }
        for currency in content.currencies { content.sums.examples[currency.code].map { example($0, to: &page) } }
        counters(content, to: &page)
        page.raw("</section>\n")
    }

    private static func conservation(_ currency: PageContent.Currency, to page: inout Markup) {
        page.element("h3", text: "Nothing is lost, \(currency.code)")
        page.raw("<p>")
        page.text("The bill charges \(Amount(atto: currency.charged).text) \(currency.code). The ledger's rows add up to \(Amount(atto: currency.allocated).text): ")
        let levels = [("workload", "to workloads"), ("workspace", "by workspace only"), ("unallocated", "unattributed")]
            .compactMap { level, name in currency.levels[level].map { "\(Amount(atto: $0).text) \(name)" } }
        page.text(levels.joined(separator: ", ") + ". The difference is \(Amount(atto: currency.difference).text).")
        page.raw("</p>\n")
    }

    /// One charge, worked.
    private static func example(_ split: WorkedSplit, to page: inout Markup) {
        page.element("h3", text: "An example, \(split.currency)")
        page.raw("<p>")
        page.text(
            "From \(split.start) to \(split.end), \(lastPart(split.place)) was charged \(Amount(atto: split.cost).text) \(split.currency). Its calls in that time weigh \(split.weightTotal)\(split.isByTokens ? ", their list price in 10⁻¹² USD" : ", one each"); each caller bears its part of the whole, cut to 10⁻¹⁸, and what is left over goes one each to the largest remainders:")
        page.raw("</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\"")
        page.attribute("aria-label", "An example, \(split.currency)")
        page.raw("><table><thead><tr><th scope=\"col\">caller</th><th scope=\"col\">model</th><th scope=\"col\">workload</th><th scope=\"col\" class=\"n\">weight</th><th scope=\"col\" class=\"n\">cost</th></tr></thead><tbody>")
        for part in split.parts {
            page.raw("<tr>")
            page.element("th", [("scope", "row")], text: part.principal.isEmpty ? "no caller known" : shortened(lastPart(part.principal), to: 48))
            page.element("td", text: shortened(part.model.isEmpty ? "unknown" : part.model, to: 48))
            page.element("td", text: shortened(part.workload.isEmpty ? "none claims it" : part.workload, to: 48))
            page.element("td", [("class", "n")], text: "\(part.weight) of \(split.weightTotal)")
            page.element("td", [("class", "n")], text: Amount(atto: part.cost).text)
            page.raw("</tr>")
        }
        page.raw("</tbody></table></div>\n<p>")
        page.text("Together \(Amount(atto: split.parts.reduce(0) { $0 + $1.cost }).text), the charge to the last digit.")
        page.raw("</p>\n")
    }

    private static let words: [(method: String, kind: String, text: String)] = [
        ("cur-principal", "exact", "the bill names the IAM principal, which a workload claims"),
        ("sole-principal", "by evidence", "all calls of the hour in this workspace came from one principal"),
        ("token-weighted", "estimate", "an hour's money shared out by the list price of each caller's tokens, from the usage log"),
        ("call-weighted", "estimate", "an hour's money shared out by the number of each caller's calls"),
        ("workspace-claim", "by rule", "a workload claims the workspace"),
        ("split-fixed", "by rule", "the registry shares it among workloads by fixed percentages"),
        ("split-even", "by rule", "the registry shares it among workloads evenly"),
        ("split-direct", "by rule", "the registry shares it among workloads in proportion to what they cost by claims"),
        ("workspace-tags", "by rule", "the bill's tags of the workspace name its elements"),
        ("registry-tags", "by rule", "the registry's tags of the workspace name its elements"),
        ("follows-cost", "estimate", "taxes, credits and the like follow the usage that they stand on, in proportion"),
        ("kept-central", "by rule", "the registry's policy keeps these unshared"),
        ("none", "open", "nothing says who it was"),
    ]

    private static func methods(_ currency: PageContent.Currency, to page: inout Markup) {
        page.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\"")
        page.attribute("aria-label", "Methods, \(currency.code)")
        page.raw("><table><thead><tr><th scope=\"col\">method</th><th scope=\"col\">kind</th><th scope=\"col\">what it says</th><th scope=\"col\" class=\"n\">")
        page.text("cost, \(currency.code)")
        page.raw("</th></tr></thead><tbody>")
        for entry in words {
            guard let cost = currency.methods.first(where: { $0.name == entry.method })?.cost else { continue }
            page.raw("<tr>")
            page.element("th", [("scope", "row")], text: entry.method)
            page.element("td", text: entry.kind)
            page.element("td", text: entry.text)
            page.raw("<td class=\"n\">")
            page.element(
                "a", [("href", rowsLink([("method", entry.method), ("currency", currency.code)])), ("title", Amount(atto: cost).text)],
                text: cents(cost))
            page.raw("</td></tr>")
        }
        page.raw("</tbody></table></div>\n")
    }

    /// What was read, and what became of it.
    private static func counters(_ content: PageContent, to page: inout Markup) {
        let names = ["rows": "rows of the bill", "events": "CloudTrail records", "usage_records": "usage records"]
        page.raw("<h3>What was read</h3>\n<ul>")
        for (name, members) in content.counters {
            let read = members.first { $0.name == "read" }?.count ?? "0"
            let others = members.filter { $0.name != "read" && $0.count != "0" }.map { "\($0.name.replacing("_", with: " ")) \($0.count)" }
            page.element("li", text: "\(read) \(names[name] ?? name)\(others.isEmpty ? "" : ": ")\(others.joined(separator: ", "))")
        }
        page.raw("</ul>\n")
    }
}

extension String {
    fileprivate func replacing(_ character: Character, with other: Character) -> String { String(map { $0 == character ? other : $0 }) }
}
