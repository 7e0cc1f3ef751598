import Foundation
import Published
import Testing
import TestSupport

@testable import Page

@Suite struct MarkupTests {
    /// Whatever a text holds, it ends neither itself nor an attribute, and a reader gets it back.
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func textStaysText(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = ["<", ">", "&", "\"", "'", "</script>", "<!--", "]]>", "&lt;", "&#39;", "x", "保", "👩‍👧", "\u{202E}", "\n", "\u{0}", "\u{1B}", "\u{85}", "\u{FFFE}"]
        let text = (0..<random.int(0...12)).map { _ in random.pick(pieces) }.joined()
        let escaped = Markup.escaped(text)
        #expect(!escaped.contains { "<>\"'".contains($0) })
        var back = escaped
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            back = back.replacingOccurrences(of: entity, with: character)
        }
        let wanted = String(String.UnicodeScalarView(text.unicodeScalars.map { ["\u{0}", "\u{1B}", "\u{85}", "\u{FFFE}", "\u{202E}"].contains($0) ? "\u{FFFD}" : $0 }))
        #expect(back == wanted)
    }

    @Test func linksHoldWhatTheyAreAskedFor() {
        #expect(rowsLink([("level", "workload"), ("principal", "a&b=c/ü #%")]) == "#rows/level=workload&principal=a%26b%3Dc%2F%C3%BC%20%23%25")
        #expect(rowsLink([("model", "")]) == "#rows/model=")
    }

    @Test func longTextsAreCutInTheirMiddle() {
        #expect(shortened("abcdefghij", to: 10) == "abcdefghij" && shortened("abcdefghijk", to: 10) == "abcdef…ijk")
        #expect(lastPart("arn:aws:iam::1:role/a/b") == "b" && lastPart("a/b") == "a/b")
    }
}

@Suite struct ScaleTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>) func anAxisHoldsItsAmounts(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func amount() -> Int128 { Int128(random.int(-1_000_000...1_000_000)) * Int128(random.pick([1, 1_000_000_000_000, 10_000_000_000_000_000, 1_000_000_000_000_000_000])) }
        let amounts = (0..<random.int(1...9)).map { _ in amount() }
        let scale = AmountScale(least: amounts.min() ?? 0, most: amounts.max() ?? 0, length: 2400)
        #expect(scale.low <= min(0, amounts.min() ?? 0) && scale.high >= max(0, amounts.max() ?? 0) && scale.high > 0)
        #expect((2...8).contains(scale.ticks.count) && scale.ticks.contains(0) && scale.ticks.last == scale.high)
        for amount in amounts {
            let y = scale.offset(of: amount)
            #expect((0...2400).contains(y))
            #expect(abs(abs(y - scale.offset(of: 0)) - scale.length(of: amount)) <= 1)
        }
    }

    @Test func partsOfAWholeAreRounded() {
        #expect(percent(1, of: 3) == "33.3 %" && percent(2, of: 3) == "66.7 %" && percent(-1, of: 8) == "-12.5 %" && percent(1, of: 0) == "")
    }
}

@Suite struct PageOfARunTests {
    private func run(_ change: (inout [String: String]) -> Void = { _ in }) throws -> (folder: TemporaryFolder, path: String) {
        var world = TinyWorld()
        world.registry = """
            {"version":1,"workloads":[{"id":"a <b>","owner":"o@example.com","claims":[{"principal":"\(TinyWorld.role("a"))"}]}]}
            """
        let workspace = TinyWorld.workspace("w1")
        world.rows = [
            TinyWorld.row(cost: "1.5", workspace: workspace), TinyWorld.row(cost: "3", start: "04T00", end: "07T00", workspace: workspace),
            TinyWorld.row(cost: "-0.3", workspace: workspace, type: "Credit"), TinyWorld.row(cost: "7", workspace: workspace, currency: "EUR"),
        ]
        world.records = [TinyWorld.event("e1", role: "a", workspace: workspace), TinyWorld.event("e2", role: "b", workspace: workspace)]
        var files = try world.run().files.mapValues { text($0) }
        files["run.json"] = "{\"run_id\": \"run\"}"
        change(&files)
        let folder = TemporaryFolder()
        for (name, content) in files { folder.write("run/\(name)", content) }
        return (folder, folder.path + "/run")
    }

