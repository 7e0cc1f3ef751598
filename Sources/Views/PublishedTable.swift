import Bytes

/// One CSV file of a run, read row by row in a window: memory does not grow with the file.
///
/// It takes what a run writes and judges none of it; `apportion verify` does that. What cannot be read at all is a fault.
struct PublishedTable: ~Copyable {
    let path: String
    /// The names of the columns, in their order.
    private(set) var header: [String] = []
    /// The header as it is written, without its line feed.
    private(set) var rawHeader: [UInt8] = []
    /// How many rows were read, without the header.
    private(set) var rowCount = 0

    private var found: CSVScanner.Row?
    private var window: ByteWindow
    private var scanner: CSVScanner

    /// Opens `path` and reads its header. What `windowBytes` is only shows in the time it takes.
    static func open(_ path: String, windowBytes: Int = ByteLimit.windowBytes) throws(ViewFault) -> PublishedTable {
        var buffers = ReadBuffers()
        var table = PublishedTable(path, try window(path, windowBytes, &buffers), CSVScanner(buffers: &buffers))
        guard try table.scanRow() else { throw .damaged("\(path): has no header row") }
        table.rawHeader = Array(table.window.bytes[table.row.start..<table.row.end])
        table.header = (0..<table.row.cellCount).map { String(decoding: table.text($0), as: UTF8.self) }
        return table
    }

    private init(_ path: String, _ window: consuming ByteWindow, _ scanner: consuming CSVScanner) {
        self.path = path
        self.window = window
        self.scanner = scanner
    }

    private static func window(_ path: String, _ windowBytes: Int, _ buffers: inout ReadBuffers) throws(ViewFault) -> ByteWindow {
        do throws(FileFault) { return ByteWindow(try InflatedFile(path: path), windowBytes: windowBytes, buffers: &buffers) } catch {
            throw .damaged("\(path): \(error.reason)")
        }
    }

    /// The place of a column that must be there.
    func column(_ name: String) throws(ViewFault) -> Int {
        guard let index = header.firstIndex(of: name) else {
            throw .damaged("\(path): has no column \(name); was the run made by another version of apportion?")
        }
        return index
    }

    // MARK: Rows

    private var row: CSVScanner.Row {
        guard let found else { preconditionFailure("\(path): no row was read yet") }
        return found
    }

    /// Goes on to the next row; false at the end.
    mutating func next() throws(ViewFault) -> Bool {
        guard try scanRow() else { return false }
        rowCount += 1
        guard row.cellCount == header.count else { throw fault("has \(row.cellCount) cells, but the header has \(header.count)") }
        return true
    }

    private mutating func scanRow() throws(ViewFault) -> Bool {
        while true {
            if let found = PublishedTable.nextRow(&scanner, window) {
                self.found = found
                guard found.fault == nil else { throw fault("has damaged quotes") }
                return true
            }
            if window.isComplete { return false }
            scanner.shift(by: window.drop(before: min(scanner.rowStart, window.end)))
            do throws(ByteFault) { try window.fill() } catch { throw fault(error.what) }
            PublishedTable.scan(&scanner, window)
        }
    }

    // A window's bytes cannot be lent to a scanner of the same value, so both are passed on.

    private static func nextRow(_ scanner: inout CSVScanner, _ window: borrowing ByteWindow) -> CSVScanner.Row? {
        scanner.nextRow(window.bytes.span)
    }

    private static func scan(_ scanner: inout CSVScanner, _ window: borrowing ByteWindow) {
        scanner.scan(window.bytes.span, end: window.end, isLast: window.isComplete)
    }

    func fault(_ what: String) -> ViewFault { .damaged("\(path): row \(rowCount) \(what)") }

    // MARK: Cells

    /// Appends the row as it is written, with a line feed.
    func appendRaw(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: window.bytes[row.start..<row.end])
        bytes.append(0x0A)
    }

    /// The text of a cell: quotes and guard taken off.
    ///
    /// A text of the bill that itself began with `'=` looks as if it had been guarded, and loses its `'` here.
    func text(_ column: Int) -> [UInt8] {
        let raw = scanner.cell(column, of: row)
        var text: [UInt8]
        if raw.count >= 2, window.bytes[raw.lowerBound] == UInt8(ascii: "\"") {
            text = []
            var at = raw.lowerBound + 1
            while at < raw.upperBound - 1 {
                text.append(window.bytes[at])
                at += window.bytes[at] == UInt8(ascii: "\"") ? 2 : 1
            }
        } else {
            text = Array(window.bytes[raw])
        }
        if text.count > 1, text[0] == UInt8(ascii: "'"), isFormulaStart(text[1]) { text.removeFirst() }
        return text
    }

    /// The text of a cell, for those that look at it.
    func string(_ column: Int) -> String { String(decoding: text(column), as: UTF8.self) }

    /// A decimal in atto.
    func amount(_ column: Int) throws(ViewFault) -> Int128 {
        guard let amount = Money.atto(text(column)) else {
            throw fault("has '\(excerpt(text(column).span))' as \(header[column]), which is no decimal number")
        }
        return amount
    }

    /// A decimal in atto, nil where the cell is empty.
    func optionalAmount(_ column: Int) throws(ViewFault) -> Int128? { scanner.cell(column, of: row).isEmpty ? nil : try amount(column) }
}

/// Whether a spreadsheet would run a text that starts so.
private func isFormulaStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
    default: false
    }
}
