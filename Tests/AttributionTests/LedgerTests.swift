import Records
import Testing
import TestSupport

@testable import Attribution

@Suite struct LedgerTests {
    @Test func sharesOfNothingAreLeftOutUnlessTheGroupIsNothing() throws {
        var world = World()
        world.rows = [World.row(cost: "0.000000000000000001", quantity: "0", workspace: w1)]
        world.records = [
            World.event("e1", at: "03T13:10", role: "a", workspace: w1), World.event("e2", at: "03T13:10", role: "b", workspace: w1),
        ]
        #expect(columns(try world.run(), "principal") == [[World.role("a")]])
        world.rows = [World.row(cost: "0", quantity: "0", workspace: w1)]
        #expect(try world.run().ledger.count == 2)
        // A call is something.
        world.rows = [World.row(cost: "0.000000000000000001", quantity: "0", start: "03T13", end: "03T14", workspace: w1)]
        #expect(columns(try world.run(), "calls", "cost") == [["1", "0.000000000000000001"], ["1", "0"]])
    }

    @Test func rowsThatAgreeAreMergedAndSortedAsText() throws {
        var world = World()
        // Invoices and tags that are not printed, or only differ in amounts, do not keep rows apart.
        world.rows = [
            World.row(
                cost: "9",
                [
                    "line_item_iam_principal": World.role("x"), "product_product_name": "m (Amazon Bedrock Edition)",
                    "resource_tags_user_element1": "A",
                ]),
            World.row(
                cost: "10",
                [
                    "line_item_iam_principal": World.role("x"), "product_product_name": "m (Amazon Bedrock Edition)",
                    "resource_tags_user_element1": "B",
                ]),
        ]
        world.registry = claims(workload("L", "{\"principal\":\"\(World.role("x"))\"}"))
        #expect(columns(try world.run(), "cost", "quantity", "element1") == [["19", "200", "L-e1"]])
    }

    @Test(arguments: [
        ("USE1-MP:USE1_CacheReadInputTokenCount-Units", "cache-read"), ("CacheWrite1hInputTokenCount", "cache-write-1h"),
        ("cache-write-1h", "cache-write-1h"),
        ("Cache_WriteInputTokenCount", "cache-write"), ("USE1_InputTokenCount", "input"), ("output-token-count", "output"),
        ("Requests", ""), ("", ""),
    ]) func tokenTypes(usageType: String, text: String) {
        #expect(TokenType(usageType: usageType.utf8).text == text)
    }

    @Test func dataThroughIsWithinTheMonth() throws {
        func through(_ rows: [[String: String]], asOf: String? = nil) throws -> String {
            var world = World()
            world.rows = rows
            world.options.asOf = asOf.flatMap { Instant(bytes($0).span) }
            return try world.run().attribution.dataThrough.text
        }
        #expect(try through([]) == "2026-11-01T00:00:00Z")
        #expect(try through([World.row(end: "03T14:30"), World.row(start: "03T10", end: "03T11")]) == "2026-11-03T15:00:00Z")
        #expect(try through([World.row(end: "2026-12-02T00:00:00Z")]) == "2026-12-01T00:00:00Z")
        #expect(try through([World.row(end: "09T00", ["line_item_line_item_type": "Tax"])]) == "2026-11-01T00:00:00Z")
        #expect(try through([World.row()], asOf: "2026-11-22T05:59:59Z") == "2026-11-22T05:00:00Z")
        #expect(try through([World.row()], asOf: "2026-10-22T05:59:59Z") == "2026-11-01T00:00:00Z")
    }

    /// Shares of many charges, made in any order, come out as the columns say, whoever sorts them: each row not behind the next.
    @Test(arguments: 1...5 as ClosedRange<UInt64>) func sharesInAnyOrderComeOutSorted(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var world = World()
        for day in 1...9 {
            for hour in 10...12 {
                world.rows.append(World.row(cost: "\(hour).5", start: "0\(day)T\(hour)", end: "0\(day)T\(hour + 1)", workspace: random.once(in: 2) ? w1 : w2))
            }
            world.records.append(World.event("e\(day)", at: "0\(day)T10:10", role: random.pick(["a", "b"]), workspace: w1))
        }
        let ledger = try world.run().attribution.ledger
        var rows: [LedgerRow] = []
        ledger.forEach { row, _ in rows.append(row) }
        var shares = ShareList()
        for _ in 0..<3_000 {
            var row = random.pick(rows)
            row.weight = UInt128(random.int(1...12))
            row.calls = random.int(0...30)
            row.gap = random.pick([.none, .noEstimate])
            row.isEmpty = random.once(in: 10)
            try shares.append(row)
        }
        let made = try Ledger(shares: shares, groups: ledger.groups, workloadIDs: ledger.workloadIDs, names: ledger.names, ranks: ledger.ranks)
        let columns = LedgerOrder(groups: ledger.groups, workloadIDs: ledger.workloadIDs, ranks: ledger.ranks)
        var (calls, last): (Int, LedgerRow?) = (0, nil)
        made.forEach { row, _ in
            if let last { #expect(columns.precedes(last, row) && columns.relation(last, row) != .agrees, "seed \(seed)") }
            calls += row.calls
            last = row
        }
        var given = 0
        try shares.forEach { _, row in given += row.isEmpty ? 0 : row.calls }
        #expect(calls == given && made.count > 100 && made.count < 3_000)
    }

    /// The order of enumerations is bytewise by text, which sorting relies on.
    @Test func enumerationsAreInBytewiseOrder() {
        func isSorted(_ texts: [String]) -> Bool {
            texts == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } && Set(texts).count == texts.count
        }
        #expect(isSorted(Level.allCases.map(\.text)) && isSorted(Method.allCases.map(\.text)) && isSorted(Gap.allCases.map(\.text)))
        #expect(isSorted(EvidenceWindow.allCases.map(\.text)) && isSorted(WorkspaceSource.allCases.map(\.text)))
        #expect(isSorted(Platform.allCases.map(\.text)))
    }
}

