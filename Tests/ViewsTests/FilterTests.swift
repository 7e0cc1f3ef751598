import Foundation
import TestSupport
import Testing

@Suite struct FilterTests {
    /// The cells of a file's column, for rows of a file without quotes in what is asked.
    private func rows(_ text: String) -> [Substring] { text.split(separator: "\n").dropFirst().map { $0 } }

    @Test(arguments: [
        (["ledger"], "allocations.csv"), (["gaps"], "gaps.csv"), (["bills"], "agent-bills.csv"),
    ])
    func withoutAFilterItIsTheFile(_ words: [String], _ file: String) {
        #expect(SampleRun.show(words + ["--csv"]).output == text(of: SampleRun.folder + "/" + file))
    }

    @Test func rowsAreThoseOfTheFile() {
        let all = rows(text(of: SampleRun.folder + "/allocations.csv"))
        let workload = rows(SampleRun.show("ledger", "--workload", "claims-triage", "--csv").output)
        #expect(workload == all.filter { $0.contains(",claims-triage,workload,") })
        let role = rows(SampleRun.show("ledger", "--principal", "ai-letters", "--csv").output)
        #expect(role == all.filter { $0.contains(":role/ai-letters,") } && !role.isEmpty)
        let arn = SampleRun.show("ledger", "--principal", "arn:aws:iam::111122223333:role/ai-letters", "--csv").output
        #expect(rows(arn) == role)
        let workspace = rows(SampleRun.show("ledger", "--workspace", "wrkspc_01AnalyticsLabs9Kd", "--csv").output)
        #expect(workspace == all.filter { $0.contains("/wrkspc_01AnalyticsLabs9Kd,") } && !workspace.isEmpty)
        let gap = rows(SampleRun.show("ledger", "--gap", "shared-role", "--platform", "claude-platform", "--csv").output)
        #expect(gap == all.filter { $0.contains(",USD,shared-role,") && $0.contains(",claude-platform,") })
    }

    @Test func valuesOfOneFilterAreAlternatives() {
        let both = rows(SampleRun.show("gaps", "--gap", "no-estimate", "--gap=shared-role", "--csv").output)
        #expect(
            both == rows(text(of: SampleRun.folder + "/gaps.csv")).filter { $0.hasPrefix("no-estimate,") || $0.hasPrefix("shared-role,") })
    }

    @Test func everyRowIsInOneWeek() {
        let all = rows(text(of: SampleRun.folder + "/allocations.csv"))
        let weeks = (1...5).map { rows(SampleRun.show("ledger", "--week", String($0), "--csv").output) }
        // Rows of more than a day belong to several.
        let long = all.filter {
            $0.split(separator: ",")[1].prefix(10) != $0.split(separator: ",")[2].prefix(10) && !$0.contains("T00:00:00Z,")
        }
        #expect(Set(weeks.joined()) == Set(all))
        #expect(weeks.joined().count >= all.count && (long.isEmpty || weeks.joined().count > all.count))
        #expect(rows(SampleRun.show("ledger", "--week", "2026-10-07", "--csv").output) == weeks[1])
    }

    @Test func cardsOfAWeek() {
        let output = SampleRun.show("cards", "--week", "2", "--kind", "workload", "--owner", "claims-ai@example.com", "--csv").output
        let wanted = rows(text(of: SampleRun.folder + "/spend-cards.csv")).filter {
            $0.hasPrefix("week,2026-10-04,") && $0.contains(",workload,claims-") && $0.contains(",claims-ai@example.com,")
        }
        #expect(rows(output) == wanted && wanted.count == 2)
    }

    @Test func jsonIsTheFilesOwn() throws {
        func objects(_ text: String) throws -> [NSDictionary] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [NSDictionary])
        }
        func elements(_ file: String, _ key: String) throws -> [NSDictionary] {
            let root = try JSONSerialization.jsonObject(with: Data(SampleRun.bytes(file))) as? NSDictionary
            return try #require(root?[key] as? [NSDictionary])
        }
        #expect(try objects(SampleRun.show("bills", "--json").output) == elements("agent-bills.json", "bills"))
        let cards = try elements("spend-cards.json", "cards").filter {
            $0["period_kind"] as? String == "month" && ["workload", "workspace", "unallocated"].contains($0["card_type"] as? String)
        }
        #expect(try objects(SampleRun.show("cards", "--json").output) == cards)
        let gaps = try objects(SampleRun.show("gaps", "--json").output)
        #expect(gaps.count == rows(text(of: SampleRun.folder + "/gaps.csv")).count)
        #expect(gaps[0]["calls"] as? Int == 14 && gaps[0]["cost"] as? String == "19.881666666666666666")
    }

    @Test func nothingThatMatches() {
        #expect(SampleRun.show("gaps", "--workload", "claims-triage").output.contains("nothing in this run matches"))
        #expect(SampleRun.show("gaps", "--workload", "claims-triage", "--json").output == "[]\n")
        #expect(SampleRun.show("gaps", "--workload", "claims-triage", "--csv").output.split(separator: "\n").count == 1)
    }

    @Test(
        arguments: [
            (["ledger", "--workload", "claims-triag"], "no workload 'claims-triag' in this run; did you mean 'claims-triage'?\n"),
            (["gaps", "--gap", "x"], "no gap 'x' in this run; it has no-estimate, no-evidence, shared-role, unclaimed-principal\n"),
            (["ledger", "--principal", "ai-leters"], "no principal 'ai-leters' in this run; did you mean 'ai-letters'?\n"),
            (["ledger", "--currency", "EUR"], "no currency 'EUR' in this run; it has USD\n"),
            (
                ["cards", "--principal", "x"],
                "--principal does not apply to cards: spend-cards.csv does not say it; it applies to bills, gaps, ledger; see"
            ),
            (
                ["ledger", "--owner", "x"],
                "--owner does not apply to ledger: allocations.csv does not say it; it applies to cards, bills; see"
            ),
            (["gapz"], "'gapz' is unknown; did you mean gaps?"), (["cards", "gaps"], "'gaps' is unexpected"),
            (["ledger", "--week", "6"], "--week 6 is not in 2026-10, which has weeks 1 to 5"),
            (["ledger", "--week", "2026-11-01"], "--week 2026-11-01 is not in 2026-10, the month of this run"),
            (["ledger", "--week", "now"], "--week 'now' is neither"),
            (["cards", "--kind", "totl"], "--kind 'totl' is unknown; did you mean total?"),
            (["gaps", "--kind", "total"], "--kind applies to cards alone"), (["gaps", "--limit", "5"], "--limit applies to ledger alone"),
            (["ledger", "--limit", "5", "--csv"], "--limit is for the terminal"),
            (["--csv", "--json"], "--csv and --json exclude each other"),
        ] as [([String], String)])
    func wrongWords(_ words: [String], _ said: String) {
        let outcome = SampleRun.show(words)
        #expect(outcome.code == 64 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("apportion: error: " + said), "\(outcome.errors)")
    }
}
