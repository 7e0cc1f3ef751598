import Bytes
import Records

/// How near to a workload a share came. The order is bytewise by text.
public enum Level: UInt8, BitwiseCopyable, Sendable, CaseIterable {
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
public enum Method: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case callWeighted, curPrincipal, followsCost, keptCentral, none, registryTags, solePrincipal, splitDirect, splitEven, splitFixed, tokenWeighted, workspaceClaim, workspaceTags

    public var text: String {
        switch self {
        case .callWeighted: "call-weighted"
        case .curPrincipal: "cur-principal"
        case .followsCost: "follows-cost"
        case .keptCentral: "kept-central"
        case .none: "none"
        case .registryTags: "registry-tags"
        case .solePrincipal: "sole-principal"
        case .splitDirect: "split-direct"
        case .splitEven: "split-even"
        case .splitFixed: "split-fixed"
        case .tokenWeighted: "token-weighted"
        case .workspaceClaim: "workspace-claim"
        case .workspaceTags: "workspace-tags"
        }
    }
}

extension Method {
    /// By a rule of the registry on how cost is shared.
    public var isSplit: Bool { self == .splitDirect || self == .splitEven || self == .splitFixed }
}

/// Why somebody has still to answer for a share. The order is bytewise by text.
public enum Gap: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case none, noEstimate, noEvidence, noUsage, notApproved, outOfScope, sharedRole, unclaimedPrincipal

    public var text: String {
        switch self {
        case .none: ""
        case .noEstimate: "no-estimate"
        case .noEvidence: "no-evidence"
        case .noUsage: "no-usage"
        case .notApproved: "not-approved"
        case .outOfScope: "out-of-scope"
        case .sharedRole: "shared-role"
        case .unclaimedPrincipal: "unclaimed-principal"
        }
    }
}

/// What was counted, for Bedrock's rows, from their usage type.
public enum TokenType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
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

/// One row of the ledger: a share, or several that differ in nothing but their amounts. What it shares with its group stands there.
public struct LedgerRow: BitwiseCopyable, Sendable {
    /// Index of the group that it is a part of; of merged shares any, as what is printed of their groups is the same.
    public var group: Int32
    /// Index of the workload in the registry, −1 for none.
    public var workload: Int32
    public var workspace: Name
    public var principal: Name
    public var model: Name
    public var elements: Elements
    public var workspaceSource: WorkspaceSource
    public var level: Level
    public var method: Method
    public var window: EvidenceWindow
    public var gap: Gap
    /// A share of nothing: no row of the ledger, though other charges may follow it.
    var isEmpty = false
    /// There are at most 2³¹ events, so 32 bits hold their number; rows are what a run holds most of.
    private var callCount: UInt32 = 0
    public var calls: Int {
        get { Int(callCount) }
        set { callCount = UInt32(newValue) }
    }
    public var weight: UInt128
    public var weightTotal: UInt128
    public var quantity: Amount
    public var cost: Amount

    /// The whole of a group, nothing said yet about who answers for it.
    init(_ group: ChargeGroup, index: Int) {
        self.group = Int32(index)
        workload = -1
        workspace = group.workspace
        principal = .empty
        model = .empty
        elements = .none
        workspaceSource = group.workspaceSource
        level = .unallocated
        method = .none
        window = .none
        gap = .none
        weight = 0
        weightTotal = 0
        quantity = group.quantity
        cost = group.cost
    }
}

/// All rows, in the order in which they are printed: bytewise by their columns as text, from left to right.
public struct Ledger: Sendable {
    public let names: Names
    /// For every name its place in bytewise order.
    public let ranks: [UInt32]
    /// What was charged: the sums that shares were made of.
    public let groups: [ChargeGroup]
    /// Ids of the registry's workloads.
    public let workloadIDs: [Name]
    private let rows: Rows

    private enum Rows: Sendable {
        /// In memory, and the places of those that are printed. Shares that were merged into others or hold nothing stay behind.
        case held(ShareList, order: [UInt32])
        /// On disk, in the order in which they are printed.
        case stored(SpillFile, [SpillFile.Block])
    }

    /// Brings shares that differ in nothing but calls, quantity and cost together, and sorts them.
    ///
    /// Throws `.data` when a merged amount lies beyond ±10¹⁸ units.
    /// - Parameters:
    ///   - columns: The order of these groups' rows, where it is known already.
    ///   - room: Must be given when the shares are spilled.
    init(
        shares: consuming ShareList, groups: [ChargeGroup], workloadIDs: [Name], names: Names, ranks: [UInt32], columns: LedgerOrder? = nil,
        room: SpillRoom? = nil
    ) throws(AttributionFault) {
        self.names = names
        self.ranks = ranks
        self.groups = groups
        self.workloadIDs = workloadIDs
        let columns = columns ?? LedgerOrder(groups: groups, workloadIDs: workloadIDs, ranks: ranks)
        if shares.isSpilled, let room {
            rows = .stored(room.file, try Ledger.sorted(shares, columns, room))
        } else {
            let ordered: HeldOrder
            do throws(SpillFault) { ordered = try HeldOrder(copy shares, columns) } catch { throw .spill(error) }
            for pair in ordered.merged { shares[pair.into].add(shares[pair.from]) }
            for pair in ordered.merged { try shares[pair.into].check() }
            rows = .held(shares, order: ordered.places(shares, columns))
        }
    }

