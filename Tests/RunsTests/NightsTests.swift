import Bytes
import Records
import Runs
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Sixty nights over two months, each run with and without a cache: the same files, byte for byte, or the same words of failure.
///
/// Every night brings files; some nights bring them late, restate the bill, replace, cut or delete a file, edit what a run is told, or damage the cache.
@Suite struct NightsTests {
    @Test(arguments: [1, 2] as [UInt64]) func sixtyNightsGiveTheSameWithACache(seed: UInt64) throws {
        var world = Nights(seed: seed)
        for night in 1...60 { try world.live(night) }
        print(
            "seed \(seed): 60 nights, \(world.runs) runs compared, \(world.failures) of them failures; \(world.hits) files from the cache, \(world.misses) read, "
                + "\(world.damaged) damaged entries, \(world.calm) nights on which exactly the new files were read")
        #expect(world.runs >= 60 && world.failures >= 2 && world.damaged >= 2 && world.calm >= 15)
        #expect(world.hits > 5 * world.misses)
    }

    /// A cache that is full drops what was used longest ago, and says so.
    @Test func theCacheKeepsWithinItsSize() throws {
        var world = Nights(seed: 3)
        for night in 1...12 { try world.live(night) }
        world.cacheSize = 3000
        try world.live(13)
        #expect(world.cacheBytes <= 3000 && world.removedBytes > 0)
        for night in 14...20 { try world.live(night) }
        #expect(world.cacheBytes <= 3000)
    }

    /// A cache that cannot be made costs nothing but time, and a warning.
    @Test func aCacheThatIsNoFolderIsAWarning() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        place.write("cache", "a file")
        var options = Nights.options(place, Month(year: 2026, month: 11))
        options.cache = place.path + "/cache"
        let result = try run(options, progress: Runs.Progress(isQuiet: true))
        #expect(result.warnings.contains { $0.hasPrefix("--cache: ") })
    }

    /// A segment with one wrong byte, wherever it stands, is seen to be damaged, and the run is what it is without a cache.
    @Test func everyWrongByteIsSeen() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        usleep(25_000)
        var options = Nights.options(place, Month(year: 2026, month: 11))
        _ = try run(options, progress: Runs.Progress(isQuiet: true))
        let plain = try readSmallFile(place.path + "/out/allocations.csv")
        options.cache = place.path + "/cache"
        _ = try run(options, progress: Runs.Progress(isQuiet: true))
        let segments = try folderNames(place.path + "/cache")
        #expect(segments.count == 3)
        for name in segments {
            let sound = try readSmallFile(place.path + "/cache/" + name)
            for index in stride(from: 0, to: sound.count, by: 5) {
                var wrong = sound
                wrong[index] ^= 1 << UInt8(index % 8)
                place.write("cache/" + name, wrong)
                _ = try run(options, progress: Runs.Progress(isQuiet: true))
                #expect(try readSmallFile(place.path + "/out/allocations.csv") == plain, "\(name), byte \(index)")
                let report = try readSmallFile(place.path + "/out/run.json")
                #expect(TestSupport.text(report).contains("\"damaged\": 1"), "\(name), byte \(index) of \(sound.count)")
                // What this run has stored instead is not what the next one is to find.
                for other in try folderNames(place.path + "/cache") where other != name && !segments.contains(other) { unsafe unlink(place.path + "/cache/" + other) }
                place.write("cache/" + name, sound)
            }
        }
    }

    /// The folder of a run is replaced as a whole, so no cache can live in it.
    @Test(arguments: ["out", "out/", "out/cache", "./out/../out/deep/er", ".out.new", ".out.new/x"]) func aCacheInTheRunIsRefused(_ path: String) throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        var options = Nights.options(place, Month(year: 2026, month: 11))
        for _ in 1...2 {
            options.cache = place.path + "/" + path
            #expect(throws: RunFault.self) { try run(options, progress: Runs.Progress(isQuiet: true)) }
            options.cache = nil
            _ = try run(options, progress: Runs.Progress(isQuiet: true))
        }
        options.cache = place.path + "/out-cache"
        _ = try run(options, progress: Runs.Progress(isQuiet: true))
    }

    /// What others keep in the folder stays.
    @Test func onlySegmentsAreRemoved() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        let foreign = ["cache/.notes.new", "cache/mine.tallies", "cache/cur-notes.tallies", "cache/.cur-0123456789abcdeX-1.new"]
        for name in foreign {
            var old = [timespec(tv_sec: 1_700_000_000, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 0)]
            _ = unsafe utimensat(AT_FDCWD, place.write(name, "x"), &old, 0)
        }
        var options = Nights.options(place, Month(year: 2026, month: 11))
        options.cache = place.path + "/cache"
        options.cacheSizeBytes = 1
        _ = try run(options, progress: Runs.Progress(isQuiet: true))
        for name in foreign { #expect(pathKind(place.path + "/" + name) == .file, "\(name)") }
        #expect(try folderNames(place.path + "/cache").count == foreign.count)
    }
}

