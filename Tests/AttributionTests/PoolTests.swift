import Records
import Testing
import TestSupport

@testable import Attribution

@Suite struct PoolTests {
    private func windows(_ rows: [[String: String]], _ records: [String]) throws -> [[String]] {
        var world = World()
        world.rows = rows
        world.records = records
        return columns(try world.run(), "usage_start", "workspace_arn", "evidence_window", "principal", "calls")
    }

    @Test func theIntervalIsHalfOpenAndInFullHours() throws {
        let row = World.row(start: "03T14:20", end: "03T14:59:59", workspace: w1)
        for (at, window) in [
            ("03T14:00", "interval"), ("03T14:59:59", "interval"), ("03T15:00", "none"), ("03T13:59:59", "before"), ("02T15:00", "before"),
            ("02T14:59:59", "none"),
        ] {
            let found = try windows([row], [World.event("e", at: at, workspace: w1)])
            #expect(found.map { $0[2] } == [window], "\(at)")
            #expect(found[0][4] == (window == "interval" ? "1" : "0"), "\(at)")
        }
    }

    @Test func onlyShortIntervalsLookBack() throws {
        let before = World.event("e", at: "03T13:59", workspace: w1)
        let beforeAnyWorkspace = World.event("e", at: "03T13:59", workspace: w2)
        for (end, window) in [("04T13", "before"), ("04T13:00:01", "none"), ("04T14", "none")] {
            #expect(
                try windows([World.row(start: "03T14", end: end, workspace: w1)], [before])[0][2] == (end == "04T13" ? "before" : "none"),
                "\(end)")
            #expect(try windows([World.row(start: "03T14", end: end)], [beforeAnyWorkspace])[0][2] == window, "\(end)")
        }
        // The 24 hours end with the interval.
        #expect(
            try windows([World.row(start: "03T14", end: "03T16", workspace: w1)], [World.event("e", at: "02T15:59:59", workspace: w1)])[0][
                2] == "none")
        #expect(
            try windows([World.row(start: "03T14", end: "03T16", workspace: w1)], [World.event("e", at: "02T16:00", workspace: w1)])[0][2]
                == "before")
        // An event of the day before the month answers for the month's first hour.
        #expect(
            try windows(
                [World.row(start: "01T00", end: "01T01", workspace: w1)], [World.event("e", at: "2026-10-31T23:30:00Z", workspace: w1)])[0][
                    2] == "before")
    }

    @Test func moneyWithoutWorkspaceTakesWhatNoOtherMoneyAnswersFor() throws {
        let none = World.row(start: "03T14", end: "03T16")
        let spoken = World.row(start: "03T14:30", end: "03T14:40", workspace: w1)
        let inW1 = World.event("e1", at: "03T14:50", role: "a", workspace: w1)
        let later = World.event("e2", at: "03T15:10", role: "b", workspace: w1)
        let inW2 = World.event("e3", at: "03T14:50", role: "c", workspace: w2)
        func principals(_ rows: [[String: String]], _ records: [String]) throws -> [String] {
            try windows(rows, records).filter { $0[1].isEmpty }.map { "\($0[2]) \($0[3].suffix(1)) \($0[4])" }
        }
        // w1's own row speaks for its whole hour, floored and raised, and for no other.
        #expect(try principals([none, spoken], [inW1, later, inW2]) == ["interval b 1", "interval c 1"])
        // Nothing is left that is not spoken for: all of the account's events, credited once only.
        #expect(try principals([none, spoken], [inW1]) == ["shared a 0"])
        #expect(try principals([none], [inW1, inW2]) == ["interval a 1", "interval c 1"])
        #expect(try principals([none], [World.event("e", at: "03T13:00", role: "z", workspace: w1)]) == ["before z 0"])
        // Of another account's events none.
        let foreign = World.event("e", at: "03T14:50", workspace: World.workspace("w", account: "444455556666"), account: "444455556666")
        #expect(try principals([none], [foreign]) == ["none  0"])
    }

    @Test func theAccountIsTheOneThatTheWorkspaceIsBilledTo() throws {
        var world = World()
        world.registry = "{\"version\":1,\"workspaces\":[{\"arn\":\"\(w1)\",\"billedTo\":\"444455556666\"}]}"
        world.rows = [World.row(account: "444455556666"), World.row(start: "04T14", end: "04T15")]
        world.records = [World.event("e", workspace: w1), World.event("f", at: "04T14:30")]
        #expect(
            columns(try world.run(), "usage_account_id", "evidence_window") == [
                ["444455556666", "interval"], [World.account, "interval"],
            ])
        // Without a workspace the recipient, else the caller's account.
        world.records = [World.event("f", at: "04T14:30", ["recipientAccountId": "null"])]
        #expect(columns(try world.run(), "evidence_window") == [["none"], ["interval"]])
    }

    @Test func eachCallIsCreditedOnceToTheFirstGroup() throws {
        var world = World()
        // By account, workspace, start, end, payer, source, region, usage type …: here the currency decides, then the start.
        world.rows = [
            World.row(start: "03T14", end: "03T16", workspace: w1, currency: "USD"),
            World.row(start: "03T14", end: "03T16", workspace: w1, currency: "EUR"),
            World.row(start: "03T14", end: "03T15", workspace: w1, currency: "USD"), World.row(start: "03T13", end: "03T17"),
        ]
        world.records = [
            World.event("e1", at: "03T14:10", workspace: w1), World.event("e2", at: "03T15:10", workspace: w1),
            World.event("e3", at: "03T16:10", workspace: w2),
            World.event("e4", at: "03T20:10", workspace: w2),
        ]
        let outcome = try world.run()
        #expect(
            columns(outcome, "usage_start", "usage_end", "currency", "calls") == [
                [World.time("03T13"), World.time("03T17"), "USD", "1"], [World.time("03T14"), World.time("03T15"), "USD", "1"],
                [World.time("03T14"), World.time("03T16"), "USD", "0"], [World.time("03T14"), World.time("03T16"), "EUR", "1"],
            ])
        #expect(outcome.attribution.events.evidence == 4 && outcome.attribution.events.unused == 1)
    }
}

