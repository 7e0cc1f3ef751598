import Records

/// Which of several records of one call count (specification, attribution §3). All copies of a call must be among `calls`.
enum Copies {
    /// Of records with one id one stays; the others are dropped, and counted.
    static func dropDuplicates(_ calls: inout [ActivityEvent], _ names: Names) -> Int {
        var places = KeyPlaces<RecordID>(expecting: calls.count)
        // In place: the first `kept` are those that stay.
        var kept = 0
        for index in calls.indices {
            let event = calls[index]
            let place = places.place(of: event.id)
            if place < kept {
                if isPreferred(event, to: calls[place], names) { calls[place] = event }
            } else {
                calls[kept] = event
                kept += 1
            }
        }
        let dropped = calls.count - kept
        calls.removeLast(dropped)
        return dropped
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

    /// One call is logged in the caller's and in the owner's account under one shared id; the caller's record stays. The others are dropped, and
    /// counted.
    static func dropShared(_ calls: inout [ActivityEvent], _ names: Names) -> Int {
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
        if best.isEmpty { return 0 }
        let before = calls.count
        var index = -1
        calls.removeAll { event in
            index += 1
            return !event.shared.isEmpty && places.known(event.shared).map { best[$0] != index } ?? false
        }
        return before - calls.count
    }
}