    /// The rows that stay, by way of the disk, each whole and in its place.
    private static func sorted(_ shares: ShareList, _ columns: LedgerOrder, _ room: SpillRoom) throws(AttributionFault) -> [SpillFile.Block] {
        var blocks: [SpillFile.Block] = []
        var fault: AttributionFault?
        do throws(SpillFault) {
            var runs = SortedRuns(columns, room)
            try shares.forEach { (_, row) throws(SpillFault) in if !row.isEmpty { try runs.add(row) } }
            // Rows that agree in the columns before the amounts, and rows whose place is known.
            var ties: [LedgerRow] = []
            var ready: [LedgerRow] = []
            func settle() throws(SpillFault) {
                for row in ties where fault == nil {
                    do throws(AttributionFault) { try row.check() } catch { fault = error }
                }
                if ties.count > 1 { ties.sort { columns.precedes($0, $1) } }
                ready += ties
                ties.removeAll(keepingCapacity: true)
                guard ready.count >= 4096 else { return }
                blocks.append(try room.file.append(ready[...]))
                ready.removeAll(keepingCapacity: true)
            }
            try runs.merge { (row) throws(SpillFault) in
                if let last = ties.last {
                    switch columns.relation(last, row) {
                    case .agrees:
                        ties[ties.count - 1].add(row)
                        return
                    case .precedes: try settle()
                    case .precedesBehind, .follows: break
                    }
                }
                ties.append(row)
            }
            try settle()
            if !ready.isEmpty { blocks.append(try room.file.append(ready[...])) }
        } catch { throw .spill(error) }
        if let fault { throw fault }
        return blocks
    }

    public var count: Int {
        switch rows {
        case .held(_, let order): order.count
        case .stored(_, let blocks): blocks.reduce(0) { $0 + $1.count }
        }
    }

    /// Hands over every row with its group, in order. Where rows on disk cannot be read it ends early, and `fault` says so.
    public func forEach<Failure: Error>(_ body: (LedgerRow, ChargeGroup) throws(Failure) -> Void) throws(Failure) {
        guard var group = groups.first else { return }
        var number: Int32 = 0
        try forEachRow { (row) throws(Failure) in
            // Rows of one group mostly come one after the other, and a group is far larger than its number.
            if row.group != number {
                number = row.group
                group = groups[Int(number)]
            }
            try body(row, group)
        }
    }

    /// The same without the groups.
    func forEachRow<Failure: Error>(_ body: (LedgerRow) throws(Failure) -> Void) throws(Failure) {
        switch rows {
        case .held(let shares, let order):
            for index in order { try body(shares[Int(index)]) }
        case .stored(let file, let blocks):
            for block in blocks {
                guard let rows = try? file.read(block, as: LedgerRow.self) else { return }
                for row in rows { try body(row) }
            }
        }
    }

    /// Why rows could not be read, if any could not: then nothing that was made of the ledger is whole.
    public var fault: SpillFault? {
        switch rows {
        case .held: nil
        case .stored(let file, _): file.fault
        }
    }

    public func workloadID(_ row: LedgerRow) -> Name { row.workload < 0 ? .empty : workloadIDs[Int(row.workload)] }
}

extension LedgerRow {
    /// Takes in the amounts of a row that differs in nothing else. All parts of a currency together stay within 128 bits, so sums may go beyond
    /// their limit on the way: rows come in any order, and only what they come to is judged.
    fileprivate mutating func add(_ other: LedgerRow) {
        cost.atto += other.cost.atto
        quantity.atto += other.quantity.atto
        calls += other.calls
    }

    fileprivate func check() throws(AttributionFault) {
        guard max(cost.atto.magnitude, quantity.atto.magnitude) <= UInt128(Amount.sumLimit) else {
            throw .data("one row of the ledger adds up to more than 10^18")
        }
    }
}

/// Compares rows by their columns as text.
///
/// The columns that come from the group are compared once for each pair of groups: what is left are a few small numbers.
struct LedgerOrder: Sendable {
    private let ranks: [UInt32]
    private let workloadRanks: [UInt32]
    /// Of every group its place by `usage_start` to `region`, by `line_item_type` to `invoice_id`, and by the columns behind the gap.
    private var front: [UInt32]
    private var middle: [UInt32]
    private var currency: [UInt32]
    private var back: [UInt32]

