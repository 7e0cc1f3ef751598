import Bytes
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
    var calls: PartedList<ActivityEvent>
    /// Events that a later record corrects.
    var replaced: Set<RecordID> = []
    private let room: SpillRoom?

    /// - Parameter room: Where calls go that have no room in memory; nil to hold them all.
    public init(_ room: SpillRoom? = nil) {
        self.room = room
        calls = PartedList(room) { $0.id.spread($1) }
    }

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
        calls.absorb(other.calls, map: map)
        for id in other.replaced { replaced.insert(id.mapped(map)) }
    }

    public mutating func relieve(_ names: borrowing Names) -> Bool { calls.relieve(names) }

    /// Settles which copies count, and hands over those that do, which are evidence, in portions of any size and order; none is kept.
    ///
    /// (specification, attribution §3: duplicate, superseded, shared duplicate)
    mutating func handOver(_ body: (inout [ActivityEvent]) throws(SpillFault) -> Void) throws(SpillFault) {
        // What was settled before is settled again, and nothing more is dropped.
        counts.evidence = 0
        guard calls.isSpilled else {
            _ = calls.split(names)
            var all = try calls.take(0)
            var portion = Portion(&all, replaced, names)
            counts.sharedDuplicate += Copies.dropShared(&portion.calls, names)
            return try count(&portion, body)
        }
        // Calls that may be logged under other ids, too: these may be in other parts.
        var shared = PartedList<ActivityEvent>(room) { $0.shared.spread($1) }
        let parts = calls.split(names)
        let (calls, replaced, names) = (calls, replaced, names)
        @Sendable func portion(_ part: Int) -> Result<Portion, SpillFault> {
            Result { () throws(SpillFault) in
                var calls = calls
                var some = try calls.take(part)
                return Portion(&some, replaced, names)
            }
        }
        self.calls = PartedList(nil) { $0.id.spread($1) }
        // While one part is used, the next is fetched and settled.
        var next = portion(0)
        for part in 1...parts {
            var current = try next.get()
            var some = current.takeShared()
            shared.take(&some, names)
            if part == parts {
                try count(&current, body)
            } else {
                let used: Result<Void, SpillFault>
                (used, next) = atOnce {
                    Result { () throws(SpillFault) in try count(&current, body) }
                } beside: {
                    portion(part)
                }
                try used.get()
            }
        }
        for part in 0..<shared.split(names) {
            var some = try shared.take(part)
            counts.sharedDuplicate += Copies.dropShared(&some, names)
            var portion = Portion(settled: &some)
            try count(&portion, body)
        }
    }

    private mutating func count(_ portion: inout Portion, _ body: (inout [ActivityEvent]) throws(SpillFault) -> Void) throws(SpillFault) {
        counts.duplicate += portion.duplicates
        counts.superseded += portion.superseded
        counts.evidence += portion.calls.count
        if !portion.calls.isEmpty { try body(&portion.calls) }
    }

    /// Calls of which all copies are here, one of each.
    private struct Portion: Sendable {
        var calls: [ActivityEvent] = []
        private(set) var duplicates = 0
        private(set) var superseded = 0

        /// Takes the calls, as they may be millions, and leaves none.
        init(_ calls: inout [ActivityEvent], _ replaced: Set<RecordID>, _ names: Names) {
            swap(&self.calls, &calls)
            duplicates = Copies.dropDuplicates(&self.calls, names)
            guard !replaced.isEmpty else { return }
            let before = self.calls.count
            self.calls.removeAll { replaced.contains($0.id) }
            superseded = before - self.calls.count
        }

        /// - Parameter calls: Copies are dropped already.
        init(settled calls: inout [ActivityEvent]) { swap(&self.calls, &calls) }

        /// Takes those out that have a shared id.
        mutating func takeShared() -> [ActivityEvent] {
            let shared = calls.filter { !$0.shared.isEmpty }
            if !shared.isEmpty { calls.removeAll { !$0.shared.isEmpty } }
            return shared
        }
    }

    /// Settles which copies count, and keeps those that do: for who looks at the evidence itself. A tally without room on disk never fails.
    public mutating func settle() throws(SpillFault) {
        var kept: [ActivityEvent] = []
        try handOver { (calls) throws(SpillFault) in
            if kept.isEmpty { swap(&kept, &calls) } else { kept += calls }
        }
        calls = PartedList(nil) { $0.id.spread($1) }
        calls.take(&kept, names)
    }

    /// Of every caller and account its evidence events; after `settle`. Names are the tally's.
    public var callsByCaller: [Caller: Int] {
        calls.held.reduce(into: [:]) { $0[Caller(principal: $1.principal, account: $1.identityAccount.isEmpty ? $1.recipientAccount : $1.identityAccount), default: 0] += 1 }
    }

    /// Of every workspace that calls name its evidence events; after `settle`. Names are the tally's.
    public var callsByWorkspace: [Name: Int] { calls.held.reduce(into: [:]) { $0[$1.workspace, default: 0] += 1 } }

    /// Of every caller those of its evidence events that are among `ids`; after `settle`. Names are the tally's.
    public func callsByPrincipal(among ids: Set<RecordID>) -> [Name: Int] {
        calls.held.reduce(into: [:]) { if ids.contains($1.id) { $0[$1.principal, default: 0] += 1 } }
    }

    /// The texts of those ids that evidence events have; after `settle`.
    public func ids(among ids: Set<RecordID>) -> Set<[UInt8]> {
        ids.isEmpty ? [] : Set(calls.held.lazy.filter { ids.contains($0.id) }.map { $0.id.text(names) })
    }

    /// Which of these texts are the ids of evidence events; after `settle`.
    public func ids(among texts: Set<[UInt8]>) -> Set<[UInt8]> {
        texts.isEmpty ? [] : Set(calls.held.lazy.map { $0.id.text(names) }.filter { texts.contains($0) })
    }

    /// Who called, and in which account.
    public struct Caller: Hashable, Sendable {
        public var principal: Name
        public var account: Name
    }
}

extension EventCounts {
    /// Nothing counted yet.
    public static let none = EventCounts()
}
