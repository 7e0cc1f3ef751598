import Attribution
import Records
import Registry

/// `reconciliation.json`: what was charged against what was allocated, by everything that finance asks for, and every counter.
struct Reconciliation: Sendable {
    private let attribution: Attribution
    private let names: Names
    private let finality: Finality
    /// In bytewise order.
    let currencies: [Figures]

    init(_ attribution: Attribution, finality: Finality) {
        self.attribution = attribution
        names = attribution.ledger.names
        self.finality = finality
        currencies = Reconciliation.figures(attribution.ledger)
    }

    func json(runID: String, isPartial: Bool, costBasis: CostBasis) -> [UInt8] {
        JSONText.object([
            ("run_id", .string(runID)),
            ("billing_period", .string(attribution.period.text)),
            ("partial", .bool(isPartial)),
            ("finality", .string(finality.text)),
            ("data_through", .string(attribution.dataThrough.text)),
            ("cost_basis", .string(costBasis.rawValue)),
            ("currencies", .object(currencies.map { ($0.currency, json($0)) })),
            ("by_invoice", .array(invoices())),
            ("rows", rows()),
            ("events", events()),
            ("usage_records", usageRecords()),
        ]).text()
    }

    // MARK: Currencies

    /// The figures of one currency.
    struct Figures {
        var currency: String
        /// From the bill, independent of the ledger.
        var charged = Amount.zero
        var allocated = Amount.zero
        var claudeUsage = Amount.zero
        /// The Claude Platform's usage by where its evidence comes from.
        var claudeUsageByWindow: [EvidenceWindow: Amount] = [:]
        var byLevel: [String: Amount] = [:]
        var byMethod: [String: Amount] = [:]
        var byLineItemType: [String: Amount] = [:]
        var byPlatform: [String: Amount] = [:]
        var byGap: [String: Amount] = [:]
    }

    private struct RowKey: PlacedKey {
        var currency: Name
        var level: Level
        var method: Method
        var lineItemType: Name
        var platform: Platform
        var gap: Gap
        /// Of usage of the Claude Platform; nil for all else.
        var window: EvidenceWindow?

        func mixed(_ mix: Mixer) -> UInt64 {
            let kinds = UInt64(level.rawValue) << 32 | UInt64(method.rawValue) << 24 | UInt64(gap.rawValue) << 16
            return mix(packed(currency, lineItemType), kinds | UInt64(platform.rawValue) << 8 | UInt64(window?.rawValue ?? 255))
        }
    }

    private static func figures(_ ledger: Ledger) -> [Figures] {
        let names = ledger.names
        var figures: [Name: Figures] = [:]
        func entry(_ currency: Name) -> Figures { figures[currency] ?? Figures(currency: names.text(currency)) }
        for group in ledger.groups {
            var figure = entry(group.currency)
            figure.charged += group.cost
            if group.isUsage && group.platform == .claudePlatform { figure.claudeUsage += group.cost }
            figures[group.currency] = figure
        }
        // Summed by small keys first: a text is looked up once for each, not once a row.
        var sums = KeySums<RowKey, Amount>()
        ledger.forEach { row, group in
            let key = RowKey(
                currency: group.currency, level: row.level, method: row.method, lineItemType: group.lineItemType,
                platform: group.platform, gap: row.gap, window: group.isUsage && group.platform == .claudePlatform ? row.window : nil)
            sums.add(row.cost, to: key)
        }
        sums.forEach { key, cost in
            var figure = entry(key.currency)
            figure.allocated += cost
            figure.byLevel[key.level.text, default: .zero] += cost
            figure.byMethod[key.method.text, default: .zero] += cost
            figure.byLineItemType[names.text(key.lineItemType), default: .zero] += cost
            figure.byPlatform[key.platform.text, default: .zero] += cost
            if key.gap != .none { figure.byGap[key.gap.text, default: .zero] += cost }
            if let window = key.window { figure.claudeUsageByWindow[window, default: .zero] += cost }
            figures[key.currency] = figure
        }
        return figures.values.sorted { bytewise($0.currency, $1.currency) }
    }

