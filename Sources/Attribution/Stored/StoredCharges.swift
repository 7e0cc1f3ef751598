import Records

extension ChargeTally: StoredTally {
    public var hasFaults: Bool { !faults.isEmpty || candidates.values.contains { !$0.faults.isEmpty } }

    public func store(in bytes: inout StoredBytes) {
        bytes.put(names)
        for count in ChargeTally.storedCounts { bytes.put(counter: rows[keyPath: count]) }
        put(groups, in: &bytes)
        put(nearMisses, in: &bytes)
        let payers = Set(payerSources.map(\.payer))
        bytes.put(UInt64(payers.count))
        for payer in payers { bytes.put(payer) }
        bytes.put(UInt64(candidates.count))
        for (key, entry) in candidates {
            bytes.put(key.payerAccount)
            bytes.put(key.productCode)
            put(entry.groups, in: &bytes)
            bytes.put(!entry.sources.isEmpty)
            bytes.put(counter: entry.otherPeriodRows)
            put(entry.nearMisses, in: &bytes)
            bytes.put(counter: entry.rows)
        }
    }

    public mutating func take(_ stored: inout StoredReader, source: Int) throws(StoredFault) {
        try stored.takeNames(into: &names)
        for count in ChargeTally.storedCounts { rows[keyPath: count] = try stored.counter() }
        groups = try ChargeTally.groups(&stored, areCandidates: false)
        nearMisses = try ChargeTally.nearMisses(&stored)
        for _ in 0..<(try stored.count()) { payerSources.insert(PayerSource(payer: try stored.name(), source: source)) }
        for _ in 0..<(try stored.count()) {
            let key = CandidateKey(payerAccount: try stored.name(), productCode: try stored.name())
            var entry = Candidates()
            entry.groups = try ChargeTally.groups(&stored, areCandidates: true)
            if try stored.bool() { entry.sources = [source] }
            entry.otherPeriodRows = try stored.counter()
            entry.nearMisses = try ChargeTally.nearMisses(&stored)
            entry.rows = try stored.counter()
            guard try entry.rows == ChargeTally.rows(of: entry.groups) + entry.otherPeriodRows, candidates.updateValue(entry, forKey: key) == nil else {
                throw StoredFault()
            }
        }
        // Every row that was read is in exactly one counter, and every charge in a group.
        let undecided = candidates.values.reduce(0) { $0 &+ $1.rows }
        let charges = try ChargeTally.rows(of: groups)
        guard rows.read == rows.charges &+ rows.otherService &+ rows.otherPeriod &+ undecided, rows.charges == charges else {
            throw StoredFault()
        }
    }

    private static func rows(of groups: KeySums<ChargeKey, ChargeSums>) throws(StoredFault) -> Int {
        var rows = 0
        for sums in groups.values {
            rows += sums.rows
            // No file has so many; beyond, sums of sums might leave their bounds.
            if rows >= 1 << 40 { throw StoredFault() }
        }
        return rows
    }

    /// The counters that reading one file fills.
    private static var storedCounts: [WritableKeyPath<RowCounts, Int>] {
        [\.read, \.charges, \.otherService, \.otherPeriod, \.nearMiss, \.priceMismatch, \.inexactAmounts]
    }

    private func put(_ groups: KeySums<ChargeKey, ChargeSums>, in bytes: inout StoredBytes) {
        bytes.put(UInt64(groups.count))
        groups.forEach { key, sums in
            bytes.put(key)
            bytes.put(counter: sums.rows)
            bytes.put(sums.cost)
            bytes.put(sums.quantity)
            bytes.put(counter: sums.inexactAmounts)
        }
    }

    /// - Parameter areCandidates: Whether no platform has taken them yet.
    private static func groups(_ stored: inout StoredReader, areCandidates: Bool) throws(StoredFault) -> KeySums<ChargeKey, ChargeSums> {
        let count = try stored.count(ofAtLeast: 61)
        var groups = KeySums<ChargeKey, ChargeSums>(expecting: count)
        for _ in 0..<count {
            let key = try ChargeKey(&stored)
            let rows = try stored.counter()
            let sums = ChargeSums(
                rows: rows, cost: try ExactSum(&stored, terms: rows), quantity: try ExactSum(&stored, terms: rows),
                inexactAmounts: try stored.counter())
            groups.add(sums, to: key)
            guard (key.platform == nil) == areCandidates else { throw StoredFault() }
        }
        // Every key is there once.
        guard groups.count == count else { throw StoredFault() }
        return groups
    }

    private func put(_ misses: [NearMiss: Int], in bytes: inout StoredBytes) {
        bytes.put(UInt64(misses.count))
        for (miss, count) in misses {
            miss.store(in: &bytes)
            bytes.put(counter: count)
        }
    }

    private static func nearMisses(_ stored: inout StoredReader) throws(StoredFault) -> [NearMiss: Int] {
        var misses: [NearMiss: Int] = [:]
        for _ in 0..<(try stored.count()) {
            let miss = try NearMiss(&stored)
            misses[miss] = try stored.counter()
        }
        return misses
    }
}

extension StoredBytes {
    fileprivate mutating func put(_ key: ChargeKey) {
        put(UInt64(key.platform.map { Int($0.rawValue) + 1 } ?? 0))
        for name in [
            key.payerAccount, key.usageAccount, key.region, key.lineItemType, key.usageType, key.operation, key.productCode, key.billingEntity,
            key.legalEntity, key.currency, key.invoice, key.resourceID, key.workspaceTag, key.workspaceIDTag, key.principal, key.model,
        ] { put(name) }
        put(key.start)
        put(key.end)
        put(key.elements)
        put(key.hasPrincipalColumn)
        put(key.isUsage)
    }
}

extension ChargeKey {
    fileprivate init(_ stored: inout StoredReader) throws(StoredFault) {
        let number = try stored.number()
        guard number <= UInt64(Platform.allCases.count) else { throw StoredFault() }
        platform = number == 0 ? nil : Platform.allCases.first { UInt64($0.rawValue) + 1 == number }
        payerAccount = try stored.name()
        usageAccount = try stored.name()
        region = try stored.name()
        lineItemType = try stored.name()
        usageType = try stored.name()
        operation = try stored.name()
        productCode = try stored.name()
        billingEntity = try stored.name()
        legalEntity = try stored.name()
        currency = try stored.name()
        invoice = try stored.name()
        resourceID = try stored.name()
        workspaceTag = try stored.name()
        workspaceIDTag = try stored.name()
        principal = try stored.name()
        model = try stored.name()
        start = try stored.time()
        end = try stored.time()
        elements = try stored.elements()
        hasPrincipalColumn = try stored.bool()
        isUsage = try stored.bool()
    }
}
