import Records
import Registry

/// Calls of one claimant in one hour, all of one kind. Every interval that money stands on is of whole hours, so no single call is asked for.
struct EvidenceCell: BitwiseCopyable, Sendable {
    /// The ARN, or empty.
    var workspace: Name
    /// Hours since 1970.
    var hour: Int32
    /// The account whose bill the calls are on.
    var account: Name
    /// Place among the evidence's claimants of the one that the calls belong to.
    var claimant: Int32
    /// Twice the place of what they cost by the list among the evidence's prices, counted from 1, and 1 for calls of the log's own.
    private var priceAndKind: Int32
    private(set) var calls: UInt32
    /// Of the first and the last of them, the microseconds since the hour began.
    private(set) var first: UInt32
    private(set) var last: UInt32

    /// One call.
    init(time: Instant, workspace: Name, account: Name, claimant: Int, price: Int?, isOwn: Bool) {
        self.workspace = workspace
        self.account = account
        self.claimant = Int32(claimant)
        let start = time.flooredToHour
        hour = Int32(start.microseconds / Instant.hour)
        calls = 1
        first = UInt32(time.microseconds - start.microseconds)
        last = first
        precondition((price ?? 0) < 1 << 30, "so many prices have no place in a cell")
        priceAndKind = Int32((price ?? -1) + 1) << 1 | (isOwn ? 1 : 0)
    }

    /// Place among the evidence's prices of what the calls cost by the list, where usage records told it; −1 for none.
    var price: Int32 {
        get { priceAndKind >> 1 - 1 }
        set { priceAndKind = (newValue + 1) << 1 | (priceAndKind & 1) }
    }
    var isRated: Bool { priceAndKind >> 1 > 0 }
    /// Known from the usage log alone, without a CloudTrail record.
    var isOwn: Bool { priceAndKind & 1 == 1 }

    var firstTime: Instant { Instant(microseconds: Int64(hour) * Instant.hour + Int64(first)) }
    var lastTime: Instant { Instant(microseconds: Int64(hour) * Instant.hour + Int64(last)) }

    /// By workspace, then hour; behind that any order that brings cells together that can be one.
    static func < (a: EvidenceCell, b: EvidenceCell) -> Bool {
        if a.workspace != b.workspace { return a.workspace.index < b.workspace.index }
        if a.hour != b.hour { return a.hour < b.hour }
        if a.account != b.account { return a.account.index < b.account.index }
        if a.claimant != b.claimant { return a.claimant < b.claimant }
        return a.kind < b.kind
    }

    func isLike(_ other: EvidenceCell) -> Bool {
        workspace == other.workspace && hour == other.hour && account == other.account && claimant == other.claimant && kind == other.kind
    }

    private var kind: Int { (isRated ? 2 : 0) + (isOwn ? 1 : 0) }

    /// Takes in the calls of a cell that is like this one.
    mutating func add(_ other: EvidenceCell) {
        calls += other.calls
        first = min(first, other.first)
        last = max(last, other.last)
    }
}

/// Who has a share of a pool: what its calls agree in.
struct Claimant: PlacedKey {
    var principal: Name
    /// Index of the workload whose claim on the principal is in force at the call's time; −1 for none.
    var workload: Int32
    var model: Name

    func mixed(_ mix: Mixer) -> UInt64 { mix(packed(principal, model), UInt64(UInt32(bitPattern: workload))) }
}

/// All evidence of a run, in the orders in which pools ask for it. Intervals are of whole hours.
struct Evidence: Sendable {
    /// Sorted by workspace, then hour.
    let cells: [EvidenceCell]
    /// In bytewise order of principal, workload and model, so that places order claimants as texts do.
    let claimants: [Claimant]
    /// List prices in 10⁻¹² USD; few months have a usage log, so cells do not carry them.
    private let prices: [UInt128]
    private var workspaceRanges: [Name: Range<Int>] = [:]
    /// Indices of cells by account, each sorted by hour.
    private var accountCells: [Name: [Int32]] = [:]

    /// - Parameter cells: Sorted.
    init(cells: [EvidenceCell], claimants: [Claimant], prices: [UInt128]) {
        self.cells = cells
        self.claimants = claimants
        self.prices = prices
        var start = 0
        while start < cells.count {
            var end = start
            while end < cells.count, cells[end].workspace == cells[start].workspace { end += 1 }
            workspaceRanges[cells[start].workspace] = start..<end
            start = end
        }
        // A workspace is billed to one account, so the cells of an account come in long rows.
        var first = 0
        while first < cells.count {
            var end = first + 1
            while end < cells.count, cells[end].account == cells[first].account { end += 1 }
            accountCells[cells[first].account, default: []].append(contentsOf: (first..<end).lazy.map { Int32($0) })
            first = end
        }
        for account in accountCells.keys {
            accountCells[account]?.sort { (cells[Int($0)].hour, $0) < (cells[Int($1)].hour, $1) }
        }
    }

    /// What the calls of a rated cell cost by the list, in 10⁻¹² USD.
    func price(_ cell: EvidenceCell) -> UInt128 { prices[Int(cell.price)] }

    /// The workspace's cells with start ≤ hour < end.
    func ofWorkspace(_ workspace: Name, from start: Instant, to end: Instant) -> Range<Int> {
        guard let range = workspaceRanges[workspace] else { return 0..<0 }
        let (start, end) = (hour(start), hour(end))
        let first = range.partitioningIndex { Int64(cells[$0].hour) >= start }
        let last = (first..<range.upperBound).partitioningIndex { Int64(cells[$0].hour) >= end }
        return first..<last
    }

    /// The account's cells with start ≤ hour < end.
    func ofAccount(_ account: Name, from start: Instant, to end: Instant) -> ArraySlice<Int32> {
        guard let indices = accountCells[account] else { return [] }
        let (start, end) = (hour(start), hour(end))
        let first = indices.partitioningIndex { Int64(cells[Int($0)].hour) >= start }
        let last = indices[first...].partitioningIndex { Int64(cells[Int($0)].hour) >= end }
        return indices[first..<last]
    }

    /// Of every account the hours with evidence, ascending.
    var hoursByAccount: [Name: [EvidenceHour]] {
        accountCells.mapValues { indices in
            var hours: [EvidenceHour] = []
            var current: Int32?
            for index in indices {
                let cell = cells[Int(index)]
                if cell.hour != current {
                    current = cell.hour
                    hours.append(EvidenceHour(first: cell.firstTime, last: cell.lastTime))
                } else {
                    let last = hours.count - 1
                    hours[last].first = min(hours[last].first, cell.firstTime)
                    hours[last].last = max(hours[last].last, cell.lastTime)
                }
            }
            return hours
        }
    }

    private func hour(_ time: Instant) -> Int64 {
        let hour = time.flooredToHour
        precondition(hour == time, "evidence has the grain of an hour")
        return hour.microseconds / Instant.hour
    }
}

/// When, in one hour, an account's first and last call was.
struct EvidenceHour: Sendable {
    var first: Instant
    var last: Instant
}
