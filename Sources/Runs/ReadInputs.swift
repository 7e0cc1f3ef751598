import Attribution
import Bytes
import Records

/// Reads all inputs: each kind in parallel over its files, largest first, every worker with a tally of its own.
struct InputReader {
    private let options: RunOptions
    private let progress: Progress
    private(set) var facts: [(kind: PlannedFile.Kind, facts: FileFacts)] = []
    /// What was set aside with `--keep-going`.
    private(set) var setAside: [(order: FaultOrder, fault: InputFault)] = []
    /// The first fault that ends the run, if any has been met.
    private(set) var end: RunEnd?
    private let cache: CacheFolder?
    private let room: SpillRoom
    /// What was had from the cache so far; nil without one.
    private(set) var cacheReport: CacheReport?

    private let sessions: SessionPatterns

    init(options: RunOptions, progress: Progress, cache: CacheFolder?, room: SpillRoom, sessions: SessionPatterns) {
        self.sessions = sessions
        self.options = options
        self.progress = progress
        self.cache = cache
        self.room = room
        cacheReport = cache.map { _ in CacheReport() }
    }

    mutating func trail(_ files: [PlannedFile]) -> EvidenceTally {
        let (reading, progress, goesOn) = (logReading, progress, options.keepsGoing)
        return read(files, EvidenceTally(room), ofAFile: EvidenceTally(), cache?.tallies(.trail, reading: sessions.texts)) { (file, names, buffers, tally) throws(FileFault) in
            let order = file.order
            return try readTrailFile(path: file.path, reading: reading, names: &names, buffers: &buffers, progress: progress.add) { record, names in
                tally.add(record, order: order)
                switch record {
                case .fault(let fault): return goesOn && !fault.endsRun
                // Only calls are kept one by one.
                case .call: return tally.relieve(names)
                default: return true
                }
            }
        }
    }

    mutating func usageLogs(_ files: [PlannedFile]) -> UsageTally {
        let (reading, progress, goesOn) = (logReading, progress, options.keepsGoing)
        return read(files, UsageTally(room), ofAFile: UsageTally(), cache?.tallies(.usageLog, reading: sessions.texts)) { (file, names, buffers, tally) throws(FileFault) in
            let order = file.order
            return try readUsageLogFile(path: file.path, reading: reading, names: &names, buffers: &buffers, progress: progress.add) { line, names in
                tally.add(line, order: order)
                if case .fault(let fault) = line { return goesOn && !fault.endsRun }
                return tally.relieve(names)
            }
        }
    }

    mutating func bills(_ files: [PlannedFile], _ reading: BillReading, unitPrice: [String: Amount]) -> ChargeTally {
        let (progress, goesOn) = (progress, options.keepsGoing)
        return read(files, ChargeTally(unitPrice: unitPrice), ofAFile: ChargeTally(unitPrice: unitPrice), cache?.tallies(.bill, reading: reading.texts(unitPrice: unitPrice))) { (file, names, buffers, tally) throws(FileFault) in
            let order = file.order
            return try readBillFile(path: file.path, reading: reading, names: &names, buffers: &buffers, progress: progress.add) { row, names in
                tally.add(row, source: file.source, names: names, order: order)
                if case .fault(let fault) = row { return goesOn && !fault.endsRun }
                return true
            }
        }
    }

    /// The faults of adopted rows come after all others, as only the whole bill decides that they matter.
    mutating func addAdopted(_ faults: [(order: FaultOrder, fault: InputFault)]) {
        let ordered = faults.sorted { $0.order < $1.order }
        setAside.sort { $0.order < $1.order }
        setAside.append(contentsOf: ordered)
        if !options.keepsGoing, end == nil, let first = ordered.first { end = RunEnd(order: first.order, fault: first.fault) }
    }

    private var logReading: LogReading {
        LogReading(period: options.attribution.period, sessions: sessions, maxInflatedBytes: options.maxInflatedBytes, windowBytes: options.windowBytes)
    }

    /// - Parameter ofAFile: An empty tally that holds all of a file, as what is to be stored is never put on disk elsewhere.
    private mutating func read<Tally: StoredTally>(
        _ planned: [PlannedFile], _ empty: Tally, ofAFile: Tally, _ cache: TallyCache?,
        _ readFile: @Sendable (PlannedFile, inout Names, inout ReadBuffers, inout Tally) throws(FileFault) -> FileFacts
    ) -> Tally {
        // Behind a fault that already ends the run nothing can be the first.
        let limit = end?.order
        let files = planned.filter { file in limit.map { file.order(0) < $0 } ?? true }
        guard let first = files.first else { return empty }
        let goesOn = options.keepsGoing
        var kept: TallyWork<Tally>.Kept?
        if let cache {
            let progress = progress
            kept = { (file, read) throws(FileFault) in
                var wasRead = false
                let found = try cache.tally(of: file, empty: ofAFile) { (tally) throws(FileFault) in
                    wasRead = true
                    return try read(&tally)
                }
                if !wasRead { progress.add(file.sizeBytes) }
                return found
            }
        }
        let work = TallyWork.read(files, empty, threads: options.threads, goesOn: goesOn, kept: kept, readFile)
        if let cache { cacheReport? += cache.finish() }
        facts.append(contentsOf: work.facts.map { (first.kind, $0) })
        setAside.append(contentsOf: work.tally.faults)
        let ending = work.tally.faults.filter { !goesOn || $0.fault.endsRun }.map { RunEnd(order: $0.order, fault: $0.fault) }
        for candidate in ending + work.unopened where end.map({ candidate.order < $0.order }) ?? true { end = candidate }
        return work.tally
    }
}

extension BillReading {
    /// Everything that decides what is read of a bill file, beside period and limits, each as a text.
    fileprivate func texts(unitPrice: [String: Amount]) -> [String] {
        var texts = [costBasis.rawValue] + tagKeys
        for rule in profile.rules {
            texts.append(rule.platform.text)
            for test in rule.any { texts += [test.column.text, test.comparison.rawValue, String(decoding: test.needle, as: UTF8.self)] }
        }
        if !sessions.isEmpty { texts += ["sessions"] + sessions.texts }
        return texts + unitPrice.sorted { bytewiseLess($0.key, $1.key) }.flatMap { [$0.key, $0.value.text] }
    }
}
