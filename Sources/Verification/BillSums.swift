import Records

/// The agent bills as the ledger's rows make them.
struct BillSums {
    /// A bill of `agent-bills.json`.
    struct Key: Hashable {
        var id: Name
        var payer: Name
        var currency: Name
    }

    struct Bill {
        var sum = ShareSum()
        var workload = Name.empty
        var lines: [LedgerSums.BillLine: ShareSum] = [:]
        /// By day of the month from 0.
        var days: [Int: ShareSum] = [:]
        var methods: [LedgerMethod: ExactSum] = [:]
    }

    /// A row of `agent-bills.csv`, which knows no payer.
    struct LineKey: Hashable {
        var id: Name
        var currency: Name
        var line: LedgerSums.BillLine
    }

    private(set) var bills: [Key: Bill] = [:]
    private(set) var lines: [LineKey: ShareSum] = [:]
    /// Workloads by the id of their bill.
    private(set) var workloads: [Name: Name] = [:]
    let ledger: LedgerSums

    init(_ ledger: LedgerSums, _ names: inout Names) {
        self.ledger = ledger
        var ids: [LedgerSums.BillKey: Key] = [:]
        func key(_ bill: LedgerSums.BillKey, _ names: inout Names) -> Key {
            if let known = ids[bill] { return known }
            var text = bill.party.text(names)
            if bill.isUnclaimed {
                if case .principal = bill.party { text = Array("unclaimed:".utf8) + text } else { text = Array("unattributed:".utf8) + text }
            }
            let made = Key(id: names.name(text), payer: bill.payer, currency: bill.currency)
            ids[bill] = made
            return made
        }
        for (line, sum) in ledger.billLines {
            let key = key(line.bill, &names)
            var bill = bills.removeValue(forKey: key) ?? Bill()
            bill.sum += sum
            bill.lines[line.line, default: ShareSum()] += sum
            bill.methods[line.line.method, default: ExactSum()] += sum.cost
            if case .workload(let workload) = line.bill.party { bill.workload = workload }
            bills[key] = bill
            lines[LineKey(id: key.id, currency: key.currency, line: line.line), default: ShareSum()] += sum
            if !bill.workload.isEmpty { workloads[key.id] = bill.workload }
        }
        for (day, sum) in ledger.billDays { bills[key(day.bill, &names)]?.days[day.day, default: ShareSum()] += sum }
    }
}
