import Bytes
import Records

/// The shares of a run, in the order in which they were made: by far the largest thing it holds.
///
///     held     │ 4096 shares │ 4096 shares │ … │      a full block is never moved again
///     stored   │ 4096 shares │ … │                    on disk, where memory has no room for more
///     last     │ 17 shares │
///
/// One array would double as it grows, and hold old and new side by side while it does.
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

    var count: Int { (held.count + stored.count) << blockShift + last.count }
    var isSpilled: Bool { !stored.isEmpty }

    mutating func append(_ row: LedgerRow) throws(SpillFault) {
        last.append(row)
        guard last.count == 1 << blockShift else { return }
        if held.count < heldLimit {
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

    mutating func append(contentsOf other: ShareList) throws(SpillFault) {
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
    func forEach(_ body: (Int, LedgerRow) throws(SpillFault) -> Void) throws(SpillFault) { try forEach(in: 0..<count, body) }

    /// Hands over the shares of a range of places.
    func forEach(in places: Range<Int>, _ body: (Int, LedgerRow) throws(SpillFault) -> Void) throws(SpillFault) {
        var place = places.lowerBound
        while place < places.upperBound {
            let block = place >> blockShift
            let first = block << blockShift
            let end = min(places.upperBound, first + 1 << blockShift)
            for row in try rows(block, place - first..<end - first) {
                try body(place, row)
                place += 1
            }
        }
    }

    private var blockCount: Int { held.count + stored.count + 1 }

    private func range(_ block: Int) -> Range<Int> { 0..<(block == blockCount - 1 ? last.count : 1 << blockShift) }

    private func rows(_ block: Int, _ range: Range<Int>) throws(SpillFault) -> ArraySlice<LedgerRow> {
        if block < held.count { return held[block][range] }
        if block == blockCount - 1 { return last[range] }
        guard let room else { preconditionFailure("a list without room on disk has nothing there") }
        return try room.file.read(stored[block - held.count], range, as: LedgerRow.self)[...]
    }
}
