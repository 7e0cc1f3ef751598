import Attribution
import Records
import Registry

/// What a spend card is about.
enum CardType: Int, CaseIterable {
    case workload, workspace, unallocated, element1, element2, element3, element4, total

    var text: String { "\(self)" }

    static let elements: [CardType] = [.element1, .element2, .element3, .element4]
}

/// Whether and how far a card's spend is off its estimate.
enum Band: String {
    case noEstimate = "no-estimate"
    case notStarted = "not-started"
    case onPlan = "on-plan"
    case under, over
    case farOver = "far-over"
}

/// Amounts of a card, or of one of its lines.
struct Spend: Summed {
    /// Without tax.
    var actual = Amount.zero
    var tax = Amount.zero
    var quantity = Amount.zero
    var calls = 0

    static func += (a: inout Spend, b: Spend) {
        a.actual += b.actual
        a.tax += b.tax
        a.quantity += b.quantity
        a.calls += b.calls
    }
}

/// One card: what a workload, workspace or part of the hierarchy cost in a week or in the month.
struct Card {
    /// Week number from 0, or nil for the month.
    var week: Int?
    var type: CardType
    var id: [UInt8]
    /// Index of the workload of a workload card.
    var workload: Int?
    var currency: [UInt8]
    var spend = Spend()
    /// Where its lines and agents lie among all.
    fileprivate(set) var lines = 0..<0
    fileprivate(set) var agents = 0..<0
}

/// The ledger added up into cards (specification, outputs, `spend-cards.csv`), to be made once for all who tell of them.
public struct Cards: Sendable {
    let days: MonthDays
    private(set) var cards: [Card] = []
    private var lineSpends: PartSpends
    private var agentSpends: PartSpends
    private let cardLines: [CardLine]

    /// A line at its place in `lines` of a card; there they lie in bytewise order of platform, model, token type and region.
    func line(_ place: Int) -> (line: CardLine, spend: Spend) {
        let part = lineSpends[place]
        return (cardLines[Int(part.of)], part.spend)
    }

    /// What an agent, a principal, spent, at its place in `agents` of a card; there they lie in bytewise order.
    func agent(_ place: Int) -> (principal: Name, spend: Spend) {
        let part = agentSpends[place]
        return (Name(index: part.of), part.spend)
    }

    /// What a card is about, over all its weeks.
    private struct Subject: PlacedKey {
        var type: CardType
        /// Workload, workspace, usage account or element; for the total empty.
        var id: Name
        var isAccount: Bool
        var workload: Int32
        var currency: Name

        func mixed(_ mix: Mixer) -> UInt64 { mix(packed(id, currency), UInt64(type.rawValue) << 1 | (isAccount ? 1 : 0)) }
    }

    public init(_ attribution: Attribution, _ registry: Registry) {
        let ledger = attribution.ledger
        let days = MonthDays(attribution.period)
        self.days = days
        let cells = CardCells(ledger, days)
        // Of every subject the cards of its weeks, and behind them that of its month, lie in a row.
        let cardsEach = days.weeks.count + 1
        var subjects = KeyPlaces<Subject>()
        // The first card of every subject of each owner.
        let firsts = cells.owners.keys.map { owner in Cards.subjects(owner).map { subjects.place(of: $0) * cardsEach } }
        let count = subjects.count * cardsEach
        var (spends, isThere) = ([Spend](repeating: Spend(), count: count), [Bool](repeating: false, count: count))
        var (lineSpends, agentSpends) = (PartSpends(), PartSpends())
        cells.forEach { cell, spend in
            for first in firsts[Int(cell.owner)] {
                let card = first + Int(cell.week)
                spends[card] += spend
                isThere[card] = true
                lineSpends.add(spend, of: cell.line, to: card)
                if !cell.principal.isEmpty { agentSpends.add(spend, of: cell.principal.index, to: card) }
            }
        }
        // A month is the sum of its weeks.
        func month(_ card: Int) -> Int { card - card % cardsEach + cardsEach - 1 }
        for card in spends.indices where isThere[card] && card != month(card) {
            spends[month(card)] += spends[card]
            isThere[month(card)] = true
        }
        lineSpends.addAll(to: month)
        agentSpends.addAll(to: month)
        let lineRanges = lineSpends.order(cards: count, ranks: Cards.ranks(cells.lines.keys, ledger.ranks))
        let agentRanges = agentSpends.order(cards: count, ranks: ledger.ranks)
        self.lineSpends = lineSpends
        self.agentSpends = agentSpends
        cardLines = cells.lines.keys
        for card in spends.indices where isThere[card] {
            let subject = subjects.keys[card / cardsEach]
            cards.append(
                Card(
                    week: card == month(card) ? nil : card % cardsEach, type: subject.type, id: Cards.id(subject, ledger.names),
                    workload: subject.workload >= 0 ? Int(subject.workload) : nil, currency: Array(ledger.names.bytes(subject.currency)),
                    spend: spends[card], lines: lineRanges[card], agents: agentRanges[card]))
        }
        addEstimated(registry, attribution.period)
    }

