import Bytes
import Records
import Registry

/// What published runs say about a registry: which claims met no spend, what they would now answer, and what is left to claim.
public struct RunSpend: Sendable {
    /// Spend that hangs on one principal or workspace.
    public struct Entry: Sendable {
        /// The principal, or the workspace's ARN.
        public var anchor: String
        /// The gap it is in, as in `gaps.csv`.
        public var gap: String
        /// The workload that claims it now; empty while nobody does.
        public var workload: String
        public var currency: String
        /// Exact; nil beyond ±10¹⁸.
        public var cost: Amount?
    }

    /// The months of the runs, ascending.
    public private(set) var months: [Month] = []
    /// Money without an owner that no claim of the registry answers, most money first.
    public private(set) var open: [Entry] = []
    /// Money without an owner in the runs that a claim of the registry now answers, most money first.
    public private(set) var answered: [Entry] = []
    /// JSON paths of the claims in force in those months that met no spend.
    private var unused: [PlacedClaim] = []

    /// Reads `allocations.csv` of every folder.
    public init(folders: [String], _ registry: Registry) throws(RunReadingFault) {
        var tally = SpendTally(registry)
        for folder in folders { try tally.read(folder) }
        months = tally.months.sorted()
        open = RunSpend.entries(tally.open)
        answered = RunSpend.entries(tally.answered)
        unused = tally.claims.indices.filter { !tally.isUsed[$0] }.map { tally.claims[$0] }.filter { claim in
            months.contains { ClaimSpan($0.start, $0.end).overlaps(claim.span) }
        }
    }

    /// A remark for every claim that met no spend, in the order of the file.
    ///
    /// - Parameter text: That of the registry the runs were held against.
    public func remarks(text: [UInt8]) -> [Remark] {
        let places = RegistryPlaces(text)
        let span = months.first == months.last ? months.map(\.text).joined() : "\(months[0].text) to \(months[months.count - 1].text)"
        return unused.map { claim in
            Remark(
                kind: .claimUnused, path: claim.path, line: places.line(claim.path),
                what: "claims '\(claim.claim.anchor.text)' \(claim.span.text), but the runs of \(span) show no spend of it; check the spelling and the dates, unless it has yet to begin")
        }.sorted(by: Remark.comesBefore)
    }

    private static func entries(_ sums: [SpendTally.Key: ExactSum]) -> [Entry] {
        sums.map { key, sum in
            Entry(anchor: key.anchor, gap: key.gap, workload: key.workload, currency: key.currency, cost: sum.amount)
        }.sorted { a, b in
            // A sum beyond all limits is certainly the most.
            let (first, second) = (a.cost?.atto ?? .max, b.cost?.atto ?? .max)
            if first != second { return first > second }
            return [a.currency, a.anchor, a.gap, a.workload].joined(separator: "\n").utf8
                .lexicographicallyPrecedes([b.currency, b.anchor, b.gap, b.workload].joined(separator: "\n").utf8)
        }
    }
}

/// Sums over the ledgers of several runs, against the claims of one registry.
private struct SpendTally {
    struct Key: Hashable {
        var anchor: String
        var gap: String
        var workload: String
        var currency: String
    }

    let claims: [PlacedClaim]
    private let ids: [String]
    private var byAnchor: [Claim.Anchor: [Int]] = [:]
    private(set) var isUsed: [Bool]
    private(set) var months: Set<Month> = []
    private(set) var open: [Key: ExactSum] = [:]
    private(set) var answered: [Key: ExactSum] = [:]

    init(_ registry: Registry) {
        claims = placedClaims(registry)
        ids = registry.workloads.map(\.id)
        isUsed = [Bool](repeating: false, count: claims.count)
        for (index, claim) in claims.enumerated() { byAnchor[claim.claim.anchor, default: []].append(index) }
    }

    private static let columns = [
        "billing_period", "usage_start", "usage_end", "workspace_arn", "principal", "workload_id", "cost", "currency", "gap",
    ]

    mutating func read(_ folder: String) throws(RunReadingFault) {
        var table = try LedgerTable.open(joinedPath(folder, "allocations.csv"), columns: Self.columns)
        while let cells = try table.next() {
            guard let month = Month(Array(cells[0].utf8).span), let start = Instant(Array(cells[1].utf8).span),
                let end = Instant(Array(cells[2].utf8).span)
            else { throw table.fault("has '\(cells[0])', '\(cells[1])', '\(cells[2])' where a month and two times must stand") }
            let cost: Amount
            do throws(AmountFault) { cost = try Amount.parse(Array(cells[6].utf8).span, limit: Amount.sumLimit).amount } catch {
                throw table.fault("cost is '\(cells[6])', which \(error.reason)")
            }
            months.insert(month)
            add(
                Row(
                    span: ClaimSpan(start, max(end, start.adding(1))), workspace: cells[3], principal: cells[4], workload: cells[5], cost: cost,
                    currency: cells[7], gap: cells[8]))
        }
    }

    private struct Row {
        var span: ClaimSpan
        var workspace: String
        var principal: String
        var workload: String
        var cost: Amount
        var currency: String
        var gap: String
    }

    private mutating func add(_ row: Row) {
        let byPrincipal = inForce(.principal(row.principal), row.span)
        let byWorkspace = inForce(.workspace(row.workspace), row.span)
        for claim in byPrincipal + byWorkspace { isUsed[claim] = true }
        switch row.gap {
        // The caller is known: claiming it answers, also where the owner of the workspace pays meanwhile.
        case "unclaimed-principal", "shared-role": add(row, row.principal, byPrincipal.first)
        // Only the workspace is known, and nobody pays for it.
        case "no-evidence", "no-usage":
            if row.workload.isEmpty && !row.workspace.isEmpty { add(row, row.workspace, byWorkspace.first) }
        default: break
        }
    }

    private mutating func add(_ row: Row, _ anchor: String, _ claim: Int?) {
        let key = Key(anchor: anchor, gap: row.gap, workload: claim.map { ids[claims[$0].workload] } ?? "", currency: row.currency)
        if claim == nil { open[key, default: ExactSum()] += row.cost } else { answered[key, default: ExactSum()] += row.cost }
    }

    private func inForce(_ anchor: Claim.Anchor, _ span: ClaimSpan) -> [Int] {
        (byAnchor[anchor] ?? []).filter { claims[$0].span.overlaps(span) }
    }
}
