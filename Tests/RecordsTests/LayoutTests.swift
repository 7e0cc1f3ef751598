import Bytes
import Testing
import TestSupport

@testable import Records

private let november = Month(year: 2026, month: 11)

private func plan(_ paths: [String], _ period: Month = november, reports: [String] = []) -> Result<BillPlan, PlanFault> {
    do throws(PlanFault) { return .success(try planBills(paths, period: period, reports: reports)) } catch { return .failure(error) }
}

extension Result where Failure == PlanFault {
    fileprivate var fault: PlanFault? { if case .failure(let fault) = self { fault } else { nil } }
}

/// A legacy manifest; keys as S3 has them.
private func legacy(_ name: String, keys: [String], month: String = "202611", assembly: String = "a1") -> String {
    "{\"reportName\":\"\(name)\",\"assemblyId\":\"\(assembly)\",\"billingPeriod\":{\"start\":\"\(month)01T000000.000Z\",\"end\":\"x\"},\"reportKeys\":["
        + keys.map { $0.hasPrefix("{") ? $0 : "\"\($0)\"" }.joined(separator: ",") + "]}"
}

private func export(_ keys: [String]) -> String {
    "{\"dataFiles\":[" + keys.map { $0.hasPrefix("{") ? $0 : "\"\($0)\"" }.joined(separator: ",") + "]}"
}

@Suite struct BillLayoutTests {
    private let folder = TemporaryFolder()

    /// The files of the only source, below the folder.
    private func files(_ paths: [String]? = nil) throws -> [String] {
        let plan = try plan(paths ?? [folder.path]).get()
        #expect(plan.sources.count == 1)
        return (plan.sources.first?.files ?? []).map { String($0.dropFirst(folder.path.utf8.count + 1)) }
    }

    @Test func theManifestOfThePeriodsFolderIsTheNewest() throws {
        folder.write(
            "p/cur/20261101-20261201/cur-Manifest.json", legacy("cur", keys: ["p/cur/20261101-20261201/a2/cur-1.csv.gz"], assembly: "a2"))
        folder.write("p/cur/20261101-20261201/a1/cur-Manifest.json", legacy("cur", keys: ["p/cur/20261101-20261201/a1/cur-1.csv.gz"]))
        folder.write(
            "p/cur/20261101-20261201/a2/cur-Manifest.json", legacy("cur", keys: ["p/cur/20261101-20261201/a2/cur-1.csv.gz"], assembly: "a2")
        )
        for assembly in ["a1", "a2"] { folder.write("p/cur/20261101-20261201/\(assembly)/cur-1.csv.gz", "") }
        folder.write("p/cur/20261101-20261201/stale.csv", "")
        #expect(try files() == ["p/cur/20261101-20261201/a2/cur-1.csv.gz"])
        #expect(try files([folder.path + "/p/cur/20261101-20261201"]) == ["p/cur/20261101-20261201/a2/cur-1.csv.gz"])
        #expect(try plan([folder.path]).get().leftOut.count == 2)
    }

    @Test func theOnlyDeliveryIsTaken() throws {
        folder.write(
            "cur/20261101-20261130/a1/cur-Manifest.json",
            legacy("cur", keys: ["x/cur/20261101-20261130/a1/cur-2.csv.gz", "x/cur/20261101-20261130/a1/cur-1.csv.gz"]))
        folder.write("cur/20261101-20261130/a1/cur-1.csv.gz", "")
        folder.write("cur/20261101-20261130/a1/cur-2.csv.gz", "")
        // In the manifest's order.
        #expect(try files() == ["cur/20261101-20261130/a1/cur-2.csv.gz", "cur/20261101-20261130/a1/cur-1.csv.gz"])
    }

