import Records

extension EvidenceTally: StoredTally {
    public var hasFaults: Bool { !faults.isEmpty }

    public func store(in bytes: inout StoredBytes) {
        precondition(!calls.isSpilled, "what is stored is held whole")
        bytes.put(names)
        for count in EvidenceTally.storedCounts { bytes.put(counter: counts[keyPath: count]) }
        bytes.put(UInt64(replaced.count))
        for id in replaced { bytes.put(id) }
        bytes.put(UInt64(calls.held.count))
        for call in calls.held { call.store(in: &bytes) }
    }

    public mutating func take(_ stored: inout StoredReader, source: Int) throws(StoredFault) {
        try stored.takeNames(into: &names)
        for count in EvidenceTally.storedCounts { counts[keyPath: count] = try stored.counter() }
        for _ in 0..<(try stored.count()) { replaced.insert(try RecordID(&stored)) }
        let count = try stored.count(ofAtLeast: 12)
        calls.reserve(count)
        for _ in 0..<count { calls.append(try ActivityEvent(&stored)) }
        // Every record that was read is in exactly one counter, or a call.
        guard counts.read == counts.otherSource + counts.summary + counts.otherPeriod + counts.notBillable + counts.failed + count else {
            throw StoredFault()
        }
    }

    /// The counters that reading one file fills.
    private static var storedCounts: [WritableKeyPath<EventCounts, Int>] {
        [\.read, \.otherSource, \.summary, \.otherPeriod, \.notBillable, \.failed]
    }
}
