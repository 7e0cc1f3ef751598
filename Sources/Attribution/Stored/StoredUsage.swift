import Records

extension UsageTally: StoredTally {
    public var hasFaults: Bool { !faults.isEmpty }

    public func store(in bytes: inout StoredBytes) {
        bytes.put(names)
        bytes.put(UInt64(records.count))
        for record in records { record.store(in: &bytes) }
    }

    public mutating func take(_ stored: inout StoredReader, source: Int) throws(StoredFault) {
        try stored.takeNames(into: &names)
        for _ in 0..<(try stored.count()) { records.append(try UsageRecord(&stored)) }
        counts.read = records.count
    }
}
