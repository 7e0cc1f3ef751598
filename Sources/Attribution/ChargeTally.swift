import Records

/// Everything of a charge that its group keeps, before its workspace is known. Texts are names of the tally.
public struct ChargeKey: Equatable, PlacedKey, Sendable {
    /// Nil while it is not decided whether the row is a charge at all.
    public var platform: Platform?
    public var payerAccount: Name
    public var usageAccount: Name
    public var start: Instant
    public var end: Instant
    public var region: Name
    public var lineItemType: Name
    public var usageType: Name
    public var operation: Name
    public var productCode: Name
    public var billingEntity: Name
    public var legalEntity: Name
    public var currency: Name
    public var invoice: Name
    public var elements: Elements
    public var resourceID: Name
    public var workspaceTag: Name
    public var workspaceIDTag: Name
    public var principal: Name
    public var model: Name
    public var hasPrincipalColumn: Bool
    public var isUsage: Bool

    init(_ item: LineItem, platform: Platform?) {
        self.platform = platform
        payerAccount = item.payerAccount
        usageAccount = item.usageAccount
        start = item.start
        end = item.end
        region = item.region
        lineItemType = item.lineItemType
        usageType = item.usageType
        operation = item.operation
        productCode = item.productCode
        billingEntity = item.billingEntity
        legalEntity = item.legalEntity
        currency = item.currency
        invoice = item.invoice
        elements = item.elements
        resourceID = item.resourceID
        workspaceTag = item.workspaceTag
        workspaceIDTag = item.workspaceIDTag
        principal = item.principal
        model = item.model
        hasPrincipalColumn = item.hasPrincipalColumn
        isUsage = item.isUsage
    }

    public func mixed(_ mix: Mixer) -> UInt64 {
        func bits(_ flag: Bool) -> UInt64 { flag ? 1 : 0 }
        let flags = UInt64(platform.map { $0.rawValue + 1 } ?? 0) << 2 | bits(hasPrincipalColumn) << 1 | bits(isUsage)
        var mixed = mix(packed(usageAccount, resourceID), UInt64(bitPattern: start.microseconds))
        mixed = mix(mixed ^ packed(usageType, principal), UInt64(bitPattern: end.microseconds) ^ flags << 56)
        mixed = mix(mixed ^ packed(workspaceTag, workspaceIDTag), packed(model, lineItemType))
        mixed = mix(mixed ^ packed(region, operation), packed(productCode, payerAccount))
        mixed = mix(mixed ^ packed(billingEntity, legalEntity), packed(currency, invoice))
        return mix(mixed, elements.mixed(mix))
    }

    /// The same key in the names that `map` leads to.
    func mapped(_ map: [Name]) -> ChargeKey {
        var copy = self
        copy.payerAccount = map[Int(payerAccount.index)]
        copy.usageAccount = map[Int(usageAccount.index)]
        copy.region = map[Int(region.index)]
        copy.lineItemType = map[Int(lineItemType.index)]
        copy.usageType = map[Int(usageType.index)]
        copy.operation = map[Int(operation.index)]
        copy.productCode = map[Int(productCode.index)]
        copy.billingEntity = map[Int(billingEntity.index)]
        copy.legalEntity = map[Int(legalEntity.index)]
        copy.currency = map[Int(currency.index)]
        copy.invoice = map[Int(invoice.index)]
        copy.resourceID = map[Int(resourceID.index)]
        copy.workspaceTag = map[Int(workspaceTag.index)]
        copy.workspaceIDTag = map[Int(workspaceIDTag.index)]
        copy.principal = map[Int(principal.index)]
        copy.model = map[Int(model.index)]
        copy.elements = elements.mapped(map)
        return copy
    }
}

/// What the rows of one key add up to.
public struct ChargeSums: Summed {
    public var rows = 0
    public var cost = ExactSum()
    public var quantity = ExactSum()
    public var inexactAmounts = 0