    @Test func ofSeveralDeliveriesTheLatestTimestamp() throws {
        for delivery in ["20261123T010000Z-x", "20261124T000000Z-a", "20261109T230000Z-z"] {
            folder.write(
                "e/metadata/BILLING_PERIOD=2026-11/\(delivery)/e-Manifest.json",
                export(["s3://bucket/e/data/BILLING_PERIOD=2026-11/\(delivery)/e-00001.csv.gz"]))
            folder.write("e/data/BILLING_PERIOD=2026-11/\(delivery)/e-00001.csv.gz", "")
        }
        #expect(try files() == ["e/data/BILLING_PERIOD=2026-11/20261124T000000Z-a/e-00001.csv.gz"])
        // One that does not begin with a time leaves it open.
        folder.write("e/metadata/BILLING_PERIOD=2026-11/zz/e-Manifest.json", export([]))
        let fault = plan([folder.path]).fault
        #expect(
            fault?.kind == .data && fault?.message.contains("zz/e-Manifest.json") == true
                && fault?.message.contains("20261109T230000Z-z") == true)
    }

    @Test(arguments: [
        "s3://bucket/p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz", "p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz",
        "data/BILLING_PERIOD=2026-11/e-00001.csv.gz", "{\"key\":\"p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz\"}",
        "{\"Key\":\"s3://b/p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz\"}",
    ]) func everyFormOfAKey(key: String) throws {
        folder.write("p/e/metadata/BILLING_PERIOD=2026-11/e-Manifest.json", export([key]))
        folder.write("p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz", "")
        folder.write("p/e/data/BILLING_PERIOD=2026-11/e-00002.csv.gz", "")
        #expect(try files() == ["p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz"])
        // PATH may begin at any folder above.
        #expect(try files([folder.path + "/p/e"]) == ["p/e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz"])
    }

    @Test func aListedFileThatIsMissingIsNamed() {
        folder.write("cur/20261101-20261201/cur-Manifest.json", legacy("cur", keys: ["cur/20261101-20261201/a1/cur-1.csv.gz"]))
        let fault = plan([folder.path]).fault
        #expect(fault?.kind == .data && fault?.message.contains("cur/20261101-20261201/a1/cur-1.csv.gz") == true)
        #expect(fault?.message.contains("cur-Manifest.json") == true)
    }

    @Test(arguments: ["../x.csv", "a/../../x.csv", "/etc/x.csv", "s3://b//x.csv", "", "./x.csv"]) func keysThatLeaveThePathAreRefused(
        key: String
    ) {
        folder.write("20261101-20261201/cur-Manifest.json", legacy("cur", keys: [key]))
        let fault = plan([folder.path]).fault
        #expect(fault?.kind == .data && fault?.message.contains("leads out of the path") == true, "\(fault as Any)")
    }

    @Test func linksThatLeaveThePathAreRefused() throws {
        let outside = TemporaryFolder()
        outside.write("cur-1.csv.gz", "")
        folder.write("20261101-20261201/cur-Manifest.json", legacy("cur", keys: ["20261101-20261201/cur-1.csv.gz"]))
        folder.link("20261101-20261201/cur-1.csv.gz", to: outside.path + "/cur-1.csv.gz")
        let fault = plan([folder.path]).fault
        #expect(fault?.kind == .data && fault?.message.contains("a link that leads out of") == true)
        #expect(fault?.message.contains("20261101-20261201/cur-1.csv.gz") == true)
        // A link that stays inside is a file like any other.
        let inside = TemporaryFolder()
        inside.write("real.csv.gz", "")
        inside.write("20261101-20261201/cur-Manifest.json", legacy("cur", keys: ["20261101-20261201/cur-1.csv.gz"]))
        inside.link("20261101-20261201/cur-1.csv.gz", to: "../real.csv.gz")
        #expect(try plan([inside.path]).get().sources.first?.files.count == 1)
    }

    @Test func formatsThatAreNotReadNameTheSetting() {
        folder.write("20261101-20261201/cur-Manifest.json", legacy("cur", keys: ["20261101-20261201/cur-1.parquet"]))
        folder.write("20261101-20261201/cur-1.parquet", "")
        #expect(plan([folder.path]).fault?.kind == .input)
        #expect(plan([folder.path]).fault?.message.contains("Parquet is not read. Set") == true)
        let zipped = TemporaryFolder()
        zipped.write("a/cur-1.zip", "")
        #expect(plan([zipped.path]).fault?.message.contains("ZIP is not read. Set") == true)
        #expect(plan([zipped.path + "/a/cur-1.zip"]).fault?.kind == .input)
    }

    @Test func otherMonthsAreListed() {
        for month in ["202609", "202610", "202612"] {
            folder.write("\(month)01-\(month)30/cur-Manifest.json", legacy("cur", keys: [], month: month))
        }
        folder.write("x-RedshiftManifest.json", "{\"entries\":[]}")
        let fault = plan([folder.path]).fault
        #expect(fault?.kind == .input && fault?.message.contains("found 2026-09, 2026-10, 2026-12") == true)
        #expect(plan([folder.path + "/missing"]).fault?.kind == .input)
        #expect(plan([TemporaryFolder().path]).fault?.kind == .input)
    }

    @Test func looseFilesAreAllRead() throws {
        for name in ["b.csv", "a/c.csv.gz", "notes.txt", "a/x-RedshiftManifest.json", "a/d.CSV"] { folder.write(name, "") }
        #expect(try files() == ["a/c.csv.gz", "b.csv"])
        #expect(try plan([folder.path]).get().notes.count == 1)
        #expect(try plan([folder.path]).get().sources.first?.manifest == nil)
        // A file is read though its name says nothing.
        #expect(try files([folder.path + "/notes.txt"]) == ["notes.txt"])
    }

    @Test func whatIsMetTwiceIsReadOnce() throws {
        folder.write("r/20261101-20261201/r-Manifest.json", legacy("r", keys: ["r/20261101-20261201/r-1.csv"]))
        folder.write("r/20261101-20261201/r-1.csv", "")
        let loose = TemporaryFolder()
        loose.write("a/one.csv", "")
        let paths = [folder.path, folder.path + "/r", loose.path, loose.path + "/a", loose.path + "/a/one.csv"]
        let plan = try plan(paths).get()
        #expect(plan.sources.map(\.files) == [[folder.path + "/r/20261101-20261201/r-1.csv"], [loose.path + "/a/one.csv"]])
        #expect(plan.sources.map(\.argument) == [0, 2])
    }

    @Test func severalReportsAreSourcesUntilOneIsPicked() throws {
        for name in ["alpha", "beta"] {
            folder.write(
                "p/\(name)/20261101-20261201/\(name)-Manifest.json", legacy(name, keys: ["p/\(name)/20261101-20261201/\(name)-1.csv"]))
            folder.write("p/\(name)/20261101-20261201/\(name)-1.csv", "")
        }
        #expect(try plan([folder.path]).get().sources.map(\.name) == ["alpha", "beta"])
        let picked = try plan([folder.path], reports: ["beta"]).get()
        #expect(picked.sources.map(\.name) == ["beta"] && picked.leftOut.count == 1)
        let fault = plan([folder.path], reports: ["gamma"]).fault
        #expect(fault?.message.contains("alpha") == true && fault?.message.contains("beta") == true)
    }

    @Test func damagedManifestsAreNamed() {
        for (text, what) in [
            ("{", "damaged"), (legacy("c", keys: [], month: "Nov"), "no date"),
            (legacy("c", keys: ["{\"size\":1}"]), "neither a key nor an object"),
        ] {
            folder.write("20261101-20261201/c-Manifest.json", text)
            let fault = plan([folder.path]).fault
            #expect(fault?.kind == .data && fault?.message.contains(what) == true, "\(fault as Any)")
        }
    }
}

