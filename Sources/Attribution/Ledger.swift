import Records

/// How near to a workload a share came. The order is bytewise by text.
public enum Level: UInt8, Sendable, CaseIterable {
    case unallocated, workload, workspace

    public var text: String {
        switch self {
        case .unallocated: "unallocated"
        case .workload: "workload"
        case .workspace: "workspace"
        }
    }
}

/// By what rule a share was made.
public enum Method: UInt8, Sendable, CaseIterable {
    case callWeighted, curPrincipal, followsCost, keptCentral, none, registryTags, solePrincipal, tokenWeighted, workspaceClaim, workspaceTags

    public var text: String {
        switch self {
        case .callWeighted: "call-weighted"
        case .curPrincipal: "cur-principal"
        case .followsCost: "follows-cost"
        case .keptCentral: "kept-central"
        case .none: "none"
        case .registryTags: "registry-tags"
        case .solePrincipal: "sole-principal"
        case .tokenWeighted: "token-weighted"
        case .workspaceClaim: "workspace-claim"
        case .workspaceTags: "workspace-tags"
        }
    }
}

/// Why somebody has still to answer for a share. The order is bytewise by text.
public enum Gap: UInt8, Sendable, CaseIterable {
    case none, noEstimate, noEvidence, noUsage, sharedRole, unclaimedPrincipal

    public var text: String {
        switch self {
        case .none: ""
        case .noEstimate: "no-estimate"
        case .noEvidence: "no-evidence"
        case .noUsage: "no-usage"
        case .sharedRole: "shared-role"
        case .unclaimedPrincipal: "unclaimed-principal"
        }
    }
}

/// What was counted, for Bedrock's rows, from their usage type.
public enum TokenType: UInt8, Sendable, CaseIterable {
    case none, cacheRead, cacheWrite, cacheWrite1h, input, output

    public var text: String {
        switch self {
        case .none: ""
        case .cacheRead: "cache-read"
        case .cacheWrite: "cache-write"
        case .cacheWrite1h: "cache-write-1h"
        case .input: "input"
        case .output: "output"
        }
    }

    /// From `USE1-MP:USE1_CacheReadInputTokenCount-Units`: without `-` and `_`, without case, the first that is contained.
    public init(usageType: some Sequence<UInt8>) {
        let folded = String(
            decoding: usageType.lazy.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
                .map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }, as: UTF8.self)
        let words: [(String, TokenType)] = [
            ("cacheread", .cacheRead), ("cachewrite1h", .cacheWrite1h), ("cachewrite", .cacheWrite), ("inputtoken", .input),
            ("outputtoken", .output),
        ]
        self = words.first { folded.contains($0.0) }?.1 ?? .none
    }
}

/// One row of the ledger: a share, or several that differ in nothing but their amounts.
public struct LedgerRow: Sendable {
    public var platform: Platform
    public var payerAccount: Name
    public var usageAccount: Name
    public var region: Name
    public var workspace: Name
    public var workspaceSource: WorkspaceSource
    public var lineItemType: Name
    public var usageType: Name
    public var invoice: Name
    public var principal: Name
    /// Index of the workload in the registry, −1 for none.
    public var workload: Int32
    public var workloadID: Name
    public var level: Level
    public var method: Method
    public var window: EvidenceWindow
    public var model: Name
    public var tokenType: TokenType
    public var elements: Elements
    public var currency: Name
    public var gap: Gap
    public var billingEntity: Name
    public var legalEntity: Name
    public var productCode: Name
    public var operation: Name
    public var isUsage: Bool
    public var start: Instant
    public var end: Instant
    public var weight: UInt128
    public var weightTotal: UInt128
    public var calls: Int
    public var quantity: Amount
    public var cost: Amount
}

/// All rows, in the order in which they are printed.
public struct Ledger: Sendable {
    public var names: Names
    public var rows: [LedgerRow]

    /// Brings shares that differ in nothing but calls, quantity and cost together, and sorts them bytewise by their columns as text, from left to right.
    ///
    /// Throws `SumFault` when a merged amount lies beyond ±10¹⁸ units.
    init(shares: [LedgerRow], names: Names, ranks: [UInt32]) throws(SumFault) {
        self.names = names
        let order = LedgerOrder(ranks: ranks)
        let sorted = shares.sorted { order.keyPrecedes($0, $1) }
        var merged: [LedgerRow] = []
        merged.reserveCapacity(sorted.count)
        for row in sorted {
            if let last = merged.last, !order.keyPrecedes(last, row) {
                let cost = ExactSum(last.cost).adding(row.cost)
                let quantity = ExactSum(last.quantity).adding(row.quantity)
                guard let cost, let quantity else { throw SumFault(what: "one row of the ledger adds up to more than 10^18") }
                merged[merged.count - 1].cost = cost
                merged[merged.count - 1].quantity = quantity
                merged[merged.count - 1].calls += row.calls
            } else {
                merged.append(row)
            }
        }
        merged.sort { order.precedes($0, $1) }
        rows = merged
    }
}

