import Bytes

/// One CSV file of a run, read row by row in a window: memory does not grow with the file.
///
/// It takes what a run writes and judges none of it; `apportion verify` does that. What cannot be read at all is a fault.
package struct PublishedTable: ~Copyable {
    package let path: String
    /// The names of the columns, in their order.
    package private(set) var header: [String] = []
    /// The header as it is written, without its line feed.
    package private(set) var rawHeader: [UInt8] = []
    /// How many rows were read, without the header.
    package private(set) var rowCount = 0

    private var found: CSVScanner.Row?
    private var rows: CSVRows

    /// Opens `path` and reads its header. What `windowBytes` is only shows in the time it takes.
    package static func open(_ path: String, windowBytes: Int = ByteLimit.windowBytes) throws(ViewFault) -> PublishedTable {
        var table = PublishedTable(path, try rows(path, windowBytes))
        guard try table.scanRow() else { throw .damaged("\(path): has no header row") }
        table.rawHeader = Array(table.rows.written(table.row))
        table.header = (0..<table.row.cellCount).map { String(decoding: table.text($0), as: UTF8.self) }
        return table
    }

    private init(_ path: String, _ rows: consuming CSVRows) {
        self.path = path
        self.rows = rows
    }

    private static func rows(_ path: String, _ windowBytes: Int) throws(ViewFault) -> CSVRows {
        do throws(FileFault) { return try CSVRows(path: path, windowBytes: windowBytes) } catch { throw .damaged("\(path): \(error.reason)") }
    }

    /// The place of a column that must be there.
    package func column(_ name: String) throws(ViewFault) -> Int {
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
    package mutating func next() throws(ViewFault) -> Bool {
        guard try scanRow() else { return false }
        rowCount += 1
        guard row.cellCount == header.count else { throw fault("has \(row.cellCount) cells, but the header has \(header.count)") }
        return true
    }

    private mutating func scanRow() throws(ViewFault) -> Bool {
        do throws(ByteFault) {
            guard let found = try rows.next() else { return false }
            self.found = found
        } catch { throw fault(error.what) }
        guard row.fault == nil else { throw fault("has damaged quotes") }
        return true
    }

    package func fault(_ what: String) -> ViewFault { .damaged("\(path): row \(rowCount) \(what)") }

    // MARK: Cells

    /// Appends the row as it is written, with a line feed.
    package func appendRaw(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: rows.written(row))
        bytes.append(0x0A)
    }

    /// The text of a cell: quotes and guard taken off.
    ///
    /// A text of the bill that itself began with `'=` looks as if it had been guarded, and loses its `'` here.
    package func text(_ column: Int) -> [UInt8] {
        var text = rows.text(column, of: row)
        if text.count > 1, text[0] == UInt8(ascii: "'"), isFormulaStart(text[1]) { text.removeFirst() }
        return text
    }

    /// The text of a cell, for those that look at it.
    package func string(_ column: Int) -> String { String(decoding: text(column), as: UTF8.self) }

    /// A decimal in atto.
    package func amount(_ column: Int) throws(ViewFault) -> Int128 {
        guard let amount = Money.atto(text(column)) else {
            throw fault("has '\(excerpt(text(column).span))' as \(header[column]), which is no decimal number")
        }
        return amount
    }

    /// A decimal in atto, nil where the cell is empty.
    package func optionalAmount(_ column: Int) throws(ViewFault) -> Int128? { rows.cell(column, of: row).isEmpty ? nil : try amount(column) }
}

/// Whether a spreadsheet would run a text that starts so.
private func isFormulaStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
    default: false
    }
}
