import Bytes
import Registry
import TestSupport
import Testing

@testable import Attribution
@testable import Records

@Suite struct SpillTests {
    private func event(_ random: inout SeededRandom, _ names: inout Names) -> ActivityEvent {
        // Few ids, so that they meet; some are no UUIDs, and have another number in every tally.
        let digit = random.int(0...9)
        let id = random.once(in: 2) ? "0000000\(digit)-0000-4000-8000-000000000000" : "id-\(digit)"
        return ActivityEvent(
            time: Instant(seconds: Int64(random.int(0...99))), id: RecordID(bytes(id), names: &names), request: .empty, shared: .empty,
            principal: names.name("p\(random.int(0...99))"), model: .empty, workspace: .empty, recipientAccount: .empty, identityAccount: .empty)
    }

    private func text(_ event: ActivityEvent, _ names: Names) -> String {
        "\(String(decoding: event.id.text(names), as: UTF8.self)) \(event.time.text) \(names.text(event.principal))"
    }

    /// Lists with names of their own are taken in one by one, as tallies are, and one of them has taken in another before.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func allOfOneKeyAreInOnePart(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let folder = TemporaryFolder()
        let room = SpillRoom(file: SpillFile(path: folder.path + "/spill"), maxMemory: 1, workers: 1)
        var expected: [String] = []
        func list(_ count: Int, _ spills: Bool) -> (list: PartedList<ActivityEvent>, names: Names) {
            var names = Names()
            var list = PartedList<ActivityEvent>(room) { $0.id.spread($1) }
            // Names begin elsewhere in every list.
            for _ in 0..<random.int(0...20) { _ = names.name("x\(random.int(0...999))") }
            for _ in 0..<count {
                let event = event(&random, &names)
                expected.append(text(event, names))
                list.append(event)
                if spills { list.relieve(names) }
            }
            return (list, names)
        }
        var all = list(random.int(0...40), random.once(in: 2))
        for _ in 0..<3 {
            var middle = list(random.int(0...60), true)
            let inner = list(random.int(0...60), random.once(in: 2))
            middle.list.absorb(inner.list, map: middle.names.absorb(inner.names))
            middle.list.relieve(middle.names)
            all.list.absorb(middle.list, map: all.names.absorb(middle.names))
        }
        #expect(all.list.isSpilled)
        var found: [String] = []
        var partOf: [String: Int] = [:]
        for part in 0..<all.list.split(all.names) {
            for event in try all.list.take(part) {
                found.append(text(event, all.names))
                let id = String(decoding: event.id.text(all.names), as: UTF8.self)
                #expect(partOf.updateValue(part, forKey: id) ?? part == part, "\(id) is in two parts")
            }
        }
        #expect(found.sorted() == expected.sorted() && Set(partOf.values).count > 5)
    }

    /// Thousands of rows, many of them alike in all but their amounts, sorted and merged by way of the disk and without it.
    @Test(arguments: 1...3 as ClosedRange<UInt64>) func theLedgerIsTheSameByWayOfTheDisk(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var world = World()
        world.rows = [
            World.row(cost: "1", workspace: w1), World.row(cost: "2", type: "Tax"), World.row(cost: "3", start: "04T10", end: "04T11", workspace: w1),
            World.row(cost: "4", workspace: w1, currency: "EUR"),
        ]
        world.records = [World.event("e1", role: "a", workspace: w1), World.event("e2", role: "b", workspace: w1)]
        let ledger = try world.run().attribution.ledger
        var kinds: [LedgerRow] = []
        ledger.forEach { row, _ in kinds.append(row) }
        let folder = TemporaryFolder()
        let room = SpillRoom(file: SpillFile(path: folder.path + "/spill"), maxMemory: 2_000_000, workers: 1)
        var (held, spilled) = (ShareList(), ShareList(room))
        for _ in 0..<6_000 {
            var row = random.pick(kinds)
            row.weight = UInt128(random.int(1...60))
            row.calls = random.int(0...3)
            row.cost = Amount(atto: Int128(random.int(-20...20)))
            row.gap = random.pick([.none, .sharedRole])
            row.isEmpty = random.once(in: 9)
            try held.append(row)
            try spilled.append(row)
        }
        #expect(spilled.isSpilled && !held.isSpilled)
        func made(_ shares: ShareList, _ room: SpillRoom?) throws -> [String] {
            let made = try Ledger(
                shares: shares, groups: ledger.groups, workloadIDs: ledger.workloadIDs, names: ledger.names, ranks: ledger.names.ranks(), room: room)
            var rows: [String] = []
            made.forEach { row, _ in
                var row = row
                // Of rows that were merged any group stands for all, as what is printed of them is the same.
                row.group = 0
                rows.append("\(row)")
            }
            #expect(rows.count == made.count && made.fault == nil)
            return rows
        }
        let wanted = try made(held, nil)
        #expect(try made(spilled, room) == wanted)
        #expect(wanted.count > 500 && wanted.count < 5_000)
    }

    /// Only what a row comes to is judged, whatever its parts come to on the way: they come in another order from memory than from disk.
    @Test func sumsMayGoBeyondTheirLimitOnTheWay() throws {
        var world = World()
        world.rows = [World.row(cost: "1", workspace: w1)]
        let ledger = try world.run().attribution.ledger
        var kind: LedgerRow?
        ledger.forEach { row, _ in kind = row }
        let row = try #require(kind)
        let folder = TemporaryFolder()
        let room = SpillRoom(file: SpillFile(path: folder.path + "/spill"), maxMemory: 1, workers: 1)
        func cost(_ parts: [Int128], spills: Bool) throws -> Int128? {
            var shares = ShareList(spills ? room : nil)
            for part in parts {
                var share = row
                share.cost = Amount(atto: part)
                try shares.append(share)
            }
            #expect(shares.isSpilled == spills)
            let made = try Ledger(
                shares: shares, groups: ledger.groups, workloadIDs: ledger.workloadIDs, names: ledger.names, ranks: ledger.names.ranks(), room: room)
            var cost: Int128?
            made.forEach { row, _ in cost = row.cost.atto }
            return cost
        }
        let large = Amount.sumLimit / 10 * 9
        for shift in 0..<6 {
            let parts = [large, large, -large, large, -large, 7] + [Int128](repeating: 0, count: 400)
            let order = Array(parts[shift...] + parts[..<shift])
            for spills in [false, true] {
                #expect(try cost(order, spills: spills) == large + 7)
                #expect(throws: AttributionFault.self) { try cost(order + [large], spills: spills) }
            }
        }
    }

    @Test func aDiskThatCannotBeWrittenEndsTheRun() throws {
        var world = World()
        world.rows = [World.row(workspace: w1)]
        world.records = (0..<40).map { World.event("e\($0)", role: "a", workspace: w1) }
        let folder = TemporaryFolder()
        #expect {
            try world.run(maxMemory: 1, spillPath: folder.path + "/missing/spill")
        } throws: { error in
            guard case AttributionFault.spill(let fault)? = error as? AttributionFault else { return false }
            return fault.what.contains("/missing/spill: cannot be made: No such file or directory")
        }
    }
}