    public static func += (sums: inout ChargeSums, other: ChargeSums) {
        sums.rows += other.rows
        sums.cost += other.cost
        sums.quantity += other.quantity
        sums.inexactAmounts += other.inexactAmounts
    }
}

/// Rows that may be adopted, by what they would share with a charge.
struct CandidateKey: Hashable {
    var payerAccount: Name
    var productCode: Name
}

struct Candidates {
    var groups = KeySums<ChargeKey, ChargeSums>()
    /// By source of the bill, for the check that no payer is in two.
    var sources: Set<Int> = []
    var otherPeriodRows = 0
    /// Rows of the period that are charges if they are adopted: their near misses count only if they are not.
    var nearMisses: [NearMiss: Int] = [:]
    var faults: [(order: FaultOrder, fault: InputFault)] = []
    var rows = 0

    mutating func absorb(_ other: Candidates, _ names: [Name]) {
        other.groups.forEach { groups.add($1, to: $0.mapped(names)) }
        sources.formUnion(other.sources)
        otherPeriodRows += other.otherPeriodRows
        for (miss, count) in other.nearMisses { nearMisses[miss.mapped(names), default: 0] += count }
        faults.append(contentsOf: other.faults)
        rows += other.rows
    }
}

/// Where a fault stands among all of a run's: of several the first is reported, whatever the number of threads.
public struct FaultOrder: Hashable, Comparable, Sendable {
    /// Position of the PATH among all arguments of the command line.
    public var argument: Int
    public var path: String
    public var offset: Int

    public init(argument: Int, path: String, offset: Int) {
        self.argument = argument
        self.path = path
        self.offset = offset
    }

    public static func < (a: FaultOrder, b: FaultOrder) -> Bool {
        if a.argument != b.argument { return a.argument < b.argument }
        if a.path != b.path { return a.path.utf8.lexicographicallyPrecedes(b.path.utf8) }
        return a.offset < b.offset
    }
}

/// What one worker has read of the bill. Tallies are merged in any order with the same result.
///
/// Grows with groups, not with rows: a row of another service leaves only a count.
public struct ChargeTally: InputTally {
    public var names = Names()
    public internal(set) var rows = RowCounts()
    /// Faulty rows, set aside or ending the run.
    public private(set) var faults: [(order: FaultOrder, fault: InputFault)] = []
    var groups = KeySums<ChargeKey, ChargeSums>()
    var candidates: [CandidateKey: Candidates] = [:]
    /// Which payers have charges in which source.
    var payerSources: Set<PayerSource> = []
    var nearMisses: [NearMiss: Int] = [:]
    private let unitPrice: [String: Amount]

    struct PayerSource: Hashable {
        var payer: Name
        var source: Int
    }

    public init(unitPrice: [String: Amount]) { self.unitPrice = unitPrice }

    /// Takes one row of source number `source`. `names` are this tally's, which the reader holds while it reads.
    public mutating func add(_ row: BillRow, source: Int, names: borrowing Names, order: (Int) -> FaultOrder) {
        if case .otherServices(let count) = row {
            rows.read += count
            rows.otherService += count
            return
        }
        rows.read += 1
        switch row {
        case .otherServices: break
        case .otherService(let miss):
            rows.otherService += 1
            if let miss {
                rows.nearMiss += 1
                nearMisses[miss, default: 0] += 1
            }
        case .otherPeriod: rows.otherPeriod += 1
        case .fault(let fault):
            rows.rejected += 1
            faults.append((order(fault.offset), fault))
        case .charge(let platform, let item):
            rows.charges += 1
            rows.inexactAmounts += item.inexactAmounts
            if platform == .claudePlatform && item.isUsage && isMispriced(item, names) { rows.priceMismatch += 1 }
            payerSources.insert(PayerSource(payer: item.payerAccount, source: source))
            groups.add(sums(of: item), to: ChargeKey(item, platform: platform))
        case .candidate(let candidate): add(candidate, source, order)
        }
    }

