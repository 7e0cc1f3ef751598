import Records
import Registry

/// Brings usage records to the calls they speak of (specification, attribution §3): those of one request, and its calls, at once.
struct UsageJoin {
    private(set) var counts: UsageCounts
    /// Models that the rate card does not know.
    private(set) var unknownModels: Set<Name> = []
    private let card: RateCard
    private let period: Month
    /// The workspace that a text names, for records that may be evidence of their own; nil to allow none.
    private let trusted: ((Name) -> Name)?
    private let names: Names
    private var modelTexts: [Name: [UInt8]] = [:]

    /// What usage records say of some calls.
    struct Joined {
        /// For calls, by index, the list price of their records, and their model where they had none.
        fileprivate(set) var rated: [Int: UInt128] = [:]
        fileprivate(set) var models: [Int: Name] = [:]
        /// Calls that only the usage log knows.
        fileprivate(set) var own: [OwnCall] = []
    }

    struct OwnCall {
        var time: Instant
        var workspace: Name
        var principal: Name
        var model: Name
        var weight: UInt128
        var isRated: Bool
    }

    private struct Rated {
        var record: UsageRecord
        var weight: UInt128?
        var call: Int?
    }

    private struct Key: Hashable {
        var request: RecordID
        var message: RecordID
    }

    init(_ counts: UsageCounts, card: RateCard, period: Month, trusted: ((Name) -> Name)?, names: Names) {
        self.counts = counts
        self.card = card
        self.period = period
        self.trusted = trusted
        self.names = names
    }

    /// - Parameters:
    ///   - records: All records of some requests, and any without one.
    ///   - calls: All calls of these requests, and any others.
    mutating func join(_ records: [UsageRecord], _ calls: [ActivityEvent]) -> Joined {
        var joined = Joined()
        guard !records.isEmpty else { return joined }
        var requests = KeyPlaces<RecordID>()
        for record in records where !record.request.isEmpty { _ = requests.place(of: record.request) }
        // Of every request the call that its records speak of: of several the one with the smallest id.
        var callOf = [Int?](repeating: nil, count: requests.count)
        for (index, call) in calls.enumerated() where !call.request.isEmpty {
            guard let place = requests.known(call.request) else { continue }
            if let other = callOf[place], calls[other].id.precedes(call.id, names) { continue }
            callOf[place] = index
        }
        var chosen: [Key: Rated] = [:]
        var single: [Rated] = []
        for record in records {
            let call = requests.known(record.request).flatMap { callOf[$0] }
            let candidate = Rated(record: record, weight: weight(record, call.map { calls[$0].time }), call: call)
            guard !record.request.isEmpty else {
                single.append(candidate)
                continue
            }
            let key = Key(request: record.request, message: record.message)
            guard let other = chosen[key] else {
                chosen[key] = candidate
                continue
            }
            counts.duplicate += 1
            if UsageJoin.counts(candidate, before: other, names) { chosen[key] = candidate }
        }
        // Ordered by message id, as the model of a call is taken from the first record that has one.
        let ordered = chosen.values.sorted { a, b in
            if a.record.request != b.record.request { return a.record.request.sortsBefore(b.record.request) }
            return a.record.message.precedes(b.record.message, names)
        }
        var pending: [Rated] = []
        for entry in ordered {
            count(entry)
            guard let call = entry.call else {
                pending.append(entry)
                continue
            }
            counts.joined += 1
            if let weight = entry.weight { joined.rated[call, default: 0] += weight }
            if !entry.record.model.isEmpty && joined.models[call] == nil { joined.models[call] = entry.record.model }
        }
        for entry in single {
            count(entry)
            pending.append(entry)
        }
        joined.own = own(pending)
        return joined
    }

    private mutating func weight(_ record: UsageRecord, _ time: Instant?) -> UInt128? {
        let text = modelTexts[record.model] ?? Array(names.bytes(record.model))
        modelTexts[record.model] = text
        return card.weight(record, model: text, at: time ?? record.time)
    }

    private mutating func count(_ entry: Rated) {
        if entry.weight != nil {
            counts.rated += 1
        } else {
            counts.unrated += 1
            unknownModels.insert(entry.record.model)
        }
    }

    /// Of copies the one with the largest weight counts, unrated being smallest; ties by model, workspace, principal, time.
    private static func counts(_ a: Rated, before b: Rated, _ names: Names) -> Bool {
        if a.weight != b.weight {
            guard let first = a.weight else { return false }
            return b.weight.map { first > $0 } ?? true
        }
        if a.record.model != b.record.model { return names.precedes(a.record.model, b.record.model) }
        if a.record.workspace != b.record.workspace { return names.precedes(a.record.workspace, b.record.workspace) }
        if a.record.principal != b.record.principal { return names.precedes(a.record.principal, b.record.principal) }
        return a.record.time < b.record.time
    }

    /// What joins nothing is evidence of its own where that is trusted, else unmatched. `pending` is ordered by request, then message.
    private mutating func own(_ pending: [Rated]) -> [OwnCall] {
        var own: [OwnCall] = []
        let first = period.start.adding(-Instant.day)
        var lastRequest = RecordID.empty
        for entry in pending {
            let record = entry.record
            let workspace = trusted?(record.workspace) ?? .empty
            guard !workspace.isEmpty, !record.principal.isEmpty, record.time >= first, record.time < period.end else {
                counts.unmatched += 1
                continue
            }
            counts.ownEvidence += 1
            if !record.request.isEmpty, record.request == lastRequest, !own.isEmpty {
                let last = own.count - 1
                if own[last].model.isEmpty { own[last].model = record.model }
                own[last].weight += entry.weight ?? 0
                own[last].isRated = own[last].isRated || entry.weight != nil
                continue
            }
            lastRequest = record.request
            own.append(
                OwnCall(
                    time: record.time, workspace: workspace, principal: record.principal, model: record.model,
                    weight: entry.weight ?? 0, isRated: entry.weight != nil))
        }
        return own
    }
}
