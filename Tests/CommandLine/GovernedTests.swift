import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

/// Decisions, tables and status through the built program.
@Suite struct GovernedTests {
    private static let registry = """
        {"version":1,"governance":{"accounts":["111122223333","444455556666"]},"workloads":[
        {"id":"triage","owner":"ana@example.com","elements":["Insurance","Claims"]},{"id":"letters","owner":"bo@example.com","elements":["Insurance","Service"]}]}
        """
    private static let files = ["--registry", "registry.json", "--decisions", "d.jsonl"]

    private func decide(_ words: [String], at: String, by actor: String, in place: TemporaryFolder) -> (code: Int32, output: String, errors: String) {
        let done = Program.run(["decide"] + words + GovernedTests.files + ["--at", at, "--actor", actor], in: place.path)
        return (done.code, done.output, done.errors)
    }

    private func place() -> TemporaryFolder {
        let place = TemporaryFolder()
        place.write("registry.json", GovernedTests.registry)
        let request = ["request", "s", "--platform", "claude-platform", "--model", "claude-sonnet-4-6", "--account", "111122223333", "--region", "us-east-1", "--workload", "triage"]
        #expect(decide(request, at: "2026-10-01T08:00:00Z", by: "ana@example.com", in: place).code == 0)
        #expect(decide(["approve", "s", "--workspace-name", "w", "--tag", "element1=Insurance"], at: "2026-10-01T09:00:00Z", by: "lead@example.com", in: place).code == 0)
        return place
    }

