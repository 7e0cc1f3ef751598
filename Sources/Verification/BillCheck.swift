import Records

/// `agent-bills.json` against the ledger: one bill for each id, payer and currency, with exact sums, cents, lines, days and methods.
struct BillCheck {
    private let bills: BillSums
    private let owners: WorkloadOwners
    private let days: BillingDays
    private var written: [Written] = []
    /// What the first bill of each workload says of it.
    private var headers: [Name: Header] = [:]

    private struct Header: Equatable {
        var name = Name.empty
        var owner = Name.empty
        var costCenter = Name.empty
        var account = Name.empty
    }

    /// What is kept of a bill until all are read, because cents depend on all bills of a payer.
    private struct Written {
        var key: BillSums.Key
        var id: [UInt8]
        var node: Int
        var cost: Int128
        var tax: Int128
        var due: Int128
        var taxDue: Int128
    }

    private struct Account: Hashable {
        var payer: Name
        var currency: Name
    }

    private static let members: [StaticString] = [
        "bill_id", "payer_account_id", "currency", "amount_due", "of_which_tax", "pre_tax", "exact_cost", "exact_tax", "workload_id",
        "workload_name", "owner", "cost_center", "gl_account", "elements", "methods", "lines", "days",
    ]

    /// Returns how many bills were compared.
    static func check(
        _ path: String, _ bills: BillSums, _ owners: WorkloadOwners, _ facts: RunFacts, _ names: inout Names
    ) throws(VerificationFault) -> Int {
        let json = try JSONFile.read(path)
        var check = BillCheck(bills: bills, owners: owners, days: bills.ledger.days)
        try json.requireMembers(["run_id", "bills"], of: json.root)
        let list = try json.member("bills", of: json.root)
        var left = Set(bills.bills.keys)
        for node in try json.elements(list) {
            try json.requireMembers(members, of: node)
            let key = BillSums.Key(
                id: try json.name("bill_id", of: node, &names), payer: try json.name("payer_account_id", of: node, &names),
                currency: try json.name("currency", of: node, &names))
            let label = check.describe(key, names)
            guard left.remove(key) != nil, let bill = bills.bills[key] else {
                throw json.fault(node, "\(label) has no share in the ledger, or stands twice")
            }
            try check.compare(json, node, key, bill, label, &names)
        }
        let missing = left.map { check.describe($0, names) }.min(by: bytewise)
        if let missing { throw json.fault(list, "lacks \(missing)") }
        try check.compareCents(json, names)
        return bills.bills.count
    }

    private init(bills: BillSums, owners: WorkloadOwners, days: BillingDays) {
        self.bills = bills
        self.owners = owners
        self.days = days
    }

    private func describe(_ key: BillSums.Key, _ names: Names) -> String {
        "bill '\(names.text(key.id))' of payer \(names.text(key.payer)) in \(names.text(key.currency))"
    }

    // MARK: One bill

    private mutating func compare(
        _ json: borrowing JSONFile, _ node: Int, _ key: BillSums.Key, _ bill: BillSums.Bill, _ label: String, _ names: inout Names
    ) throws(VerificationFault) {
        let cost = try expect(json, try json.member("exact_cost", of: node), bill.sum.cost, "exact_cost of \(label)")
        let tax = try expect(json, try json.member("exact_tax", of: node), bill.sum.tax, "exact_tax of \(label)")
        let due = try json.cents("amount_due", of: node)
        let taxDue = try json.cents("of_which_tax", of: node)
        let preTax = try json.cents("pre_tax", of: node)
        guard preTax == due - taxDue else {
            throw json.fault(
                node,
                "pre_tax of \(label) is \(DecimalText.text(cents: preTax)), but amount_due less of_which_tax is \(DecimalText.text(cents: due - taxDue))")
        }
        written.append(
            Written(
                key: key, id: try json.string("bill_id", of: node), node: node, cost: cost, tax: tax, due: due, taxDue: taxDue))
        try compareHeader(json, node, bill, label, &names)
        try compareMethods(json, try json.member("methods", of: node), bill, label)
        try compareLines(json, try json.member("lines", of: node), bill, label, &names)
        try compareDays(json, try json.member("days", of: node), bill, label)
    }