@Suite struct WeightTests {
    private func line(_ request: String, _ tokens: Int, model: String = "claude-sonnet-5", id: String = "m", _ more: String = "") -> String
    {
        "{\"time\":\"2026-11-03T14:00:00Z\",\"aws_request_id\":\"req-\(request)\",\"id\":\"\(id)\",\"model\":\"\(model)\"\(more),\"usage\":{\"input_tokens\":\(tokens)}}"
    }

    private func world(_ roles: [(role: String, tokens: Int?)], weighing: Weighing = .auto) -> World {
        var world = World()
        world.options.weighing = weighing
        world.registry = claims(workload("a", "{\"principal\":\"\(World.role("a"))\"}"))
        world.rows = [World.row(cost: "1", workspace: w1)]
        for (index, entry) in roles.enumerated() {
            world.records.append(World.event("e\(index)", role: entry.role, workspace: w1))
            if let tokens = entry.tokens { world.usage.append(line("e\(index)", tokens)) }
        }
        return world
    }

    private func weights(_ world: World) throws -> [String] {
        columns(try world.run(), "principal", "method", "weight", "weight_total").map { "\($0[0].suffix(1)) \($0[1]) \($0[2])/\($0[3])" }
    }

    /// One input token of claude-sonnet-5 weighs 20,000 × 100 = 2·10⁶.
    @Test func ninetyFivePerCentRatedIsEnough() throws {
        func pool(_ unrated: Int) -> [(String, Int?)] { (0..<20).map { ($0 < 10 ? "a" : "b", $0 < unrated ? nil : 1) } }
        #expect(try weights(world(pool(0))) == ["a token-weighted 20000000/40000000", "b none 20000000/40000000"])
        #expect(try weights(world(pool(1))) == ["a token-weighted 20000000/40000000", "b none 20000000/40000000"])
        #expect(try weights(world(pool(2))) == ["a call-weighted 10/20", "b none 10/20"])
        #expect(try weights(world(pool(2), weighing: .tokens)) == ["a token-weighted 20000000/40000000", "b none 20000000/40000000"])
        #expect(try weights(world(pool(0), weighing: .calls)) == ["a call-weighted 10/20", "b none 10/20"])
        #expect(try weights(world(pool(20), weighing: .tokens)) == ["a call-weighted 10/20", "b none 10/20"])
    }

