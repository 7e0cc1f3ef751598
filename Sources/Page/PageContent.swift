import Bytes
import Published
import Records
import Trends

/// Everything that a page shows, read from a published run.
struct PageContent {
    let run: PublishedRun
    let sums: MonthSums
    /// In bytewise order.
    private(set) var currencies: [Currency] = []
    private(set) var finality = ""
    private(set) var costBasis = ""
    /// Rows, events and usage records by counter, as they are written.
    private(set) var counters: [(name: String, members: [(name: String, count: String)])] = []
    /// Who answers for a workload.
    private(set) var owners: [String: String] = [:]
    let cards: RowTexts
    let gaps: RowTexts
    /// Heads of bills, as JSON.
    private(set) var bills: [UInt8] = []
    /// The month before, where it is published beside this run; nil without one.
    let before: (month: Month, charged: [String: Int128])?

    /// To the month's end, while it runs.
    private(set) var forecasts: [Forecast] = []

    struct Currency {
        var code: String
        var charged: Int128
        var allocated: Int128
        var difference: Int128
        /// 0…1 with four decimals; empty without usage of the Claude Platform.
        var coverage: String
        var levels: [String: Int128]
        var methods: [(name: String, cost: Int128)]
        var gaps: [(name: String, cost: Int128)]
    }

    init(_ folder: String) throws(ViewFault) {
        run = try PublishedRun(folder: folder)
        sums = try MonthSums(run)
        cards = try RowTexts(
            run.path(.cards),
            columns: [
                "period_kind", "period_start", "period_end", "complete", "card_type", "card_id", "owner", "actual", "tax", "estimate", "estimate_to_date", "variance_pct", "band",
                "calls", "currency", "finality",
            ], amounts: ["actual", "tax", "estimate", "estimate_to_date", "calls"])
        gaps = try RowTexts(
            run.path(.gaps),
            columns: ["gap", "anchor", "usage_account_id", "workspace_arn", "platform", "first_seen", "last_seen", "calls", "cost", "currency", "action"],
            amounts: ["calls", "cost"])
        before = PageContent.monthBefore(run)
        if run.dataThrough < run.month.end { forecasts = try PageContent.forecasts(run) }
        try readReconciliation()
        try readBills()
        try run.confirm()
    }

    private mutating func readReconciliation() throws(ViewFault) {
        let json = try PublishedJSON.read(run.path(.reconciliation))
        finality = try json.string("finality", of: json.root)
        costBasis = try json.string("cost_basis", of: json.root)
        for member in json.members(try json.member("currencies", of: json.root)) {
            func amounts(_ key: StaticString) throws(ViewFault) -> [(name: String, cost: Int128)] {
                var amounts: [(name: String, cost: Int128)] = []
                for entry in json.members(try json.member(key, of: member.node)) { amounts.append((entry.name, try json.amount(at: entry.node))) }
                return amounts
            }
            let coverage = try json.raw("coverage", of: member.node)
            currencies.append(
                Currency(
                    code: member.name, charged: try json.amount("charged", of: member.node), allocated: try json.amount("allocated", of: member.node),
                    difference: try json.amount("difference", of: member.node), coverage: PageContent.ratio(coverage),
                    levels: Dictionary(try amounts("by_level").map { ($0.name, $0.cost) }, uniquingKeysWith: { $1 }), methods: try amounts("by_method"),
                    gaps: try amounts("by_gap")))
        }
        for key in ["rows", "events", "usage_records"] as [StaticString] {
            let members = json.members(try json.member(key, of: json.root)).map { ($0.name, json.raw(at: $0.node)) }
            counters.append(("\(key)", members))
        }
    }

    /// `0.9789` of `"0.9789"`; empty for anything that is no ratio.
    private static func ratio(_ raw: String) -> String {
        let text = raw.filter { $0 != "\"" }
        guard let value = Money.atto(Array(text.utf8)), value >= 0 else { return "" }
        return text
    }

