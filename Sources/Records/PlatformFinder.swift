import Bytes

/// Finds the platform of a row, or what makes it a near miss, from a few of its cells. Millions of rows are of other services: a scanner's probe
/// has passed over them before.
struct PlatformFinder: ~Copyable {
    /// The first test of a rule that holds, and the first for near misses; places in `tests`, `Int.max` where none does.
    struct Found: Equatable {
        var rule = Int.max
        var nearMiss = Int.max

        mutating func take(_ other: Found) {
            rule = min(rule, other.rule)
            nearMiss = min(nearMiss, other.nearMiss)
        }
    }

    /// A column of the file that tests look at.
    private enum Source {
        case column(ProfileColumn)
        /// CUR 2.0's `product`, which may say what a column of its own does not.
        case map
        case lineItemType
    }

    let tests: CompiledTests
    private var sources: [Source] = []
    /// Their places in the file, ascending.
    private let indices: [Int]
    /// The raw texts of this row.
    private var ranges: [Range<Int>]
    private var cells = CSVCellReader()
    private var map = MapCell()

    init(_ tests: CompiledTests, _ header: BillHeader) {
        self.tests = tests
        var found: [(index: Int, source: Source)] = []
        for column in ProfileColumn.allCases where tests.tests.contains(where: { $0.column == column }) {
            if let index = header.index(column.billColumn) { found.append((index, .column(column))) }
        }
        if let index = header.index(.productMap) { found.append((index, .map)) }
        if let index = header.index(.lineItemType) { found.append((index, .lineItemType)) }
        found.sort { $0.index < $1.index }
        sources = found.map(\.source)
        indices = found.map(\.index)
        ranges = [Range<Int>](repeating: 0..<0, count: found.count)
    }

    /// What the row is, and the raw text of its line item type.
    mutating func find(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) -> (found: Found, lineItemType: Range<Int>) {
        scanner.cells(indices, of: row, into: &ranges)
        var result = Found()
        var lineItemType = 0..<0
        // Columns that are filled, for which the map is not asked.
        var filled: UInt64 = 0
        var mapPlace = -1
        for place in sources.indices {
            switch sources[place] {
            case .lineItemType: lineItemType = ranges[place]
            case .map: mapPlace = place
            case .column(let column):
                let range = ranges[place]
                // A quoted cell may be empty too.
                guard range.count > 2 || (!range.isEmpty && bytes[range.lowerBound] != UInt8(ascii: "\"")) else { continue }
                filled |= 1 << UInt64(column.rawValue)
                result.take(cells.text(bytes, range) { tests.found(column, $0) })
            }
        }
        if mapPlace >= 0 {
            let range = ranges[mapPlace]
            map.isLoaded = false
            for column in [ProfileColumn.productName, .productFamily] where filled & 1 << UInt64(column.rawValue) == 0 {
                result.take(foundInMap(column, range, bytes))
            }
        }
        return (result, lineItemType)
    }

    private mutating func foundInMap(_ column: ProfileColumn, _ range: Range<Int>, _ bytes: Span<UInt8>) -> Found {
        guard let key = column.mapKey else { return Found() }
        if !map.isLoaded { _ = cells.text(bytes, range) { map.load($0) } }
        return tests.found(column, map.value(Array("\(key)".utf8)).span)
    }
}