extension ExactSum {
    fileprivate func adding(_ amount: Amount) -> Amount? {
        var sum = self
        sum += amount
        return sum.amount
    }
}

/// Compares rows by their columns as text. Names are compared by rank, times and weights as they would be printed.
struct LedgerOrder {
    let ranks: [UInt32]

    /// By every column but calls, quantity and cost.
    func keyPrecedes(_ a: LedgerRow, _ b: LedgerRow) -> Bool {
        compareFront(a, b) ?? compareBack(a, b) ?? false
    }

    /// By every column, left to right.
    func precedes(_ a: LedgerRow, _ b: LedgerRow) -> Bool {
        compareFront(a, b) ?? compareAmounts(a, b) ?? compareBack(a, b) ?? false
    }

    /// The columns from `billing_period` to `weight_total`; nil when they are equal.
    private func compareFront(_ a: LedgerRow, _ b: LedgerRow) -> Bool? {
        if a.start != b.start { return timePrecedes(a.start, b.start) }
        if a.end != b.end { return timePrecedes(a.end, b.end) }
        if a.platform != b.platform { return a.platform.rawValue < b.platform.rawValue }
        if let result = compare(a.payerAccount, b.payerAccount) ?? compare(a.usageAccount, b.usageAccount) { return result }
        if let result = compare(a.region, b.region) ?? compare(a.workspace, b.workspace) { return result }
        if a.workspaceSource != b.workspaceSource { return a.workspaceSource < b.workspaceSource }
        if let result = compare(a.lineItemType, b.lineItemType) ?? compare(a.usageType, b.usageType) { return result }
        if let result = compare(a.invoice, b.invoice) ?? compare(a.principal, b.principal) { return result }
        if let result = compare(a.workloadID, b.workloadID) { return result }
        if a.level != b.level { return a.level.rawValue < b.level.rawValue }
        if a.method != b.method { return a.method.rawValue < b.method.rawValue }
        if a.window != b.window { return a.window.rawValue < b.window.rawValue }
        if let result = compare(a.model, b.model) { return result }
        if a.tokenType != b.tokenType { return a.tokenType.rawValue < b.tokenType.rawValue }
        for index in 0..<4 { if let result = compare(a.elements[index], b.elements[index]) { return result } }
        if a.weight != b.weight { return digitsPrecede(a.weight, b.weight) }
        if a.weightTotal != b.weightTotal { return digitsPrecede(a.weightTotal, b.weightTotal) }
        return nil
    }

    private func compareAmounts(_ a: LedgerRow, _ b: LedgerRow) -> Bool? {
        if a.calls != b.calls { return digitsPrecede(UInt128(a.calls), UInt128(b.calls)) }
        if a.quantity != b.quantity { return a.quantity.text.utf8.lexicographicallyPrecedes(b.quantity.text.utf8) }
        if a.cost != b.cost { return a.cost.text.utf8.lexicographicallyPrecedes(b.cost.text.utf8) }
        return nil
    }

    /// The columns behind the amounts.
    private func compareBack(_ a: LedgerRow, _ b: LedgerRow) -> Bool? {
        if let result = compare(a.currency, b.currency) { return result }
        if a.gap != b.gap { return a.gap.rawValue < b.gap.rawValue }
        return compare(a.billingEntity, b.billingEntity) ?? compare(a.legalEntity, b.legalEntity)
            ?? compare(a.productCode, b.productCode) ?? compare(a.operation, b.operation)
    }

    private func compare(_ a: Name, _ b: Name) -> Bool? {
        a == b ? nil : ranks[Int(a.index)] < ranks[Int(b.index)]
    }

    private func digitsPrecede(_ a: UInt128, _ b: UInt128) -> Bool {
        var (first, second): ([UInt8], [UInt8]) = ([], [])
        appendDecimal(a, to: &first)
        appendDecimal(b, to: &second)
        return first.lexicographicallyPrecedes(second)
    }
}

/// Bytewise order of two times as text: a fraction of a second sorts before the whole one.
func timePrecedes(_ a: Instant, _ b: Instant) -> Bool {
    if a.microseconds % 1_000_000 == 0 && b.microseconds % 1_000_000 == 0 { return a < b }
    return a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
}
