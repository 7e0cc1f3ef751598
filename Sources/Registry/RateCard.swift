import Bytes
import Records

/// List prices by model and day. They weigh events against each other and estimate list prices; they never change an amount of the bill.
public struct RateCard: Sendable {
    /// Prices per million tokens in 10⁻⁴ USD, each at most 10¹⁰.
    public struct Rates: Sendable, Equatable {
        public var input: UInt64
        public var write5m: UInt64
        public var write1h: UInt64
        public var cacheRead: UInt64
        public var output: UInt64
    }

    private struct Row: Sendable {
        var from: Instant
        var rates: Rates
    }

    /// By model id; the rows of a model by their first day.
    private var rows: [[UInt8]: [Row]] = [:]
    /// The price of a thousand web searches in 10⁻⁴ USD.
    public private(set) var webSearchPer1000: UInt64 = 100_000

    private init() {}

    /// The rates of `model` at a time, or nil when the card does not know it. An id with a date suffix is rated as the id without it.
    public func rates(model: [UInt8], at time: Instant) -> Rates? {
        let known = rows[model] ?? withoutDate(model).flatMap { rows[$0] }
        return known?.last { $0.from <= time }?.rates
    }

    /// `claude-sonnet-4-6-20260115` → `claude-sonnet-4-6`.
    private func withoutDate(_ model: [UInt8]) -> [UInt8]? {
        guard model.count > 9, model[model.count - 9] == UInt8(ascii: "-"),
            model.suffix(8).allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { return nil }
        return Array(model.dropLast(9))
    }

    /// The list price of one call in 10⁻¹² USD, by the rates in force; nil when the model is unknown.
    ///
    /// Exact: the sum is a multiple of 100, so that neither the half of a batch nor the tenth of `us` leaves a rest.
    public func weight(_ record: UsageRecord, model: [UInt8], at time: Instant) -> UInt128? {
        guard let rates = rates(model: model, at: time) else { return nil }
        let tokens = record.tokens
        var sum = UInt128(tokens.input) * UInt128(rates.input) + UInt128(tokens.write5m) * UInt128(rates.write5m)
        sum += UInt128(tokens.write1h) * UInt128(rates.write1h) + UInt128(tokens.cacheRead) * UInt128(rates.cacheRead)
        sum += UInt128(tokens.output) * UInt128(rates.output)
        sum *= 100
        if record.isBatch { sum /= 2 }
        if record.isUSOnly { sum = sum * 11 / 10 }
        return sum + UInt128(tokens.webSearches) * UInt128(webSearchPer1000) * 100_000
    }

    /// Anthropic's list prices of October 2026, effective from 2026-01-01 (platform.claude.com/docs/en/about-claude/pricing).
    public static let standard: RateCard = {
        var card = RateCard()
        let first = Instant(dayNumber: dayNumberOf(year: 2026, month: 1, day: 1))
        // Input, 5-minute write, 1-hour write, cache read, output: USD per million tokens × 10⁴.
        let prices: [([String], Rates)] = [
            (["claude-fable-5-1"], Rates(input: 100_000, write5m: 125_000, write1h: 200_000, cacheRead: 2_500, output: 500_000)),
            (["claude-fable-5"], Rates(input: 100_000, write5m: 125_000, write1h: 200_000, cacheRead: 10_000, output: 500_000)),
            (["claude-opus-5-5"], Rates(input: 40_000, write5m: 50_000, write1h: 80_000, cacheRead: 2_000, output: 200_000)),
            (
                ["claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-opus-4-5"],
                Rates(input: 50_000, write5m: 62_500, write1h: 100_000, cacheRead: 5_000, output: 250_000)
            ),
            (
                ["claude-sonnet-5-5", "claude-sonnet-5"],
                Rates(input: 20_000, write5m: 25_000, write1h: 40_000, cacheRead: 2_000, output: 100_000)
            ),
            (
                ["claude-sonnet-4-6", "claude-sonnet-4-5"],
                Rates(input: 30_000, write5m: 37_500, write1h: 60_000, cacheRead: 3_000, output: 150_000)
            ),
            (["claude-haiku-4-5"], Rates(input: 10_000, write5m: 12_500, write1h: 20_000, cacheRead: 1_000, output: 50_000)),
        ]
        for (models, rates) in prices {
            for model in models { card.rows[Array(model.utf8)] = [Row(from: first, rates: rates)] }
        }
        return card
    }()

    /// Reads a card of the form of the specification, inputs §4. It takes the place of the standard one.
    public static func read(_ text: [UInt8], file: String) throws(RegistryFaults) -> RateCard {
        let json: JSONDocument
        do throws(ByteFault) { json = try JSONDocument(text) } catch {
            throw RegistryFaults(
                file: file, faults: [RegistryFault(path: "$", line: lineOf(error.offset, in: text), what: "is no JSON: \(error.what)")])
        }
        var fields = JSONFields(json)
        let card = card(&fields)
        let faults = fields.faults
        guard faults.isEmpty else { throw RegistryFaults(file: file, faults: faults) }
        return card
    }

    private static func card(_ fields: inout JSONFields) -> RateCard {
        var card = RateCard()
        guard
            let top = fields.object(
                fields.json.root, "$", known: ["version", "models", "webSearchPer1000"], required: ["version", "models"])
        else { return card }
        fields.version(top["version"])
        if let price = top["webSearchPer1000"] { card.webSearchPer1000 = rate(price, "$.webSearchPer1000", &fields) }
        for (index, value) in fields.array(top["models"], "$.models").enumerated() {
            let path = "$.models[\(index)]"
            let prices = ["input", "write5m", "write1h", "cacheRead", "output"]
            guard let members = fields.object(value, path, known: ["id", "effectiveFrom"] + prices, required: ["id", "effectiveFrom"] + prices)
            else { continue }
            let id = Array(fields.string(members["id"], "\(path).id").utf8)
            guard let from = fields.date(members["effectiveFrom"], "\(path).effectiveFrom") else { continue }
            let read = prices.map { rate(members[$0], "\(path).\($0)", &fields) }
            if card.rows[id]?.contains(where: { $0.from == from }) == true {
                fields.fault(value, path, "is a second row of '\(String(decoding: id, as: UTF8.self))' from \(dateText(dayNumber: from.dayNumber)); keep one")
            }
            let rates = Rates(input: read[0], write5m: read[1], write1h: read[2], cacheRead: read[3], output: read[4])
            card.rows[id, default: []].append(Row(from: from, rates: rates))
        }
        for id in card.rows.keys { card.rows[id]?.sort { $0.from < $1.from } }
        return card
    }

    /// A price in 10⁻⁴ USD.
    private static func rate(_ value: JSONDocument.Value?, _ path: String, _ fields: inout JSONFields) -> UInt64 {
        guard let value, let amount = fields.amount(value, path) else { return 0 }
        let step = Amount.unit / 10_000
        if amount.atto % step != 0 { fields.fault(value, path, "is '\(amount.text)', but a price has at most 4 decimals; round it") }
        if amount.atto > Amount.unit * 1_000_000 { fields.fault(value, path, "is '\(amount.text)', but a price is at most 1000000; it is meant in USD per million tokens") }
        return UInt64(min(amount.atto, Amount.unit * 1_000_000) / step)
    }
}
