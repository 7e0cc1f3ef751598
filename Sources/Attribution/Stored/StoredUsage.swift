import Records

extension UsageTally: StoredTally {
    public var hasFaults: Bool { !faults.isEmpty }

    public func store(in bytes: inout StoredBytes) {
        precondition(!records.isSpilled, "what is stored is held whole")
        bytes.put(names)
        bytes.put(UInt64(records.held.count))
        for record in records.held { record.store(in: &bytes) }
    }

    public mutating func take(_ stored: inout StoredReader, source: Int) throws(StoredFault) {
        try stored.takeNames(into: &names)
        let count = try stored.count()
        for _ in 0..<count { records.append(try UsageRecord(&stored)) }
        counts.read = count
    }
}
