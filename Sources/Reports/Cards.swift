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
    /// By platform, model, token type and region.
    var lines: [CardLine: Spend] = [:]
    /// By principal.
    var agents: [Name: Spend] = [:]
}

struct CardLine: Hashable {
    var platform: Platform
    var model: Name
    var tokenType: TokenType
    var region: Name
}

/// Adds the ledger up into cards (specification, outputs, `spend-cards.csv`).
public struct Cards {
    let days: MonthDays
    private(set) var cards: [Card] = []

    /// What of the ledger is added up first, so that each row is looked at once and each card made of few sums.
    private struct Cell: Hashable {
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

        func hash(into hasher: inout Hasher) {
            hasher.combine(packed(id, principal))
            hasher.combine(packed(currency, line.model))
            hasher.combine(UInt64(line.region.index) << 32 | UInt64(week) << 8 | UInt64(type.rawValue))
            hasher.combine(elements)
        }
    }

    /// What a card is about, over all its weeks.
    private struct Subject: Hashable {
        var type: CardType
        /// Workload, workspace, usage account or element; for the total empty.
        var id: Name
        var isAccount: Bool
        var currency: Name

        func hash(into hasher: inout Hasher) {
            hasher.combine(packed(id, currency))
            hasher.combine(UInt64(type.rawValue) << 1 | (isAccount ? 1 : 0))
        }
    }

    init(_ attribution: Attribution, _ registry: Registry) {
        days = MonthDays(attribution.period)
        let names = attribution.ledger.names
        var cells: [Cell: Spend] = [:]
        attribution.ledger.forEach { row, group in Cards.add(row, group, attribution.ledger, days, &cells) }
        // Of every subject the cards of its weeks, and behind them that of its month, lie in a row.
        let cardsEach = days.weeks.count + 1
        var places: [Subject: Int] = [:]
        var made: [Card?] = []
        func add(_ subject: Subject, _ cell: Cell, _ spend: Spend, _ id: () -> [UInt8]) {
            let first: Int
            if let known = places[subject] {
                first = known
            } else {
                first = made.count
                places[subject] = first
                made.append(contentsOf: repeatElement(nil, count: cardsEach))
            }
            for (week, place) in [(Optional(cell.week), first + cell.week), (nil, first + cardsEach - 1)] {
                if made[place] == nil {
                    let workload = subject.type == .workload && cell.workload >= 0 ? Int(cell.workload) : nil
                    made[place] = Card(
                        week: week, type: subject.type, id: id(), workload: workload, currency: Array(names.bytes(subject.currency)))
                }
                made[place]?.spend += spend
                made[place]?.lines[cell.line, default: Spend()] += spend
                if !cell.principal.isEmpty { made[place]?.agents[cell.principal, default: Spend()] += spend }
            }
        }
        for (cell, spend) in cells {
            func text(_ name: Name) -> [UInt8] { Array(names.bytes(name)) }
            add(Subject(type: cell.type, id: cell.id, isAccount: cell.isAccount, currency: cell.currency), cell, spend) {
                cell.isAccount ? Array("account:".utf8) + text(cell.id) : text(cell.id)
            }
            for (index, type) in CardType.elements.enumerated() {
                let value = cell.elements[index]
                add(Subject(type: type, id: value, isAccount: false, currency: cell.currency), cell, spend) {
                    value.isEmpty ? Array("(none)".utf8) : text(value)
                }
            }
            add(Subject(type: .total, id: .empty, isAccount: false, currency: cell.currency), cell, spend) { Array("total".utf8) }
        }
        cards = made.compactMap { $0 }
        addEstimated(registry, attribution.period)
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

    private static func add(
        _ row: LedgerRow, _ group: ChargeGroup, _ ledger: Ledger, _ days: MonthDays, _ cells: inout [Cell: Spend]
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
            cells[cell, default: Spend()] += Spend(
                actual: isTax ? .zero : cost, tax: isTax ? cost : .zero,
                quantity: MonthDays.part(of: row.quantity, days: spread, falling: part),
                calls: part.lowerBound == spread.lowerBound ? row.calls : 0)
        }
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