    /// The header says of a workload what cards and ledger say of it; other bills have none.
    private mutating func compareHeader(
        _ json: borrowing JSONFile, _ node: Int, _ bill: BillSums.Bill, _ label: String, _ names: inout Names
    ) throws(VerificationFault) {
        let workload = try json.name("workload_id", of: node, &names)
        guard workload == bill.workload else {
            throw json.fault(node, "workload_id of \(label) is '\(names.text(workload))', but '\(names.text(bill.workload))' in the ledger")
        }
        let header = Header(
            name: try json.name("workload_name", of: node, &names), owner: try json.name("owner", of: node, &names),
            costCenter: try json.name("cost_center", of: node, &names), account: try json.name("gl_account", of: node, &names))
        let owner = bill.workload.isEmpty ? Name.empty : owners.owner(of: bill.workload) ?? .empty
        guard header.owner == owner else {
            throw json.fault(node, "owner of \(label) is '\(names.text(header.owner))', but '\(names.text(owner))' by the spend cards")
        }
        let known = bill.workload.isEmpty ? Header() : headers[bill.workload] ?? header
        guard header == known else {
            let others = bill.workload.isEmpty ? "only workloads have them" : "another bill of the workload says otherwise"
            throw json.fault(node, "workload_name, cost_center and gl_account of \(label) cannot be right: \(others)")
        }
        headers[bill.workload] = header
        try compareElements(json, try json.member("elements", of: node), bill, label, &names)
    }

    private func compareElements(
        _ json: borrowing JSONFile, _ list: Int, _ bill: BillSums.Bill, _ label: String, _ names: inout Names
    ) throws(VerificationFault) {
        var given: [Name] = []
        for element in try json.elements(list) { given.append(names.name(unguarded(try json.string(element)))) }
        while given.count < 4 { given.append(.empty) }
        let expected = bills.ledger.agreement.elements(of: bill.workload) ?? ElementNames()
        guard given == expected.list else {
            throw json.fault(
                list, "elements of \(label) are not those of the ledger: '\(expected.list.map { names.text($0) }.joined(separator: " / "))'")
        }
    }

    private func compareMethods(
        _ json: borrowing JSONFile, _ node: Int, _ bill: BillSums.Bill, _ label: String
    ) throws(VerificationFault) {
        var left = bill.methods
        for member in try json.members(node) {
            guard let method = LedgerMethod(rawValue: String(decoding: member.key, as: UTF8.self)), let sum = left.removeValue(forKey: method)
            else { throw json.fault(member.value, "methods of \(label) has \(quoted(member.key)), which no share in the ledger has") }
            try expect(json, member.value, sum, "methods of \(label), \(method.rawValue),")
        }
        if let missing = left.keys.map(\.rawValue).min(by: bytewise) { throw json.fault(node, "methods of \(label) lacks \(missing)") }
    }

    private func compareLines(
        _ json: borrowing JSONFile, _ node: Int, _ bill: BillSums.Bill, _ label: String, _ names: inout Names
    ) throws(VerificationFault) {
        var left = bill.lines
        for element in try json.elements(node) {
            try json.requireMembers(
                [
                    "agent", "workspace_arn", "platform", "model", "line_item_type", "level", "method", "calls", "quantity", "cost",
                ], of: element)
            guard let platform = LedgerPlatform(rawValue: String(decoding: try json.string("platform", of: element), as: UTF8.self)),
                let level = LedgerLevel(rawValue: String(decoding: try json.string("level", of: element), as: UTF8.self)),
                let method = LedgerMethod(rawValue: String(decoding: try json.string("method", of: element), as: UTF8.self))
            else { throw json.fault(element, "a line of \(label) has an unknown platform, level or method") }
            let line = LedgerSums.BillLine(
                agent: try json.name("agent", of: element, &names), workspace: try json.name("workspace_arn", of: element, &names),
                platform: platform, model: try json.name("model", of: element, &names),
                lineItemType: try json.name("line_item_type", of: element, &names), level: level, method: method)
            guard let sum = left.removeValue(forKey: line) else {
                throw json.fault(element, "a line of \(label) has no share in the ledger, or stands twice")
            }
            try compareSums(json, element, sum, "a line of \(label)")
        }
        if !left.isEmpty { throw json.fault(node, "lines of \(label) lack \(left.count) that have shares in the ledger") }
    }

