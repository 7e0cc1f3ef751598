import Bytes
import Records

/// The shares of a run, in the order in which they were made: by far the largest thing it holds.
///
///     held     │ 4096 shares │ 4096 shares │ 17 shares │ 4096 shares │ …      a block is never moved again
///     stored   │ 4096 shares │ … │                                             on disk, where memory has no room for more
///     last     │ 9 shares │
///
/// One array would double as it grows, and hold old and new side by side while it does. A share's place says which block it lies in, and where in it;
/// where lists were joined a block may end early, and the places behind are nobody's.
struct ShareList: Sendable {
    private let blockShift: Int
    private var heldLimit: Int
    private let parts: Int
    private let room: SpillRoom?
    private var held: [[LedgerRow]] = []
    private var stored: [SpillFile.Block] = []
    private var last: [LedgerRow] = []

    /// - Parameters:
    ///   - room: Nil to hold all in memory.
    ///   - parts: How many lists share the room, until one takes the others in.
    init(_ room: SpillRoom? = nil, parts: Int = 1) {
        self.room = room
        self.parts = parts
        let rows = room.map { SpillRoom.count($0.ledgerBytes, of: LedgerRow.self) } ?? .max
        blockShift = rows < 1 << 16 ? 4 : 12
        heldLimit = (rows >> blockShift) / parts
    }

    var count: Int { held.reduce(0) { $0 + $1.count } + stored.count << blockShift + last.count }
    var isSpilled: Bool { !stored.isEmpty }

    mutating func append(_ row: LedgerRow) throws(SpillFault) {
        last.append(row)
        guard last.count == 1 << blockShift else { return }
        // What follows shares on disk goes there, too, whatever room there has become.
        if stored.isEmpty && held.count < heldLimit {
            var full: [LedgerRow] = []
            swap(&full, &last)
            held.append(full)
            last.reserveCapacity(1 << blockShift)
        } else if let room {
            stored.append(try room.file.append(last[...]))
            last.removeAll(keepingCapacity: true)
        }
    }

    /// Takes in all the other lists that share this one's room, in their order.
    mutating func join(_ others: consuming [ShareList]) throws(SpillFault) {
        heldLimit = heldLimit.multipliedReportingOverflow(by: parts).overflow ? .max : heldLimit * parts
        for other in others { try append(contentsOf: other) }
    }

    /// Takes in another list, behind its own shares. Where all has room in memory none is moved.
    mutating func append(contentsOf other: ShareList) throws(SpillFault) {
        guard isSpilled || other.isSpilled || other.blockShift != blockShift || held.count + other.held.count >= heldLimit else {
            if !last.isEmpty { held.append(last) }
            held += other.held
            last = other.last
            return
        }
        for block in 0..<other.blockCount {
            for row in try other.rows(block, other.range(block)) { try append(row) }
        }
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

    private var blockCount: Int { held.count + stored.count + 1 }

    /// Which shares a block has.
    private func range(_ block: Int) -> Range<Int> {
        if block < held.count { return 0..<held[block].count }
        return 0..<(block == blockCount - 1 ? last.count : 1 << blockShift)
    }

    private func rows(_ block: Int, _ range: Range<Int>) throws(SpillFault) -> ArraySlice<LedgerRow> {
        if block < held.count { return held[block][range] }
        if block == blockCount - 1 { return last[range] }
        guard let room else { preconditionFailure("a list without room on disk has nothing there") }
        return try room.file.read(stored[block - held.count], range, as: LedgerRow.self)[...]
    }
}
