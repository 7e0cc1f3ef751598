import Published
import Records

/// Cost by day, tax included, for the cards' sparklines.
struct DailyCosts {
    /// Whose days they are: a card of any period.
    struct Key: Hashable {
        var type: String
        var id: String
        var currency: String
    }

    private let month: Month
    private var costs: [Key: [Int128]] = [:]

    init(_ month: Month) { self.month = month }

    /// Of days of the month; nothing where nothing is known.
    func values(_ key: Key, _ days: Range<Int>) -> [Int128] {
        guard let all = costs[key] else { return [Int128](repeating: 0, count: days.count) }
        return Array(all[(days.lowerBound - month.firstDay)..<(days.upperBound - month.firstDay)])
    }

    private mutating func add(_ key: Key, _ day: Int, _ cost: Int128) {
        let place = day - month.firstDay
        guard (0..<month.dayCount).contains(place) else { return }
        costs[key, default: [Int128](repeating: 0, count: month.dayCount)][place] += cost
    }

    /// Takes the days of all workloads and of the total from `agent-bills.json`.
    mutating func addBills(_ json: borrowing PublishedJSON) throws(ViewFault) {
        for bill in try json.elements("bills", of: json.root) {
            let workload = try json.string("workload_id", of: bill)
            let currency = try json.string("currency", of: bill)
            for node in try json.elements("days", of: bill) {
                guard let day = Weeks.day(try json.bytes("date", of: node)) else { continue }
                let cost = try json.amount("cost", of: node)
                add(Key(type: "total", id: "total", currency: currency), day, cost)
                if !workload.isEmpty { add(Key(type: "workload", id: workload, currency: currency), day, cost) }
            }
        }
    }

    /// Takes the days of cards of the other types from the ledger, in one pass. A row of several days is spread evenly; what
    /// does not divide is nothing that a drawing could show.
    mutating func addLedger(_ run: PublishedRun, types: Set<String>) throws(ViewFault) {
        var table = try PublishedTable.open(run.path(.allocations))
        try run.confirm()
        let times = try LedgerTimes(table, month)
        let (workload, level, workspace) = (try table.column("workload_id"), try table.column("level"), try table.column("workspace_arn"))
        let (account, currency, cost) = (try table.column("usage_account_id"), try table.column("currency"), try table.column("cost"))
        var elements: [(type: String, column: Int)] = []
        for type in types.sorted() where type.hasPrefix("element") { elements.append((type, try table.column(type))) }
        while try table.next() {
            let days = try times.days(table)
            let part = try table.amount(cost) / Int128(days.count)
            let unit = table.string(currency)
            var keys: [Key] = []
            if table.string(workload).isEmpty {
                let owed = "account:" + table.string(account)
                if table.string(level) == "workspace" {
                    let arn = table.string(workspace)
                    if types.contains("workspace") { keys.append(Key(type: "workspace", id: arn.isEmpty ? owed : arn, currency: unit)) }
                } else if types.contains("unallocated") {
                    keys.append(Key(type: "unallocated", id: owed, currency: unit))
                }
            }
            for element in elements {
                let value = table.string(element.column)
                keys.append(Key(type: element.type, id: value.isEmpty ? "(none)" : value, currency: unit))
            }
            for key in keys { for day in days { add(key, day, part) } }
        }
    }
}
