import Records

/// What a spend card is about; the order is that of the cards' words.
enum CardType: String, CaseIterable { case element1, element2, element3, element4, total, unallocated, workload, workspace }

/// One spend card of the run.
struct CardKey: Hashable {
    /// Number of the week from 0, nil for the month.
    var week: Int?
    var type: CardType
    var id: Name
    var currency: Name
}

/// The spend cards as the ledger's rows make them: each row on the card of its workload, workspace or account, on four roll-ups and the total,
/// in each of its weeks and in the month.
struct CardSums {
    private(set) var index: [CardKey: Int] = [:]
    private(set) var keys: [CardKey] = []
    private(set) var sums: [ShareSum] = []
    private(set) var lines: [[LedgerSums.CardLine: ShareSum]] = []
    /// By principal, without the rows that have none.
    private(set) var agents: [[Name: ShareSum]] = []

    init(_ ledger: LedgerSums, _ names: inout Names) {
        let none = names.name("(none)")
        let total = names.name("total")
        for (cell, sum) in ledger.cardCells {
            let type: CardType
            if case .workload = cell.party { type = .workload } else { type = cell.isWorkspaceCard ? .workspace : .unallocated }
            let id = names.name(cell.party.text(names))
            add(cell, sum, type, id)
            for (type, value) in zip([CardType.element1, .element2, .element3, .element4], cell.elements.list) {
                add(cell, sum, type, value.isEmpty ? none : value)
            }
            add(cell, sum, .total, total)
        }
        addMonths()
    }

    private mutating func add(_ cell: LedgerSums.CardCell, _ sum: ShareSum, _ type: CardType, _ id: Name) {
        let place = place(CardKey(week: cell.week, type: type, id: id, currency: cell.currency))
        sums[place] += sum
        lines[place][cell.line, default: ShareSum()] += sum
        if !cell.principal.isEmpty { agents[place][cell.principal, default: ShareSum()] += sum }
    }

    /// A month's card is the sum of its weeks' cards.
    private mutating func addMonths() {
        for week in keys.indices {
            var key = keys[week]
            key.week = nil
            let month = place(key)
            sums[month] += sums[week]
            for (line, sum) in lines[week] { lines[month][line, default: ShareSum()] += sum }
            for (agent, sum) in agents[week] { agents[month][agent, default: ShareSum()] += sum }
        }
    }

    private mutating func place(_ key: CardKey) -> Int {
        if let known = index[key] { return known }
        index[key] = keys.count
        keys.append(key)
        sums.append(ShareSum())
        lines.append([:])
        agents.append([:])
        return keys.count - 1
    }
}