    /// Bills without their lines, which follow from the ledger.
    private mutating func readBills() throws(ViewFault) {
        let json = try PublishedJSON.read(run.path(.bills))
        let keys: [StaticString] = [
            "bill_id", "payer_account_id", "currency", "amount_due", "of_which_tax", "pre_tax", "exact_cost", "workload_name", "owner", "cost_center", "gl_account",
        ]
        for bill in try json.elements("bills", of: json.root) {
            bills.append(contentsOf: (bills.isEmpty ? "{" : ",\n{").utf8)
            for (place, key) in keys.enumerated() {
                bills.append(contentsOf: "\(place > 0 ? "," : "")\"\(key)\":".utf8)
                JSONList.appendString(Array(try json.string(key, of: bill).utf8), to: &bills)
            }
            bills.append(contentsOf: ",\"elements\":[".utf8)
            for (place, element) in try json.elements("elements", of: bill).enumerated() {
                if place > 0 { bills.append(UInt8(ascii: ",")) }
                JSONList.appendString(Array(try json.string(at: element).utf8), to: &bills)
            }
            bills.append(contentsOf: "]}".utf8)
            let workload = try json.string("workload_id", of: bill)
            if !workload.isEmpty { owners[workload] = try json.string("owner", of: bill) }
        }
    }

    /// The run of the month before, in the folder beside this one that has the month's name. One that is of another month or broken is none.
    private static func beside(_ run: PublishedRun) -> PublishedRun? {
        let month = run.month.month == 1 ? Month(year: run.month.year - 1, month: 12) : Month(year: run.month.year, month: run.month.month - 1)
        guard let place = resolvedPath(run.folder), let cut = place.lastIndex(of: "/") else { return nil }
        let folder = joinedPath(String(place[...cut]), month.text)
        guard pathKind(folder) == .folder, let other = try? PublishedRun(folder: folder), other.month == month else { return nil }
        return other
    }

    /// As many as a forecast looks at.
    private static func monthsBefore(_ run: PublishedRun) -> [String] {
        var folders: [String] = []
        var last = run
        while folders.count < 2, let other = beside(last) {
            folders.append(other.folder)
            last = other
        }
        return folders
    }

    /// With the months beside it where they can be read; one that is broken is none.
    private static func forecasts(_ run: PublishedRun) throws(ViewFault) -> [Forecast] {
        let before = monthsBefore(run)
        if !before.isEmpty, let trends = try? Trends(folders: before + [run.folder]) { return trends.forecasts.filter { $0.monthEnd != nil } }
        return try Trends(folders: [run.folder]).forecasts.filter { $0.monthEnd != nil }
    }

    /// What was charged in the month before.
    private static func monthBefore(_ run: PublishedRun) -> (month: Month, charged: [String: Int128])? {
        guard let other = beside(run), let json = try? PublishedJSON.read(other.path(.reconciliation)), let currencies = try? json.member("currencies", of: json.root)
        else { return nil }
        var charged: [String: Int128] = [:]
        for member in json.members(currencies) { charged[member.name] = try? json.amount("charged", of: member.node) }
        return (other.month, charged)
    }
}

/// The rows of a CSV file of the run as a list of JSON objects, each cell a text.
struct RowTexts {
    private(set) var json: [UInt8] = []
    private(set) var count = 0
    /// How many there are of each currency.
    private(set) var counts: [String: Int] = [:]

    /// - Parameters:
    ///   - columns: Those that must be there.
    ///   - amounts: Those of them that hold a number, or nothing.
    init(_ path: String, columns: [String], amounts: [String]) throws(ViewFault) {
        var table = try PublishedTable.open(path)
        for name in columns { _ = try table.column(name) }
        var numbers: [Int] = []
        for name in amounts { numbers.append(try table.column(name)) }
        let currency = try table.column("currency")
        let keys = table.header.map { name in
            var key: [UInt8] = []
            JSONList.appendString(Array(name.utf8), to: &key)
            return key
        }
        while try table.next() {
            for column in numbers { _ = try table.optionalAmount(column) }
            counts[table.string(currency), default: 0] += 1
            json.append(contentsOf: (count == 0 ? "{" : ",\n{").utf8)
            for (column, key) in keys.enumerated() {
                if column > 0 { json.append(UInt8(ascii: ",")) }
                json.append(contentsOf: key)
                json.append(UInt8(ascii: ":"))
                JSONList.appendString(Array(table.string(column).utf8), to: &json)
            }
            json.append(UInt8(ascii: "}"))
            count += 1
        }
    }
}
