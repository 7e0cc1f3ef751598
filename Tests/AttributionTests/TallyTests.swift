import Records
import Testing
import TestSupport

@testable import Attribution

@Suite struct TallyTests {
    /// A month with some of everything.
    private func world(_ seed: UInt64) -> TinyWorld {
        var random = SeededRandom(seed: seed)
        var world = TinyWorld()
        let workspaces = ["w1", "w2"].map { World.workspace($0) }
        world.registry = """
            {"version":1,"workspaces":[{"arn":"\(workspaces[0])","name":"one","tags":{"element1":"A"}},{"arn":"\(workspaces[1])","name":"two"}],
             "workloads":[{"id":"a","claims":[{"principal":"\(World.role("agent-a"))"}],"estimates":[{"month":"2026-11","amount":"100","confirmedBy":"fa@example.com"}]},
                          {"id":"b","claims":[{"workspace":"\(workspaces[1])","from":"2026-11-03"}]}]}
            """
        func time(_ random: inout SeededRandom) -> String { "0\(random.int(2...4))T1\(random.int(0...5))" }
        for _ in 0..<30 {
            let start = time(&random)
            let end = String(start.dropLast()) + String((Int(start.suffix(1)) ?? 0) + 1)
            var row = World.row(
                cost: random.pick(["0.1", "1", "-0.3", "0.0000000000000000017", "12.34"]), start: start, end: end,
                workspace: random.pick(workspaces + [""]),
                type: random.pick(["Usage", "Usage", "Usage", "Tax", "Credit", "Weird"]), currency: random.pick(["USD", "USD", "EUR"]))
            if random.once(in: 4) { row["product_product_name"] = "x (Amazon Bedrock Edition)" }
            if random.once(in: 6) { row["product_product_name"] = "Something"; row["line_item_usage_type"] = "x" }
            if random.once(in: 4) { row["resource_tags_user_element1"] = "T" }
            if random.once(in: 9) { row["line_item_unblended_cost"] = "bad" }
            world.rows.append(row)
        }
        for index in 0..<40 {
            let id = "e\(random.once(in: 6) ? 1 : index)"
            world.records.append(
                World.event(
                    id, at: time(&random) + ":\(random.int(10...59))", role: random.pick(["agent-a", "agent-b", ""]),
                    workspace: random.pick(workspaces),
                    model: random.pick(["claude-sonnet-5", "claude-haiku-4-5", ""]),
                    ["sharedEventID": random.once(in: 8) ? "\"s\"" : "null", "requestID": "\"r\(index)\""]))
            if random.once(in: 2) {
                world.usage.append(
                    "{\"time\":\"2026-11-03T12:00:00Z\",\"aws_request_id\":\"r\(random.int(0...45))\",\"id\":\"\(random.pick(["m1", "m2"]))\",\"model\":\"claude-sonnet-5\",\"usage\":{\"input_tokens\":\(random.int(0...9))}}"
                )
            }
        }
        world.options.weighing = random.pick([.auto, .tokens, .calls])
        return world
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func howTheInputIsDealtOutDoesNotShow(seed: UInt64) throws {
        let world = world(seed)
        let wanted = try world.run()
        #expect(wanted.ledger.count > 10, "seed \(seed)")
        for tallies in 2...5 {
            let found = try world.run(tallies: tallies, seed: seed &* 100 &+ UInt64(tallies))
            for (file, content) in wanted.files {
                #expect(found.files[file] == content, "seed \(seed), \(tallies) tallies: \(file)")
            }
            #expect(found.charges.nearMissCounts.map(\.rows) == wanted.charges.nearMissCounts.map(\.rows), "seed \(seed)")
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func whatGoesToDiskDoesNotShow(seed: UInt64) throws {
        let world = world(seed)
        let wanted = try world.run()
        for tallies in 1...3 {
            let found = try world.run(tallies: tallies, seed: seed &* 100 &+ UInt64(tallies), maxMemory: 1)
            for (file, content) in wanted.files {
                #expect(found.files[file] == content, "seed \(seed), \(tallies) tallies: \(file)")
            }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func everyCentOfEveryGroupIsInTheLedger(seed: UInt64) throws {
        let found = try world(seed).run()
        var sums: [String: Amount] = [:]
        for group in found.attribution.ledger.groups {
            sums[found.attribution.ledger.names.text(group.currency), default: .zero].atto += group.cost.atto
        }
        for row in found.ledger {
            let cost = try Amount.parse(bytes(row["cost"] ?? "").span).amount
            sums[row["currency"] ?? "", default: .zero].atto -= cost.atto
        }
        #expect(sums.values.allSatisfy { $0 == .zero }, "seed \(seed)")
    }

    @Test func candidatesAreAdoptedByThePlatformOfTheirProduct() throws {
        var world = TinyWorld()
        func other(_ type: String, product: String, payer: String = World.account, cost: String = "2") -> [String: String] {
            World.row(
                cost: cost, type: type, payer: payer,
                [
                    "product_product_name": "x", "line_item_usage_type": "x", "line_item_product_code": product,
                    "line_item_legal_entity": "Claude Anthropic",
                ])
        }
        world.rows = [
            World.row(["line_item_product_code": "p1"]), World.row(["line_item_product_code": "p2"]),
            World.row(["line_item_product_code": "p2", "product_product_name": "x (Amazon Bedrock Edition)"]),
            other("Tax", product: "p1"), other("Credit", product: "p2"), other("Refund", product: "p3"),
            other("Fee", product: "p1", payer: "9"),
            other("Usage", product: "p1"), other("Tax", product: "p1", cost: "bad"), other("Tax", product: "p3", cost: "bad"),
            other("Tax", product: "p1").merging(["bill_billing_period_start_date": "2026-10-01T00:00:00Z"]) { $1 },
        ]
        let found = try world.run()
        let rows = found.attribution.rows
        #expect(rows.read == 11 && rows.charges == 5 && rows.otherService == 4 && rows.otherPeriod == 1 && rows.rejected == 1)
        // Adopted rows are no near misses; those of other services are.
        #expect(rows.nearMiss == 4)
        #expect(found.charges.adoptedFaults.count == 1 && found.charges.faults.isEmpty)
        #expect(found.ledger.first { $0["line_item_type"] == "Tax" }?["platform"] == "claude-platform")
        #expect(found.ledger.first { $0["line_item_type"] == "Credit" }?["platform"] == "bedrock")
    }

    @Test func pricesThatAreOffByMoreThanAMillionthAreCounted() throws {
        var world = TinyWorld()
        world.rows = [
            World.row(cost: "0.1", quantity: "10"), World.row(cost: "0.100001", quantity: "10"),
            World.row(cost: "0.100001000000000001", quantity: "10"),
            World.row(cost: "0.098999", quantity: "10"), World.row(cost: "-0.1", quantity: "10"),
            World.row(cost: "5", quantity: "10", currency: "EUR"),
            World.row(cost: "5", quantity: "10", type: "Tax"),
        ]
        #expect(try world.run().attribution.rows.priceMismatch == 3)
        world.registry = "{\"version\":1,\"profile\":{\"unitPrice\":{\"EUR\":\"0.5\"}}}"
        #expect(try world.run().attribution.rows.priceMismatch == 0)
    }

    @Test func sumsBeyondTheLimitAreBadData() throws {
        var world = TinyWorld()
        world.rows = (0..<1001).map { _ in World.row(cost: "1e15") }
        #expect(throws: AttributionFault.self) { try world.run() }
        // However far it strays on the way.
        world.rows += [World.row(cost: "-1e15")]
        #expect(try world.run().ledger.map { $0["cost"] } == ["1000000000000000000"])
    }
}
