import Bytes
import Records
import Testing
import TestSupport

@testable import Attribution

@Suite struct ShareListTests {
    private func row() throws -> LedgerRow {
        var world = World()
        world.rows = [World.row(cost: "1", workspace: w1)]
        var found: LedgerRow?
        try world.run().attribution.ledger.forEach { row, _ in found = row }
        return try #require(found)
    }

    private func numbers(_ list: ShareList, in places: Range<Int>? = nil) throws -> [UInt128] {
        var numbers: [UInt128] = []
        let take: (Int, LedgerRow) throws(SpillFault) -> Void = { place, row in
            numbers.append(row.weight)
            // A place leads to its share, where all are held.
            if !list.isSpilled { #expect(list[place].weight == row.weight) }
        }
        if let places { try list.forEach(in: places, take) } else { try list.forEach(take) }
        return numbers
    }

    /// Lists of any length, joined in any way, give back what was put into them, in memory and by way of the disk.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func whatIsJoinedComesBackInOrder(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let folder = TemporaryFolder()
        let row = try row()
        for memory in [Int.max, 3_000_000, 1] {
            let room = SpillRoom(file: SpillFile(path: folder.path + "/spill\(memory)"), maxMemory: memory, workers: 1)
            let given = memory == .max ? nil : room
            var next: UInt128 = 0
            func list(_ count: Int) throws -> ShareList {
                var list = ShareList(given, parts: 4)
                for _ in 0..<count {
                    var share = row
                    share.weight = next
                    next += 1
                    try list.append(share)
                }
                return list
            }
            func count(_ random: inout SeededRandom) -> Int { random.pick([0, 1, 15, 16, 17, 4095, 4096, 4097, random.int(0...9000)]) }
            var all = try list(count(&random))
            var parts: [ShareList] = []
            for _ in 0..<random.int(0...4) { parts.append(try list(count(&random))) }
            all.takeAllRoom()
            for part in parts { try all.append(contentsOf: part) }
            try all.append(contentsOf: try list(count(&random)))
            for _ in 0..<random.int(0...20) {
                var share = row
                share.weight = next
                next += 1
                try all.append(share)
            }
            #expect(all.count == Int(next))
            #expect(try numbers(all) == Array(0..<next), "seed \(seed), memory \(memory)")
            #expect(memory != 1 || all.isSpilled || next == 0)
            // Any part of it, told by the places of its first and last.
            var places: [Int] = []
            try all.forEach { place, _ in places.append(place) }
            #expect(places == places.sorted() && Set(places).count == places.count)
            for _ in 0..<10 where !places.isEmpty {
                let first = random.int(0...places.count - 1)
                let last = random.int(first...places.count - 1)
                #expect(try numbers(all, in: places[first]..<places[last] + 1) == Array(UInt128(first)...UInt128(last)), "seed \(seed)")
            }
        }
    }
}
