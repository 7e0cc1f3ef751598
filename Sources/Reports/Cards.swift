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
struct Spend {
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

struct CardLine: PlacedKey {
    var platform: Platform
    var model: Name
    var tokenType: TokenType
    var region: Name

    var mixed: UInt64 { Records.mixed(packed(model, region), UInt64(tokenType.rawValue) << 8 | UInt64(platform.rawValue)) }
}

/// The ledger added up into cards (specification, outputs, `spend-cards.csv`), to be made once for all who tell of them.
public struct Cards: Sendable {
    let days: MonthDays
    private(set) var cards: [Card] = []
    private var lineSpends: PartSpends
    private var agentSpends: PartSpends
    private let cardLines: [CardLine]

    /// A card's lines, by platform, model, token type and region, in no order.
    func lines(of card: Card) -> [(line: CardLine, spend: Spend)] {
        lineSpends[card.lines].map { (cardLines[Int($0.of)], $0.spend) }
    }

    /// What a card's agents, principals, spent, in no order.
    func agents(of card: Card) -> [(principal: Name, spend: Spend)] { agentSpends[card.agents].map { (Name(index: $0.of), $0.spend) } }

    /// What of the ledger is added up first, so that each row is looked at once and each card made of few sums.
    private struct Cell: PlacedKey {
        var week: Int
        var currency: Name
        var type: CardType
        /// Workload, workspace or usage account.
        var id: Name
        var isAccount: Bool
        var workload: Int32
        var elements: Elements
        var line: CardLine
        var principal: Name

        var mixed: UInt64 {
            let what = Records.mixed(packed(id, principal), packed(currency, Name(index: UInt32(week << 8 | type.rawValue))))
            return Records.mixed(what, line.mixed) ^ elements.mixed
        }
    }

    /// What a card is about, over all its weeks.
    private struct Subject: PlacedKey {
        var type: CardType
        /// Workload, workspace, usage account or element; for the total empty.
        var id: Name
        var isAccount: Bool
        var workload: Int32
        var currency: Name

        var mixed: UInt64 { Records.mixed(packed(id, currency), UInt64(type.rawValue) << 1 | (isAccount ? 1 : 0)) }
    }

    public init(_ attribution: Attribution, _ registry: Registry) {
        let days = MonthDays(attribution.period)
        self.days = days
        var cells = KeyPlaces<Cell>()
        var cellSpends: [Spend] = []
        attribution.ledger.forEach { row, group in
            Cards.add(row, group, attribution.ledger, days) { cell, spend in
                let place = cells.place(of: cell)
                if place == cellSpends.count { cellSpends.append(spend) } else { cellSpends[place] += spend }
            }
        }
        // Of every subject the cards of its weeks, and behind them that of its month, lie in a row.
        let cardsEach = days.weeks.count + 1
        var subjects = KeyPlaces<Subject>()
        var spends: [Spend?] = []
        var lines = KeyPlaces<CardLine>()
        var lineSpends = PartSpends()
        var agentSpends = PartSpends()
        for (place, cell) in cells.keys.enumerated() {
            let spend = cellSpends[place]
            let line = UInt32(lines.place(of: cell.line))
            func add(_ subject: Subject) {
                let first = subjects.place(of: subject) * cardsEach
                if first == spends.count { spends.append(contentsOf: repeatElement(nil, count: cardsEach)) }
                spends[first + cell.week, default: Spend()] += spend
                lineSpends.add(spend, of: line, to: first + cell.week)
                if !cell.principal.isEmpty { agentSpends.add(spend, of: cell.principal.index, to: first + cell.week) }
            }
            let workload = cell.type == .workload ? cell.workload : -1
            add(Subject(type: cell.type, id: cell.id, isAccount: cell.isAccount, workload: workload, currency: cell.currency))
            for (index, type) in CardType.elements.enumerated() {
                add(Subject(type: type, id: cell.elements[index], isAccount: false, workload: -1, currency: cell.currency))
            }
            add(Subject(type: .total, id: .empty, isAccount: false, workload: -1, currency: cell.currency))
        }
        // A month is the sum of its weeks.
        func month(_ card: Int) -> Int { card - card % cardsEach + cardsEach - 1 }
        for index in spends.indices where index != month(index) {
            if let spend = spends[index] { spends[month(index), default: Spend()] += spend }
        }
        lineSpends.addAll(to: month)
        agentSpends.addAll(to: month)
        let (lineRanges, agentRanges) = (lineSpends.order(cards: spends.count), agentSpends.order(cards: spends.count))
        self.lineSpends = lineSpends
        self.agentSpends = agentSpends
        cardLines = lines.keys
        let names = attribution.ledger.names
        for (index, spend) in spends.enumerated() {
            guard let spend else { continue }
            let subject = subjects.keys[index / cardsEach]
            let week = index % cardsEach
            cards.append(
                Card(
                    week: week == cardsEach - 1 ? nil : week, type: subject.type, id: Cards.id(subject, names),
                    workload: subject.workload >= 0 ? Int(subject.workload) : nil, currency: Array(names.bytes(subject.currency)), spend: spend,
                    lines: lineRanges[index], agents: agentRanges[index]))
        }
        addEstimated(registry, attribution.period)
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

    /// Hands over what a row puts in the cells of its weeks.
    @inline(__always)
    private static func add(
        _ row: LedgerRow, _ group: ChargeGroup, _ ledger: Ledger, _ days: MonthDays, _ take: (Cell, Spend) -> Void
    ) {
        var cell = Cell(
            week: 0, currency: group.currency, type: .unallocated, id: group.usageAccount, isAccount: true, workload: row.workload,
            elements: row.elements,
            line: CardLine(platform: group.platform, model: row.model, tokenType: group.tokenType, region: group.region),
            principal: row.principal)
        if row.workload >= 0 {
            cell.type = .workload
            cell.id = ledger.workloadID(row)
            cell.isAccount = false
        } else if row.level == .workspace {
            cell.type = .workspace
            if !row.workspace.isEmpty {
                cell.id = row.workspace
                cell.isAccount = false
            }
        }
        let isTax = ledger.names.bytes(group.lineItemType).elementsEqual("Tax".utf8)
        let spread = days.days(of: group)
        for week in days.week(ofDay: spread.lowerBound)...days.week(ofDay: spread.upperBound - 1) {
            let part = spread.clamped(to: days.weeks[week])
            let cost = MonthDays.part(of: row.cost, days: spread, falling: part)
            cell.week = week
            take(
                cell,
                Spend(
                    actual: isTax ? .zero : cost, tax: isTax ? cost : .zero,
                    quantity: MonthDays.part(of: row.quantity, days: spread, falling: part),
                    calls: part.lowerBound == spread.lowerBound ? row.calls : 0))
        }
    }
}

/// What parts of cards add up to: of every card and part one sum.
private struct PartSpends {
    private struct Part: PlacedKey {
        var card: UInt32
        /// Which part of it: a line or an agent, as a number.
        var of: UInt32