    private mutating func add(_ candidate: Candidate, _ source: Int, _ order: (Int) -> FaultOrder) {
        let key = CandidateKey(payerAccount: candidate.payerAccount, productCode: candidate.productCode)
        var entry = candidates.removeValue(forKey: key) ?? Candidates()
        entry.rows += 1
        if let miss = candidate.nearMiss { entry.nearMisses[miss, default: 0] += 1 }
        switch candidate.content {
        case .item(let item):
            entry.sources.insert(source)
            entry.groups.add(sums(of: item), to: ChargeKey(item, platform: nil))
        case .otherPeriod: entry.otherPeriodRows += 1
        case .fault(let fault): entry.faults.append((order(fault.offset), fault))
        }
        candidates[key] = entry
    }

    private func sums(of item: LineItem) -> ChargeSums {
        ChargeSums(
            rows: 1, cost: ExactSum(item.cost), quantity: ExactSum(item.quantity), inexactAmounts: item.inexactAmounts)
    }

    /// Whether cost and quantity × price differ by more than 10⁻⁶.
    private func isMispriced(_ item: LineItem, _ names: borrowing Names) -> Bool {
        guard let price = unitPrice[names.text(item.currency)] else { return false }
        // Both products are in 10⁻³⁶, where 10⁻⁶ is 10³⁰.
        let limit: UInt128 = 1_000_000_000_000_000_000_000_000_000_000
        return Wide.productsDiffer(item.cost.atto, Amount.unit, item.quantity.atto, price.atto, by: limit)
    }

    /// Takes in another worker's tally.
    public mutating func absorb(_ other: ChargeTally) {
        let map = names.absorb(other.names)
        rows += other.rows
        faults.append(contentsOf: other.faults)
        other.groups.forEach { groups.add($1, to: $0.mapped(map)) }
        for (key, entry) in other.candidates {
            let mapped = CandidateKey(
                payerAccount: map[Int(key.payerAccount.index)], productCode: map[Int(key.productCode.index)])
            candidates[mapped, default: Candidates()].absorb(entry, map)
        }
        for entry in other.payerSources {
            payerSources.insert(PayerSource(payer: map[Int(entry.payer.index)], source: entry.source))
        }
        for (miss, count) in other.nearMisses { nearMisses[miss.mapped(map), default: 0] += count }
    }

    /// Hands the groups over and keeps none.
    mutating func takeGroups() -> KeySums<ChargeKey, ChargeSums> {
        var taken = KeySums<ChargeKey, ChargeSums>()
        swap(&taken, &groups)
        return taken
    }

    /// Decides on the rows that only the whole bill can decide on (specification, attribution §1): a tax, credit, refund or fee is adopted
    /// by the platform whose usage it shares payer and product code with; the others belong to other services.
    public mutating func settleCandidates() {
        var platforms: [CandidateKey: Platform] = [:]
        for key in groups.keys where key.isUsage && !key.productCode.isEmpty {
            let candidate = CandidateKey(payerAccount: key.payerAccount, productCode: key.productCode)
            if platforms[candidate] != .bedrock { platforms[candidate] = key.platform }
        }
        for (candidate, entry) in candidates {
            guard let platform = platforms[candidate] else {
                rows.otherService += entry.rows
                for (miss, count) in entry.nearMisses {
                    rows.nearMiss += count
                    nearMisses[miss, default: 0] += count
                }
                continue
            }
            rows.otherPeriod += entry.otherPeriodRows
            rows.rejected += entry.faults.count
            adoptedFaults.append(contentsOf: entry.faults)
            entry.groups.forEach { key, sums in
                rows.charges += sums.rows
                rows.inexactAmounts += sums.inexactAmounts
                groups.add(sums, to: key.adopted(by: platform))
                for source in entry.sources { payerSources.insert(PayerSource(payer: key.payerAccount, source: source)) }
            }
        }
        candidates.removeAll()
    }