    private func compareDays(_ json: borrowing JSONFile, _ node: Int, _ bill: BillSums.Bill, _ label: String) throws(VerificationFault) {
        var left = bill.days
        for element in try json.elements(node) {
            try json.requireMembers(["date", "calls", "quantity", "cost"], of: element)
            let date = try json.string("date", of: element)
            guard let day = left.keys.first(where: { Array(days.date($0).utf8) == date }), let sum = left.removeValue(forKey: day) else {
                throw json.fault(element, "\(quoted(date)) of \(label) has no share in the ledger, or stands twice")
            }
            try compareSums(json, element, sum, "\(quoted(date)) of \(label)")
        }
        if let missing = left.keys.min() { throw json.fault(node, "days of \(label) lack \(days.date(missing))") }
    }

    private func compareSums(
        _ json: borrowing JSONFile, _ node: Int, _ sum: ShareSum, _ label: @autoclosure () -> String
    ) throws(VerificationFault) {
        try expect(json, try json.member("cost", of: node), sum.cost, "cost of \(label())")
        try expect(json, try json.member("quantity", of: node), sum.quantity, "quantity of \(label())")
        let calls = try json.count("calls", of: node)
        guard Int128(calls) == sum.calls else {
            throw json.fault(node, "calls of \(label()) is \(calls), but the ledger's rows add up to \(sum.calls)")
        }
    }

    @discardableResult
    private func expect(
        _ json: borrowing JSONFile, _ node: Int, _ sum: ExactSum, _ label: @autoclosure () -> String
    ) throws(VerificationFault) -> Int128 {
        let written = try json.amount(node, label())
        guard sum.amount?.atto == written else {
            throw json.fault(node, "\(label()) is \(figure(written)), but the ledger's rows add up to \(figure(sum))")
        }
        return written
    }

    // MARK: Cents

    private func compareCents(_ json: borrowing JSONFile, _ names: Names) throws(VerificationFault) {
        let accounts = Dictionary(grouping: written.indices) { Account(payer: written[$0].key.payer, currency: written[$0].key.currency) }
        // Compared in the order of the file, so that the first wrong one is reported.
        var expected = [(due: Int128, tax: Int128)](repeating: (0, 0), count: written.count)
        for indices in accounts.values {
            guard let due = DueCents.cents(indices.map { (written[$0].id, written[$0].cost) }),
                let tax = DueCents.cents(indices.map { (written[$0].id, written[$0].tax) })
            else { throw json.fault(json.root, "the bills of one payer add up to more than 10^18") }
            for (place, index) in indices.enumerated() { expected[index] = (due[place], tax[place]) }
        }
        for (bill, cents) in zip(written, expected) {
            let label = describe(bill.key, names)
            guard bill.due == cents.due else {
                throw json.fault(
                    bill.node,
                    "amount_due of \(label) is \(DecimalText.text(cents: bill.due)), but by the rule of largest remainders \(DecimalText.text(cents: cents.due))")
            }
            guard bill.taxDue == cents.tax else {
                throw json.fault(
                    bill.node,
                    "of_which_tax of \(label) is \(DecimalText.text(cents: bill.taxDue)), but by the rule of largest remainders \(DecimalText.text(cents: cents.tax))")
            }
        }
    }
}
