import Records
import Registry

/// Makes evidence of calls: who claims each, on whose bill it is, and how many there are of each kind in an hour.
///
///     cells   │ brought together, sorted │ as they come │
///
/// Calls are many and cells few where calls are dense, so what has come is brought together whenever it has become long.
struct EvidenceBuilder {
    private let claims: Claims
    private let workspaces: WorkspaceFinder
    private var claimants = KeyPlaces<Claimant>()
    private var cells: [EvidenceCell] = []
    private var prices: [UInt128] = []
    /// So few that they are sorted fast; never less than twice what cannot be brought together.
    private var limit: Int

    init(claims: Claims, workspaces: WorkspaceFinder, limit: Int = 1 << 18) {
        self.claims = claims
        self.workspaces = workspaces
        self.limit = limit
    }

    mutating func reserve(_ count: Int) { cells.reserveCapacity(min(limit, cells.count + count)) }

    /// - Parameters:
    ///   - model: The model where the call names none.
    ///   - price: What it cost by the list, in 10⁻¹² USD, where a usage record told it.
    mutating func add(_ call: ActivityEvent, model: Name? = nil, price: UInt128? = nil) {
        var account = call.workspace.isEmpty ? call.recipientAccount : workspaces.account(of: call.workspace)
        if account.isEmpty { account = call.identityAccount }
        add(
            EvidenceCell(
                time: call.time, workspace: call.workspace, account: account,
                claimant: claimant(call.principal, call.time, call.model.isEmpty ? model ?? .empty : call.model), price: place(price), isOwn: false))
    }

    mutating func add(_ own: UsageJoin.OwnCall) {
        add(
            EvidenceCell(
                time: own.time, workspace: own.workspace, account: workspaces.account(of: own.workspace),
                claimant: claimant(own.principal, own.time, own.model), price: place(own.isRated ? own.weight : nil), isOwn: true))
    }

    private mutating func claimant(_ principal: Name, _ time: Instant, _ model: Name) -> Int {
        let workload = claims.workload(ofPrincipal: principal, at: time).map { Int32($0) } ?? -1
        return claimants.place(of: Claimant(principal: principal, workload: workload, model: model))
    }

    private mutating func place(_ price: UInt128?) -> Int? {
        guard let price else { return nil }
        prices.append(price)
        return prices.count - 1
    }

    private mutating func add(_ cell: EvidenceCell) {
        cells.append(cell)
        guard cells.count >= limit else { return }
        bringTogether()
        if limit < 2 * cells.count { limit = 2 * cells.count }
    }

    private mutating func bringTogether() {
        sortByHalves(&cells) { $0 < $1 }
        var sums: [UInt128] = []
        var kept = 0
        for index in cells.indices {
            var cell = cells[index]
            if kept > 0, cells[kept - 1].isLike(cell) {
                cells[kept - 1].add(cell)
                if cell.isRated { sums[sums.count - 1] += prices[Int(cell.price)] }
                continue
            }
            if cell.isRated {
                sums.append(prices[Int(cell.price)])
                cell.price = Int32(sums.count - 1)
            }
            cells[kept] = cell
            kept += 1
        }
        cells.removeLast(cells.count - kept)
        prices = sums
    }

    /// Hands the evidence over.
    /// - Parameter precedes: The bytewise order of claimants.
    consuming func evidence(precedes: (Claimant, Claimant) -> Bool) -> Evidence {
        bringTogether()
        let unordered = claimants.keys
        let order = unordered.indices.sorted { precedes(unordered[$0], unordered[$1]) }
        var places = [Int32](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = Int32(place) }
        for index in cells.indices { cells[index].claimant = places[Int(cells[index].claimant)] }
        return Evidence(cells: cells, claimants: order.map { unordered[$0] }, prices: prices)
    }
}
