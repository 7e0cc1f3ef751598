import Bytes
import Records

/// Sorts ledger rows that have no room in memory: as many at a time as have are sorted and put on disk, then all these runs are merged.
///
///     shares ─▶ │ run │ run │ run │ ─▶ the smallest row of all runs, again and again
struct SortedRuns {
    private let columns: LedgerOrder
    private let file: SpillFile
    private let limit: Int
    private var run: [LedgerRow] = []
    private var runs: [SpillFile.Block] = []

    init(_ columns: LedgerOrder, _ room: SpillRoom) {
        self.columns = columns
        file = room.file
        // Sorting holds a row and its place twice for a moment.
        limit = SpillRoom.count(room.ledgerBytes / 3, of: LedgerRow.self)
    }

    mutating func add(_ row: LedgerRow) throws(SpillFault) {
        run.append(row)
        if run.count >= limit { try endRun() }
    }

    private mutating func endRun() throws(SpillFault) {
        if run.isEmpty { return }
        var places = Array(0..<UInt32(run.count))
        let (rows, columns) = (run, columns)
        sortByHalves(&places) { columns.keyPrecedes(rows[Int($0)], rows[Int($1)]) }
        runs.append(try file.append(places.map { rows[Int($0)] }[...]))
        run.removeAll(keepingCapacity: true)
    }

    /// Hands all rows over by every column but the amounts; rows that are equal in these come in any order.
    consuming func merge(_ body: (LedgerRow) throws(SpillFault) -> Void) throws(SpillFault) {
        var cursors: [Cursor] = []
        try endRun()
        run = []
        let window = max(16, min(4096, limit / max(1, runs.count)))
        for block in runs { cursors.append(try Cursor(file, block, window: window)) }
        // A heap of the runs that are not at their end, by their next row.
        var heap = Array(cursors.indices)
        func precedes(_ a: Int, _ b: Int) -> Bool { columns.keyPrecedes(cursors[a].row, cursors[b].row) }
        func sink(_ start: Int) {
            var place = start
            while true {
                var least = place
                for child in [2 * place + 1, 2 * place + 2] where child < heap.count && precedes(heap[child], heap[least]) { least = child }
                if least == place { return }
                heap.swapAt(place, least)
                place = least
            }
        }
        for place in heap.indices.reversed() { sink(place) }
        while let first = heap.first {
            try body(cursors[first].row)
            if try !cursors[first].advance() {
                let last = heap.removeLast()
                if heap.isEmpty { break }
                heap[0] = last
            }
            sink(0)
        }
    }

    /// Reads a run, a few rows at a time.
    private struct Cursor {
        private let file: SpillFile
        private let block: SpillFile.Block
        private let window: Int
        private var rows: [LedgerRow]
        private var place = 0
        private var next: Int

        /// - Parameter block: Not empty.
        init(_ file: SpillFile, _ block: SpillFile.Block, window: Int) throws(SpillFault) {
            self.file = file
            self.block = block
            self.window = window
            next = min(window, block.count)
            rows = try file.read(block, 0..<next, as: LedgerRow.self)
        }

        var row: LedgerRow { rows[place] }

        /// Whether there is another row.
        mutating func advance() throws(SpillFault) -> Bool {
            place += 1
            if place < rows.count { return true }
            if next == block.count { return false }
            let end = min(next + window, block.count)
            rows = try file.read(block, next..<end, as: LedgerRow.self)
            (place, next) = (0, end)
            return true
        }
    }
}
