import Records

/// In which counter every CloudTrail record is.
public struct EventCounts: Sendable, Equatable {
    public var read = 0
    public var evidence = 0
    public var rejected = 0
    public var otherSource = 0
    public var summary = 0
    public var otherPeriod = 0
    public var notBillable = 0
    public var failed = 0
    public var duplicate = 0
    public var superseded = 0
    public var sharedDuplicate = 0
    /// Evidence that fell in no pool: calls without money. Part of `evidence`.
    public var unused = 0

    public static func += (counts: inout EventCounts, other: EventCounts) {
        counts.read += other.read
        counts.evidence += other.evidence
        counts.rejected += other.rejected
        counts.otherSource += other.otherSource
        counts.summary += other.summary
        counts.otherPeriod += other.otherPeriod
        counts.notBillable += other.notBillable
        counts.failed += other.failed
        counts.duplicate += other.duplicate
        counts.superseded += other.superseded
        counts.sharedDuplicate += other.sharedDuplicate
        counts.unused += other.unused
    }
}

/// What one worker has read of the trail. Tallies are merged in any order with the same result.
public struct EvidenceTally: InputTally {
    public var names = Names()
    public internal(set) var counts = EventCounts()
    public private(set) var faults: [(order: FaultOrder, fault: InputFault)] = []
    /// Billable calls that did not fail, copies and all.
    var calls: [ActivityEvent] = []
    /// Events that a later record corrects.
    var replaced: Set<RecordID> = []

    public init() {}

    public mutating func add(_ record: TrailRecord, order: (Int) -> FaultOrder) {
        counts.read += 1
        switch record {
        case .otherSource: counts.otherSource += 1
        case .summary: counts.summary += 1
        case .otherPeriod: counts.otherPeriod += 1
        case .notBillable: counts.notBillable += 1
        case .failed(let replaces):
            counts.failed += 1
            if !replaces.isEmpty { replaced.insert(replaces) }
        case .call(let event, let replaces):
            calls.append(event)
            if !replaces.isEmpty { replaced.insert(replaces) }
        case .fault(let fault):
            counts.rejected += 1
            faults.append((order(fault.offset), fault))
        }
    }

    public mutating func absorb(_ other: EvidenceTally) {
        let map = names.absorb(other.names)
        counts += other.counts
        faults.append(contentsOf: other.faults)
        // As many again are given room for exactly, as there may be millions; few at a time let the array grow by itself.
        if other.calls.count > calls.count / 2 { calls.reserveCapacity(calls.count + other.calls.count) }
        for event in other.calls { calls.append(event.mapped(map)) }
        for id in other.replaced { replaced.insert(id.mapped(map)) }
    }

    /// Settles which copies count (specification, attribution §3: duplicate, superseded, shared duplicate). What is left is evidence.
    public mutating func settle() {
        dropDuplicates()
        let before = calls.count
        calls.removeAll { replaced.contains($0.id) }
        counts.superseded += before - calls.count
        dropSharedDuplicates()
        counts.evidence = calls.count
    }

    /// Of every caller and account its evidence events; after `settle`. Names are the tally's.
    public var callsByCaller: [Caller: Int] {
        calls.reduce(into: [:]) { $0[Caller(principal: $1.principal, account: $1.identityAccount.isEmpty ? $1.recipientAccount : $1.identityAccount), default: 0] += 1 }
    }

    /// Of every workspace that calls name its evidence events; after `settle`. Names are the tally's.
    public var callsByWorkspace: [Name: Int] { calls.reduce(into: [:]) { $0[$1.workspace, default: 0] += 1 } }

    /// Of every caller those of its evidence events that are among `ids`; after `settle`. Names are the tally's.
    public func callsByPrincipal(among ids: Set<RecordID>) -> [Name: Int] {
        calls.reduce(into: [:]) { if ids.contains($1.id) { $0[$1.principal, default: 0] += 1 } }
    }

    /// The texts of those ids that evidence events have; after `settle`.
    public func ids(among ids: Set<RecordID>) -> Set<[UInt8]> {
        ids.isEmpty ? [] : Set(calls.lazy.filter { ids.contains($0.id) }.map { $0.id.text(names) })
    }

    /// Which of these texts are the ids of evidence events; after `settle`.
    public func ids(among texts: Set<[UInt8]>) -> Set<[UInt8]> {
        texts.isEmpty ? [] : Set(calls.lazy.map { $0.id.text(names) }.filter { texts.contains($0) })
    }

    /// Who called, and in which account.
    public struct Caller: Hashable, Sendable {
        public var principal: Name
        public var account: Name
    }

    /// Hands the events over and keeps none.
    mutating func takeCalls() -> [ActivityEvent] {
        var taken: [ActivityEvent] = []
        swap(&taken, &calls)
        return taken
    }

    private mutating func dropDuplicates() {
        var places = KeyPlaces<RecordID>(expecting: calls.count)
        // In place: the first `kept` are those that stay.
        var kept = 0
        for index in calls.indices {
            let event = calls[index]
            let place = places.place(of: event.id)
            if place < kept {
                counts.duplicate += 1
                if EvidenceTally.isPreferred(event, to: calls[place], names) { calls[place] = event }
            } else {
                calls[kept] = event
                kept += 1
            }
        }
        calls.removeLast(calls.count - kept)
    }

    /// Of copies that differ, the smallest by these members counts.
    private static func isPreferred(_ a: ActivityEvent, to b: ActivityEvent, _ names: borrowing Names) -> Bool {
        if a.time != b.time { return a.time < b.time }
        if a.workspace != b.workspace { return names.precedes(a.workspace, b.workspace) }
        if a.principal != b.principal { return names.precedes(a.principal, b.principal) }
        if a.model != b.model { return names.precedes(a.model, b.model) }
        if a.request != b.request { return a.request.precedes(b.request, names) }
        if a.shared != b.shared { return a.shared.precedes(b.shared, names) }
        if a.recipientAccount != b.recipientAccount { return names.precedes(a.recipientAccount, b.recipientAccount) }
        return names.precedes(a.identityAccount, b.identityAccount)
    }

    /// One call is logged in the caller's and in the owner's account under one shared id; the caller's copy is the one to keep.
    private mutating func dropSharedDuplicates() {
        var places = KeyPlaces<RecordID>()
        // Of every shared id the event that stays.
        var best: [Int] = []
        for (index, event) in calls.enumerated() where !event.shared.isEmpty {
            let place = places.place(of: event.shared)
            if place == best.count {
                best.append(index)
                continue
            }
            let other = calls[best[place]]
            let isOwn = event.recipientAccount == event.identityAccount
            let otherIsOwn = other.recipientAccount == other.identityAccount
            if isOwn != otherIsOwn ? isOwn : event.id.precedes(other.id, names) { best[place] = index }
        }
        let before = calls.count
        var index = -1
        calls.removeAll { event in
            index += 1
            return !event.shared.isEmpty && places.known(event.shared).map { best[$0] != index } ?? false
        }
        counts.sharedDuplicate += before - calls.count
    }
}

extension EventCounts {
    /// Nothing counted yet.
    public static let none = EventCounts()
}