    init(groups: [ChargeGroup], workloadIDs: [Name], ranks: [UInt32]) {
        self.ranks = ranks
        func rank(_ name: Name) -> UInt32 { ranks[Int(name.index)] }
        workloadRanks = workloadIDs.map(rank)
        front = places(groups) { a, b in
            if a.start != b.start { return timePrecedes(a.start, b.start) }
            if a.end != b.end { return timePrecedes(a.end, b.end) }
            if a.platform != b.platform { return a.platform.rawValue < b.platform.rawValue }
            return (rank(a.payerAccount), rank(a.usageAccount), rank(a.region)) < (rank(b.payerAccount), rank(b.usageAccount), rank(b.region))
        }
        middle = places(groups) { a, b in
            (rank(a.lineItemType), rank(a.usageType), rank(a.invoice)) < (rank(b.lineItemType), rank(b.usageType), rank(b.invoice))
        }
        currency = groups.map { rank($0.currency) }
        back = places(groups) { a, b in
            (rank(a.billingEntity), rank(a.legalEntity), rank(a.productCode), rank(a.operation))
                < (rank(b.billingEntity), rank(b.legalEntity), rank(b.productCode), rank(b.operation))
        }
    }

    /// How many places there are by the columns from `billing_period` to `region`; to be asked once.
    var frontCount: Int { Int((front.max() ?? 0) + 1) }
    /// Which of them is a row's.
    func front(_ row: LedgerRow) -> Int { Int(front[Int(row.group)]) }

    /// How two rows stand to each other by every column but calls, quantity and cost.
    enum Relation {
        /// By a column before the amounts, or by one behind them where those before agree.
        case precedes, precedesBehind
        case agrees, follows

        var isOrder: Bool { self == .precedes || self == .precedesBehind }
    }

    func relation(_ a: LedgerRow, _ b: LedgerRow) -> Relation {
        if let precedes = compareFront(a, b) { return precedes ? .precedes : .follows }
        guard let precedes = compareBack(a, b) else { return .agrees }
        return precedes ? .precedesBehind : .follows
    }

    /// By every column but calls, quantity and cost.
    func keyPrecedes(_ a: LedgerRow, _ b: LedgerRow) -> Bool { relation(a, b).isOrder }

    /// By every column, left to right.
    func precedes(_ a: LedgerRow, _ b: LedgerRow) -> Bool {
        compareFront(a, b) ?? compareAmounts(a, b) ?? compareBack(a, b) ?? false
    }

    /// The columns from `billing_period` to `weight_total`; nil when they are equal. A row's token type follows from its group's usage type.
    private func compareFront(_ a: LedgerRow, _ b: LedgerRow) -> Bool? {
        let (first, second) = (Int(a.group), Int(b.group))
        if front[first] != front[second] { return front[first] < front[second] }
        if a.workspace != b.workspace { return rank(a.workspace) < rank(b.workspace) }
        if a.workspaceSource != b.workspaceSource { return a.workspaceSource < b.workspaceSource }
        if middle[first] != middle[second] { return middle[first] < middle[second] }
        if a.principal != b.principal { return rank(a.principal) < rank(b.principal) }
        if a.workload != b.workload { return workloadRank(a) < workloadRank(b) }
        if a.level != b.level { return a.level.rawValue < b.level.rawValue }
        if a.method != b.method { return a.method.rawValue < b.method.rawValue }
        if a.window != b.window { return a.window.rawValue < b.window.rawValue }
        if a.model != b.model { return rank(a.model) < rank(b.model) }
        for index in 0..<4 where a.elements[index] != b.elements[index] { return rank(a.elements[index]) < rank(b.elements[index]) }
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
        let (first, second) = (Int(a.group), Int(b.group))
        if currency[first] != currency[second] { return currency[first] < currency[second] }
        if a.gap != b.gap { return a.gap.rawValue < b.gap.rawValue }
        return back[first] == back[second] ? nil : back[first] < back[second]
    }

    private func rank(_ name: Name) -> UInt32 { ranks[Int(name.index)] }

    /// No workload is the empty text, which comes before all.
    private func workloadRank(_ row: LedgerRow) -> Int64 { row.workload < 0 ? -1 : Int64(workloadRanks[Int(row.workload)]) }

    private func digitsPrecede(_ a: UInt128, _ b: UInt128) -> Bool {
        var (first, second): ([UInt8], [UInt8]) = ([], [])
        appendDecimal(a, to: &first)
        appendDecimal(b, to: &second)
        return first.lexicographicallyPrecedes(second)
    }
}

/// For every group its place in an order; groups that are equal in it have the same.
private func places(_ groups: [ChargeGroup], _ precedes: (ChargeGroup, ChargeGroup) -> Bool) -> [UInt32] {
    let order = groups.indices.sorted { precedes(groups[$0], groups[$1]) }
    var places = [UInt32](repeating: 0, count: groups.count)
    var place: UInt32 = 0
    for (position, index) in order.enumerated() {
        if position > 0, precedes(groups[order[position - 1]], groups[index]) { place += 1 }
        places[index] = place
    }
    return places
}

/// Bytewise order of two times as text: a fraction of a second sorts before the whole one.
func timePrecedes(_ a: Instant, _ b: Instant) -> Bool {
    if a.microseconds % 1_000_000 == 0 && b.microseconds % 1_000_000 == 0 { return a < b }
    return a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
}
