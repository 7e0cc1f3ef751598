import Foundation
import Terminal
import TestSupport
import Testing

/// Runs that hold what nobody would call a workload, and folders that are no run.
@Suite struct HostileRunTests {
    static let names = [
        "<script>alert('x')</script>", "say \"hi\", 'there'", "red\u{1B}[31m\u{7}\u{9B}2J\u{7F}\r\nnext\tline",
        "שלום\u{202E}gpj.exe\u{2066}", "👩‍👩‍👧‍👦保険金請求🇩🇪👍🏽",
        "e\u{301}\u{302}\u{303}", String(repeating: "x", count: 4000), String(repeating: "保", count: 1300), "=1+1",
        "a" + String(repeating: "\u{301}", count: 2000),
    ]

    @Test(arguments: names, [60, 100, 200])
    func terminalsAreSafe(_ name: String, _ width: Int) throws {
        let place = try SampleRun.renamed(name)
        for view in [[], ["cards"], ["bills"], ["gaps"], ["ledger", "--limit", "2000"]] {
            let outcome = SampleRun.show(view + ["--width", String(width)], in: place)
            #expect(outcome.code == 0, "\(view): \(outcome.errors)")
            let bad = outcome.output.unicodeScalars.filter { $0 != "\n" && harmless(String($0)) != String($0) }
            #expect(bad.isEmpty, "\(view): \(bad.map { $0.value })")
            for line in outcome.output.split(separator: "\n") where displayWidth(String(line)) > width { Issue.record("\(view): \(line)") }
        }
    }

    @Test(arguments: names)
    func programsGetTheFilesBytes(_ name: String) throws {
        let place = try SampleRun.renamed(name)
        let all = SampleRun.show(["ledger", "--csv"], in: place)
        withExtendedLifetime(place) { #expect(all.output == text(of: place.path + "/run/allocations.csv")) }
        // A command line's words hold no more than 128 KiB, and no NUL.
        let one = SampleRun.show(["ledger", "--workload", name, "--json"], in: place)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [[String: Any]], "\(one.errors)")
        #expect(rows.count == 70 && rows.allSatisfy { $0["workload_id"] as? String == name })
        let bills = SampleRun.show(["bills", "--workload", name, "--json"], in: place)
        #expect(try JSONSerialization.jsonObject(with: Data(bills.output.utf8)) is [[String: Any]])
    }

    @Test func readersMayGoAway() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "-c",
            "for w in --csv --json '--limit 100000'; do \"$0\" show \"$1\" ledger $w | head -1; c=${PIPESTATUS[0]}; [ $c = 0 ] || exit $c; done",
            Program.path, SampleRun.folder,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func outputThatCannotBeWritten() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" show \"$1\" ledger --csv >/dev/full 2>/dev/null", Program.path, SampleRun.folder]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 73)
    }

    @Test func foldersThatHoldNoRun() {
        let place = SampleRun.place
        let missing = Program.run(["show", "nowhere"], in: place.path)
        #expect(missing.code == 66 && missing.errors == "apportion: error: nowhere: is no folder; give the folder that --out named\n")
        let above = Program.run(["show", "."], in: place.path)
        #expect(
            above.code == 66 && above.errors.hasSuffix("holds no run, for it has no allocations.csv; did you mean ./run?\n"),
            "\(above.errors)")
        let cut = SampleRun.show([], in: SampleRun.copy(changing: ["gaps.csv": ""]))
        #expect(cut.code == 66 && cut.errors.contains("has no gaps.csv"), "\(cut.errors)")
    }

    @Test(arguments: ["run.json", "reconciliation.json", "spend-cards.json", "agent-bills.json"])
    func filesOfDifferentRuns(_ file: String) {
        let text = String(decoding: SampleRun.bytes(file), as: UTF8.self)
        let place = SampleRun.copy(changing: [file: text.replacingOccurrences(of: "\"run_id\": \"", with: "\"run_id\": \"f")])
        for view in [[], ["ledger", "--csv"]] {
            let outcome = SampleRun.show(view, in: place)
            #expect(outcome.code == 65 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("the files are of different runs"), "\(outcome.errors)")
        }
    }

    @Test(arguments: [
        ("agent-bills.json", "{\"run_id\": ", "bills"), ("reconciliation.json", "[]", "cards"), ("spend-cards.csv", "a,b\n1,2\n", "cards"),
        ("gaps.csv", "gap,anchor\n\"x", "gaps"), ("allocations.csv", "billing_period\n1,2\n", "ledger"),
    ])
    func filesThatCannotBeRead(_ file: String, _ content: String, _ view: String) {
        let outcome = SampleRun.show([view], in: SampleRun.copy(changing: [file: content]))
        #expect(outcome.code == 65 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("run/\(file)"), "\(outcome.errors)")
    }
}
