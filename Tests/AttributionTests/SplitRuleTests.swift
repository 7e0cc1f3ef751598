import Records
import Registry
import Testing
import TestSupport

@testable import Attribution

/// Cost that no claim gives to anybody, shared by the registry's rules.
@Suite struct SplitRuleTests {
    private static let shared = World.role("AWSReservedSSO_Science")

    private func registry(_ splits: String, _ more: String = "") -> String {
        let claimed = workload("A", "{\"principal\":\"\(World.role("a"))\"}") + "," + workload("B", "{\"principal\":\"\(World.role("b"))\"}") + "," + workload("C", "")
        return "{\"version\":1,\"workloads\":[\(claimed)],\"splits\":[\(splits)]\(more)}"
    }

    private func run(_ splits: String, rows: [[String: String]], records: [String] = []) throws -> World.Outcome {
        var world = World()
        world.registry = registry(splits)
        world.rows = rows
        world.records = records
        return try world.run()
    }

    private let event = World.event("e1", role: "AWSReservedSSO_Science", workspace: w1)

    @Test func aPrincipalIsSplitByPercentages() throws {
        let rule = "{\"principal\":\"\(SplitRuleTests.shared)\",\"by\":\"percent\",\"shares\":{\"A\":\"33.3\",\"B\":\"66.7\"}}"
        let outcome = try run(rule, rows: [World.row(cost: "1.000000000000000001", quantity: "7", workspace: w1)], records: [event])
        #expect(
            columns(outcome, "principal", "workload_id", "level", "method", "element1", "weight", "weight_total", "calls", "quantity", "cost", "gap") == [
                [SplitRuleTests.shared, "A", "workload", "split-fixed", "A-e1", "1", "1", "0", "2.331", "0.333", ""],
                [SplitRuleTests.shared, "B", "workload", "split-fixed", "B-e1", "1", "1", "1", "4.669", "0.667000000000000001", ""],
            ])
    }

    @Test func aWorkspaceIsSplitEvenlyForItsTime() throws {
        let rule = "{\"workspace\":\"\(w1)\",\"by\":\"even\",\"workloads\":[\"C\",\"A\",\"B\"],\"from\":\"2026-11-03\",\"to\":\"2026-11-04\"}"
        let rows = [World.row(cost: "1", workspace: w1), World.row(cost: "1", start: "04T00", end: "04T01", workspace: w1), World.row(cost: "1", workspace: w2)]
        #expect(
            columns(try run(rule, rows: rows), "workspace_arn", "workload_id", "level", "method", "cost", "gap") == [
                // Ties go to the bytewise smaller workload.
                [w1, "A", "workspace", "split-even", "0.333333333333333334", ""], [w1, "B", "workspace", "split-even", "0.333333333333333333", ""],
                [w1, "C", "workspace", "split-even", "0.333333333333333333", ""], [w2, "", "unallocated", "none", "1", "no-evidence"],
                [w1, "", "unallocated", "none", "1", "no-evidence"],
            ])
        // Who called keeps the gap of a caller that nobody claims.
        let called = columns(try run(rule, rows: [World.row(cost: "3", workspace: w1)], records: [World.event("e", role: "x", workspace: w1)]), "workload_id", "method", "gap")
        #expect(called == [["A", "split-even", "unclaimed-principal"], ["B", "split-even", "unclaimed-principal"], ["C", "split-even", "unclaimed-principal"]])
    }

    @Test func whatIsUnallocatedFollowsDirectCost() throws {
        let rule = "{\"unallocated\":\"all\",\"by\":\"direct\"}"
        let rows = [
            World.row(cost: "3", workspace: w1), World.row(cost: "1", workspace: w2), World.row(cost: "8", start: "05T00", end: "05T01", account: "444455556666"),
            World.row(cost: "5", start: "05T00", end: "05T01", account: "444455556666", currency: "EUR"),
        ]
        let records = [World.event("a", role: "a", workspace: w1), World.event("b", role: "b", workspace: w2)]
        let outcome = try run(rule, rows: rows, records: records)
        #expect(
            columns(outcome, "workload_id", "method", "cost", "currency") == [
                ["A", "sole-principal", "3", "USD"], ["B", "sole-principal", "1", "USD"],
                // In euros nobody has cost anything, so there is no proportion.
                ["", "none", "5", "EUR"], ["A", "split-direct", "6", "USD"], ["B", "split-direct", "2", "USD"],
            ])
        // Claims come first, and other platforms are left alone.
        #expect(columns(try run("{\"unallocated\":\"bedrock\",\"by\":\"direct\"}", rows: rows, records: records), "method").map { $0[0] }
            == ["sole-principal", "sole-principal", "none", "none"])
    }

    /// A session whose claim is over is split as its role is; a share of nothing goes to the first that has a weight.
    @Test func sessionsAndNothing() throws {
        let rule = "{\"principal\":\"\(SplitRuleTests.shared)\",\"by\":\"percent\",\"shares\":{\"A\":\"0\",\"B\":\"100\"}}"
        var world = World()
        world.registry = registry(rule).replacing("{\"id\":\"C\"", with: "{\"id\":\"S\",\"claims\":[{\"principal\":\"\(SplitRuleTests.shared)\",\"session\":\"ana\",\"to\":\"2026-11-01\"}]},{\"id\":\"C\"")
        world.rows = [World.row(cost: "0", quantity: "0", workspace: w1)]
        world.records = [event.replacing("{\"type\":\"AssumedRole\",", with: "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::\(World.account):assumed-role/AWSReservedSSO_Science/ana\",")]
        world.options.weighing = .calls
        let rows = columns(try world.run(), "principal", "workload_id", "method", "calls")
        #expect(rows == [["arn:aws:sts::\(World.account):assumed-role/AWSReservedSSO_Science/ana", "B", "split-fixed", "1"]])
    }

    @Test func taxesFollowTheParts() throws {
        let rule = "{\"workspace\":\"\(w1)\",\"by\":\"percent\",\"shares\":{\"A\":\"25\",\"C\":\"75\"}}"
        let rows = [World.row(cost: "4", workspace: w1), World.row(cost: "1", start: "01T00", end: "30T00", type: "Tax")]
        let taxes = columns(try run(rule, rows: rows), "line_item_type", "workload_id", "method", "cost").filter { $0[0] == "Tax" }
        #expect(taxes == [["Tax", "A", "follows-cost", "0.25"], ["Tax", "C", "follows-cost", "0.75"]])
    }

    /// On random worlds every charge is whole, with rules of every kind at once, held in memory or by way of the disk.
    @Test func nothingIsLostWhateverTheRules() throws {
        var random = SeededRandom(seed: 17)
        for round in 0..<40 {
            var world = World()
            let rules = [
                "{\"principal\":\"\(World.role("x"))\",\"by\":\"percent\",\"shares\":{\"A\":\"12.345678901234567891\",\"B\":\"87.654321098765432109\"}}",
                "{\"workspace\":\"\(w2)\",\"by\":\"even\",\"workloads\":[\"A\",\"B\",\"C\"]}", "{\"unallocated\":\"all\",\"by\":\"direct\",\"workloads\":[\"A\",\"B\"]}",
            ]
            world.registry = registry(rules.filter { _ in random.int(0...2) > 0 }.joined(separator: ","))
            for number in 0..<random.int(1...12) {
                let hour = random.int(10...20)
                world.rows.append(
                    World.row(
                        cost: "\(random.int(-9...99)).\(random.int(100_000_000...999_999_999))", quantity: "\(random.int(0...99))", start: "03T\(hour)", end: "03T\(hour + 1)",
                        workspace: [w1, w2, ""][random.int(0...2)]))
                world.records.append(World.event("e\(number)", at: "03T\(random.int(10...20)):15", role: ["a", "b", "x"][random.int(0...2)], workspace: [w1, w2][random.int(0...1)]))
            }
            let held = try world.run()
            let spilled = try world.run(tallies: 3, seed: UInt64(round), maxMemory: 1)
            #expect(held.files["allocations.csv"] == spilled.files["allocations.csv"], "round \(round)")
        }
    }

    @Test func wrongRulesAreFaults() {
        for (rule, words) in [
            ("{\"workspace\":\"\(w1)\",\"by\":\"percent\",\"shares\":{\"A\":\"60\",\"B\":\"30\"}}", "add up to 90, but must add up to 100"),
            ("{\"workspace\":\"\(w1)\",\"by\":\"percent\",\"shares\":{\"A\":\"60\",\"X\":\"40\"}}", "has 'X', which is no workload"),
            ("{\"workspace\":\"\(w1)\",\"by\":\"even\"}", "name the workloads that share"), ("{\"workspace\":\"\(w1)\",\"by\":\"evn\",\"workloads\":[\"A\"]}", "did you mean 'even'?"),
            ("{\"by\":\"direct\"}", "exactly one of 'principal', 'workspace' and 'unallocated'"), ("{\"unallocated\":\"none\",\"by\":\"direct\"}", "must be \"all\""),
            ("{\"unallocated\":\"all\",\"by\":\"direct\"},{\"unallocated\":\"all\",\"by\":\"even\",\"workloads\":[\"A\"]}", "splits what $.splits[0] splits at the same time"),
        ] {
            do throws(RegistryFaults) {
                _ = try readRegistry(Array(registry(rule).utf8), file: "r")
                Issue.record("\(rule) was read")
            } catch { #expect(error.messages.contains { $0.contains(words) }, "\(error.messages)") }
        }
    }
}
