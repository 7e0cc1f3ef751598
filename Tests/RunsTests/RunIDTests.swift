import Bytes
import Records
import Runs
import TestSupport
import Testing

/// The fingerprint of a run: the same for the same content wherever it lies, another for any change that could change the result.
@Suite struct RunIDTests {
    private func runID(_ month: TinyMonth = TinyMonth(), _ change: (inout RunOptions) -> Void = { _ in }) throws -> String {
        let place = TemporaryFolder()
        month.lay(out: place)
        return try runID(in: place, change)
    }

    private func runID(in place: TemporaryFolder, _ change: (inout RunOptions) -> Void = { _ in }) throws -> String {
        var options = RunOptions(period: Month(year: 2026, month: 11))
        options.cur = [InputPath(path: place.path + "/cur", position: 1)]
        options.cloudTrail = [InputPath(path: place.path + "/trail", position: 3)]
        options.usageLog = [InputPath(path: place.path + "/usage", position: 5)]
        options.registry = place.path + "/registry.json"
        options.out = place.path + "/out"
        options.version = "test"
        change(&options)
        return try run(options, progress: Runs.Progress(isQuiet: true)).runID
    }

    @Test func sameContentHasOneID() throws {
        let id = try runID()
        #expect(id.utf8.count == 32 && id.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x61 && $0 <= 0x66 })
        #expect(try runID() == id, "in another folder")
        #expect(try runID { $0.threads = 3 } == id)
        #expect(try runID { $0.windowBytes = 1 } == id)
        #expect(try runID { $0.acceptsDrop = true } == id)
        #expect(try runID { $0.keepsGoing = true } == id, "nothing was set aside")
        #expect(try runID { $0.arguments = ["--anything"] } == id)
    }

    @Test func namesAndCompressionAreNotContent() throws {
        let month = TinyMonth()
        let place = TemporaryFolder()
        place.write("cur/deep/er/renamed.csv.gz", GzipWriter.gzip(Array(month.bill.utf8), members: 2))
        place.write("trail/2026/x.json.gz", GzipWriter.gzip(Array(month.trail.utf8), members: 3))
        place.write("usage/other.log", month.usage)
        place.write("registry.json", month.registry)
        #expect(try runID(in: place) == runID())
    }

    @Test func everyChangeOfContentChangesTheID() throws {
        let changes: [(inout TinyMonth) -> Void] = [
            { _ in }, { $0.bill = $0.bill.replacing("8.00", with: "8.01") }, { $0.bill += "\n" },
            { $0.trail = $0.trail.replacing("\"e2\"", with: "\"e3\"") }, { $0.trail += " " },
            { $0.usage = $0.usage.replacing("800", with: "801") }, { $0.registry += " " },
        ]
        var ids: Set<String> = []
        for change in changes {
            var month = TinyMonth()
            change(&month)
            ids.insert(try runID(month))
        }
        #expect(ids.count == changes.count)
    }

    @Test func everyOptionThatChangesTheResultChangesTheID() throws {
        let changes: [(inout RunOptions) -> Void] = [
            { _ in }, { $0.attribution.weighing = .calls }, { $0.attribution.weighing = .tokens }, { $0.costBasis = .net },
            { $0.attribution.asOf = Instant(seconds: 1_794_000_000) }, { $0.attribution.trustsUsageLog = true },
            { $0.usageLog = [] }, { $0.cloudTrail = [] }, { $0.version = "another" },
        ]
        var ids: Set<String> = []
        for change in changes { ids.insert(try runID(TinyMonth(), change)) }
        #expect(ids.count == changes.count)
    }

    @Test func ratesChangeTheID() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        let card =
            #"{"version":1,"models":[{"id":"claude-sonnet-5","effectiveFrom":"2026-01-01","input":"2","write5m":"2","write1h":"2","cacheRead":"2","output":"2"}]}"#
        place.write("rates.json", card)
        let first = try runID(in: place) { $0.rates = place.path + "/rates.json" }
        place.write("rates.json", card.replacing("\"input\":\"2\"", with: "\"input\":\"3\""))
        let second = try runID(in: place) { $0.rates = place.path + "/rates.json" }
        #expect(Set([first, second, try runID()]).count == 3)
    }

    /// A file that breaks off is told by all that could be read of it, however it was read.
    @Test(arguments: [1, 7, 64, 4096])
    func brokenFilesHaveOneIDToo(_ window: Int) throws {
        var month = TinyMonth()
        month.trail = month.trail.replacing("]}", with: "no JSON ]}" + String(repeating: " ", count: 500))
        month.bill += "\"never closed,\n"
        let whole = try runID(month) { $0.keepsGoing = true }
        #expect(
            try runID(month) {
                $0.keepsGoing = true; $0.windowBytes = window
            } == whole)
    }

    /// Two months that differ only behind the fault of a file are not one.
    @Test func contentBehindAFaultCounts() throws {
        var month = TinyMonth()
        month.trail = "{\"Records\": [ no JSON " + String(repeating: " ", count: 2 << 20)
        let first = try runID(month) { $0.keepsGoing = true }
        month.trail += "x"
        #expect(try runID(month) { $0.keepsGoing = true } != first)
    }
}