    @Test func tablesInEveryForm() {
        let place = place()
        let models = ["models"] + GovernedTests.files + ["--as-of", "2026-10-03"]
        #expect(
            Program.run(models + ["--width", "120"], in: place.path).output == """
                Vendor     Platform         Model              Scope Coverage         Status                       Last update
                Anthropic  Claude Platform  Claude Sonnet 4.6  1 workspace · 1 scope  1 Approved · 1 Pending task  2026-10-01

                """)
        #expect(
            Program.run(models + ["--csv"], in: place.path).output == """
                vendor,platform,model,model_id,scope_coverage,status,last_update,standing,accounts,known_accounts,workspaces,scopes,pending_approval,approved,implemented,open_tasks
                Anthropic,claude-platform,Claude Sonnet 4.6,claude-sonnet-4-6,1 workspace · 1 scope,1 Approved · 1 Pending task,2026-10-01T09:00:00Z,Approved,1,2,1,1,0,1,0,1

                """)
        let tasks = Program.run(["tasks"] + GovernedTests.files + ["--as-of", "2026-10-01", "--width", "120"], in: place.path)
        #expect(
            tasks.output == """
                Type             Status   Model              Progress      Approved by                             Scope
                Claude Platform  OPEN     Claude Sonnet 4.6  Task 01 of 3  lead@example.com (FinOps Lead) · Today  s
                Claude Platform  BLOCKED  Claude Sonnet 4.6  Task 02 of 3  lead@example.com (FinOps Lead) · Today  s
                Claude Platform  BLOCKED  Claude Sonnet 4.6  Task 03 of 3  lead@example.com (FinOps Lead) · Today  s

                """)
        let csv = Program.run(["tasks"] + GovernedTests.files + ["--csv"], in: place.path).output.split(separator: "\n").map(String.init)
        #expect(csv.count == 4 && csv[0] == "type,status,model,progress,approved_by,scope,task,approved_at,account,regions,workload,scope_status,completed_by,completed_at,instructions")
        #expect(csv[2].hasPrefix("claude-platform,BLOCKED,Claude Sonnet 4.6,Task 02 of 3,lead@example.com (FinOps Lead),s,s/2,2026-10-01T09:00:00Z,111122223333,us-east-1,triage,PENDING_WORKSPACE,,,"))
        for command in ["models", "tasks"] {
            let json = Program.run([command] + GovernedTests.files + ["--json"], in: place.path).output
            let rows = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: String]]
            #expect(rows?.first?["model"] == "Claude Sonnet 4.6" && rows?.count == (command == "models" ? 1 : 3))
        }
        #expect(Program.run(["models"] + GovernedTests.files + ["--csv", "--json"], in: place.path).code == 64)
        // Without decisions the catalogue alone.
        let all = Program.run(["models", "--registry", "registry.json", "--all", "--csv"], in: place.path).output
        #expect(all.split(separator: "\n").count == 14)
    }

    /// Processes that append at once: every line is there, and legal.
    @Test func processesThatAppendAtOnceLoseNothing() {
        let place = place()
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { index in
            let done = Program.run(
                ["decide", "claim", "triage", "--actor", "ana@example.com", "--principal", "arn:aws:iam::111122223333:role/r\(index)"] + GovernedTests.files, in: place.path)
            if done.code != 0 { failures.withLock { $0.append(done.errors) } }
        }
        #expect(failures.withLock { $0 } == [])
        let lines = text(of: place.path + "/d.jsonl").split(separator: "\n")
        #expect(lines.count == 18 && (0..<16).allSatisfy { index in lines.contains { $0.contains("role/r\(index)\"") } })
        #expect(Program.run(["check", "registry.json", "--decisions", "d.jsonl"], in: place.path).output.contains("18 decisions, all legal"))
    }

    @Test func dryRunsWriteNothing() {
        let place = place()
        let before = bytes(of: place.path + "/d.jsonl")
        let dry = Program.run(["decide", "revoke", "s", "--reason", "r", "--actor", "lead@example.com", "--at", "2026-10-02T00:00:00Z", "--dry-run"] + GovernedTests.files, in: place.path)
        #expect(dry.code == 0 && dry.output.hasPrefix("{\"id\":\"d-") && dry.output.hasSuffix("\n  s is REVOKED\n"))
        #expect(bytes(of: place.path + "/d.jsonl") == before)
    }

    @Test func theStatusSaysWhoseTurnItIs() throws {
        let place = place()
        let sample = Program.run(["sample", "month"], in: place.path)
        try #require(sample.code == 0)
        let run = ["attribute", "--cur", "month/cur", "--cloudtrail", "month/cloudtrail", "--period", "2026-10", "--quiet", "--out", "run"]
        #expect(Program.run(run + GovernedTests.files, in: place.path).code == 0)
        func rows(_ words: [String] = []) -> [[String: String]] {
            let json = Program.run(["status", "run", "--json"] + GovernedTests.files + words, in: place.path).output
            return (try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: String]]) ?? []
        }
        #expect(rows().map { $0["workload_id"] } == ["triage", "letters"])
        #expect(rows().map { [$0["approved"], $0["claims"], $0["evidence"], $0["estimate"], $0["turn"], $0["next"]] } == [
            ["1 of 1", "0", "none", "none", "Cloud Engineer", "task s/1"], ["–", "0", "none", "none", "Product Owner bo@example.com", "claim a role or workspace"],
        ])
        #expect(rows(["--owner", "bo@*"]).map { $0["workload_id"] } == ["letters"] && rows(["--element", "Claims"]).map { $0["workload_id"] } == ["triage"])
        #expect(rows(["--element", "Insurance"]).count == 2)
        let wrong = Program.run(["status", "run", "--owner", "bob@example.com"] + GovernedTests.files, in: place.path)
        #expect(wrong.code == 64 && wrong.errors.contains("did you mean 'bo@example.com'?"))
    }

    /// Night after night the register goes on, over the end of a month, and a run that changes nothing changes no byte of it.
    @Test func registersGoOnFromRunToRun() throws {
        let place = place()
        try #require(Program.run(["sample", "month"], in: place.path).code == 0)
        place.write("empty.csv", TinyBill(columns: TinyBill.usualColumns, []).text)
        func night(_ month: String, _ bill: String = "month/cur") -> Int32 {
            Program.run(
                ["attribute", "--cur", bill, "--cloudtrail", "month/cloudtrail", "--period", month, "--quiet", "--accept-drop", "--previous", "runs", "--out", "runs/\(month)"]
                    + GovernedTests.files, in: place.path
            ).code
        }
        try FileManager.default.createDirectory(atPath: place.path + "/runs", withIntermediateDirectories: false)
        func register(_ month: String) -> [[String: String]] { TinyWorld.table(bytes(of: place.path + "/runs/\(month)/gap-register.csv")) }
        #expect(night("2026-10") == 0)
        let first = bytes(of: place.path + "/runs/2026-10/gap-register.csv")
        #expect(night("2026-10") == 0 && bytes(of: place.path + "/runs/2026-10/gap-register.csv") == first)
        let october = register("2026-10")
        #expect(!october.isEmpty && Set(october.map { $0["gap_id"] }).count == october.count && october.contains { $0["state"] == "Active" })
        // November's bill is empty: nothing of late October is taken as resolved by that.
        #expect(night("2026-11", "empty.csv") == 0)
        let november = register("2026-11")
        #expect(november.map { $0["gap_id"] } == october.map { $0["gap_id"] } && november.map { $0["state"] } == october.map { $0["state"] })
        // The register is verified with its run.
        let verified = Program.run(["verify", "runs/2026-10"], in: place.path)
        #expect(verified.code == 0 && verified.output.contains("register of gaps"))
        let whole = text(of: place.path + "/runs/2026-10/gap-register.csv")
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (changed, words) in [
            (whole.replacing("Active", with: "Resolved"), "state is Resolved, but spend_7_days is"), (whole.replacing("gap-", with: "gap-0"), "but what the row names makes"),
            ((lines[..<1] + lines[2...]).joined(separator: "\n"), "lacks gap-"), ((lines[..<2] + lines[1...]).joined(separator: "\n"), "is the same row as the one above"),
        ] {
            place.write("runs/2026-10/gap-register.csv", changed)
            let tampered = Program.run(["verify", "runs/2026-10"], in: place.path)
            #expect(tampered.code == 65 && tampered.errors.contains(words), "\(tampered)")
        }
        place.write("runs/2026-10/gap-register.csv", whole)
        // A register that somebody edited is refused.
        let edited = text(of: place.path + "/runs/2026-11/gap-register.csv").replacing("not-approved", with: "no-estimate")
        place.write("runs/2026-11/gap-register.csv", edited)
        #expect(night("2026-11", "empty.csv") == 65)
    }
}
