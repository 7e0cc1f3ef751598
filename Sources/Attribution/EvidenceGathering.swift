import Bytes
import Records

/// From what was read of trail and usage logs to evidence.
///
///     calls ─▶ copies settled, by event id ─▶ shared copies, by shared id ─┬───────────────▶ cells
///     usage records ───────────────────────────────── joined, by request id ┘
///
/// Each step takes all at once where all fits in memory, and a part of the keys at a time where it does not.
struct EvidenceGathering {
    private var calls: EvidenceTally
    private var usage: UsageTally
    private let recordNames: [Name]
    private let names: Names
    private let room: SpillRoom?
    private var builder: EvidenceBuilder
    private(set) var join: UsageJoin
    /// Events that only the usage log knows.
    private(set) var ownCount = 0
    /// What every CloudTrail record was; whole when evidence is made.
    var eventCounts: EventCounts { calls.counts }

    /// - Parameters:
    ///   - recordNames: How the names of `usage` lead to `names`.
    ///   - names: Those of `calls`, and more behind them.
    init(
        calls: consuming EvidenceTally, usage: consuming UsageTally, recordNames: [Name], join: UsageJoin, builder: EvidenceBuilder, names: Names,
        room: SpillRoom?
    ) {
        self.calls = calls
        self.usage = usage
        self.recordNames = recordNames
        self.join = join
        self.builder = builder
        self.names = names
        self.room = room
    }

    /// To be asked once; nothing of what was read is kept.
    /// - Parameter precedes: The bytewise order of claimants.
    mutating func evidence(precedes: (Claimant, Claimant) -> Bool) throws(SpillFault) -> Evidence {
        if usage.records.isEmpty {
            var made = builder
            try calls.handOver { (calls) throws(SpillFault) in
                made.reserve(calls.count)
                for call in calls { made.add(call) }
            }
            return made.evidence(precedes: precedes)
        }
        var records = PartedList<UsageRecord>(room) { UsageTally.key($0, $1) }
        records.absorb(usage.records, map: recordNames)
        usage = UsageTally()
        var requested = PartedList<ActivityEvent>(room) { $0.request.spread($1) }
        let names = names
        try calls.handOver { (calls) throws(SpillFault) in requested.take(&calls, names) }
        if records.isSpilled || requested.isSpilled {
            records.spill(names)
            requested.spill(names)
        }
        for part in 0..<max(records.split(names), requested.split(names)) {
            let calls = try requested.take(part)
            let joined = join.join(try records.take(part), calls)
            builder.reserve(calls.count)
            for (index, call) in calls.enumerated() { builder.add(call, model: joined.models[index], price: joined.rated[index]) }
            for own in joined.own { builder.add(own) }
            ownCount += joined.own.count
        }
        return builder.evidence(precedes: precedes)
    }
}
