/// The shares of a run, in the order in which they were made: by far the largest thing it holds.
///
///     blocks  │ 4096 shares │ 4096 shares │ … │      a full block is never moved again
///
/// One array would double as it grows, and hold old and new side by side while it does.
struct ShareList: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral, Sendable {
    private static let blockShift = 12
    private static let blockCount = 1 << blockShift
    private var blocks: [[LedgerRow]] = []

    init() {}
    init(arrayLiteral rows: LedgerRow...) { for row in rows { append(row) } }

    var startIndex: Int { 0 }
    var endIndex: Int { blocks.isEmpty ? 0 : (blocks.count - 1) << ShareList.blockShift + blocks[blocks.count - 1].count }

    subscript(index: Int) -> LedgerRow {
        get { blocks[index >> ShareList.blockShift][index & (ShareList.blockCount - 1)] }
        _modify { yield &blocks[index >> ShareList.blockShift][index & (ShareList.blockCount - 1)] }
    }

    mutating func append(_ row: LedgerRow) {
        if blocks.isEmpty || blocks[blocks.count - 1].count == ShareList.blockCount {
            blocks.append([])
            // The first block grows like any array: most runs are small.
            if blocks.count > 1 { blocks[blocks.count - 1].reserveCapacity(ShareList.blockCount) }
        }
        blocks[blocks.count - 1].append(row)
    }

    mutating func append(contentsOf rows: some Sequence<LedgerRow>) { for row in rows { append(row) } }
}