    private func json(_ figures: Figures) -> JSONText {
        func table(_ amounts: [String: Amount]) -> JSONText {
            .object(amounts.sorted { bytewise($0.key, $1.key) }.map { ($0.key, .amount($0.value)) })
        }
        return .object([
            ("charged", .amount(figures.charged)),
            ("allocated", .amount(figures.allocated)),
            ("difference", .amount(figures.charged - figures.allocated)),
            ("coverage", CurrencySummary(figures).coverage.map { .string($0) } ?? .null),
            ("by_level", table(figures.byLevel)),
            ("by_method", table(figures.byMethod)),
            ("by_line_item_type", table(figures.byLineItemType)),
            ("by_platform", table(figures.byPlatform)),
            ("by_gap", table(figures.byGap)),
        ])
    }

    // MARK: Invoices

    private struct Invoice: Hashable {
        var payer: Name
        var id: Name
        var legalEntity: Name
        var currency: Name
    }

    private func invoices() -> [JSONText] {
        var sums: [Invoice: [Amount]] = [:]
        for group in attribution.ledger.groups {
            let key = Invoice(
                payer: group.payerAccount, id: group.invoice, legalEntity: group.legalEntity, currency: group.currency)
            let place: Int
            switch names.text(group.lineItemType) {
            case "Usage": place = 0
            case "Tax": place = 1
            case "Credit": place = 2
            case "Refund": place = 3
            default: place = 4
            }
            var amounts = sums[key] ?? [.zero, .zero, .zero, .zero, .zero]
            amounts[place] += group.cost
            sums[key] = amounts
        }
        let ordered = sums.sorted { a, b in
            for path in [\Invoice.payer, \Invoice.id, \Invoice.legalEntity, \Invoice.currency] {
                let (first, second) = (a.key[keyPath: path], b.key[keyPath: path])
                if first != second { return names.precedes(first, second) }
            }
            return false
        }
        return ordered.map { key, amounts in
            .object([
                ("payer_account_id", .string(names.text(key.payer))), ("invoice_id", .string(names.text(key.id))),
                ("legal_entity", .string(names.text(key.legalEntity))), ("currency", .string(names.text(key.currency))),
                ("usage", .amount(amounts[0])), ("tax", .amount(amounts[1])), ("credit", .amount(amounts[2])),
                ("refund", .amount(amounts[3])), ("other", .amount(amounts[4])),
                ("total", .amount(amounts.reduce(.zero) { $0 + $1 })),
            ])
        }
    }

    // MARK: Counters

    private func rows() -> JSONText {
        let rows = attribution.rows
        return .object([
            ("read", .number(rows.read)), ("charges", .number(rows.charges)), ("other_service", .number(rows.otherService)),
            ("other_period", .number(rows.otherPeriod)), ("rejected", .number(rows.rejected)), ("near_miss", .number(rows.nearMiss)),
            ("price_mismatch", .number(rows.priceMismatch)), ("inexact_amounts", .number(rows.inexactAmounts)),
        ])
    }

    private func events() -> JSONText {
        let events = attribution.events
        return .object([
            ("read", .number(events.read)), ("evidence", .number(events.evidence)), ("rejected", .number(events.rejected)),
            ("other_source", .number(events.otherSource)), ("summary", .number(events.summary)),
            ("other_period", .number(events.otherPeriod)), ("not_billable", .number(events.notBillable)),
            ("failed", .number(events.failed)), ("duplicate", .number(events.duplicate)),
            ("superseded", .number(events.superseded)), ("shared_duplicate", .number(events.sharedDuplicate)),
            ("unused", .number(events.unused)),
        ])
    }

    private func usageRecords() -> JSONText {
        let usage = attribution.usage
        return .object([
            ("read", .number(usage.read)), ("rated", .number(usage.rated)), ("unrated", .number(usage.unrated)),
            ("joined", .number(usage.joined)), ("own_evidence", .number(usage.ownEvidence)),
            ("unmatched", .number(usage.unmatched)), ("duplicate", .number(usage.duplicate)), ("rejected", .number(usage.rejected)),
        ])
    }
}