@Suite struct TrailLayoutTests {
    private let folder = TemporaryFolder()

    private func plan(_ paths: [String], slack: Int = 7) throws -> LogPlan { try planTrail(paths, period: november, slackDays: slack) }

    @Test func datesDecideWhatIsOpened() throws {
        let days = ["2026/10/30", "2026/10/31", "2026/11/01", "2026/11/30", "2026/12/07", "2026/12/08"]
        for day in days { folder.write("AWSLogs/o-1/111122223333/CloudTrail/us-east-1/\(day)/a.json.gz", "x") }
        folder.write("undated/2026/13/01/b.json", "x")
        folder.write("2025/01/01/in/2026/11/02/c.json", "x")
        func read(_ plan: LogPlan) -> [String] { plan.files.map { String($0.path.dropFirst(folder.path.utf8.count + 1)) } }
        let week = try plan([folder.path])
        #expect(week.outOfPeriodFiles == 2 && week.files.count == 6)
        #expect(!read(week).contains { $0.contains("10/30") || $0.contains("12/08") })
        let none = try plan([folder.path], slack: 0)
        #expect(none.outOfPeriodFiles == 3 && !read(none).contains { $0.contains("12/07") } && read(none).contains { $0.contains("11/30") })
        #expect(try plan([folder.path], slack: 8).outOfPeriodFiles == 1)
    }

    @Test func otherFilesOfTheTrailAreSkipped() throws {
        for name in [
            "CloudTrail-Digest/2026/11/03/d.json.gz", "CloudTrail-Insight/i.json", "CloudTrail-Aggregated-x/a.json.gz",
            "x_CloudTrail-Digest_y.json.gz", "ok.json",
            "CloudTrail/ok.json.gz", "readme.txt", "other.jsonl",
        ] { folder.write(name, "x") }
        let plan = try plan([folder.path])
        #expect(plan.skippedFiles == 4 && plan.files.map(\.path) == [folder.path + "/CloudTrail/ok.json.gz", folder.path + "/ok.json"])
    }

    @Test func whatIsMetTwiceIsReadOnce() throws {
        folder.write("a/b.json", "x")
        folder.link("a/c.json", to: "b.json")
        let plan = try plan([folder.path + "/a", folder.path, folder.path + "/a/b.json"])
        #expect(plan.files.map(\.path) == [folder.path + "/a/b.json"] && plan.files[0].argument == 0)
    }

    @Test func linksDoNotLeadOutOrInCircles() throws {
        let outside = TemporaryFolder()
        outside.write("o.json", "x")
        folder.write("a/b.json", "x")
        folder.link("a/out", to: outside.path)
        folder.link("a/round", to: "..")
        let plan = try plan([folder.path])
        #expect(plan.files.count == 1 && plan.unreadable.map(\.path) == [folder.path + "/a/out"])
    }

    @Test func aPathWithoutLogsIsAnError() {
        folder.write("a.txt", "x")
        for path in [folder.path, folder.path + "/missing"] {
            let fault = #expect(throws: PlanFault.self) { try plan([path]) }
            #expect(fault?.kind == .input && fault?.message.hasPrefix(path) == true)
        }
    }

    @Test func usageLogsByTheirNames() throws {
        for name in ["a.jsonl", "b.ndjson.gz", "c.log", "d.json", "e.txt", "f.gz", "2020/01/01/g.log.gz"] { folder.write(name, "x") }
        let names = try planUsageLogs([folder.path]).files.map { lastPart($0.path) }
        #expect(names == ["g.log.gz", "a.jsonl", "b.ndjson.gz", "c.log", "d.json"])
    }
}
