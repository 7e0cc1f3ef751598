import Dispatch

/// A file of the sample before it is written: where it goes, and how its text comes about.
///
/// `content` must depend on nothing but what it has captured, above all not on other files: the files are written
/// in any order, by any number of threads.
struct PlannedFile: Sendable {
    /// Below the sample's directory. A name that ends in `.gz` makes a gzip file.
    let path: String
    /// For progress and for the order of work; need not be exact.
    let expectedBytes: Int
    let content: @Sendable (inout FileBody) throws -> Void

    init(_ path: String, expectedBytes: Int = 0, content: @escaping @Sendable (inout FileBody) throws -> Void) {
        self.path = path
        self.expectedBytes = expectedBytes
        self.content = content
    }

    fileprivate func write(into folder: Folder) throws -> SampleSummary {
        var body = try FileBody(path: folder.reserve(path), isCompressed: path.hasSuffix(".gz"))
        try content(&body)
        try body.finish()
        return body.summary
    }
}

/// The text of a file while it is written.
struct FileBody: ~Copyable {
    /// What is not yet handed on. Call `flush` now and then when the file is large.
    var text = Text(capacity: FileBody.flushBytes + (64 << 10))
    /// What the content says of itself; sizes and the file count are added at the end.
    var summary = SampleSummary()

    private let path: String
    private var gzip: GzipWriter?
    private var flushedBytes = 0
    private static let flushBytes = 512 << 10

    fileprivate init(path: String, isCompressed: Bool) throws {
        self.path = path
        if isCompressed { gzip = try GzipWriter(path: path) }
    }

    /// Text written so far.
    var writtenBytes: Int { flushedBytes + text.count }

    /// Compresses what has gathered, if that is enough to be worth it. Plain files are small and stay as they are.
    mutating func flush() throws {
        guard text.count >= Self.flushBytes, gzip != nil else { return }
        try gzip?.write(text)
        flushedBytes += text.count
        text.removeAll()
    }

    mutating func append(_ line: BillLine, random: inout SeededRandom) throws {
        line.write(into: &text, random: &random)
        summary.rows += 1
        if line.isCharge { summary.charges += 1 }
        try flush()
    }

    mutating func append(_ record: TrailRecord, random: inout SeededRandom) throws {
        text.append(summary.events == 0 ? "{\"Records\":[" : ",")
        record.write(into: &text, random: &random)
        summary.events += 1
        if record.isRelevant { summary.relevantEvents += 1 }
        try flush()
    }

    /// To be called once after the last record.
    mutating func closeRecords() {
        text.append(summary.events == 0 ? "{\"Records\":[]}" : "]}")
    }

    fileprivate mutating func finish() throws {
        summary.files = 1
        summary.inflatedBytes = writtenBytes
        if gzip != nil {
            try gzip?.write(text)
            summary.compressedBytes = try gzip?.finish() ?? 0
        } else {
            var file = try NewFile(path: path)
            try file.write(text.bytes[...])
            try file.close()
            summary.compressedBytes = text.count
        }
    }
}

/// Writes the files on all cores, in waves of some hundred megabytes, and reports the text of each wave.
///
/// Of several failures the one of the first file in the plan is thrown.
func write(_ plan: [PlannedFile], into folder: Folder, progress: (Int) -> Void) throws -> SampleSummary {
    var total = SampleSummary()
    var first = 0
    while first < plan.count {
        var last = first
        var expectedBytes = 0
        while last < plan.count, expectedBytes < waveBytes {
            expectedBytes += plan[last].expectedBytes
            last += 1
        }
        let outcomes = concurrentOutcomes(of: plan[first..<last], into: folder)
        var waveText = 0
        for outcome in outcomes {
            let summary = try outcome.get()
            total += summary
            waveText += summary.inflatedBytes
        }
        progress(waveText)
        first = last
    }
    return total
}

private let waveBytes = 512 << 20

private func concurrentOutcomes(of files: ArraySlice<PlannedFile>, into folder: Folder) -> [Result<
    SampleSummary, any Error
>] {
    let files = Array(files)
    var outcomes = [Result<SampleSummary, any Error>](repeating: .success(SampleSummary()), count: files.count)
    unsafe outcomes.withUnsafeMutableBufferPointer { buffer in
        // Every iteration writes its own slot, and nobody reads before all are done.
        nonisolated(unsafe) let slots = unsafe buffer
        DispatchQueue.concurrentPerform(iterations: files.count) { index in
            unsafe slots[index] = Result { try files[index].write(into: folder) }
        }
    }
    return outcomes
}
