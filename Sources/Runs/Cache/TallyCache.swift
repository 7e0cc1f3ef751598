import Attribution
import Bytes
import Records
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What single files of one kind said when they were last read, so that a nightly run reads only those that are new.
///
/// An entry holds a file's tally before registry and rates are asked, under the file's `FileStamp`; what else decides what is read (period, profile, tag
/// keys, version) is in the name of its segment. A file with a fault has no entry: it is read, and its fault told, every time. Any number of runs may use
/// one folder at once: segments never change, each run adds one under a name of its own, and what is missing or damaged is only read again.
final class TallyCache: Sendable {
    private let folder: String
    private let prefix: String
    private let lastNumber: Int
    private let segments: [CacheSegment]
    private let places: KeyPlaces<PathKey>
    /// For every place the segment and the entry that hold it.
    private let entries: [(segment: Int, entry: Int)]
    private let hits = Atomic<Int>(0)
    private let misses = Atomic<Int>(0)
    private let damaged: Atomic<Int>
    private let writing: Mutex<Writing>
    /// When the run began.
    private let began = realTime()

    private static let mostSegments = 32

    private struct Writing {
        var writer: SegmentWriter?
        var path = ""
        var stored = 0
        var used: Set<Int> = []
        /// Why nothing more is written.
        var fault: String?
    }

    /// A path by its hash; the path itself is compared when it is found.
    private struct PathKey: PlacedKey, Sendable {
        var hash: UInt64
        func mixed(_ mix: Mixer) -> UInt64 { hash }

        init(_ path: [UInt8]) { hash = hashOfBytes(path.span, seed: 0) }
    }

    /// - Parameters:
    ///   - folder: Exists.
    ///   - settings: Everything that decides what is read of a file, as a text without `/`.
    init(folder: String, kind: PlannedFile.Kind, settings: String) {
        self.folder = folder
        prefix = "\(kind.rawValue)-\(settings)-"
        let prefix = prefix
        // The newest come last. More than a few dozen were not left by runs alone, and each costs an open file.
        let names = ((try? folderNames(folder)) ?? []).filter { $0.hasPrefix(prefix) && CacheFolder.isSegment($0) }.suffix(TallyCache.mostSegments)
        lastNumber = names.last.flatMap { Int($0.dropFirst(prefix.count).prefix(8)) } ?? 0
        var segments: [CacheSegment] = []
        var damagedSegments = 0
        for name in names {
            let path = joinedPath(folder, name)
            do throws(FileFault) {
                if let segment = try CacheSegment(path) {
                    segments.append(segment)
                } else {
                    // Nobody will ever be able to use it.
                    damagedSegments += 1
                    unsafe unlink(path)
                }
            } catch { continue }  // One that cannot be read now may be sound.
        }
        var places = KeyPlaces<PathKey>(expecting: segments.reduce(0) { $0 + $1.entries.count })
        var entries: [(segment: Int, entry: Int)] = []
        // Later segments come last and count.
        for (segment, content) in segments.enumerated() {
            for (entry, file) in content.entries.enumerated() {
                let place = places.place(of: PathKey(file.path))
                if place == entries.count { entries.append((segment, entry)) } else { entries[place] = (segment, entry) }
            }
        }
        self.segments = segments
        self.places = places
        self.entries = entries
        damaged = Atomic<Int>(damagedSegments)
        writing = Mutex(Writing())
    }

    /// The tally of one file, from the cache or by reading it.
    func tally<Tally: StoredTally>(
        of file: PlannedFile, empty: Tally, read: (inout Tally) throws(FileFault) -> FileFacts
    ) throws(FileFault) -> (Tally, FileFacts) {
        let path = Array(file.path.utf8)
        let stamp = try? FileStamp(path: file.path)
        if let stamp, let found = stored(path, stamp, empty, file) {
            hits.wrappingAdd(1, ordering: .relaxed)
            return found
        }
        misses.wrappingAdd(1, ordering: .relaxed)
        var tally = empty
        let facts = try read(&tally)
        // Only what is known to be the content of the stamp is stored under it.
        if let stamp, !tally.hasFaults, isSettled(stamp), stamp == (try? FileStamp(path: file.path)) { store(path, stamp, tally, facts) }
        return (tally, facts)
    }

    /// Whether the file's last change lies so far back that another would have another time; some file systems count in seconds, or two.
    private func isSettled(_ stamp: FileStamp) -> Bool {
        let isCoarse = stamp.changed.nanoseconds == 0 && stamp.modified.nanoseconds == 0
        return stamp.changed.isBefore(began, bySeconds: isCoarse ? 3 : 0, nanoseconds: isCoarse ? 0 : 20_000_000)
    }

