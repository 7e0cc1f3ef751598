import Bytes

/// What is known of a file once it is read.
public struct FileFacts: Sendable {
    public var path: String
    public var sizeBytes: Int
    /// Seconds since 1970.
    public var modified: Int64
    public var contentBytes: Int
    public var contentCRC: UInt32
    /// Rows or records read.
    public var recordCount: Int

    public init(path: String, sizeBytes: Int, modified: Int64, contentBytes: Int, contentCRC: UInt32, recordCount: Int) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.modified = modified
        self.contentBytes = contentBytes
        self.contentCRC = contentCRC
        self.recordCount = recordCount
    }
}

/// Reads one bill file and hands over every row, in order.
///
/// `take` returns whether to go on: after a fault the rest of the file is only of use with `--keep-going`.
/// A fault of the file itself (damaged gzip, no header) is handed over as one last faulty row. Throws `FileFault` when the file cannot be opened.
public func readBillFile(
    path: String, reading: BillReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void = { _ in },
    _ take: (BillRow, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    try readRows(
        path: path, reading: reading, names: &names, buffers: &buffers, progress: progress, fault: { take(.fault($0), &$1) },
        passesOver: true, passed: { _ = take(.otherServices(rows: $0), &$1) }
    ) {
        reader, row, scanner, bytes, names in
        let read = reader.read(row, scanner, bytes, names: &names)
        return take(read, &names)
    }
}

/// The same, with what a survey of the bill asks of every row, whatever service it is of.
public func surveyBillFile(
    path: String, reading: BillReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void = { _ in },
    _ take: (SurveyedRow, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    try readRows(
        path: path, reading: reading, names: &names, buffers: &buffers, progress: progress, fault: { take(SurveyedRow(.fault($0)), &$1) },
        passesOver: false, passed: { _, _ in }
    ) {
        reader, row, scanner, bytes, names in
        let read = reader.read(row, scanner, bytes, names: &names)
        let surveyed = reader.surveyed(read, row, scanner, bytes, &names)
        return take(surveyed, &names)
    }
}

/// Slides through a file and hands over its rows; its header makes the reader. Where it `passesOver` rows that need no look, they are
/// only counted, to `passed`.
private func readRows(
    path: String, reading: BillReading, names: inout Names, buffers: inout ReadBuffers,
    progress: (Int) -> Void, fault takeFault: (InputFault, inout Names) -> Bool, passesOver: Bool, passed takePassed: (Int, inout Names) -> Void,
    _ take: (inout LineItemReader, CSVScanner.Row, borrowing CSVScanner, Span<UInt8>, inout Names) -> Bool
) throws(FileFault) -> FileFacts {
    let file = try InflatedFile(path: path, limitBytes: reading.maxInflatedBytes)
    var window = ByteWindow(file, windowBytes: reading.windowBytes, buffers: &buffers)
    var scanner = CSVScanner(buffers: &buffers, probe: reading.probe)
    var rows = 0
    func finish() -> FileFacts {
        defer {
            window.giveBack(&buffers)
            scanner.giveBack(&buffers)
        }
        return FileFacts(
            path: path, sizeBytes: window.fileSize, modified: window.fileModified, contentBytes: window.contentBytes,
            contentCRC: window.contentCRC, recordCount: rows)
    }
    func wholeFileFault(_ fault: ByteFault) -> InputFault {
        InputFault(path: path, offset: fault.offset, place: fault.place, hasLines: true, what: fault.what)
    }
    var reader: LineItemReader?
    /// Reads the rows that the window holds; returns whether to go on.
    func readWindow() -> Bool {
        var passed = 0
        func flush() {
            if passed > 0 { takePassed(passed, &names) }
            passed = 0
        }
        defer { flush() }
        while let row = scanner.nextRow(window.bytes.span) {
            if reader == nil {
                switch headerOf(row, scanner, window.bytes.span, path: path, base: window.base, reading: reading) {
                case .success(let header): reader = LineItemReader(path: path, header: header, reading: reading)
                case .failure(let fault):
                    rows += 1
                    if takeFault(fault, &names) { window.drain() }
                    return false
                }
                continue
            }
            rows += 1
            if passesOver, reader?.passes(row, scanner, window.bytes.span) == true {
                passed += 1
                continue
            }
            flush()
            reader?.base = window.base
            if reader?.hand(row, scanner, window.bytes.span, &names, to: take) == false { return false }
        }
        return true
    }
    do throws(ByteFault) {
        try skipByteOrderMark(&window) { scanner.skip($0) }
        while true {
            scanner.scan(window.bytes.span, end: window.end, isLast: window.isComplete)
            if !readWindow() { return finish() }
            if window.isComplete { break }
            let before = window.fileBytes
            scanner.shift(by: window.drop(before: scanner.rowStart))
            try window.fill()
            progress(window.fileBytes - before)
        }
        if reader == nil {
            throw ByteFault(offset: 0, place: .content, what: "has no header row: the file is empty; fetch it again")
        }
    } catch {
        // What was read before the file broke off is as good as ever.
        scanner.scan(window.bytes.span, end: window.end, isLast: false, isCut: true)
        if !readWindow() { return finish() }
        rows += 1
        _ = takeFault(wholeFileFault(error), &names)
    }
    return finish()
}

extension LineItemReader {
    /// An optional reader that cannot be copied can be changed only by a method of its own.
    @inline(__always)
    fileprivate mutating func hand(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names,
        to take: (inout LineItemReader, CSVScanner.Row, borrowing CSVScanner, Span<UInt8>, inout Names) -> Bool
    ) -> Bool { take(&self, row, scanner, bytes, &names) }
}

/// Reads the names of the columns, and finds the needed ones.
private func headerOf(
    _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, path: String, base: Int, reading: BillReading
) -> Result<BillHeader, InputFault> {
    func failure(_ what: String, endsRun: Bool) -> Result<BillHeader, InputFault> {
        .failure(InputFault(path: path, offset: base + row.start, place: .content, hasLines: true, what: what, endsRun: endsRun))
    }
    if row.fault != nil { return failure("has a header with damaged quotes; fetch the file again", endsRun: false) }
    var cells = CSVCellReader()
    var ranges = [Range<Int>](repeating: 0..<0, count: row.cellCount)
    scanner.cells(Array(0..<row.cellCount), of: row, into: &ranges)
    var names: [String] = []
    for range in ranges { names.append(cells.text(bytes, range) { String(decoding: copied($0), as: UTF8.self) }) }
    let header = BillHeader(names: names, tagKeys: reading.tagKeys + ["workspace", "workspace_id"])
    if let missing = header.missing(reading.costBasis) {
        return failure(
            "has no column \(missing.legacyName) (CUR 2.0: \(missing.name)); its first column is '\(excerpt(Array((names.first ?? "").utf8).span))'. Add the column to the export", endsRun: true)
    }
    return .success(header)
}

/// Fills the window for the first time and passes over a UTF-8 byte order mark.
func skipByteOrderMark(_ window: inout ByteWindow, _ skip: (Int) -> Void) throws(ByteFault) {
    while window.end < 3 && !window.isComplete { try window.fill() }
    if window.end >= 3, window.bytes[0] == 0xEF, window.bytes[1] == 0xBB, window.bytes[2] == 0xBF { skip(3) }
}
