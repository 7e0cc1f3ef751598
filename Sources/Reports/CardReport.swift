import Attribution
import Records
import Registry

/// `spend-cards.csv` and `spend-cards.json`.
struct CardReport {
    private let entries: [Entry]
    private let names: Names
    private let cards: Cards

    private struct Entry {
        var card: Card
        var texts: [[UInt8]]
    }

    private static let columns: [(String, Table.Kind)] = [
        ("period_kind", .text), ("period_start", .text), ("period_end", .text), ("complete", .text), ("card_type", .text),
        ("card_id", .text), ("owner", .text), ("actual", .number), ("tax", .number), ("estimate", .number),
        ("estimate_to_date", .number), ("variance", .number), ("variance_pct", .number), ("band", .text), ("quantity", .number),
        ("calls", .number), ("currency", .text), ("finality", .text),
    ]

    init(_ cards: Cards, _ attribution: Attribution, _ registry: Registry, finality: Finality) {
        names = attribution.ledger.names
        self.cards = cards
        entries = cards.cards.map { card in
            Entry(
                card: card,
                texts: CardReport.texts(card, cards.days, registry, dataThrough: attribution.dataThrough, finality: finality))
        }
        .sorted { a, b in
            for (first, second) in zip(a.texts, b.texts) where first != second { return first.lexicographicallyPrecedes(second) }
            return false
        }
    }

    private static func texts(
        _ card: Card, _ days: MonthDays, _ registry: Registry, dataThrough: Instant, finality: Finality
    ) -> [[UInt8]] {
        let currency = String(decoding: card.currency, as: UTF8.self)
        let workload = card.type == .workload ? card.workload.map { registry.workloads[$0] } : nil
        let estimate = CardEstimate(
            card, days: days, estimate: workload?.confirmedEstimate(days.month, currency: currency), dataThrough: dataThrough)
        let span = card.week.map { days.weeks[$0] } ?? 0..<days.dayCount
        func text(_ amount: Amount?) -> [UInt8] { amount.map { Array($0.text.utf8) } ?? [] }
        var percent: [UInt8] = []
        if let variance = estimate.variance, let toDate = estimate.toDate {
            percent = Array((Rounding.ratioText(variance.atto, toDate.atto, shift: 2, decimals: 2) ?? "").utf8)
        }
        return [
            Array((card.week == nil ? "month" : "week").utf8),
            Array(dateText(dayNumber: days.firstDay + span.lowerBound).utf8),
            Array(dateText(dayNumber: days.firstDay + span.upperBound - 1).utf8),
            Array((estimate.isComplete ? "yes" : "no").utf8),
            Array(card.type.text.utf8), card.id, Array((workload?.owner ?? "").utf8), text(card.spend.actual), text(card.spend.tax),
            text(estimate.estimate), text(estimate.toDate), text(estimate.variance), percent, Array(estimate.band.rawValue.utf8),
            text(card.spend.quantity), Array(String(card.spend.calls).utf8), card.currency,
            Array(finality.text(currency).utf8),
        ]
    }

    func csv() -> [UInt8] {
        var table = Table(CardReport.columns)
        for entry in entries { table.add(entry.texts) }
        return table.csv()
    }

    /// The same cards in the same order, each with its lines and agents.
    func json(runID: String) -> JSONText {
        JSONText.object([
            ("run_id", .string(runID)),
            ("cards", .elements(entries.count) { json(entries[$0]) }),
        ])
    }

    private func json(_ entry: Entry) -> JSONText {
        let members = zip(CardReport.columns, entry.texts).map { column, text -> (String, JSONText) in
            if column.0 == "calls" { return (column.0, .number(entry.card.spend.calls)) }
            return (column.0, column.1 == .number && text.isEmpty ? .null : .bytes(text))
        }
        let card = entry.card
        let lines = JSONText.objects(card.lines.count) { index, members in
            let (line, spend) = cards.line(card.lines.lowerBound + index)
            members.add("platform", line.platform.text)
            members.add("model", names.bytes(line.model))
            members.add("token_type", line.tokenType.text)
            members.add("region", names.bytes(line.region))
            add(spend, to: &members)
        }
        let agents = JSONText.objects(card.agents.count) { index, members in
            let (principal, spend) = cards.agent(card.agents.lowerBound + index)
            members.add("principal", names.bytes(principal))
            add(spend, to: &members)
        }
        return .object(members + [("lines", lines), ("agents", agents)])
    }

    private func add(_ spend: Spend, to members: inout JSONMembers) {
        members.add("actual", spend.actual)
        members.add("tax", spend.tax)
        members.add("quantity", spend.quantity)
        members.add("calls", spend.calls)
    }
}

/// Whether the bill of a currency is final: every charge has an invoice id, and there is one.
struct Finality: Sendable {
    private var isInvoiced: [String: Bool] = [:]

    init(_ attribution: Attribution) {
        for group in attribution.ledger.groups {
            let currency = attribution.ledger.names.text(group.currency)
            isInvoiced[currency] = (isInvoiced[currency] ?? true) && !group.invoice.isEmpty
        }
    }

    func text(_ currency: String) -> String { isInvoiced[currency] == true ? "invoiced" : "open" }

    /// Of the whole bill.
    var text: String { !isInvoiced.isEmpty && isInvoiced.values.allSatisfy { $0 } ? "invoiced" : "open" }
}
