import Attribution
import Dispatch
import Records
import Reports

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How long the stages of a run took.
struct StageClock {
    let startedAt: Int64
    private var last: UInt64
    private(set) var stages: [(name: String, milliseconds: Int)] = []

    init() {
        startedAt = Int64(time(nil))
        last = DispatchTime.now().uptimeNanoseconds
    }

    /// Ends a stage.
    mutating func mark(_ name: String) {
        let now = DispatchTime.now().uptimeNanoseconds
        stages.append((name, Int((now - last) / 1_000_000)))
        last = now
    }
}

/// `run.json`: how the run was made. The only file with clocks, paths and threads in it.
struct RunReport {
    let options: RunOptions
    let runID: String
    let inputs: PlannedInputs
    /// What `inputs` has made of the facts.
    let inputFacts: [UInt8]
    let clock: StageClock
    let warnings: [String]
    let attribution: Attribution
    let cache: CacheReport?
    let spilledBytes: Int

    func json() -> [UInt8] {
        JSONText.object([
            ("run_id", .string(runID)),
            ("version", .string(options.version)),
            ("billing_period", .string(options.attribution.period.text)),
            ("arguments", .array(options.arguments.map { .string($0) })),
            ("started_at", .string(Instant(seconds: clock.startedAt).text)),
            ("ended_at", .string(Instant(seconds: Int64(time(nil))).text)),
            ("threads", .number(options.threads)),
            ("peak_memory_bytes", .number(peakMemoryBytes())),
            ("spilled_bytes", .number(spilledBytes)),
            ("stages", .array(clock.stages.map { JSONText.object([("name", .string($0.name)), ("milliseconds", .number($0.milliseconds))]) })),
            ("warnings", .array(warnings.map { .string($0) })),
            ("cache", cache.map(cached) ?? .null),
            ("bills", .array(inputs.plan.sources.map(bill))),
            (
                "left_out",
                .array((inputs.plan.leftOut + inputs.unreadable).map { JSONText.object([("path", .string($0.path)), ("reason", .string($0.reason))]) })
            ),
            (
                "trail_files",
                .object([
                    ("read", .number(inputs.trailPlan.files.count)), ("skipped", .number(inputs.trailPlan.skippedFiles)),
                    ("out_of_period", .number(inputs.trailPlan.outOfPeriodFiles)),
                ])
            ),
            ("inputs", .laidOut(inputFacts)),
        ]).text()
    }

    /// Of every input file what was read of it, laid out for its place: there may be many thousands, and all is known of them long before the run ends.
    static func inputs(_ facts: [(kind: PlannedFile.Kind, facts: FileFacts)]) -> [UInt8] {
        let order = facts.indices.sorted { a, b in
            (facts[a].kind.rawValue, facts[a].facts.path) < (facts[b].kind.rawValue, facts[b].facts.path)
        }
        return JSONText.objects(order.count) { input(facts[order[$0]], &$1) }.text(indent: 1)
    }

    private func bill(_ source: BillSource) -> JSONText {
        .object([
            ("name", .string(source.name)), ("place", .string(source.place)),
            ("manifest", source.manifest.map { .string($0) } ?? .null), ("files", .array(source.files.map { .string($0) })),
        ])
    }

    private func cached(_ report: CacheReport) -> JSONText {
        .object([
            ("hits", .number(report.hits)), ("misses", .number(report.misses)), ("stored", .number(report.stored)),
            ("damaged", .number(report.damaged)), ("bytes", .number(report.bytes)), ("removed_bytes", .number(report.removedBytes)),
        ])
    }

    private static func input(_ entry: (kind: PlannedFile.Kind, facts: FileFacts), _ members: inout JSONMembers) {
        members.add("kind", entry.kind.rawValue)
        members.add("path", entry.facts.path)
        members.add("size", entry.facts.sizeBytes)
        members.add("modified", Instant(seconds: entry.facts.modified).text)
        members.add("records", entry.facts.recordCount)
        members.add("content_bytes", entry.facts.contentBytes)
        members.add("content_crc32", hex(entry.facts.contentCRC))
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: (0..<8).map { digits[Int(value >> UInt32((7 - $0) * 4)) & 15] }, as: UTF8.self)
    }
}

/// The most memory that this process has held so far.
func peakMemoryBytes() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
    #elseif canImport(Musl)
    unsafe getrusage(RUSAGE_SELF, &usage)
    return Int(usage.ru_maxrss) * 1024
    #else
    unsafe getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
    #endif
}
