import Records

/// What `reconciliation.json` says of the whole run, read before the ledger because the ledger is judged by it.
struct RunFacts {
    let period: Month
    let isPartial: Bool
    /// Until when the bill is complete.
    let dataThrough: Instant
    /// Charges of the bill: no sum of splits can stem from more.
    let charges: Int
    /// Evidence that may be credited: events and usage records of their own, without those that fell in no pool.
    let creditableEvents: Int

    init(_ json: borrowing JSONFile) throws(VerificationFault) {
        let periodNode = try json.member("billing_period", of: json.root)
        let periodText = try json.string(periodNode)
        guard let month = Month(periodText.span) else {
            throw json.fault(periodNode, "billing_period is \(json.raw(periodNode)), which is no month like 2026-11")
        }
        period = month
        let partialNode = try json.member("partial", of: json.root)
        switch json.kind(partialNode) {
        case .yes: isPartial = true
        case .no: isPartial = false
        default: throw json.fault(partialNode, "partial is \(json.raw(partialNode)), where true or false must stand")
        }
        let throughNode = try json.member("data_through", of: json.root)
        let throughText = try json.string(throughNode)
        guard let through = writtenInstant(throughText.span), through >= month.start, through <= month.end,
            through == through.flooredToHour
        else { throw json.fault(throughNode, "data_through is \(json.raw(throughNode)), which is no full hour of \(month.text)") }
        dataThrough = through
        let basis = try json.member("cost_basis", of: json.root)
        guard ["unblended", "net"].contains(String(decoding: try json.string(basis), as: UTF8.self)) else {
            throw json.fault(basis, "cost_basis is \(json.raw(basis)), which is neither unblended nor net")
        }
        charges = try json.count("charges", of: try json.member("rows", of: json.root))
        let events = try json.member("events", of: json.root)
        let evidence = try json.count("evidence", of: events)
        let unused = try json.count("unused", of: events)
        guard unused <= evidence else { throw json.fault(events, "events.unused is \(unused), more than the \(evidence) of events.evidence") }
        creditableEvents = evidence - unused + (try json.count("own_evidence", of: try json.member("usage_records", of: json.root)))
    }
}

/// Every row and record that was read is in exactly one counter (specification, attribution §9).
enum CounterCheck {
    private static let events: [StaticString] = [
        "evidence", "rejected", "other_source", "summary", "other_period", "not_billable", "failed", "duplicate", "superseded",
        "shared_duplicate",
    ]

    private static let rows: [StaticString] = [
        "read", "charges", "other_service", "other_period", "rejected", "near_miss", "price_mismatch", "inexact_amounts",
    ]
    private static let records: [StaticString] = [
        "read", "rated", "unrated", "joined", "own_evidence", "unmatched", "duplicate", "rejected",
    ]

    /// Returns how many sums were compared.
    static func check(_ json: borrowing JSONFile, _ facts: RunFacts, _ files: RunFiles) throws(VerificationFault) -> Int {
        let rows = try json.member("rows", of: json.root)
        try json.requireMembers(CounterCheck.rows, of: rows)
        try compare(json, rows, "rows", ["read"], ["charges", "other_service", "other_period", "rejected"])
        try limit(json, rows, "rows", "near_miss", 1, "other_service")
        try limit(json, rows, "rows", "price_mismatch", 1, "charges")
        // A row has two amounts that may be rounded.
        try limit(json, rows, "rows", "inexact_amounts", 2, "read")
        let events = try json.member("events", of: json.root)
        try json.requireMembers(CounterCheck.events + ["read", "unused"], of: events)
        try compare(json, events, "events", ["read"], CounterCheck.events)
        let records = try json.member("usage_records", of: json.root)
        try json.requireMembers(CounterCheck.records, of: records)
        try compare(json, records, "usage_records", ["read"], ["rated", "unrated", "duplicate", "rejected"])
        try compare(json, records, "usage_records", ["rated", "unrated"], ["joined", "own_evidence", "unmatched"])
        let rejected = try sum(json, rows, ["rejected"]) + sum(json, events, ["rejected"]) + sum(json, records, ["rejected"])
        try compareRejected(rejected, files, json.path)
        for (kind, node) in [("cur", rows), ("cloudtrail", events), ("usage-log", records)] {
            let read = try sum(json, node, ["read"])
            guard let listed = files.inputRecords?[kind] ?? (files.inputRecords == nil ? nil : 0), listed != read else { continue }
            throw json.fault(node, "\(read) are read, but the \(kind) inputs of \(RunFiles.File.run.rawValue) have \(listed) records")
        }
        return 11
    }

    private static func sum(_ json: borrowing JSONFile, _ node: Int, _ keys: [StaticString]) throws(VerificationFault) -> Int128 {
        var sum: Int128 = 0
        for key in keys { sum += Int128(try json.count(key, of: node)) }
        return sum
    }

    private static func compare(
        _ json: borrowing JSONFile, _ node: Int, _ label: String, _ left: [StaticString], _ right: [StaticString]
    ) throws(VerificationFault) {
        let (first, second) = (try sum(json, node, left), try sum(json, node, right))
        guard first == second else {
            func list(_ keys: [StaticString]) -> String { keys.map { "\($0)" }.joined(separator: " + ") }
            throw json.fault(node, "\(label): \(list(left)) is \(first), but \(list(right)) is \(second)")
        }
    }

    private static func limit(
        _ json: borrowing JSONFile, _ node: Int, _ label: String, _ key: StaticString, _ factor: Int128, _ bound: StaticString
    ) throws(VerificationFault) {
        let (part, whole) = (try sum(json, node, [key]), try sum(json, node, [bound]) * factor)
        guard part <= whole else { throw json.fault(node, "\(label).\(key) is \(part), but \(bound) allows at most \(whole)") }
    }

    /// `rejected.csv` names everything that was set aside, a row each.
    private static func compareRejected(_ rejected: Int128, _ files: RunFiles, _ path: String) throws(VerificationFault) {
        var listed: Int128 = 0
        if files.hasRejected {
            var table = try CSVTable.open(files.rejectedPath, [("file", .text), ("offset", .number), ("reason", .text)], isSorted: false)
            while try table.next() {
                _ = try table.count(1)
                listed += 1
            }
        }
        guard listed == rejected else {
            throw .contradiction("\(path): \(rejected) rows and records are counted as rejected, but \(RunFiles.rejected) lists \(listed)")
        }
    }
}