    /// Faults of adopted rows, which come after all others.
    public private(set) var adoptedFaults: [(order: FaultOrder, fault: InputFault)] = []

    /// The first payer (bytewise) that has charges in two sources, with the sources.
    public func payerInTwoSources() -> (payer: String, sources: [Int])? {
        let byPayer = Dictionary(grouping: payerSources, by: \.payer).filter { $0.value.count > 1 }
        guard let payer = byPayer.keys.min(by: { names.precedes($0, $1) }), let entries = byPayer[payer] else { return nil }
        return (names.text(payer), entries.map(\.source).sorted())
    }

    /// Charges by platform, line item type and currency, with their rows, bytewise; after `settleCandidates`. The cost is nil beyond ±10¹⁸.
    public var chargedCells: [(platform: Platform, lineItemType: String, currency: String, rows: Int, cost: Amount?)] {
        struct Cell: Hashable {
            var platform: Platform
            var lineItemType: Name
            var currency: Name
        }
        var sums: [Cell: ChargeSums] = [:]
        groups.forEach { key, charge in
            guard let platform = key.platform else { return }
            sums[Cell(platform: platform, lineItemType: key.lineItemType, currency: key.currency), default: ChargeSums()] += charge
        }
        return sums.map { ($0.key.platform, names.text($0.key.lineItemType), names.text($0.key.currency), $0.value.rows, $0.value.cost.amount) }
            .sorted { a, b in
                if a.platform != b.platform { return a.platform.text < b.platform.text }
                return a.lineItemType != b.lineItemType
                    ? a.lineItemType.utf8.lexicographicallyPrecedes(b.lineItemType.utf8) : a.currency.utf8.lexicographicallyPrecedes(b.currency.utf8)
            }
    }

    /// Near misses with their rows, by column and text.
    public var nearMissCounts: NearMissCounts {
        nearMisses.map { ($0.key.column, $0.key.comparison, names.text($0.key.text), $0.value) }
            .sorted { ($0.column.text, $0.text, $0.rows) < ($1.column.text, $1.text, $1.rows) }
    }
}

/// Rows that look like Claude and that no rule takes, with the test that would take them.
public typealias NearMissCounts = [(column: ProfileColumn, comparison: PlatformProfile.Comparison, text: String, rows: Int)]

/// In which counter every row of the bill is.
public struct RowCounts: Sendable, Equatable {
    public var read = 0
    public var charges = 0
    public var otherService = 0
    public var otherPeriod = 0
    public var rejected = 0
    /// Part of `otherService`.
    public var nearMiss = 0
    public var priceMismatch = 0
    public var inexactAmounts = 0

    static func += (counts: inout RowCounts, other: RowCounts) {
        counts.read += other.read
        counts.charges += other.charges
        counts.otherService += other.otherService
        counts.otherPeriod += other.otherPeriod
        counts.rejected += other.rejected
        counts.nearMiss += other.nearMiss
        counts.priceMismatch += other.priceMismatch
        counts.inexactAmounts += other.inexactAmounts
    }
}

extension ChargeKey {
    /// The key of a row that a platform adopts: what the other platform's groups do not have falls away.
    fileprivate func adopted(by platform: Platform) -> ChargeKey {
        var copy = self
        copy.platform = platform
        switch platform {
        case .bedrock:
            copy.resourceID = .empty
            copy.workspaceTag = .empty
            copy.workspaceIDTag = .empty
        case .claudePlatform:
            copy.principal = .empty
            copy.model = .empty
        }
        return copy
    }
}

extension NearMiss {
    fileprivate func mapped(_ names: [Name]) -> NearMiss {
        var copy = self
        copy.text = names[Int(text.index)]
        return copy
    }
}

extension RowCounts {
    /// Nothing counted yet.
    public static let none = RowCounts()
}
