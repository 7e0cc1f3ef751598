import TestSupport
import Testing

@testable import Records
@testable import Registry
@testable import Review

private let header = "billing_period,usage_start,usage_end,workspace_arn,principal,workload_id,cost,currency,gap"

/// A ledger's row: an hour of a day of November.
private func row(_ day: Int, principal: String = "", workspace: String = "", workload: String = "", cost: String, gap: String = "") -> String {
    let date = "2026-11-" + (day < 10 ? "0\(day)" : "\(day)")
    return "2026-11,\(date)T10:00:00Z,\(date)T11:00:00Z,\(workspace),\(principal),\(workload),\(cost),USD,\(gap)"
}

private func spend(_ registry: String, _ rows: [String], header: String = header) throws -> (spend: RunSpend, remarks: [Remark]) {
    let place = TemporaryFolder()
    place.write("run/allocations.csv", ([header] + rows).map { $0 + "\n" }.joined())
    let spend = try RunSpend(folders: [place.path + "/run"], try readRegistry(bytes(registry), file: "registry.json"))
    return (spend, spend.remarks(text: bytes(registry)))
}

private func claims(_ claims: String...) -> String { "{\"version\":1,\"workloads\":[{\"id\":\"w\",\"claims\":[\n\(claims.joined(separator: ",\n"))]}]}" }
private func told(_ entries: [RunSpend.Entry]) -> [String] {
    entries.map { "\($0.cost?.text ?? "") \($0.gap) \($0.anchor.split(separator: "/").last ?? "") \($0.workload)" }
}

@Suite struct RunSpendTests {
    private let a = TinyWorld.role("a")
    private let b = TinyWorld.role("b")
    private let workspace = TinyWorld.workspace("w1")

    @Test func moneyIsOpenOrAnswered() throws {
        let rows = [
            row(1, principal: a, cost: "1.5", gap: "unclaimed-principal"), row(2, principal: a, cost: "0.25", gap: "unclaimed-principal"),
            row(2, principal: b, workspace: workspace, workload: "other", cost: "3", gap: "shared-role"),
            row(3, workspace: workspace, cost: "7", gap: "no-evidence"), row(3, cost: "100", gap: "no-evidence"),
            row(3, workspace: workspace, workload: "w", cost: "100", gap: "no-estimate"), row(3, principal: a, cost: "50"),
        ]
        let nobody = try spend(claims(), rows)
        #expect(told(nobody.spend.open) == ["7 no-evidence wrkspc_w1 ", "3 shared-role b ", "1.75 unclaimed-principal a "])
        #expect(nobody.spend.answered.isEmpty && nobody.spend.months.map(\.text) == ["2026-11"] && nobody.remarks.isEmpty)
        let claimed = try spend(claims("{\"principal\":\"\(a)\",\"from\":\"2026-11-02\"}", "{\"workspace\":\"\(workspace)\"}"), rows)
        #expect(told(claimed.spend.open) == ["3 shared-role b ", "1.5 unclaimed-principal a "])
        #expect(told(claimed.spend.answered) == ["7 no-evidence wrkspc_w1 w", "0.25 unclaimed-principal a w"])
        #expect(claimed.remarks.isEmpty)
    }

    @Test func claimsWithoutSpendAreRemarkedInTheirMonths() throws {
        let registry = claims(
            "{\"principal\":\"\(a)\",\"to\":\"2026-11-02\"}", "{\"principal\":\"\(a)\",\"from\":\"2026-11-02\"}",
            "{\"principal\":\"\(b)\",\"from\":\"2026-12-01\"}", "{\"principal\":\"\(b)\",\"to\":\"2026-11-01\"}")
        let found = try spend(registry, [row(1, principal: a, workload: "w", cost: "1")]).remarks
        #expect(found.map(\.path) == ["$.workloads[0].claims[1]"] && found.map(\.line) == [3] && found[0].kind == .claimUnused)
        #expect(found[0].what.contains("the runs of 2026-11 show no spend"))
    }

    @Test func columnsAreFoundByNameAndTextsAreUnquoted() throws {
        let found = try spend(
            claims(), ["\"a \"\"b\"\"\nc\",x,unclaimed-principal,USD,1,,'=run,2026-11-01T11:00:00Z,2026-11-01T10:00:00Z,2026-11"],
            header: "workload_id,more,gap,currency,cost,workspace_arn,principal,usage_end,usage_start,billing_period")
        #expect(told(found.spend.open) == ["1 unclaimed-principal =run "])
    }

    @Test(arguments: [
        ([], "", ":1: has no header row"), ([], "billing_period,usage_start", "has no column usage_end"), (["2026-11,x"], header, ":2: has 2 cells"),
        (["2026-11,x,y,,,,1,USD,"], header, "a month and two times"), ([row(1, cost: "many")], header, "cost is 'many'"),
        (["2026-11,\"x"], header, "damaged quotes"),
    ]) func damageIsNamed(rows: [String], header: String, what: String) {
        let place = TemporaryFolder()
        place.write("allocations.csv", header.isEmpty ? "" : ([header] + rows).map { $0 + "\n" }.joined())
        do throws(RunReadingFault) {
            _ = try RunSpend(folders: [place.path], Registry())
            Issue.record("no fault")
        } catch {
            guard case .damaged(let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(message.contains(what) && message.contains("allocations.csv"), "\(message)")
        }
    }

    @Test func aFolderWithoutLedgerIsMissing() {
        do throws(RunReadingFault) {
            _ = try RunSpend(folders: ["/nowhere"], Registry())
            Issue.record("no fault")
        } catch { #expect(error == .missing("/nowhere/allocations.csv: cannot be read: No such file or directory; check --runs")) }
    }
}
