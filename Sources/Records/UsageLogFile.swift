import Bytes

/// Reads one usage log (specification, inputs §4) and hands over every record, in order. Lines without `{` are no records.
///
/// `take` returns whether to go on. Throws `FileFault` when the file cannot be opened.
public func readUsageLogFile(
    path: String, reading: LogReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void = { _ in },
    _ take: (UsageLine, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    let file = try InflatedFile(path: path, limitBytes: reading.maxInflatedBytes)
    var window = ByteWindow(file, windowBytes: reading.windowBytes, buffers: &buffers)
    var records = 0
    var scanner = LineScanner()
    var reader = UsageRecordReader(path: path, sessions: reading.sessions)
    func finish() -> FileFacts {
        defer { window.giveBack(&buffers) }
        return FileFacts(
            path: path, sizeBytes: window.fileSize, modified: window.fileModified, contentBytes: window.contentBytes,
            contentCRC: window.contentCRC, recordCount: records)
    }
    do throws(ByteFault) {
        try skipByteOrderMark(&window) { scanner.skip($0) }
        while true {
            while let line = scanner.next(window.bytes.span, end: window.end, isLast: window.isComplete) {
                var start = line.lowerBound
                while start < line.upperBound, window.bytes[start] != UInt8(ascii: "{") { start += 1 }
                guard start < line.upperBound else { continue }
                records += 1
                let read = reader.read(start..<line.upperBound, window.bytes.span, base: window.base, names: &names)
                if !take(read, &names) { return finish() }
            }
            if window.isComplete { return finish() }
            let before = window.fileBytes
            scanner.shift(by: window.drop(before: scanner.lineStart))
            try window.fill()
            progress(window.fileBytes - before)
        }
    } catch {
        records += 1
        _ = take(
            .fault(InputFault(path: path, offset: error.offset, place: error.place, hasLines: true, what: error.what)), &names)
    }
    return finish()
}

/// Reads one line's JSON object.
private struct UsageRecordReader: ~Copyable {
    private let path: String
    private let sessions: SessionPatterns
    private var tape = JSONTape()

    init(path: String, sessions: SessionPatterns) {
        self.path = path
        self.sessions = sessions
    }

    mutating func read(_ range: Range<Int>, _ bytes: Span<UInt8>, base: Int, names: inout Names) -> UsageLine {
        func fault(_ what: String) -> UsageLine {
            .fault(InputFault(path: path, offset: base + range.lowerBound, place: .content, hasLines: true, what: what))
        }
        do throws(ByteFault) { try tape.read(bytes, range) } catch {
            return fault("is no JSON object behind its first '{': \(error.what); a usage log has one object a line")
        }
        guard tape[0].kind == .object else { return fault("holds no JSON object; a usage log has one object a line") }
        let time = string("time", 0, bytes)
        guard let instant = Instant(time.span) else {
            if time.isEmpty { return fault("has no time; log one in every line, such as \"time\":\"2026-11-03T14:05:12Z\"") }
            return fault("has the time '\(excerpt(time.span))', which is no time; log it as 2026-11-03T14:05:12Z")
        }
        guard let usage = tape.member("usage", of: 0, in: bytes), tape[usage].kind == .object else {
            return fault("has no usage object; log the response's usage block unchanged")
        }
        let tokens: TokenCounts
        do throws(TokenFault) { tokens = try self.tokens(usage, bytes) } catch {
            return fault("has \(error.key) \(error.text), which is no whole number from 0 to 10^15; log the response's usage block unchanged")
        }
        let batch = tape.member("batch", of: 0, in: bytes).map { tape[$0].kind == .yes } ?? false
        let geo = tape.member("inference_geo", of: 0, in: bytes).map { tape[$0].kind == .string && tape.matches($0, "us", in: bytes) } ?? false
        return .record(
            UsageRecord(
                time: instant, request: RecordID(string("aws_request_id", 0, bytes), names: &names),
                message: RecordID(string("id", 0, bytes), names: &names), workspace: names.name(string("workspace", 0, bytes)),
                model: names.name(string("model", 0, bytes)),
                principal: names.name(sessions.principal(of: string("principal", 0, bytes)) ?? canonicalPrincipal(string("principal", 0, bytes))), tokens: tokens, isBatch: batch,
                isUSOnly: geo))
    }

    private struct TokenFault: Error {
        var key: String
        var text: String
    }

    private func tokens(_ usage: Int, _ bytes: Span<UInt8>) throws(TokenFault) -> TokenCounts {
        var counts = TokenCounts()
        counts.input = try count("input_tokens", usage, bytes)
        counts.cacheRead = try count("cache_read_input_tokens", usage, bytes)
        counts.output = try count("output_tokens", usage, bytes)
        if let writes = tape.member("cache_creation", of: usage, in: bytes), tape[writes].kind == .object {
            counts.write5m = try count("ephemeral_5m_input_tokens", writes, bytes)
            counts.write1h = try count("ephemeral_1h_input_tokens", writes, bytes)
        } else {
            // Without the split by lifetime, a write is priced as the usual one, of five minutes.
            counts.write5m = try count("cache_creation_input_tokens", usage, bytes)
        }
        if let tools = tape.member("server_tool_use", of: usage, in: bytes), tape[tools].kind == .object {
            counts.webSearches = try count("web_search_requests", tools, bytes)
        }
        return counts
    }

    /// Absent and null are 0.
    private func count(_ key: StaticString, _ node: Int, _ bytes: Span<UInt8>) throws(TokenFault) -> UInt64 {
        guard let value = tape.member(key, of: node, in: bytes), tape[value].kind != .null else { return 0 }
        let start = Int(tape[value].start)
        let end = Int(tape[value].end)
        var result: UInt64 = 0
        var isWhole = tape[value].kind == .number
        for index in start..<end where isWhole {
            guard let digit = digit(bytes[index]), result <= TokenCounts.limit else {
                isWhole = false
                break
            }
            result = result * 10 + UInt64(digit)
        }
        guard isWhole, result <= TokenCounts.limit else {
            throw TokenFault(key: "\(key)", text: excerpt(bytes.extracting(start..<end)))
        }
        return result
    }

    private func string(_ key: StaticString, _ node: Int, _ bytes: Span<UInt8>) -> [UInt8] {
        guard let value = tape.member(key, of: node, in: bytes), tape[value].kind == .string else { return [] }
        return tape.string(value, in: bytes)
    }
}
