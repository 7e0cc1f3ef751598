import Bytes
import Foundation
import Inspection
import Registry
import TestSupport
import Testing

private let goldenFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/golden"

/// What a person is shown, against the file; `APPORTION_UPDATE=1` writes it anew.
func expectGolden(_ text: String, _ name: String) throws {
    let path = goldenFolder + "/" + name
    if ProcessInfo.processInfo.environment["APPORTION_UPDATE"] != nil { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    #expect(text == TestSupport.text(of: path), "\(name)")
}

@Suite struct InspectTests {
    private func laid(_ world: World) -> TemporaryFolder {
        let place = TemporaryFolder()
        world.lay(out: place)
        return place
    }

    private func inspect(_ place: TemporaryFolder, _ more: [String] = []) -> Program.Outcome {
        Program.run(["inspect", "exports", "trail", "usage", "--width", "100"] + more, in: place.path)
    }

    /// The kinds of findings of a severity, as programs read them.
    private func kinds(_ json: String, _ severity: String) throws -> [String] {
        let document = try JSONDocument(Array(json.utf8))
        guard let findings = document.member("findings", of: document.root) else { return ["no findings"] }
        return document.elements(findings).filter { document.string("severity", of: $0) == severity }.compactMap { document.string("kind", of: $0) }
    }

    @Test func nothingStandsInTheWayOfAHealthyMonth() throws {
        let place = laid(World())
        let outcome = inspect(place)
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        try expectGolden(outcome.output, "healthy.txt")
        #expect(try kinds(inspect(place, ["--json"]).output, "problem") == [])
    }

    @Test(arguments: Defect.allCases)
    func aDefectIsNamed(_ defect: Defect) throws {
        var world = defect.world
        if defect == .parquetOnly { world.presentFiles = 1 }
        let place = laid(world)
        // The usage log is left away where the world has none.
        let paths = world.hasUsageLog ? ["exports", "trail", "usage"] : ["exports", "trail"]
        func run(_ more: [String]) -> Program.Outcome { Program.run(["inspect"] + paths + ["--width", "100"] + more, in: place.path) }
        let outcome = run([])
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        try expectGolden(outcome.output, defect.rawValue + ".txt")
        let json = run(["--json"]).output
        let found = try kinds(json, "problem") + kinds(json, "notice")
        #expect(found.contains(defect.kind), "\(found)")
        // Nothing of it is found in a month that does not have it.
        let healthy = inspect(laid(World()), ["--json"]).output
        #expect(try !(kinds(healthy, "problem") + kinds(healthy, "notice")).contains(defect.kind))
        for threads in ["1", "7"] { #expect(run(["--threads", threads]) == outcome, "\(threads) threads") }
    }

    /// A newcomer's way: look, take the draft, run.
    @Test func aDraftIsARegistryThatARunTakes() throws {
        var world = World()
        let other = TinyTrail.identity("arn:aws:iam::111122223333:role/path/agent-b")
        let shared = TinyTrail.identity("arn:aws:iam::111122223333:role/AWSReservedSSO_Dev_0a1b")
        world.makeRecord = { id, time in
            // Of fifteen hours ten are of one role, four of another, one of a shared one.
            let identity = id == "d06h11" ? shared : id.hasSuffix("09") && id != "d02h09" ? other : TinyTrail.identity(TinyTrail.role)
            return TinyTrail.record(id: id, ["eventTime": "\"\(time)\"", "userIdentity": identity, "awsRegion": "\"us-east-1\""])
        }
        let place = laid(world)
        let outcome = inspect(place, ["--draft-registry", "registry.json"])
        #expect(outcome.code == 0, "\(outcome)")
        let draft = try readRegistry(bytes(of: place.path + "/registry.json"), file: "registry.json")
        #expect(draft.workloads.map(\.id) == ["agent-a", "agent-b"])
        #expect(draft.workloads.flatMap(\.claims).map(\.anchor.text) == [TinyTrail.role, "arn:aws:iam::111122223333:role/agent-b"])
        #expect(draft.workloads.allSatisfy { $0.owner.isEmpty })
        #expect(draft.workspaces.map(\.arn) == [TinyTrail.workspace])
        #expect(draft.workspaces.first?.elements == ["Insurance", "Claims", "Automation", "Triage"])
        let attributed = Program.run(
            ["attribute", "--cur", "exports", "--cloudtrail", "trail", "--registry", "registry.json", "--period", "2026-11", "--out", "runs/2026-11"],
            in: place.path)
        #expect(attributed.code == 0, "\(attributed)")
        let ledger = text(of: place.path + "/runs/2026-11/allocations.csv")
        #expect(ledger.contains(",agent-a,workload,") && ledger.contains(",agent-b,workload,"))
        // What is there is not replaced.
        let again = inspect(place, ["--draft-registry", "registry.json"])
        #expect(again.code == 73 && again.errors.contains("is there already"))
        // On standard output there is the draft and nothing else.
        #expect(inspect(place, ["--draft-registry", "-"]).output == text(of: place.path + "/registry.json"))
    }

    @Test func withoutARegistryARunSaysHowToGetOne() {
        let place = laid(World())
        let outcome = Program.run(["attribute", "--cur", "exports", "--cloudtrail", "trail", "--period", "2026-11", "--out", "out"], in: place.path)
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("apportion inspect PATH… --draft-registry FILE"))
        #expect(text(of: place.path + "/out/gaps.csv").contains("unclaimed-principal"))
    }

    @Test func oneFolderMayHoldEverything() throws {
        let place = laid(World())
        let outcome = Program.run(["inspect", ".", "--width", "100"], in: place.path)
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("apportion attribute --cur ./exports/claude --cloudtrail ./trail/AWSLogs --usage-log ./usage --period 2026-11"))
    }

    @Test func whatIsDamagedFromItsFirstByteIsNamedToo() throws {
        let place = laid(World())
        let day = "trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/04/"
        place.write(day + "empty.json", "")
        place.write(day + "plain.json.gz", "{\"Records\":[]}")
        place.write("exports/plain.csv.gz", "lineItem/LineItemType\n")
        place.write("usage/notes.log", "nothing of ours\n")
        let json = inspect(place, ["--json"]).output
        #expect(try kinds(json, "problem").filter { $0 == "broken-file" }.count == 2)
        #expect(try kinds(json, "notice").contains("unlisted-file"))
        #expect(json.contains("usage/notes.log") && json.contains("exports/plain.csv.gz"))
        // What is no usage log does not become one by the folder that is suggested.
        #expect(inspect(place).output.contains(" --usage-log usage/2026-11.jsonl --period"))
    }

    @Test func aFileThatIsListedTwiceCountsOnce() {
        var world = World()
        world.listedFiles = ["claude-00001.csv.gz", "claude-00001.csv.gz"]
        let place = laid(world)
        #expect(inspect(place).output.contains("claude-platform  Usage             15  1.50  USD"))
    }

    /// The figures are a run's: what it would not open does not count.
    @Test func foldersBeyondTheSlackAreNoEvidence() throws {
        var world = World()
        for day in World.days { world.trailFolder[day] = "2026/12/20" }
        let place = laid(world)
        #expect(inspect(place).output.contains("evidence for 0.00 %"))
        #expect(inspect(place, ["--trail-slack", "30"]).output.contains("evidence for 100.00 %"))
        #expect(inspect(place).output.contains("Run with --trail-slack 20."))
    }

    @Test func theSuggestedCommandWorksWhereverOneLooksFrom() {
        let place = laid(World())
        for paths in [["."], ["exports", "trail", "usage"], ["exports/claude", "trail/AWSLogs/111122223333", "usage/2026-11.jsonl"]] {
            let outcome = Program.run(["inspect"] + paths, in: place.path)
            let line = outcome.output.split(separator: "\n").last { $0.contains("apportion attribute") }
            let words = (line ?? "").split(separator: " ").dropFirst().map(String.init)
            let run = Program.run(words, in: place.path)
            #expect(!words.isEmpty && run.code == 0, "\(paths): \(outcome.output): \(run.errors)")
        }
        withExtendedLifetime(place) {}
    }

    @Test func theSlackIsBounded() {
        let place = laid(World())
        #expect(Program.run(["inspect", ".", "--trail-slack", "9223372036854775807"], in: place.path).code == 64)
        withExtendedLifetime(place) {}
    }

    @Test func standardOutputThatCannotBeWrittenIsAnError() {
        let place = laid(World())
        let outcome = Program.run(["inspect", "exports", "--json"], in: place.path, output: "/dev/full")
        #expect(outcome.code == 73 && outcome.errors.contains("standard output: cannot be written"))
        withExtendedLifetime(place) {}
    }

    @Test func brokenFilesAreNamedAndTheRestIsRead() throws {
        let place = laid(World())
        place.write("trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/04/broken.json", "{\"Records\":[{\"eventSource\":")
        let outcome = inspect(place, ["--json"])
        #expect(outcome.code == 0)
        #expect(try kinds(outcome.output, "problem") == ["broken-file"])
        #expect(outcome.output.contains("broken.json"))
    }

    @Test func everyFindingHasItsPlaceInTheDocumentation() {
        let page = text(of: goldenFolder + "/../../../docs/inspect.md")
        for kind in Finding.Kind.allCases { #expect(page.contains("`\(kind.rawValue)`"), "\(kind)") }
    }

    @Test func aMissingPathIsAnError() {
        let outcome = Program.run(["inspect", "nowhere"], in: "/")
        #expect(outcome.code == 66)
        #expect(outcome.errors == "apportion: error: nowhere: is missing; check the path\n")
    }

    /// Names come from files of strangers.
    @Test func hostileNamesReachNeitherTerminalNorShell() throws {
        var world = World()
        let evil = "arn:aws:iam::111122223333:role/x\\u001b[31m'; rm -rf \\u202Ereversed"
        world.makeRecord = { id, time in TinyTrail.record(id: id, ["eventTime": "\"\(time)\"", "userIdentity": TinyTrail.identity(evil), "awsRegion": "\"us-east-1\""]) }
        let place = laid(world)
        let outcome = inspect(place)
        #expect(!outcome.output.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
        let draft = inspect(place, ["--draft-registry", "registry.json"])
        #expect(draft.code == 0)
        #expect(throws: Never.self) { try readRegistry(bytes(of: place.path + "/registry.json"), file: "registry.json") }
    }
}
