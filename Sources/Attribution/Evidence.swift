import Records
import Registry

/// A call that money can follow. A month has millions of them, and a word less each is felt.
struct EvidenceEvent: Sendable {
    var time: Instant
    /// The ARN, or empty.
    var workspace: Name
    /// The account whose bill the call is on.
    var account: Name
    /// Place among the evidence's claimants of the one that the event belongs to.
    var claimant: Int32
    /// Twice the place of its list price among the run's ratings, counted from 1, and 1 for an event of the log's own.
    private var ratingAndKind: Int32

    init(time: Instant, workspace: Name, account: Name, claimant: Int, rating: Int?, isOwn: Bool) {
        self.time = time
        self.workspace = workspace
        self.account = account
        self.claimant = Int32(claimant)
        ratingAndKind = Int32((rating ?? -1) + 1) << 1 | (isOwn ? 1 : 0)
    }

    /// Place among the run's ratings of its list price, where a usage record told it; −1 for none.
    var rating: Int32 { ratingAndKind >> 1 - 1 }
    var isRated: Bool { ratingAndKind >> 1 > 0 }
    /// Known from the usage log alone, without a CloudTrail record.
    var isOwn: Bool { ratingAndKind & 1 == 1 }
}

/// Who has a share of a pool: what its events agree in.
struct Claimant: PlacedKey {
    var principal: Name
    /// Index of the workload whose claim on the principal is in force at the event's time; −1 for none.
    var workload: Int32
    var model: Name

    var mixed: UInt64 { Records.mixed(packed(principal, model), UInt64(UInt32(bitPattern: workload))) }
}

/// All evidence of a run, in the orders in which pools ask for it.
struct Evidence: Sendable {
    /// Sorted by workspace, then time.
    private(set) var events: [EvidenceEvent] = []
    /// In bytewise order of principal, workload and model, so that places order claimants as texts do.
    let claimants: [Claimant]
    /// List prices in 10⁻¹² USD; few months have a usage log, so events do not carry them.
    private let ratings: [UInt128]
    private var workspaceRanges: [Name: Range<Int>] = [:]
    /// Indices of events by account, each sorted by time.
    private var accountEvents: [Name: [Int32]] = [:]

    /// What evidence is made of: its events, their claimants in the order in which they first came, and the list prices of rated events.
    struct Unordered {
        var events: [EvidenceEvent]
        var claimants: [Claimant]
        var ratings: [UInt128]
    }

    /// - Parameter precedes: The bytewise order of claimants.
    init(_ made: consuming Unordered, precedes: (Claimant, Claimant) -> Bool) {
        let unordered = made.claimants
        ratings = made.ratings
        events = made.events
        let order = unordered.indices.sorted { precedes(unordered[$0], unordered[$1]) }
        claimants = order.map { unordered[$0] }
        var places = [Int32](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = Int32(place) }
        for index in events.indices { events[index].claimant = places[Int(events[index].claimant)] }
        // Within one workspace and time the order does not matter: pools only count and add.
        events.sort { ($0.workspace.index, $0.time) < ($1.workspace.index, $1.time) }
        var start = 0
        while start < events.count {
            var end = start
            while end < events.count, events[end].workspace == events[start].workspace { end += 1 }
            workspaceRanges[events[start].workspace] = start..<end
            start = end
        }
        // A workspace is billed to one account, so the events of an account come in long rows.
        var first = 0
        while first < events.count {
            var end = first + 1
            while end < events.count, events[end].account == events[first].account { end += 1 }
            accountEvents[events[first].account, default: []].append(contentsOf: (first..<end).lazy.map { Int32($0) })
            first = end
        }
        for account in accountEvents.keys {
            accountEvents[account]?.sort { (events[Int($0)].time, $0) < (events[Int($1)].time, $1) }
        }
    }

    /// The list price of a rated event, in 10⁻¹² USD.
    func weight(_ event: EvidenceEvent) -> UInt128 { ratings[Int(event.rating)] }

    /// The workspace's events with start ≤ time < end.
    func ofWorkspace(_ workspace: Name, from start: Instant, to end: Instant) -> Range<Int> {
        guard let range = workspaceRanges[workspace] else { return 0..<0 }
        let first = range.partitioningIndex { events[$0].time >= start }
        let last = (first..<range.upperBound).partitioningIndex { events[$0].time >= end }
        return first..<last
    }

    /// The account's events with start ≤ time < end.
    func ofAccount(_ account: Name, from start: Instant, to end: Instant) -> ArraySlice<Int32> {
        guard let indices = accountEvents[account] else { return [] }
        let first = indices.partitioningIndex { events[Int($0)].time >= start }
        let last = indices[first...].partitioningIndex { events[Int($0)].time >= end }
        return indices[first..<last]
    }

    /// Of every account the times of its events, ascending.
    var timesByAccount: [Name: [Instant]] { accountEvents.mapValues { $0.map { events[Int($0)].time } } }
}
