import Bytes

/// What a reader of logs must know of the run.
public struct LogReading: Sendable {
    public var period: Month
    public var maxInflatedBytes: Int
    public var windowBytes: Int

    public init(
        period: Month, maxInflatedBytes: Int = ByteLimit.inflatedBytes, windowBytes: Int = ByteLimit.windowBytes
    ) {
        self.period = period
        self.maxInflatedBytes = maxInflatedBytes
        self.windowBytes = windowBytes
    }
}

/// Reads one CloudTrail file in any of the forms of the specification, inputs §2, and hands over every record, in order.
///
/// `take` returns whether to go on. A fault that leaves nothing readable behind it is handed over as the last record.
/// Throws `FileFault` when the file cannot be opened.
public func readTrailFile(
    path: String, reading: LogReading, names: inout Names, progress: (Int) -> Void = { _ in },
    _ take: (TrailRecord, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    let file = try InflatedFile(path: path, limitBytes: reading.maxInflatedBytes)
    var window = ByteWindow(file, windowBytes: reading.windowBytes)
    var records = 0
    var scanner = JSONRecordScanner(container: "Records", member: "eventSource")
    var reader = ActivityReader(path: path, period: reading.period)
    func facts() -> FileFacts {
        FileFacts(
            path: path, sizeBytes: window.fileSize, modified: window.fileModified, contentBytes: window.contentBytes,
            contentCRC: window.contentCRC, recordCount: records)
    }
    do throws(ByteFault) {
        try skipByteOrderMark(&window) { scanner.skip($0) }
        while true {
            scanner.scan(window.bytes.span, end: window.end, isLast: window.isComplete)
            reading: while true {
                let step: JSONRecordScanner.Step
                do throws(ByteFault) {
                    step = try scanner.next(window.bytes.span, isLast: window.isComplete)
                } catch {
                    throw ByteFault(offset: window.base + error.offset, place: error.place, what: error.what)
                }
                switch step {
                case .record(let record):
                    records += 1
                    let read = reader.read(record, window.bytes.span, base: window.base, names: &names)
                    if !take(read, &names) { return facts() }
                case .needsMore: break reading
                case .finished: return facts()
                }
            }
            let before = window.fileBytes
            scanner.shift(by: try window.slide(keepingFrom: scanner.keptFrom))
            progress(window.fileBytes - before)
        }
    } catch {
        records += 1
        _ = take(
            .fault(InputFault(path: path, offset: error.offset, place: error.place, hasLines: false, what: error.what)), &names)
    }
    return facts()
}
