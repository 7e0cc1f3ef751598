import Bytes
import Records
import Registry

/// What trail and usage logs say of a month: which of their records count, and whose calls they are. Nothing of it asks for the bill, so it is made
/// while the bill is read.
public struct SettledEvidence: Sendable {
    let evidence: Evidence
    let events: EventCounts
    let usage: UsageCounts
    /// Events that only the usage log knows.
    let ownCount: Int
    /// Models of the usage log that the rate card does not know.
    let unknownModels: Set<Name>
    private(set) var claims: Claims
    private(set) var workspaces: WorkspaceFinder
    /// All texts of trail, usage logs and registry.
    private var names: Names

    /// - Parameters:
    ///   - calls: What was read of the trail, merged.
    ///   - records: What was read of usage logs, merged.
    ///   - room: Where things go that have no room in memory; nil to hold them all.
    public init(
        calls: consuming EvidenceTally, records: consuming UsageTally, registry: Registry, rates: RateCard, options: AttributionOptions,
        room: SpillRoom? = nil
    ) throws(AttributionFault) {
        var names = calls.names
        let recordNames = names.absorb(records.names)
        let claims = Claims(registry, period: options.period, names: &names)
        let workspaces = WorkspaceFinder(registry, names: &names)
        let join = UsageJoin(
            records.counts, card: rates, period: options.period, trusted: options.trustsUsageLog ? { workspaces.named($0) } : nil, names: names)
        var gathering = EvidenceGathering(
            calls: calls, usage: records, recordNames: recordNames, join: join, builder: EvidenceBuilder(claims: claims, workspaces: workspaces),
            names: names, room: room)
        do throws(SpillFault) { evidence = try gathering.evidence { claims.precedes($0, $1, names) } } catch { throw .spill(error) }
        events = gathering.eventCounts
        usage = gathering.join.counts
        ownCount = gathering.ownCount
        unknownModels = gathering.join.unknownModels
        self.claims = claims
        self.workspaces = workspaces
        self.names = names
    }

    /// Takes in the texts of the bill, behind its own; gives for each of them what it is called here.
    mutating func meet(_ others: Names) -> [Name] {
        let called = names.absorb(others)
        claims.meet(&names)
        workspaces.meet(&names)
        return called
    }

    /// Hands the texts over and keeps none.
    mutating func takeNames() -> Names {
        var taken = Names()
        swap(&taken, &names)
        return taken
    }
}
