import Bytes

/// What a reader of logs must know of the run.
public struct LogReading: Sendable {
    public var period: Month
    public var maxInflatedBytes: Int
    public var windowBytes: Int
    public var sessions: SessionPatterns

    public init(
        period: Month, sessions: SessionPatterns = SessionPatterns(), maxInflatedBytes: Int = ByteLimit.inflatedBytes, windowBytes: Int = ByteLimit.windowBytes
    ) {
        self.period = period
        self.maxInflatedBytes = maxInflatedBytes
        self.windowBytes = windowBytes
        self.sessions = sessions
    }
}

/// Reads one CloudTrail file in any of the forms of the specification, inputs §2, and hands over every record, in order.
///
/// `take` returns whether to go on. A fault that leaves nothing readable behind it is handed over as the last record.
/// Throws `FileFault` when the file cannot be opened.
public func readTrailFile(
    path: String, reading: LogReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void = { _ in },
    _ take: (TrailRecord, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    try readRecords(path: path, reading: reading, names: &names, buffers: &buffers, progress: progress, fault: { take(.fault($0), &$1) }) {
        reader, record, scanner, bytes, base, names in
        let read = reader.read(record, scanner, bytes, base: base, names: &names)
        return take(read, &names)
    }
}

/// The same, with what a survey of the trail asks of every record, whatever service it is of.
public func surveyTrailFile(
    path: String, reading: LogReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void = { _ in },
    _ take: (SurveyedRecord, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    try readRecords(path: path, reading: reading, names: &names, buffers: &buffers, progress: progress, fault: { take(SurveyedRecord(.fault($0)), &$1) }) {
        reader, record, scanner, bytes, base, names in
        let surveyed = reader.surveyed(record, scanner, bytes, base: base, names: &names)
        return take(surveyed, &names)
    }
}

/// Slides through a file and hands over its records.
private func readRecords(
    path: String, reading: LogReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void, fault takeInputFault: (InputFault, inout Names) -> Bool,
    _ take: (inout ActivityReader, JSONRecordScanner.Record, borrowing JSONRecordScanner, Span<UInt8>, Int, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    let file = try InflatedFile(path: path, limitBytes: reading.maxInflatedBytes)
    var window = ByteWindow(file, windowBytes: reading.windowBytes, buffers: &buffers)
    var records = 0
    var scanner = JSONRecordScanner(container: "Records", member: "eventSource", buffers: &buffers)
    var reader = ActivityReader(path: path, period: reading.period, sessions: reading.sessions)
    func finish() -> FileFacts {
        defer {
            window.giveBack(&buffers)
            scanner.giveBack(&buffers)
        }
        return FileFacts(
            path: path, sizeBytes: window.fileSize, modified: window.fileModified, contentBytes: window.contentBytes,
            contentCRC: window.contentCRC, recordCount: records)
    }
    /// Reads the records that the window holds; returns whether to go on.
    func readWindow(isLast: Bool) throws(ByteFault) -> Bool {
        while true {
            let step: JSONRecordScanner.Step
            do throws(ByteFault) {
                step = try scanner.next(window.bytes.span, isLast: isLast)
            } catch {
                throw ByteFault(offset: window.base + error.offset, place: error.place, what: error.what + "; fetch the file again")
            }
            switch step {
            case .record(let record):
                records += 1
                if !take(&reader, record, scanner, window.bytes.span, window.base, &names) { return false }
            case .needsMore: return true
            case .finished: return false
            }
        }
    }
    func takeFault(_ fault: ByteFault) {
        records += 1
        let goesOn = takeInputFault(
            InputFault(path: path, offset: fault.offset, place: fault.place, hasLines: false, what: fault.what), &names)
        if goesOn { window.drain() }
    }
    do throws(ByteFault) {
        try skipByteOrderMark(&window) { scanner.skip($0) }
        while true {
            scanner.scan(window.bytes.span, end: window.end, isLast: window.isComplete)
            if try !readWindow(isLast: window.isComplete) { return finish() }
            let before = window.fileBytes
            scanner.shift(by: window.drop(before: scanner.keptFrom))
            do throws(ByteFault) { try window.fill() } catch {
                // What was read before the file broke off is as good as ever.
                scanner.scan(window.bytes.span, end: window.end, isLast: true)
                if try readWindow(isLast: false) { throw error }
                return finish()
            }
            progress(window.fileBytes - before)
        }
    } catch {
        takeFault(error)
    }
    return finish()
}
