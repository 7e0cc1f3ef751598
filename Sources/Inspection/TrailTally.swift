import Attribution
import Records

/// What one worker has read of the trail for an inspection: evidence as a run would take it, and what else is there.
struct TrailTally: InputTally {
    var evidence = EvidenceTally()
    /// Records by source, event and category.
    private(set) var kinds: [Kind: Int] = [:]
    /// Records by account, region and day.
    private(set) var days: [Place: [Int: Int]] = [:]
    /// Calls made with an API key, by caller.
    private(set) var apiKeyCalls: [Name: Int] = [:]
    /// Billable calls that lay in a folder of a later day than usual, and the most days between a call and its delivery.
    private(set) var lateCalls = 0
    private(set) var latestDelivery = 0
    private let period: Month
    /// Deliveries up to this day after the month are read by a run.
    private let slackDays: Int
    private(set) var callsBeyondSlack = 0

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

    init(period: Month, slackDays: Int) {
        self.period = period
        self.slackDays = slackDays
    }

    /// - Parameter deliveryDay: The day in the file's path.
    mutating func add(_ surveyed: SurveyedRecord, deliveryDay: Int?, order: (Int) -> FaultOrder) {
        evidence.add(surveyed.record, order: order)
        if case .fault = surveyed.record { return }
        let isInPeriod = surveyed.time.map { $0 >= period.start && $0 < period.end } ?? false
        guard isInPeriod, let time = surveyed.time else { return }
        kinds[Kind(source: surveyed.source, event: surveyed.event, category: surveyed.category), default: 0] += 1
        days[Place(account: surveyed.account, region: surveyed.region), default: [:]][time.dayNumber, default: 0] += 1
        guard case .call(let event, _) = surveyed.record else { return }
        if surveyed.usesAPIKey { apiKeyCalls[event.principal, default: 0] += 1 }
        guard let deliveryDay else { return }
        // CloudTrail delivers within minutes, so a file of the next day holds the last minutes of the day before.
        let delay = deliveryDay - time.dayNumber
        if delay > 1 {
            lateCalls += 1
            latestDelivery = max(latestDelivery, delay)
        }
        if deliveryDay > period.next.firstDay - 1 + slackDays { callsBeyondSlack += 1 }
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
        for (caller, count) in other.apiKeyCalls { apiKeyCalls[mapped(caller), default: 0] += count }
        lateCalls += other.lateCalls
        latestDelivery = max(latestDelivery, other.latestDelivery)
        callsBeyondSlack += other.callsBeyondSlack
    }
}
