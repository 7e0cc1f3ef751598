/// A report as rows of texts, sorted and written the one way in which all CSV files are.
package struct Table {
    /// How a column's cells are to be taken.
    package enum Kind {
        /// Guarded against spreadsheets that would run it.
        case text
        /// Plain decimals, never guarded: a leading `-` is a sign.
        case number
    }

    package var columns: [(name: String, kind: Kind)]
    package private(set) var rows: [[[UInt8]]] = []

    package init(_ columns: [(String, Kind)]) { self.columns = columns.map { (name: $0.0, kind: $0.1) } }

    package mutating func add(_ row: [[UInt8]]) {
        precondition(row.count == columns.count)
        rows.append(row)
    }

    /// Sorts rows bytewise by their columns from left to right, as texts before the guard.
    package mutating func sort() {
        rows.sort { a, b in
            for (first, second) in zip(a, b) where first != second { return first.lexicographicallyPrecedes(second) }
            return false
        }
    }

    /// RFC 4180, LF, UTF-8, with a header.
    package func csv() -> [UInt8] {
        var writer = CSVWriter()
        for column in columns { writer.text(Array(column.name.utf8)) }
        writer.endRow()
        for row in rows {
            for (cell, column) in zip(row, columns) {
                switch column.kind {
                case .text: writer.text(cell)
                case .number: writer.number { $0.append(contentsOf: cell) }
                }
            }
            writer.endRow()
        }
        return writer.bytes
    }
}

/// Writes cells one after the other.
package struct CSVWriter {
    package private(set) var bytes: [UInt8] = []
    private var isRowStart = true

    package init() {}

    /// A text cell. One that a spreadsheet would run as a formula gets a leading `'`
    /// (owasp.org/www-community/attacks/CSV_Injection).
    package mutating func text(_ cell: some Collection<UInt8>) {
        separate()
        guard let first = cell.first else { return }
        let isFormula =
            first == UInt8(ascii: "=") || first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first == UInt8(ascii: "@")
            || first == 0x09 || first == 0x0D
        let needsQuotes = cell.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
        }
        if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        if needsQuotes {
            for byte in cell {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes.append(contentsOf: cell)
        }
    }

    package mutating func text(_ cell: String) { text(cell.utf8) }

    /// A cell that never needs quotes or a guard: a number, a time, a word of ours.
    package mutating func number(_ append: (inout [UInt8]) -> Void) {
        separate()
        append(&bytes)
    }

    package mutating func endRow() {
        bytes.append(0x0A)
        isRowStart = true
    }

    private mutating func separate() {
        if !isRowStart { bytes.append(UInt8(ascii: ",")) }
        isRowStart = false
    }
}
