import Attribution
import Records
import Registry

/// `agent-bills.csv` and `agent-bills.json`: who owes what, down to the agent.
struct AgentBillReport {
    private let names: Names
    private let ranks: [UInt32]
    private let registry: Registry
    private let days: MonthDays
    private var lines = KeySums<Line, Sums>()
    private var daily = KeySums<Day, Sums>()
    private var totals: [Name: Amount] = [:]

    /// Whose bill it is, as names: the text of its id is made only when it is printed.
    private struct Bill: Equatable {
        enum Kind { case workload, unclaimed, workspace, account }

        var kind: Kind
        var anchor: Name
        var workload: Int32
    }

    private struct Line: PlacedKey {
        var bill: Bill
        var payer: Name
        var agent: Name
        var workspace: Name
        var platform: Platform
        var model: Name
        var lineItemType: Name
        var level: Level
        var method: Method
        var currency: Name

        func mixed(_ mix: Mixer) -> UInt64 {
            mix(packed(bill.anchor, payer), packed(agent, workspace))
                ^ mix(packed(model, lineItemType), UInt64(currency.index) << 16 | UInt64(level.rawValue) << 8 | UInt64(method.rawValue))
        }
    }

    private struct Day: PlacedKey {
        var bill: Bill
        var payer: Name
        var currency: Name
        var day: Int

        func mixed(_ mix: Mixer) -> UInt64 { mix(packed(bill.anchor, payer), UInt64(currency.index) << 32 | UInt64(day)) }
    }

    init(_ attribution: Attribution, _ registry: Registry) {
        names = attribution.ledger.names
        ranks = attribution.ledger.ranks
        self.registry = registry
        days = MonthDays(attribution.period)
        var last = Name.empty
        var total = Amount.zero
        attribution.ledger.forEach { row, group in
            // Rows of one currency mostly come one after the other.
            if group.currency != last {
                totals[last, default: .zero] += total
                (last, total) = (group.currency, .zero)
            }
            total += row.cost
            let bill = AgentBillReport.bill(row, group, attribution.ledger)
            let line = Line(
                bill: bill, payer: group.payerAccount, agent: row.principal, workspace: row.workspace, platform: group.platform,
                model: row.model, lineItemType: group.lineItemType, level: row.level, method: row.method, currency: group.currency)
            lines.add(Sums(calls: row.calls, quantity: row.quantity, cost: row.cost), to: line)
            let spread = days.days(of: group)
            for day in spread {
                let sums = Sums(
                    calls: day == spread.lowerBound ? row.calls : 0,
                    quantity: MonthDays.part(of: row.quantity, days: spread, falling: day..<day + 1),
                    cost: MonthDays.part(of: row.cost, days: spread, falling: day..<day + 1))
                daily.add(sums, to: Day(bill: bill, payer: group.payerAccount, currency: group.currency, day: day))
            }
        }
        totals[last, default: .zero] += total
    }

    private static func bill(_ row: LedgerRow, _ group: ChargeGroup, _ ledger: Ledger) -> Bill {
        if row.workload >= 0 { return Bill(kind: .workload, anchor: ledger.workloadID(row), workload: row.workload) }
        if !row.principal.isEmpty { return Bill(kind: .unclaimed, anchor: row.principal, workload: -1) }
        if !row.workspace.isEmpty { return Bill(kind: .workspace, anchor: row.workspace, workload: -1) }
        return Bill(kind: .account, anchor: group.usageAccount, workload: -1)
    }

    private func id(_ bill: Bill) -> [UInt8] {
        let anchor = Array(names.bytes(bill.anchor))
        switch bill.kind {
        case .workload: return anchor
        case .unclaimed: return Array("unclaimed:".utf8) + anchor
        case .workspace: return Array("unattributed:".utf8) + anchor
        case .account: return Array("unattributed:account:".utf8) + anchor
        }
    }

    func csv() -> [UInt8] {
        var table = Table([
            ("bill_id", .text), ("owner", .text), ("agent", .text), ("workspace_arn", .text), ("platform", .text), ("model", .text),
            ("line_item_type", .text), ("level", .text), ("method", .text), ("calls", .number), ("quantity", .number),
            ("cost", .number), ("share_pct", .number), ("currency", .text),
        ])
        var merged = KeySums<Line, Sums>()
        lines.forEach { line, sums in
            var key = line
            key.payer = .empty  // The file has no payer; the JSON has.
            merged.add(sums, to: key)
        }
        merged.forEach { line, sums in
            let total = totals[line.currency] ?? .zero
            table.add([
                id(line.bill), Array(owner(line.bill).utf8), text(line.agent), text(line.workspace), Array(line.platform.text.utf8),
                text(line.model), text(line.lineItemType), Array(line.level.text.utf8), Array(line.method.text.utf8),
                Array(String(sums.calls).utf8), Array(sums.quantity.text.utf8), Array(sums.cost.text.utf8),
                Array((Rounding.ratioText(sums.cost.atto, total.atto, shift: 2, decimals: 4) ?? "").utf8), text(line.currency),
            ])
        }
        table.sort()
        return table.csv()
    }

    private func text(_ name: Name) -> [UInt8] { Array(names.bytes(name)) }

    private func owner(_ bill: Bill) -> String { bill.workload >= 0 ? registry.workloads[Int(bill.workload)].owner : "" }

    // MARK: JSON

    private struct Header {
        var bill: Bill
        var id: [UInt8]
        var payer: Name
        var currency: Name
        var cost = Amount.zero
        var tax = Amount.zero
        var lines: [(line: Line, sums: Sums)] = []
        var days: [(day: Int, sums: Sums)] = []
        var due: Int128 = 0
        var taxDue: Int128 = 0
    }