    @Test func anUnratedEventWeighsTheMeanOfItsPrincipal() throws {
        // a: 1 and 2 tokens rated, mean 3,000,000; b: 5; c has none rated: the pool's mean of 8 tokens ÷ 3, rounded down.
        let found = try weights(world([("a", 1), ("a", 2), ("a", nil), ("b", 5), ("b", nil), ("c", nil)], weighing: .tokens))
        #expect(found == ["a token-weighted 9000000/34333333", "b none 20000000/34333333", "c none 5333333/34333333"])
        // At least 1, although the mean is 0.
        #expect(try weights(world([("a", 0), ("a", 0), ("b", nil)], weighing: .tokens)) == ["a token-weighted 0/1", "b none 1/1"])
        // All weights 0: by calls.
        #expect(try weights(world([("a", 0), ("b", 0), ("b", 0)])) == ["a call-weighted 1/3", "b none 2/3"])
    }

    @Test func recordsOfOneCallAddUpAndCopiesDoNot() throws {
        var world = world([("a", nil), ("b", nil)])
        world.usage = [
            line("e0", 1, id: "m1"), line("e0", 2, id: "m2"), line("e0", 2, id: "m2"), line("e0", 1, id: "m2"), line("e1", 7),
            line("e9", 7),
        ]
        let outcome = try world.run()
        #expect(columns(outcome, "weight") == [["6000000"], ["14000000"]])
        let usage = outcome.attribution.usage
        #expect(usage.read == 6 && usage.rated == 4 && usage.duplicate == 2 && usage.joined == 3 && usage.unmatched == 1)
        // A model that no card knows leaves the record unrated, and is named.
        world.usage = [line("e0", 1, model: "claude-x"), line("e1", 1)]
        let unknown = try world.run()
        #expect(unknown.attribution.unknownModels == ["claude-x"] && unknown.attribution.usage.unrated == 1)
        #expect(columns(unknown, "weight") == [["1"], ["1"]])
    }

    @Test func aModelThatTheTrailLacksComesFromTheLog() throws {
        var world = world([])
        world.records = [World.event("e0", workspace: w1, model: ""), World.event("e1", workspace: w1, model: "given")]
        world.usage = [
            line("e0", 1, model: "", id: "a"), line("e0", 1, model: "second", id: "b"), line("e0", 1, model: "third", id: "c"),
            line("e1", 1, model: "other"),
        ]
        #expect(Set(columns(try world.run(), "model")) == [["second"], ["given"]])
    }

    @Test func trustedRecordsAreEvidenceOfTheirOwn() throws {
        var world = world([])
        world.options.trustsUsageLog = true
        let principal = ",\"principal\":\"\(World.role("a"))\",\"workspace\":\"wrkspc_w1\""
        world.usage = [
            line("x", 3, id: "2", principal), line("x", 4, id: "1", principal), line("y", 5, principal.replacing("wrkspc_w1", with: "wrkspc_unknown")),
            line("z", 6),
            line("q", 1, principal).replacing("2026-11-03", with: "2026-12-01"),
        ]
        let outcome = try world.run()
        #expect(columns(outcome, "principal", "calls", "weight") == [[World.role("a"), "1", "14000000"]])
        #expect(outcome.attribution.usage.ownEvidence == 2 && outcome.attribution.usage.unmatched == 3)
        world.options.trustsUsageLog = false
        #expect(try world.run().attribution.usage.unmatched == 5)
    }
}