        var mixed: UInt64 { Records.mixed(UInt64(card) << 32 | UInt64(of), 1) }
    }

    private var parts = KeyPlaces<Part>()
    private var spends: [Spend] = []
    /// Places of the parts, those of one card in a row.
    private var byCard: [UInt32] = []

    mutating func add(_ spend: Spend, of: UInt32, to card: Int) {
        let place = parts.place(of: Part(card: UInt32(card), of: of))
        if place == spends.count { spends.append(spend) } else { spends[place] += spend }
    }

    /// Adds the parts of every card to another's.
    mutating func addAll(to other: (Int) -> Int) {
        for place in spends.indices {
            let part = parts.keys[place]
            add(spends[place], of: part.of, to: other(Int(part.card)))
        }
    }

    /// Brings the parts of each card together; gives for every card where they lie.
    mutating func order(cards: Int) -> [Range<Int>] {
        var starts = [Int](repeating: 0, count: cards + 1)
        for part in parts.keys { starts[Int(part.card) + 1] += 1 }
        for card in 0..<cards { starts[card + 1] += starts[card] }
        var next = starts
        byCard = [UInt32](repeating: 0, count: parts.count)
        for (place, part) in parts.keys.enumerated() {
            byCard[next[Int(part.card)]] = UInt32(place)
            next[Int(part.card)] += 1
        }
        return (0..<cards).map { starts[$0]..<starts[$0 + 1] }
    }

    subscript(range: Range<Int>) -> [(of: UInt32, spend: Spend)] { byCard[range].map { (parts.keys[Int($0)].of, spends[Int($0)]) } }
}

extension Array {
    /// An element that may be missing yet, for adding to it.
    fileprivate subscript<Wrapped>(index: Int, default value: Wrapped) -> Wrapped where Element == Wrapped? {
        get { self[index] ?? value }
        set { self[index] = newValue }
    }
}

/// What a card says beside its sums: the estimate, how far it should have come, and how far off the spend is.
struct CardEstimate {
    var estimate: Amount?
    var toDate: Amount?
    var variance: Amount?
    var band: Band
    var isComplete: Bool

    /// - Parameter estimate: the confirmed estimate of the month, nil when there is none or the card is no workload's.
    init(_ card: Card, days: MonthDays, estimate monthly: Amount?, dataThrough: Instant) {
        let span = card.week.map { days.weeks[$0] } ?? 0..<days.dayCount
        let monthStart = days.month.start
        let throughHours = Int((dataThrough.microseconds - monthStart.microseconds) / Instant.hour)
        isComplete = span.upperBound * 24 <= throughHours
        guard let monthly else {
            band = .noEstimate
            return
        }
        let hours = Int128(days.dayCount * 24)
        func cents(_ part: Int, of whole: Int128) -> Int128 { Rounding.halfEven(monthly.atto * Int128(part), whole * Amount.cent) }
        let toDate: Amount
        if card.week == nil {
            estimate = monthly
            toDate = isComplete ? monthly : Amount(atto: cents(throughHours, of: hours) * Amount.cent)
        } else {
            let whole = Int128(days.dayCount)
            estimate = Amount(atto: (cents(span.upperBound, of: whole) - cents(span.lowerBound, of: whole)) * Amount.cent)
            let (from, to) = (min(span.lowerBound * 24, throughHours), min(span.upperBound * 24, throughHours))
            toDate = Amount(atto: (cents(to, of: hours) - cents(from, of: hours)) * Amount.cent)
        }
        self.toDate = toDate
        if span.lowerBound * 24 >= throughHours {
            band = .notStarted
        } else if toDate == .zero {
            band = .noEstimate
        } else {
            let off = card.spend.actual - toDate
            variance = off
            // By the exact ratio: 2 % is a fiftieth, 10 % a tenth.
            if off.atto.magnitude * 50 <= toDate.atto.magnitude {
                band = .onPlan
            } else if off.atto < 0 {
                band = .under
            } else {
                band = off.atto.magnitude * 10 <= toDate.atto.magnitude ? .over : .farOver
            }
        }
    }
}
