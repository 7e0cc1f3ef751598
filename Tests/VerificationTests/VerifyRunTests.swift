import TestSupport
import Testing
import Verification

/// What verifying a folder says: nothing when the run holds together.
func complaint(_ folder: TemporaryFolder) -> String? {
    do throws(VerificationFault) {
        _ = try verifyRun(folder: folder.path)
        return nil
    } catch {
        switch error {
        case .missing(let what): return "missing: \(what)"
        case .contradiction(let what): return what
        }
    }
}

@Suite struct VerifyRunTests {
    @Test func aSoundRunIsSummedUp() throws {
        let folder = HandmadeRun().write()
        let summary = try verifyRun(folder: folder.path)
        #expect(summary.period == "2026-02")
        #expect(summary.runID == "r1")
        #expect(!summary.isPartial)
        #expect([summary.ledgerRows, summary.cards, summary.bills, summary.gaps] == [5, 45, 3, 2])
        #expect(
            summary.checks.map(\.name) == [
                "files", "counters", "ledger rows", "splits", "reconciliation", "spend cards", "spend card details", "agent bills",
                "amounts due", "gaps",
            ])
        #expect(summary.checks.allSatisfy { $0.comparedCount > 0 })
    }

    @Test func aRunWithoutChargesIsSound() {
        var run = HandmadeRun()
        for (name, text) in run.files where name.hasSuffix(".csv") { run.files[name] = text.prefix { $0 != "\n" } + "\n" }
        run.files["agent-bills.json"] = #"{"run_id": "r1", "bills": []}"#
        run.files["spend-cards.json"] = #"{"run_id": "r1", "cards": []}"#
        run.files["reconciliation.json"] = """
            {"run_id": "r1", "billing_period": "2026-02", "partial": false, "finality": "open", "data_through": "2026-02-01T00:00:00Z",
             "cost_basis": "net", "currencies": {}, "by_invoice": [],
             "rows": {"read": 0, "charges": 0, "other_service": 0, "other_period": 0, "rejected": 0, "near_miss": 0, "price_mismatch": 0,
              "inexact_amounts": 0},
             "events": {"read": 0, "evidence": 0, "rejected": 0, "other_source": 0, "summary": 0, "other_period": 0, "not_billable": 0,
              "failed": 0, "duplicate": 0, "superseded": 0, "shared_duplicate": 0, "unused": 0},
             "usage_records": {"read": 0, "rated": 0, "unrated": 0, "joined": 0, "own_evidence": 0, "unmatched": 0, "duplicate": 0,
              "rejected": 0}}
            """
        #expect(complaint(run.write()) == nil)
    }

    @Test func aPartialRunListsWhatWasRejected() {
        var run = HandmadeRun().replacing("reconciliation.json", #""partial": false"#, #""partial": true"#)
            .replacing("reconciliation.json", #""read": 5, "charges": 3, "other_service": 2, "other_period": 0, "rejected": 0"#,
                #""read": 6, "charges": 3, "other_service": 2, "other_period": 0, "rejected": 1"#)
        #expect(complaint(run.write())?.contains("reconciliation.json: partial is true, but there is no rejected.csv") == true)
        run.files["rejected.csv"] = "file,offset,reason\nb/cur.csv,12,\"is, alas, no row\"\n"
        #expect(complaint(run.write()) == nil)
        run.files["rejected.csv"]? += "a/cur.csv,4,is no row\n"
        #expect(complaint(run.write())?.contains("1 rows and records are counted as rejected, but rejected.csv lists 2") == true)
    }

    @Test func theSameTextsInOtherQuotesAreTheSame() {
        let run = HandmadeRun().replacing("gaps.csv", "Claim it.", "\"Claim\n\"\"it\"\".\"").replacing("agent-bills.csv", "claims,ana", "\"claims\",ana")
        #expect(complaint(run.write()) == nil)
    }

    @Test(arguments: ["allocations.csv", "agent-bills.json", "gaps.csv", "run.json"])
    func aFileThatIsNotThereIsMissing(_ name: String) {
        var run = HandmadeRun()
        run.files[name] = nil
        let said = complaint(run.write())
        #expect(said?.hasPrefix("missing: ") == true)
        #expect(said?.contains("/\(name): ") == true)
    }

    @Test func aFolderThatIsNotThereIsMissing() {
        #expect(throws: VerificationFault.missing("/no/such/folder: is no folder; give the folder that --out named")) {
            try verifyRun(folder: "/no/such/folder")
        }
    }

    /// Whatever stands in a file, the answer is a summary or a fault.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func noContentTrips(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sound = HandmadeRun()
        let names = sound.files.keys.sorted()
        for _ in 0..<40 {
            var run = sound
            let name = random.pick(names)
            let broken = mutated(bytes(run.files[name] ?? ""), &random)
            run.files[name] = nil
            let folder = run.write()
            folder.write(name, broken)
            let said = complaint(folder)
            #expect(said?.hasPrefix("missing") != true, "seed \(seed): \(name)")
        }
    }

    private func mutated(_ content: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var content = content
        let place = random.int(0...content.count - 1)
        switch random.int(0...4) {
        case 0: content[place] ^= 1 << UInt8(random.int(0...7))
        case 1: content.removeSubrange(place..<min(content.count, place + random.int(1...40)))
        case 2: content.insert(contentsOf: random.pick([bytes("\""), bytes(","), bytes("\n"), bytes("9999999999999999999"), [0xFF], bytes("[[{")]), at: place)
        case 3: content.removeLast(content.count - place)
        default: content.insert(contentsOf: Array(content[place..<min(content.count, place + 300)]), at: place)
        }
        return content
    }
}