    private struct HeaderKey: PlacedKey {
        var bill: Bill
        var payer: Name
        var currency: Name

        func mixed(_ mix: Mixer) -> UInt64 { mix(packed(bill.anchor, payer), UInt64(currency.index)) }
    }

    func json(runID: String) -> JSONText {
        let headers = headers()
        return JSONText.object([("run_id", .string(runID)), ("bills", .elements(headers.count) { json(headers[$0]) })])
    }

    /// One bill for each id, payer and currency, in bytewise order of these, with its cents.
    private func headers() -> [Header] {
        var keys = KeyPlaces<HeaderKey>()
        var headers: [Header] = []
        lines.forEach { line, sums in
            let place = keys.place(of: HeaderKey(bill: line.bill, payer: line.payer, currency: line.currency))
            if place == headers.count { headers.append(Header(bill: line.bill, id: id(line.bill), payer: line.payer, currency: line.currency)) }
            headers[place].cost += sums.cost
            if names.bytes(line.lineItemType).elementsEqual("Tax".utf8) { headers[place].tax += sums.cost }
            headers[place].lines.append((line, sums))
        }
        daily.forEach { day, sums in
            guard let place = keys.known(HeaderKey(bill: day.bill, payer: day.payer, currency: day.currency)) else { return }
            headers[place].days.append((day.day, sums))
        }
        var ordered = headers.sorted { a, b in
            if a.id != b.id { return a.id.lexicographicallyPrecedes(b.id) }
            if a.payer != b.payer { return names.precedes(a.payer, b.payer) }
            return names.precedes(a.currency, b.currency)
        }
        let accounts = Dictionary(grouping: ordered.indices) { [ordered[$0].payer, ordered[$0].currency] }
        for indices in accounts.values {
            let due = cents(of: indices.map { ordered[$0].cost })
            let tax = cents(of: indices.map { ordered[$0].tax })
            for (place, index) in indices.enumerated() {
                ordered[index].due = due[place]
                ordered[index].taxDue = tax[place]
            }
        }
        return ordered
    }

    private func json(_ header: Header) -> JSONText {
        let workload = header.bill.workload >= 0 ? registry.workloads[Int(header.bill.workload)] : nil
        var methods: [String: Amount] = [:]
        for entry in header.lines { methods[entry.line.method.text, default: .zero] += entry.sums.cost }
        let elements = (workload?.elements ?? []).map { JSONText.string($0) }
        return .object([
            ("bill_id", .bytes(header.id)),
            ("payer_account_id", .bytes(text(header.payer))),
            ("currency", .bytes(text(header.currency))),
            ("amount_due", .string(Rounding.centsText(header.due))),
            ("of_which_tax", .string(Rounding.centsText(header.taxDue))),
            ("pre_tax", .string(Rounding.centsText(header.due - header.taxDue))),
            ("exact_cost", .amount(header.cost)),
            ("exact_tax", .amount(header.tax)),
            ("workload_id", .string(workload?.id ?? "")),
            ("workload_name", .string(workload?.name ?? "")),
            ("owner", .string(workload?.owner ?? "")),
            ("cost_center", .string(workload?.costCenter ?? "")),
            ("gl_account", .string(workload?.glAccount ?? "")),
            ("elements", .array(elements)),
            ("methods", .object(methods.sorted { bytewise($0.key, $1.key) }.map { ($0.key, .amount($0.value)) })),
            ("lines", json(header.lines.sorted { precedes($0.line, $1.line) })),
            ("days", json(header.days.sorted { $0.day < $1.day })),
        ])
    }

    private func json(_ listed: [(day: Int, sums: Sums)]) -> JSONText {
        .objects(listed.count) { index, members in
            members.add("date", dateText(dayNumber: days.firstDay + listed[index].day))
            add(listed[index].sums, to: &members)
        }
    }

    /// By agent, workspace, platform, model, line item type, level and method, bytewise: of one bill these differ.
    private func precedes(_ a: Line, _ b: Line) -> Bool {
        if a.agent != b.agent { return rank(a.agent) < rank(b.agent) }
        if a.workspace != b.workspace { return rank(a.workspace) < rank(b.workspace) }
        if a.platform != b.platform { return bytewise(a.platform.text, b.platform.text) }
        if a.model != b.model { return rank(a.model) < rank(b.model) }
        if a.lineItemType != b.lineItemType { return rank(a.lineItemType) < rank(b.lineItemType) }
        return a.level != b.level ? a.level.rawValue < b.level.rawValue : a.method.rawValue < b.method.rawValue
    }

    private func rank(_ name: Name) -> UInt32 { ranks[Int(name.index)] }

    private func json(_ listed: [(line: Line, sums: Sums)]) -> JSONText {
        .objects(listed.count) { index, members in
            let (line, sums) = listed[index]
            members.add("agent", names.bytes(line.agent))
            members.add("workspace_arn", names.bytes(line.workspace))
            members.add("platform", line.platform.text)
            members.add("model", names.bytes(line.model))
            members.add("line_item_type", names.bytes(line.lineItemType))
            members.add("level", line.level.text)
            members.add("method", line.method.text)
            add(sums, to: &members)
        }
    }

    private func add(_ sums: Sums, to members: inout JSONMembers) {
        members.add("calls", sums.calls)
        members.add("quantity", sums.quantity)
        members.add("cost", sums.cost)
    }
}

/// Calls, quantity and cost of what has been added up.
private struct Sums: Summed {
    var calls = 0
    var quantity = Amount.zero
    var cost = Amount.zero

    static func += (a: inout Sums, b: Sums) {
        a.calls += b.calls
        a.quantity += b.quantity
        a.cost += b.cost
    }
}

func bytewise(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
