import Bytes

/// Why a published run cannot be looked at.
public enum RunReadingFault: Error, Equatable, Sendable {
    /// The folder or its ledger is not there.
    case missing(String)
    /// The ledger is no table with the columns that are needed.
    case damaged(String)
}

/// The ledger of a published run, read row by row: a few of its columns, found by the names in its header.
///
/// It believes what it reads. Whether a run is right is what `apportion verify` says.
struct LedgerTable: ~Copyable {
    let path: String
    private let columns: [String]
    /// Where the columns stand in a row, ascending, and which of `columns` each is.
    private var places: [(cell: Int, column: Int)] = []
    private var cellCount = 0
    private var line = 0
    private var rows: CSVRows

    /// Opens a ledger and reads its header, which must name `columns`.
    static func open(_ path: String, columns: [String]) throws(RunReadingFault) -> LedgerTable {
        var table = LedgerTable(path, columns, try rows(path))
        try table.readHeader()
        return table
    }

    private init(_ path: String, _ columns: [String], _ rows: consuming CSVRows) {
        self.path = path
        self.columns = columns
        self.rows = rows
    }

    private static func rows(_ path: String) throws(RunReadingFault) -> CSVRows {
        do throws(FileFault) { return try CSVRows(path: path) } catch { throw .missing("\(path): cannot be read: \(error.reason); check --runs") }
    }

    private mutating func readHeader() throws(RunReadingFault) {
        guard let header = try scanRow() else { throw fault("has no header row") }
        cellCount = header.cellCount
        let names = texts(header, Array(0..<cellCount))
        for (number, column) in columns.enumerated() {
            guard let cell = names.firstIndex(of: column) else { throw fault("has no column \(column)") }
            places.append((cell, number))
        }
        places.sort { $0.cell < $1.cell }
    }

    /// The texts of the next row, in the order of `columns`; nil at the end.
    mutating func next() throws(RunReadingFault) -> [String]? {
        guard let row = try scanRow() else { return nil }
        guard row.cellCount == cellCount else { throw fault("has \(row.cellCount) cells, but the header has \(cellCount)") }
        let found = texts(row, places.map(\.cell))
        var result = [String](repeating: "", count: columns.count)
        for (place, text) in zip(places, found) { result[place.column] = text }
        return result
    }

    func fault(_ what: String) -> RunReadingFault { .damaged("\(path):\(line): \(what); run apportion verify on the folder") }

    /// Cells without quotes, and without the `'` that keeps a spreadsheet from running them.
    private func texts(_ row: CSVScanner.Row, _ cells: [Int]) -> [String] {
        cells.map { index in
            let text = String(decoding: rows.text(index, of: row), as: UTF8.self)
            let isGuarded = text.utf8.count > 1 && text.hasPrefix("'") && "=+-@\t\r".utf8.contains(text.utf8[text.utf8.index(after: text.utf8.startIndex)])
            return isGuarded ? String(text.dropFirst()) : text
        }
    }

    private mutating func scanRow() throws(RunReadingFault) -> CSVScanner.Row? {
        line += 1
        let row: CSVScanner.Row?
        do throws(ByteFault) { row = try rows.next() } catch { throw fault(error.what) }
        guard row?.fault == nil else { throw fault("has damaged quotes") }
        return row
    }
}