    private func stored<Tally: StoredTally>(_ path: [UInt8], _ stamp: FileStamp, _ empty: Tally, _ file: PlannedFile) -> (Tally, FileFacts)? {
        guard let place = places.known(PathKey(path)) else { return nil }
        let (segment, index) = entries[place]
        let entry = segments[segment].entries[index]
        guard entry.path == path, entry.stamp == stamp else { return nil }
        guard let payload = segments[segment].payload(entry) else {
            damaged.wrappingAdd(1, ordering: .relaxed)
            return nil
        }
        var reader = StoredReader(payload)
        var tally = empty
        do throws(StoredFault) {
            let facts = FileFacts(
                path: file.path, sizeBytes: stamp.size, modified: stamp.modified.seconds, contentBytes: try reader.counter(),
                contentCRC: UInt32(truncatingIfNeeded: try reader.number()), recordCount: try reader.counter())
            try tally.take(&reader, source: file.source)
            guard reader.isAtEnd else { throw StoredFault() }
            writing.withLock { _ = $0.used.insert(place) }
            return (tally, facts)
        } catch {
            damaged.wrappingAdd(1, ordering: .relaxed)
            return nil
        }
    }

    private func store(_ path: [UInt8], _ stamp: FileStamp, _ tally: some StoredTally, _ facts: FileFacts) {
        var payload = StoredBytes()
        payload.put(counter: facts.contentBytes)
        payload.put(UInt64(facts.contentCRC))
        payload.put(counter: facts.recordCount)
        tally.store(in: &payload)
        let bytes = payload.bytes
        writing.withLock { state in
            guard state.fault == nil else { return }
            do throws(RunFault) {
                try begin(&state)
                try state.writer?.add(path, stamp, bytes)
                state.stored += 1
            } catch { state.fault = error.messages.first ?? "" }
        }
    }

    /// Makes the file of the new segment, unless there is one.
    private func begin(_ state: inout Writing) throws(RunFault) {
        guard state.writer == nil else { return }
        state.path = joinedPath(folder, ".\(prefix)\(UInt64.random(in: .min ... .max)).new")
        state.writer = try SegmentWriter(state.path)
    }

    /// Gives the new segment its name, and brings many or mostly dead segments together in it. To be called once, when all is read.
    func finish() -> CacheReport {
        writing.withLock { state in
            var report = CacheReport()
            report.hits = hits.load(ordering: .relaxed)
            report.misses = misses.load(ordering: .relaxed)
            report.damaged = damaged.load(ordering: .relaxed)
            for segment in segments { touch(segment.path) }
            do throws(RunFault) {
                let merged = try merge(&state)
                if state.writer != nil, state.fault == nil {
                    try state.writer?.finish()
                    let number = min(lastNumber + 1, 99_999_999)
                    let padded = String(repeating: "0", count: max(0, 8 - "\(number)".utf8.count)) + "\(number)"
                    let random = UInt32.random(in: .min ... .max)
                    let name = joinedPath(folder, "\(prefix)\(padded)-\(random)\(CacheFolder.suffix)")
                    guard unsafe rename(state.path, name) == 0 else { throw .output("\(name): cannot be named: \(systemReason())") }
                    if merged { for segment in segments { unsafe unlink(segment.path) } }
                    report.stored = state.stored
                }
            } catch { state.fault = error.messages.first ?? "" }
            if let fault = state.fault {
                report.fault = fault
                unsafe unlink(state.path)
            }
            state.writer = nil
            return report
        }
    }

    /// Whether what lives in the old segments was taken into the new one: when there are many, or most of what they hold is dead.
    private func merge(_ state: inout Writing) throws(RunFault) -> Bool {
        guard state.fault == nil, !segments.isEmpty else { return false }
        let all = segments.reduce(0) { $0 + $1.sizeBytes }
        let current = entries.reduce(0) { $0 + segments[$1.segment].entries[$1.entry].count }
        guard segments.count > 15 || 2 * current < all - 1 << 16 else { return false }
        // What this run had no use for may be of another's paths, and lives as long as its file is what it was.
        let alive = entries.indices.filter { place in
            let entry = segments[entries[place].segment].entries[entries[place].entry]
            return state.used.contains(place) || (try? FileStamp(path: String(decoding: entry.path, as: UTF8.self))) == entry.stamp
        }
        try begin(&state)
        for place in alive {
            let segment = segments[entries[place].segment]
            let entry = segment.entries[entries[place].entry]
            if let payload = segment.payload(entry) { try state.writer?.add(entry.path, entry.stamp, payload) }
        }
        return true
    }
}

/// Marks a file as used now.
private func touch(_ path: String) { _ = unsafe utimensat(AT_FDCWD, path, nil, 0) }

private func realTime() -> FileTime {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return FileTime(seconds: Int64(now.tv_sec), nanoseconds: Int64(now.tv_nsec))
}