private struct Nights {
    private let place = TemporaryFolder()
    private var random: SeededRandom
    private let seed: UInt64
    /// Rows of the bill by month, and the ids of events, which never come twice but as copies.
    private var rows: [Month: [[String: String]]] = [:]
    private var events = 0
    private var registry = Registry()
    private var version = "one"
    private var rates = false
    private var netCost = false
    /// Trail files that are there, by path.
    private var trailFiles: [String] = []
    /// What was written since the last run of this month.
    private var dirty: [Month: Set<String>] = [:]
    private var broken: String?
    /// The months of which nothing but files has changed since their last run, which was no failure.
    private var calmMonths: Set<Month> = []

    var cacheSize = 64 << 20
    var (runs, failures, hits, misses, damaged, calm) = (0, 0, 0, 0, 0, 0)
    var (cacheBytes, removedBytes) = (0, 0)

    private struct Registry {
        var claimed = "agent-a"
        var tagKey = "element1"
        var hasProfile = false

        var text: String {
            let profile = hasProfile ? #","profile":{"platforms":[{"platform":"claude-platform","any":[{"column":"usage_type","endsWith":"MP:ccu-Units"}]}]}"# : ""
            return """
                {"version":1,"tagKeys":["\(tagKey)","element2","element3","element4"],"workloads":[{"id":"w","claims":[{"principal":"arn:aws:iam::111122223333:role/\(claimed)"}]}]\(profile)}
                """
        }
    }

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
    }

    static func options(_ place: TemporaryFolder, _ month: Month) -> RunOptions {
        var options = RunOptions(period: month)
        options.cur = [InputPath(path: place.path + "/cur", position: 1)]
        options.cloudTrail = [InputPath(path: place.path + "/trail", position: 3)]
        options.usageLog = [InputPath(path: place.path + "/usage", position: 5)]
        options.registry = place.path + "/registry.json"
        options.out = place.path + "/out"
        options.version = "test"
        return options
    }

    mutating func live(_ night: Int) throws {
        let firstDay = Month(year: 2026, month: 10).firstDay
        let today = firstDay + night - 1
        // Before the first night there is a day.
        if night == 1 { addDay(today, late: false) }
        addDay(today, late: false)
        if random.once(in: 5) { addDay(max(firstDay, today - random.int(1...6)), late: true) }
        disturb()
        write("registry.json", Array(registry.text.utf8), isInput: false)
        let month = Month(containing: Instant(dayNumber: today))
        for period in Set([month, Month(containing: Instant(dayNumber: today - 6))]).sorted() { try compare(period, night) }
        mend()
    }

    // MARK: What the days bring

    private mutating func addDay(_ day: Int, late: Bool) {
        let month = Month(containing: Instant(dayNumber: day))
        let date = dateText(dayNumber: day)
        for _ in 0..<random.int(1...3) {
            var records: [String] = []
            for _ in 0..<random.int(1...5) {
                events += 1
                let hour = random.int(10...23)
                let id = random.once(in: 3) ? "event-\(events)" : "00000000-0000-4000-8000-\(String(1_000_000_000_000 + events).dropFirst())"
                let role = random.pick(["agent-a", "agent-b", "agent-c"])
                var members: [(String, String)] = [
                    ("eventTime", "\"\(date)T\(hour):\(random.int(10...59)):00Z\""),
                    ("userIdentity", TinyTrail.identity("arn:aws:iam::111122223333:role/\(role)")),
                ]
                if random.once(in: 6) { members.append(("eventSource", "\"s3.amazonaws.com\"")) }
                if random.once(in: 9) { members.append(("errorCode", "\"AccessDenied\"")) }
                if random.once(in: 9) { members.append(("sharedEventID", "\"shared-\(events / 3)\"")) }
                if random.once(in: 9), events > 3 {
                    members.append(("addendum", "{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"event-\(events - 2)\"}"))
                }
                var record = TinyTrail.record(id: id)
                // Of a member that is repeated the last counts.
                for (key, value) in members { record = record.dropLast() + ",\"\(key)\":\(value)}" }
                records.append(record)
                if random.once(in: 7) { records.append(record) }
            }
            let path = "trail/AWSLogs/111122223333/CloudTrail/us-east-1/\(date.replacing("-", with: "/"))/\(events)\(late ? "-late" : "").json.gz"
            write(path, GzipWriter.gzip(TinyTrail.file(records)), isInput: true)
            trailFiles.append(path)
        }
        // The bill grows, and is restated: every night its newest chunk, now and then all.
        for _ in 0..<random.int(1...3) {
            let hour = random.int(10...22)
            var row = [
                "bill_billing_period_start_date": "\(month.text)-01T00:00:00Z",
                "line_item_usage_start_date": "\(date)T\(hour):00:00Z", "line_item_usage_end_date": "\(date)T\(hour + 1):00:00Z",
                "line_item_usage_amount": "\(random.int(1...900))", "line_item_unblended_cost": "\(random.int(0...9)).\(random.int(10...99))",
                "line_item_net_unblended_cost": "\(random.int(0...9)).5",
                "line_item_resource_id": random.once(in: 4) ? "" : TinyTrail.workspace, "resource_tags_user_element1": random.pick(["", "Insurance"]),
                "resource_tags_user_element2": random.pick(["", "Claims"]),
            ]
            if random.once(in: 5) {
                row["line_item_line_item_type"] = random.pick(["Tax", "Credit", "Fee"])
                if random.once(in: 2) { row["line_item_usage_type"] = "" ; row["product_product_name"] = "" }
            }
            if random.once(in: 6) { row["line_item_usage_type"] = "BoxUsage"; row["product_product_name"] = "Amazon EC2"; row["line_item_legal_entity"] = "AWS" }
            if random.once(in: 8) { row["line_item_usage_type"] = "x"; row["product_product_name"] = "My Claude helper" }
            rows[month, default: []].append(row)
        }
        let all = rows[month] ?? []
        let half = all.count / 2 / 8 * 8
        if random.once(in: 4) || all.count < 10 { write("cur/\(month.text)/bill-1.csv.gz", GzipWriter.gzip(TinyBill(Array(all[..<half])).text), isInput: true) }
        // What the first chunk has is not in the second; which rows that are, the file itself tells.
        firstChunk[month] = dirty[month, default: []].contains("cur/\(month.text)/bill-1.csv.gz") ? half : firstChunk[month] ?? half
        write("cur/\(month.text)/bill-2.csv.gz", GzipWriter.gzip(TinyBill(Array(all[(firstChunk[month] ?? 0)...])).text), isInput: true)
        let record = #"{"time":"\#(date)T12:00:00Z","aws_request_id":"req-event-\#(random.int(1...max(1, events)))","model":"claude-sonnet-5","usage":{"input_tokens":\#(random.int(1...5000))}}"#
        write("usage/\(date).jsonl", Array((record + "\n").utf8), isInput: true)
    }

    private var firstChunk: [Month: Int] = [:]

    // MARK: What goes wrong

    private mutating func disturb() {
        switch random.int(1...26) {
        case 1: change { $0.registry.claimed = $0.random.pick(["agent-a", "agent-b", "agent-c"]) }
        case 2: change { $0.registry.tagKey = $0.registry.tagKey == "element1" ? "team" : "element1" }
        case 3: change { $0.registry.hasProfile.toggle() }
        case 4: change { $0.rates.toggle() }
        case 5: change { $0.version += "+" }
        case 6: change { $0.netCost.toggle() }
        case 7, 8: replaceFile()
        case 9: deleteFile()
        case 10, 11: cutFile()
        case 12, 13, 14: damageCache()
        default: break
        }
    }

    private mutating func change(_ edit: (inout Nights) -> Void) {
        edit(&self)
        calmMonths = []
    }

    /// Other content of the same length, written in place, with the old time.
    private mutating func replaceFile() {
        let path = random.pick(trailFiles)
        guard let old = try? readSmallFile(place.path + "/" + path) else { return }
        var status = stat()
        guard unsafe stat(place.path + "/" + path, &status) == 0 else { return }
        let plain = TinyTrail.file([TinyTrail.record(id: "replaced-\(events)", ["eventTime": "\"2026-10-02T10:10:00Z\""])])
        var new = GzipWriter.gzip(plain)
        // Zero padding behind the last member is allowed.
        while new.count < old.count { new.append(0) }
        write(path, new, isInput: true)
        #if canImport(Darwin)
            var times = [status.st_atimespec, status.st_mtimespec]
        #else
            var times = [status.st_atim, status.st_mtim]
        #endif
        _ = unsafe utimensat(AT_FDCWD, place.path + "/" + path, &times, 0)
    }

    private mutating func deleteFile() {
        guard trailFiles.count > 3 else { return }
        let path = trailFiles.remove(at: random.int(0...trailFiles.count - 1))
        unsafe unlink(place.path + "/" + path)
        for month in dirty.keys { dirty[month]?.remove(path) }
    }

    private mutating func cutFile() {
        let path = random.pick(trailFiles)
        guard let whole = try? readSmallFile(place.path + "/" + path), whole.count > 40 else { return }
        write(path, Array(whole.dropLast(random.int(1...30))), isInput: true)
        broken = path
        calmMonths = []
    }

    private mutating func mend() {
        guard let path = broken else { return }
        broken = nil
        write(path, GzipWriter.gzip(TinyTrail.file([TinyTrail.record(id: "mended-\(events)")])), isInput: true)
    }

    private mutating func damageCache() {
        calmMonths = []
        let names = ((try? folderNames(place.path + "/cache")) ?? []).filter { $0.hasSuffix(".tallies") }
        guard !names.isEmpty else { return }
        let path = place.path + "/cache/" + random.pick(names)
        guard var content = try? readSmallFile(path), content.count > 60 else { return }
        switch random.int(1...4) {
        case 1: content[random.int(0...content.count - 1)] ^= UInt8(random.int(1...255))
        case 2: content.removeLast(random.int(1...content.count - 1))
        case 3: content = Array("not one of ours".utf8)
        default: for index in 20..<min(content.count, 60) { content[index] = UInt8(random.int(0...255)) }
        }
        place.write(String(path.dropFirst(place.path.utf8.count + 1)), content)
        place.write("cache/README", "a foreign file")
    }

    private mutating func write(_ path: String, _ content: [UInt8], isInput: Bool) {
        place.write(path, content)
        guard isInput else { return }
        for month in [Month(year: 2026, month: 10), Month(year: 2026, month: 11)] { dirty[month, default: []].insert(path) }
    }

    // MARK: Both ways

    private mutating func compare(_ period: Month, _ night: Int) throws {
        place.write(
            "rates.json",
            #"{"version":1,"models":[{"id":"claude-sonnet-5","effectiveFrom":"2026-01-01","input":"2","write5m":"2","write1h":"2","cacheRead":"2","output":"2"}]}"#)
        // What has only just changed is not kept, as it might change again within the clock's grain.
        usleep(25_000)
        var options = Nights.options(place, period)
        options.version = version
        options.rates = rates ? place.path + "/rates.json" : nil
        options.costBasis = netCost ? .net : .unblended
        options.acceptsDrop = true
        options.cur = [InputPath(path: place.path + "/cur/\(period.text)", position: 1)]
        options.threads = random.int(1...3)
        let plain = outcome(options, "plain")
        options.cache = place.path + "/cache"
        options.cacheSizeBytes = cacheSize
        options.threads = random.int(1...3)
        let cached = outcome(options, "cached")
        runs += 1
        let differing = Set(plain.keys).union(cached.keys).filter { plain[$0] != cached[$0] }.sorted()
        #expect(differing.isEmpty, "seed \(seed), night \(night), \(period.text)")
        if cached["failure"] != nil {
            failures += 1
            calmMonths.remove(period)
            return
        }
        try count(period, night)
        dirty[period] = []
        calmMonths.insert(period)
    }

    /// Every file but `run.json`, or the words of the failure.
    private func outcome(_ options: RunOptions, _ name: String) -> [String: [UInt8]] {
        var options = options
        options.out = place.path + "/" + name
        do throws(RunFault) { _ = try run(options, progress: Runs.Progress(isQuiet: true)) } catch {
            return ["failure": Array("\(error.exitCode): \(error.messages)".utf8)]
        }
        var files: [String: [UInt8]] = [:]
        for file in (try? folderNames(options.out)) ?? [] where file != "run.json" { files[file] = (try? readSmallFile(options.out + "/" + file)) ?? [] }
        return files
    }

    private mutating func count(_ period: Month, _ night: Int) throws {
        let report = try JSONDocument(try readSmallFile(place.path + "/cached/run.json"))
        guard let cache = report.member("cache", of: report.root), let inputs = report.member("inputs", of: report.root) else {
            Issue.record("run.json says nothing of the cache")
            return
        }
        func number(_ key: String) -> Int { report.member(key, of: cache).flatMap { Int(report.raw($0)) } ?? -1 }
        #expect(number("hits") + number("misses") == report.elements(inputs).count, "seed \(seed), night \(night)")
        hits += number("hits")
        misses += number("misses")
        damaged += number("damaged")
        cacheBytes = number("bytes")
        removedBytes += number("removed_bytes")
        // On a calm night exactly what was written since the last run of this month is read, as far as a run of it looks at it.
        guard calmMonths.contains(period), cacheSize > 1 << 20 else { return }
        let read = Set(report.elements(inputs).compactMap { report.string("path", of: $0) }.map { String($0.dropFirst(place.path.utf8.count + 1)) })
        #expect(number("misses") == dirty[period, default: []].intersection(read).count, "seed \(seed), night \(night), \(period.text)")
        calm += 1
    }
}