@Suite struct EvidenceBuilderTests {
    /// However often cells are brought together on the way, the same evidence comes of it.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func bringingTogetherEarlyDoesNotShow(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var names = Names()
        let registry = try readRegistry(
            bytes(#"{"version":1,"workloads":[{"id":"a","claims":[{"principal":"\#(World.role("p1"))","from":"2026-11-03"}]}]}"#), file: "r.json")
        let principals = (0..<3).map { names.name(World.role("p\($0)")) }
        let workspaces = ["", World.workspace("w1"), World.workspace("w2")].map { names.name($0) }
        let accounts = ["111122223333", "444455556666"].map { names.name($0) }
        let claims = Claims(registry, period: Month(year: 2026, month: 11), names: &names)
        let finder = WorkspaceFinder(registry, names: &names)
        let start = Month(year: 2026, month: 11).start
        let calls = (0..<random.int(1...300)).map { _ in
            (
                ActivityEvent(
                    time: start.adding(Instant.day + Int64(random.int(0...3 * 3600)) * 1_000_000 * 12), id: .empty, request: .empty, shared: .empty,
                    principal: random.pick(principals), model: .empty, workspace: random.pick(workspaces), recipientAccount: random.pick(accounts),
                    identityAccount: .empty), random.once(in: 3) ? UInt128(random.int(0...1000)) : nil
            )
        }
        func evidence(limit: Int) -> [String] {
            var builder = EvidenceBuilder(claims: claims, workspaces: finder, limit: limit)
            for (call, price) in calls { builder.add(call, price: price) }
            let evidence = builder.evidence { claims.precedes($0, $1, names) }
            #expect(evidence.cells.reduce(0) { $0 + Int($1.calls) } == calls.count)
            return evidence.cells.map { cell in
                "\(names.text(cell.workspace)) \(cell.hour) \(names.text(cell.account)) \(evidence.claimants[Int(cell.claimant)]) \(cell.calls) \(cell.firstTime.text) \(cell.lastTime.text) \(cell.isRated ? "\(evidence.price(cell))" : "-")"
            }.sorted()
        }
        let wanted = evidence(limit: .max)
        for limit in [1, 2, 7, 50] { #expect(evidence(limit: limit) == wanted) }
    }
}
