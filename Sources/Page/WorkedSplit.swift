/// One charge of the run, and how it was shared out: an example with the run's own numbers.
struct WorkedSplit {
    struct Part {
        var principal: String
        var model: String
        var workload: String
        var weight: String
        var cost: Int128
    }

    let start: String
    let end: String
    let place: String
    let currency: String
    private(set) var parts: [Part] = []
    private(set) var cost: Int128 = 0
    private(set) var weightTotal = ""
    /// Whether weights are list prices of tokens; else calls.
    private(set) var isByTokens = false
    private var isWhole = true

    init(start: [UInt8], end: [UInt8], place: String, currency: String) {
        self.start = String(decoding: start, as: UTF8.self)
        self.end = String(decoding: end, as: UTF8.self)
        self.place = place
        self.currency = currency
    }

    /// - Parameters:
    ///   - share: In the order of `LedgerData.shareColumns`.
    ///   - amounts: In that of `LedgerData.amountColumns`.
    mutating func add(_ share: [[UInt8]], _ amounts: [[UInt8]], _ atto: Int128) {
        func cell(_ name: String) -> String { LedgerData.shareColumns.firstIndex(of: name).map { String(decoding: share[$0], as: UTF8.self) } ?? "" }
        let weightTotal = String(decoding: amounts[1], as: UTF8.self)
        if parts.isEmpty { self.weightTotal = weightTotal }
        // Rows of several charges that look alike have pools of their own; and only calls of the hour make a simple example.
        if weightTotal != self.weightTotal || weightTotal == "0" || cell("evidence_window") != "interval" { isWhole = false }
        if cell("method") == "token-weighted" { isByTokens = true }
        cost += atto
        // More are no example that anybody would follow.
        guard parts.count < 9 else { return }
        parts.append(
            Part(principal: cell("principal"), model: cell("model"), workload: cell("workload_id"), weight: String(decoding: amounts[0], as: UTF8.self), cost: atto))
    }

    var isExample: Bool {
        isWhole && cost > 0 && (2...8).contains(parts.count)
            && parts.reduce(UInt128(0)) { $0 + (UInt128($1.weight) ?? 0) } == UInt128(weightTotal)
    }
}