    /// What all cards are about that an owner's spend stands on.
    private static func subjects(_ owner: CardCells.Owner) -> [Subject] {
        func subject(_ type: CardType, _ id: Name) -> Subject { Subject(type: type, id: id, isAccount: false, workload: -1, currency: owner.currency) }
        let own = Subject(type: owner.type, id: owner.id, isAccount: owner.isAccount, workload: owner.workload, currency: owner.currency)
        return [own, subject(.total, .empty)] + CardType.elements.enumerated().map { subject($1, owner.elements[$0]) }
    }

    /// For every line its place in bytewise order.
    private static func ranks(_ lines: [CardLine], _ names: [UInt32]) -> [UInt32] {
        func rank(_ name: Name) -> UInt32 { names[Int(name.index)] }
        func precedes(_ a: CardLine, _ b: CardLine) -> Bool {
            if a.platform != b.platform { return bytewise(a.platform.text, b.platform.text) }
            if a.model != b.model { return rank(a.model) < rank(b.model) }
            return a.tokenType != b.tokenType ? bytewise(a.tokenType.text, b.tokenType.text) : rank(a.region) < rank(b.region)
        }
        var ranks = [UInt32](repeating: 0, count: lines.count)
        for (rank, place) in lines.indices.sorted(by: { precedes(lines[$0], lines[$1]) }).enumerated() { ranks[place] = UInt32(rank) }
        return ranks
    }

    private static func id(_ subject: Subject, _ names: Names) -> [UInt8] {
        let text = Array(names.bytes(subject.id))
        switch subject.type {
        case .workload, .workspace, .unallocated: return subject.isAccount ? Array("account:".utf8) + text : text
        case .element1, .element2, .element3, .element4: return text.isEmpty ? Array("(none)".utf8) : text
        case .total: return Array("total".utf8)
        }
    }

    /// A workload with a confirmed estimate has its cards though it spent nothing.
    private mutating func addEstimated(_ registry: Registry, _ period: Month) {
        struct Key: Hashable {
            var week: Int?
            var workload: Int
            var currency: [UInt8]
        }
        var present: Set<Key> = []
        for card in cards {
            if let workload = card.workload { present.insert(Key(week: card.week, workload: workload, currency: card.currency)) }
        }
        for (index, workload) in registry.workloads.enumerated() {
            for currency in workload.estimateCurrencies(period) {
                for week in [nil] + days.weeks.indices.map({ Optional($0) }) {
                    let key = Key(week: week, workload: index, currency: Array(currency.utf8))
                    if present.insert(key).inserted {
                        cards.append(Card(week: week, type: .workload, id: Array(workload.id.utf8), workload: index, currency: key.currency))
                    }
                }
            }
        }
    }
}