@Suite struct InvariantTests {
    private func outcome() throws -> (shares: ShareList, groups: [ChargeGroup], attribution: Attribution) {
        var world = World()
        world.rows = [World.row(cost: "1", workspace: w1), World.row(cost: "2", type: "Tax")]
        world.records = [World.event("e1", role: "a", workspace: w1), World.event("e2", role: "b", workspace: w1)]
        let attribution = try world.run().attribution
        var shares = ShareList()
        try attribution.ledger.forEach { row, _ in try shares.append(row) }
        return (shares, attribution.ledger.groups, attribution)
    }

    private func ledger(_ shares: ShareList, _ attribution: Attribution) throws -> Ledger {
        let names = attribution.ledger.names
        return try Ledger(shares: shares, groups: attribution.ledger.groups, workloadIDs: [], names: names, ranks: names.ranks())
    }

    @Test func aTamperedShareIsDetected() throws {
        let (shares, groups, attribution) = try outcome()
        #expect(throws: Never.self) { try Invariants.checkShares(shares, groups) }
        for index in 0..<shares.count {
            var tampered = shares
            tampered[index].cost.atto += 1
            #expect(throws: AttributionFault.self) { try Invariants.checkShares(tampered, groups) }
            let doctored = try ledger(tampered, attribution)
            #expect(throws: AttributionFault.self) { try Invariants.checkTotals(doctored, groups) }
            tampered = shares
            tampered[index].quantity.atto -= 1
            #expect(throws: AttributionFault.self) { try Invariants.checkShares(tampered, groups) }
            tampered = ShareList()
            for other in 0..<shares.count where other != index { try tampered.append(shares[other]) }
            #expect(throws: AttributionFault.self) { try Invariants.checkShares(tampered, groups) }
        }
        // What one group gains another loses: the total is right, the groups are not.
        var moved = shares
        guard let first = (0..<moved.count).first(where: { moved[$0].group != moved[0].group }) else {
            Issue.record("one group only")
            return
        }
        moved[0].cost.atto += 1
        moved[first].cost.atto -= 1
        #expect(throws: AttributionFault.self) { try Invariants.checkShares(moved, groups) }
        let balanced = try ledger(moved, attribution)
        #expect(throws: Never.self) { try Invariants.checkTotals(balanced, groups) }
    }

    @Test func callsCreditedTwiceAreDetected() throws {
        let (shares, _, attribution) = try outcome()
        let whole = attribution.ledger
        #expect(throws: Never.self) { try Invariants.checkCalls(whole, evidence: 2) }
        #expect(throws: AttributionFault.self) { try Invariants.checkCalls(whole, evidence: 1) }
        var tampered = shares
        tampered[0].calls += 1
        let doctored = try ledger(tampered, attribution)
        #expect(throws: AttributionFault.self) { try Invariants.checkCalls(doctored, evidence: 2) }
    }

    @Test func everyCounterIsChecked() {
        func check(_ rows: RowCounts = RowCounts(), _ events: EventCounts = EventCounts(), _ usage: UsageCounts = UsageCounts()) -> Bool {
            do { try Invariants.checkCounts(rows, events, usage) } catch { return false }
            return true
        }
        #expect(check())
        for path in [\RowCounts.charges, \.otherService, \.otherPeriod, \.rejected] {
            var rows = RowCounts()
            rows[keyPath: path] = 2
            #expect(!check(rows))
            rows.read = 2
            #expect(check(rows))
        }
        let counters: [WritableKeyPath<EventCounts, Int>] = [
            \.evidence, \.rejected, \.otherSource, \.summary, \.otherPeriod, \.notBillable, \.failed, \.duplicate, \.superseded,
            \.sharedDuplicate,
        ]
        for path in counters {
            var events = EventCounts()
            events[keyPath: path] = 2
            #expect(!check(RowCounts(), events))
            events.read = 2
            #expect(check(RowCounts(), events))
        }
        #expect(!check(RowCounts(), EventCounts(read: 1, evidence: 1, unused: 2)))
        #expect(check(RowCounts(), EventCounts(), UsageCounts(read: 4, rated: 1, unrated: 1, joined: 2, duplicate: 1, rejected: 1)))
        #expect(!check(RowCounts(), EventCounts(), UsageCounts(read: 4, rated: 1, unrated: 1, joined: 1, duplicate: 1, rejected: 1)))
        #expect(!check(RowCounts(), EventCounts(), UsageCounts(read: 5, rated: 1, unrated: 1, joined: 2, duplicate: 1, rejected: 1)))
    }
}
