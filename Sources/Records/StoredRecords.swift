// How what was read of a record is stored and read back; what belongs to what is said by the order alone.

extension ActivityEvent {
    public func store(in bytes: inout StoredBytes) {
        bytes.put(time)
        for id in [id, request, shared] { bytes.put(id) }
        for name in [principal, model, workspace, recipientAccount, identityAccount] { bytes.put(name) }
    }

    public init(_ stored: inout StoredReader) throws(StoredFault) {
        time = try stored.time()
        id = try RecordID(&stored)
        request = try RecordID(&stored)
        shared = try RecordID(&stored)
        principal = try stored.name()
        model = try stored.name()
        workspace = try stored.name()
        recipientAccount = try stored.name()
        identityAccount = try stored.name()
    }
}

extension UsageRecord {
    public func store(in bytes: inout StoredBytes) {
        bytes.put(time)
        bytes.put(request)
        bytes.put(message)
        for name in [workspace, model, principal] { bytes.put(name) }
        for count in [tokens.input, tokens.write5m, tokens.write1h, tokens.cacheRead, tokens.output, tokens.webSearches] { bytes.put(count) }
        bytes.put(isBatch)
        bytes.put(isUSOnly)
    }

    public init(_ stored: inout StoredReader) throws(StoredFault) {
        func tokens() throws(StoredFault) -> UInt64 {
            let count = try stored.number()
            guard count <= TokenCounts.limit else { throw StoredFault() }
            return count
        }
        time = try stored.time()
        request = try RecordID(&stored)
        message = try RecordID(&stored)
        workspace = try stored.name()
        model = try stored.name()
        principal = try stored.name()
        self.tokens = TokenCounts(
            input: try tokens(), write5m: try tokens(), write1h: try tokens(), cacheRead: try tokens(), output: try tokens(),
            webSearches: try tokens())
        isBatch = try stored.bool()
        isUSOnly = try stored.bool()
    }
}

extension NearMiss {
    public func store(in bytes: inout StoredBytes) {
        bytes.put(Array(column.text.utf8))
        bytes.put(Array(comparison.rawValue.utf8))
        bytes.put(text)
    }

    public init(_ stored: inout StoredReader) throws(StoredFault) {
        let (name, word) = (try stored.text(), try stored.text())
        guard let column = ProfileColumn.allCases.first(where: { $0.text.utf8.elementsEqual(name) }),
            let comparison = PlatformProfile.Comparison.allCases.first(where: { $0.rawValue.utf8.elementsEqual(word) })
        else { throw StoredFault() }
        self.init(column: column, comparison: comparison, text: try stored.name())
    }
}