    private func data(_ html: String) throws -> [String: Any] {
        let start = try #require(html.range(of: "<script id=\"data\" type=\"application/json\">"))
        let end = try #require(html.range(of: "</script>", range: start.upperBound..<html.endIndex))
        return try #require(try JSONSerialization.jsonObject(with: Data(html[start.upperBound..<end.lowerBound].utf8)) as? [String: Any])
    }

    @Test func theLedgerIsInThePageOnce() throws {
        let (folder, path) = try run()
        let page = try Page(folder: path)
        let html = text(page.html())
        #expect(text(try Page(folder: path).html()) == html)
        let data = try data(html)
        let rows = TinyWorld.table(bytes(of: path + "/allocations.csv"))
        #expect(data["count"] as? Int == rows.count && rows.count > 5)
        let charges = try #require(data["charges"] as? [[String]])
        let shares = try #require(data["shares"] as? [[String]])
        func numbers(_ key: String) -> [Int] { (data[key] as? String ?? "").split(separator: ",").compactMap { Int($0) } }
        func texts(_ key: String) -> [String] { (data[key] as? String ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        let (charge, share) = (numbers("charge"), numbers("share"))
        for (place, row) in rows.enumerated() {
            for (column, name) in LedgerData.chargeColumns.enumerated() { #expect(charges[charge[place]][column] == row[name]) }
            for (column, name) in LedgerData.shareColumns.enumerated() { #expect(shares[share[place]][column] == row[name]) }
            for name in LedgerData.amountColumns { #expect(texts(name)[place] == row[name]) }
        }
        #expect(html.contains("a &lt;b&gt;") && !html.contains("a <b>"))
        withExtendedLifetime(folder) {}
    }

    /// A charge of three days is shown on its days, and nothing is lost on the way to the charts.
    @Test func chartsAddUpToTheLedger() throws {
        let (folder, path) = try run()
        let sums = try MonthSums(PublishedRun(folder: path))
        let usd = try #require(sums.currencies["USD"])
        let all = usd.byDay.values.flatMap { $0 }.reduce(0, +)
        #expect(all == 4_200_000_000_000_000_000 && usd.ways.values.reduce(0) { $0 + $1.cost } == all)
        let days = (0..<30).map { day in usd.byDay.values.reduce(Int128(0)) { $0 + $1[day] } }
        #expect(days[3] == days[4] && days[5] > 0 && days[6] == 0)
        #expect(sums.currencies["EUR"]?.byDay.values.flatMap { $0 }.reduce(0, +) == 7_000_000_000_000_000_000)
        withExtendedLifetime(folder) {}
    }

    /// Amounts go into the page as they are written, so a file that somebody has changed must not bring anything else with them.
    @Test(arguments: ["\"", "</script>", "1e5", "", "0x1"]) func nothingButNumbersStandsForNumbers(amount: String) throws {
        for column in ["weight", "calls", "quantity", "cost"] {
            let (folder, path) = try run { files in
                var lines = (files["allocations.csv"] ?? "").split(separator: "\n").map(String.init)
                let header = lines[0].split(separator: ",").map(String.init)
                var cells = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                if let place = header.firstIndex(of: column) { cells[place] = amount.contains("\"") ? "\"\"\"\"" : amount }
                lines[1] = cells.joined(separator: ",")
                files["allocations.csv"] = lines.joined(separator: "\n") + "\n"
            }
            #expect(throws: ViewFault.self, "\(column)") { try Page(folder: path) }
            withExtendedLifetime(folder) {}
        }
    }

    @Test func theMonthBeforeIsComparedWhereItIsPublished() throws {
        let (folder, path) = try run()
        #expect(text(try Page(folder: path).html()).contains("the month before is not published"))
        let files = ["allocations.csv", "spend-cards.csv", "spend-cards.json", "agent-bills.csv", "agent-bills.json", "gaps.csv", "run.json"]
        for name in files { folder.write("2026-10/\(name)", text(bytes(of: path + "/" + name))) }
        folder.write(
            "2026-10/reconciliation.json",
            text(bytes(of: path + "/reconciliation.json")).replacingOccurrences(of: "2026-11", with: "2026-10")
                .replacingOccurrences(of: "\"charged\": \"4.2\"", with: "\"charged\": \"4\""))
        #expect(text(try Page(folder: path).html()).contains("+0.20, +5.0 % so far, against the whole of 2026-10"))
    }
}
