import Attribution
import Records

/// What one worker has read of the trail for an inspection: evidence as a run would take it, and what else is there.
struct TrailTally: InputTally {
    var evidence = EvidenceTally()
    /// Records by source, event and category.
    private(set) var kinds: [Kind: Int] = [:]
    /// Records by account, region and day.
    private(set) var days: [Place: [Int: Int]] = [:]
    /// Calls made with an API key, and calls that lay in a folder of a later day than usual; copies and all.
    private var apiKeyEvents: Set<RecordID> = []
    private var lateEvents: Set<RecordID> = []
    /// The most days between a call and its delivery, and the last day on which one was delivered.
    private(set) var longestDelay = 0
    private(set) var lastLateDelivery = 0
    private let period: Month

    /// Of what became evidence the calls made with an API key, by caller; after `evidence` is settled.
    var apiKeyCalls: [Name: Int] { evidence.callsByPrincipal(among: apiKeyEvents) }
    /// Of what became evidence the late calls, by the texts of their ids.
    var lateCalls: Set<[UInt8]> { evidence.ids(among: lateEvents) }

    struct Kind: Hashable, Sendable {
        var source: Name
        var event: Name
        var category: Name
    }

    struct Place: Hashable, Sendable {
        var account: Name
        var region: Name
    }

    var names: Names {
        get { evidence.names }
        set { evidence.names = newValue }
    }

    var faults: [(order: FaultOrder, fault: InputFault)] { evidence.faults }

    init(period: Month) { self.period = period }

    /// - Parameter deliveryDay: The day in the file's path.
    mutating func add(_ surveyed: SurveyedRecord, deliveryDay: Int?, order: (Int) -> FaultOrder) {
        evidence.add(surveyed.record, order: order)
        if case .fault = surveyed.record { return }
        let isInPeriod = surveyed.time.map { $0 >= period.start && $0 < period.end } ?? false
        guard isInPeriod, let time = surveyed.time else { return }
        kinds[Kind(source: surveyed.source, event: surveyed.event, category: surveyed.category), default: 0] += 1
        days[Place(account: surveyed.account, region: surveyed.region), default: [:]][time.dayNumber, default: 0] += 1
        guard case .call(let event, _) = surveyed.record else { return }
        if surveyed.usesAPIKey { apiKeyEvents.insert(event.id) }
        guard let deliveryDay else { return }
        // CloudTrail delivers within minutes, so a file of the next day holds the last minutes of the day before.
        let delay = deliveryDay - time.dayNumber
        if delay > 1 {
            lateEvents.insert(event.id)
            longestDelay = max(longestDelay, delay)
            lastLateDelivery = max(lastLateDelivery, deliveryDay)
        }
    }

    mutating func absorb(_ other: TrailTally) {
        let map = evidence.names.absorb(other.names)
        func mapped(_ name: Name) -> Name { map[Int(name.index)] }
        evidence.absorb(other.evidence)
        for (kind, count) in other.kinds {
            kinds[Kind(source: mapped(kind.source), event: mapped(kind.event), category: mapped(kind.category)), default: 0] += count
        }
        for (place, counts) in other.days {
            days[Place(account: mapped(place.account), region: mapped(place.region)), default: [:]].merge(counts, uniquingKeysWith: +)
        }
        for id in other.apiKeyEvents { apiKeyEvents.insert(id.mapped(map)) }
        for id in other.lateEvents { lateEvents.insert(id.mapped(map)) }
        longestDelay = max(longestDelay, other.longestDelay)
        lastLateDelivery = max(lastLateDelivery, other.lastLateDelivery)
    }
}
