import Bytes
import Records

/// The shares of a run, in the order in which they were made: by far the largest thing it holds.
///
///     │ 4096 shares │ 4096 shares │ 17 shares │ 4096 shares, on disk │ … │ 9 shares │
///
/// One array would double as it grows, and hold old and new side by side while it does; a block is never moved again. What has no room in memory
/// goes to disk a block at a time. A share's place says which block it lies in, and where in it; where lists were joined a block may end
/// early, and the places behind are nobody's.
struct ShareList: Sendable {
    private let blockShift: Int
    private var heldLimit: Int
    private let parts: Int
    private let room: SpillRoom?
    /// The full blocks; of one on disk this is empty.
    private var held: [[LedgerRow]] = []
    /// Of each of them where it lies on disk, nil in memory.
    private var stored: [SpillFile.Block?] = []
    private var heldCount = 0
    private var last: [LedgerRow] = []

    /// - Parameters:
    ///   - room: Nil to hold all in memory.
    ///   - parts: How many lists share the room, until one has taken the others in.
    init(_ room: SpillRoom? = nil, parts: Int = 1) {
        self.room = room
        self.parts = parts
        let rows = room.map { SpillRoom.count($0.ledgerBytes, of: LedgerRow.self) } ?? .max
        blockShift = rows < 1 << 16 ? 4 : 12
        heldLimit = (rows >> blockShift) / parts
    }

    var count: Int { (0..<blockCount).reduce(0) { $0 + range($1).count } }
    var isSpilled: Bool { heldCount < held.count }

    mutating func append(_ row: LedgerRow) throws(SpillFault) {
        last.append(row)
        guard last.count == 1 << blockShift else { return }
        var full: [LedgerRow] = []
        swap(&full, &last)
        try add(full)
        last.reserveCapacity(1 << blockShift)
    }

    /// Adds a block, in memory while there is room.
    private mutating func add(_ block: [LedgerRow]) throws(SpillFault) {
        if let room, heldCount >= heldLimit {
            stored.append(try room.file.append(block[...]))
            held.append([])
        } else {
            stored.append(nil)
            held.append(block)
            heldCount += 1
        }
    }

    /// From now on the room of all lists that shared it is this one's, which is about to take them in.
    mutating func takeAllRoom() { heldLimit = heldLimit.multipliedReportingOverflow(by: parts).overflow ? .max : heldLimit * parts }

    /// Takes in another list, behind its own shares. None is moved, but to disk where memory has no room for more.
    mutating func append(contentsOf other: consuming ShareList) throws(SpillFault) {
        precondition(other.blockShift == blockShift, "lists of one run have blocks of one size")
        if !last.isEmpty {
            var short: [LedgerRow] = []
            swap(&short, &last)
            try add(short)
        }
        for block in other.held.indices {
            if let place = other.stored[block] {
                stored.append(place)
                held.append([])
                continue
            }
            var taken: [LedgerRow] = []
            swap(&taken, &other.held[block])
            try add(taken)
        }
        last = other.last
    }

    /// A share of a list that is not spilled.
    subscript(index: Int) -> LedgerRow {
        @inline(__always) get {
            let block = index >> blockShift
            return block < held.count ? held[block][index & (1 << blockShift - 1)] : last[index & (1 << blockShift - 1)]
        }
        _modify {
            let block = index >> blockShift
            if block < held.count { yield &held[block][index & (1 << blockShift - 1)] } else { yield &last[index & (1 << blockShift - 1)] }
        }
    }

    /// Hands over every share, with its place.
    func forEach(_ body: (Int, LedgerRow) throws(SpillFault) -> Void) throws(SpillFault) { try forEach(in: 0..<blockCount << blockShift, body) }

    /// Hands over the shares of a range of places.
    func forEach(in places: Range<Int>, _ body: (Int, LedgerRow) throws(SpillFault) -> Void) throws(SpillFault) {
        var block = places.lowerBound >> blockShift
        while block < blockCount, block << blockShift < places.upperBound {
            let first = block << blockShift
            let wanted = (places.lowerBound - first..<places.upperBound - first).clamped(to: range(block))
            var place = first + wanted.lowerBound
            for row in try rows(block, wanted) {
                try body(place, row)
                place += 1
            }
            block += 1
        }
    }

    private var blockCount: Int { held.count + 1 }

    /// Which shares a block has.
    private func range(_ block: Int) -> Range<Int> {
        if block == held.count { return 0..<last.count }
        return 0..<(stored[block]?.count ?? held[block].count)
    }

    private func rows(_ block: Int, _ range: Range<Int>) throws(SpillFault) -> ArraySlice<LedgerRow> {
        if block == held.count { return last[range] }
        guard let place = stored[block] else { return held[block][range] }
        guard let room else { preconditionFailure("a list without room on disk has nothing there") }
        return try room.file.read(place, range, as: LedgerRow.self)[...]
    }
}
