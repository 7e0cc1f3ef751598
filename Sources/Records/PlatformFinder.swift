import Bytes

/// Finds the platform of a row, or what makes it a near miss, from a few of its cells.
///
/// Millions of rows are of other services, and their cells repeat: what a cell's text says is remembered (`CellMemo`), so that most rows cost one
/// pass over their separators and a comparison a column.
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
    private var memos: [CellMemo?] = []
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
        memos = found.map { entry in
            switch entry.source {
            case .column(.description), .column(.resourceID), .lineItemType: nil  // Hardly any text of these comes twice, or they are short.
            case .column: CellMemo(textBytes: 128)
            case .map: CellMemo(textBytes: 1024)
            }
        }
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
                result.take(found(place, column, bytes))
            }
        }
        if mapPlace >= 0 {
            let said = foundInMap(mapPlace, bytes)
            if filled & 1 << UInt64(ProfileColumn.productName.rawValue) == 0 { result.take(said.name) }
            if filled & 1 << UInt64(ProfileColumn.productFamily.rawValue) == 0 { result.take(said.family) }
        }
        return (result, lineItemType)
    }

    private mutating func found(_ place: Int, _ column: ProfileColumn, _ bytes: Span<UInt8>) -> Found {
        let raw = bytes.extracting(ranges[place])
        if let known = memos[place]?.known(raw) { return known.name }
        let found = cells.text(bytes, ranges[place]) { tests.found(column, $0) }
        memos[place]?.remember(raw, (found, Found()))
        return found
    }

    /// What the map says of the product's name and family.
    private mutating func foundInMap(_ place: Int, _ bytes: Span<UInt8>) -> CellMemo.Said {
        let range = ranges[place]
        // Empty, or an object without members.
        if range.count <= 2 { return (Found(), Found()) }
        let raw = bytes.extracting(range)
        if let known = memos[place]?.known(raw) { return known }
        map.isLoaded = false
        let said = (name: inMap(.productName, range, bytes), family: inMap(.productFamily, range, bytes))
        memos[place]?.remember(raw, said)
        return said
    }

    private mutating func inMap(_ column: ProfileColumn, _ range: Range<Int>, _ bytes: Span<UInt8>) -> Found {
        guard let key = column.mapKey, mapMayHold(bytes.extracting(range), key: key, { tests.found(column, $0) != Found() }) else {
            return Found()
        }
        if !map.isLoaded { _ = cells.text(bytes, range) { map.load($0) } }
        return tests.found(column, map.value(Array("\(key)".utf8)).span)
    }
}
