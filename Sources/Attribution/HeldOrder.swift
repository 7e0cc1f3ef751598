import Bytes
import Records

/// Puts shares that are held in memory into the order of the ledger, and finds those that differ in nothing but their amounts.
///
/// Groups know their place by the ledger's first columns, so shares are dealt out by it, as they came. What is then left are many short runs, most of
/// them in order already; two threads see to half of them each.
///
///     front of groups   0 0 0 │ 1 1 │ 2 2 2 2 │ 3 …
///     shares            4 7 9 │ 1 2 │ 0 3 5 8 │ 6 …      each run is ordered by the columns behind
struct HeldOrder {
    /// The shares that are rows of the ledger, in order of every column but the amounts.
    private let places: [UInt32]
    /// Which shares are to be merged into others.
    let merged: [(into: Int, from: Int)]
    /// Where rows lie that agree in every column before the amounts.
    private let ties: [Range<Int>]

    /// Shares of nothing are left out.
    init(_ shares: ShareList, _ columns: LedgerOrder) throws(SpillFault) {
        let frontCount = columns.frontCount
        var starts = [Int](repeating: 0, count: frontCount + 1)
        try shares.forEach { _, row in if !row.isEmpty { starts[columns.front(row) + 1] += 1 } }
        for front in 0..<frontCount { starts[front + 1] += starts[front] }
        var next = starts
        var places = [UInt32](repeating: 0, count: starts[frontCount])
        try shares.forEach { place, row in
            if row.isEmpty { return }
            let front = columns.front(row)
            places[next[front]] = UInt32(place)
            next[front] += 1
        }
        let (starting, cut) = (starts, starts.partitioningIndex { $0 >= places.count / 2 })
        let (first, second) = unsafe places.withUnsafeMutableBufferPointer { places in
            // Each half is one thread's alone.
            nonisolated(unsafe) let places = unsafe places
            return atOnce {
                unsafe HeldOrder.half(places, starting[...cut], shares, columns)
            } beside: {
                unsafe HeldOrder.half(places, starting[cut...], shares, columns)
            }
        }
        let middle = starts[cut]
        let moved = middle - first.kept
        if moved > 0 { for place in middle..<middle + second.kept { places[place - moved] = places[place] } }
        places.removeLast(places.count - first.kept - second.kept)
        self.places = places
        merged = first.merged + second.merged
        ties = first.ties + second.ties.map { $0.lowerBound - moved..<$0.upperBound - moved }
    }

    /// The places of all rows in order, now that shares are merged: calls, quantity and cost stand before the last columns.
    func places(_ shares: ShareList, _ columns: LedgerOrder) -> [UInt32] {
        var places = places
        for tie in ties { places[tie].sort { columns.precedes(shares[Int($0)], shares[Int($1)]) } }
        return places
    }

    /// Orders the runs that begin at `starts`, of which the last only ends the one before, and brings what is kept of them together at the first.
    private static func half(
        _ places: UnsafeMutableBufferPointer<UInt32>, _ starts: ArraySlice<Int>, _ shares: ShareList, _ columns: LedgerOrder
    ) -> Half {
        var half = Half()
        guard let base = starts.first else { return half }
        half.end = base
        for (start, next) in zip(starts, starts.dropFirst()) where next > start {
            var run = unsafe UnsafeMutableBufferPointer(rebasing: places[start..<next])
            let order = unsafe HeldOrder.order(run, shares, columns)
            if order == .none { unsafe run.sort { columns.relation(shares[Int($0)], shares[Int($1)]).isOrder } }
            if order == .strict { unsafe half.keep(run, in: places) } else { unsafe half.keep(run, in: places, shares, columns) }
        }
        half.kept = half.end - base
        return half
    }

    private enum Order { case none, strict, withEquals }

    private static func order(_ run: UnsafeMutableBufferPointer<UInt32>, _ shares: ShareList, _ columns: LedgerOrder) -> Order {
        var order = Order.strict
        for index in 1..<run.count {
            switch unsafe columns.relation(shares[Int(run[index - 1])], shares[Int(run[index])]) {
            case .precedes: continue
            case .precedesBehind, .agrees: order = .withEquals
            case .follows: return .none
            }
        }
        return order
    }
}

/// What one thread made of its runs.
private struct Half: Sendable {
    /// Behind the last share that is kept, and how many there are.
    var end = 0
    var kept = 0
    var merged: [(into: Int, from: Int)] = []
    var ties: [Range<Int>] = []

    /// Keeps a run of which no two agree.
    mutating func keep(_ run: UnsafeMutableBufferPointer<UInt32>, in places: UnsafeMutableBufferPointer<UInt32>) {
        for unsafe place in unsafe run {
            unsafe places[end] = place
            end += 1
        }
    }

    /// Keeps an ordered run without what is merged into the share before it.
    mutating func keep(
        _ run: UnsafeMutableBufferPointer<UInt32>, in places: UnsafeMutableBufferPointer<UInt32>, _ shares: ShareList, _ columns: LedgerOrder
    ) {
        let start = end
        // The first of those that agree with the last one kept in every column before the amounts.
        var tie = start
        for unsafe place in unsafe run {
            if end > start {
                let last = unsafe Int(places[end - 1])
                switch columns.relation(shares[last], shares[Int(place)]) {
                case .agrees:
                    merged.append((last, Int(place)))
                    continue
                case .precedesBehind: break
                case .precedes, .follows:
                    if end - tie > 1 { ties.append(tie..<end) }
                    tie = end
                }
            }
            unsafe places[end] = place
            end += 1
        }
        if end - tie > 1 { ties.append(tie..<end) }
    }
}
