/// The rows of one CSV file, one after the other in a window, for whoever reads few files and has no use for their buffers afterwards.
public struct CSVRows: ~Copyable {
    private var window: ByteWindow
    private var scanner: CSVScanner

    /// Throws `FileFault` when the file cannot be opened. What `windowBytes` is only shows in the time it takes.
    public init(path: String, windowBytes: Int = ByteLimit.windowBytes) throws(FileFault) {
        let file = try InflatedFile(path: path)
        var buffers = ReadBuffers()
        window = ByteWindow(file, windowBytes: windowBytes, buffers: &buffers)
        scanner = CSVScanner(buffers: &buffers)
    }

    /// The next row, which may have a fault; nil at the end. What is known of a row is good until the next is asked for.
    public mutating func next() throws(ByteFault) -> CSVScanner.Row? {
        while true {
            if let row = CSVRows.nextRow(&scanner, window) { return row }
            if window.isComplete { return nil }
            scanner.shift(by: window.drop(before: min(scanner.rowStart, window.end)))
            try window.fill()
            CSVRows.scan(&scanner, window)
        }
    }

    /// A row as it is written, without its line end.
    public func written(_ row: CSVScanner.Row) -> ArraySlice<UInt8> { window.bytes[row.start..<row.end] }

    /// A cell as it is written, quotes and all.
    public func cell(_ index: Int, of row: CSVScanner.Row) -> ArraySlice<UInt8> { window.bytes[scanner.cell(index, of: row)] }

    /// The text of a cell, its quotes taken off.
    public func text(_ index: Int, of row: CSVScanner.Row) -> [UInt8] {
        let cell = cell(index, of: row)
        var reader = CSVCellReader()
        return reader.text(cell.span, 0..<cell.count) { span in
            var text: [UInt8] = []
            text.reserveCapacity(span.count)
            for index in 0..<span.count { text.append(span[index]) }
            return text
        }
    }

    // A window's bytes cannot be lent to a scanner of the same value, so both are passed on.

    private static func nextRow(_ scanner: inout CSVScanner, _ window: borrowing ByteWindow) -> CSVScanner.Row? {
        scanner.nextRow(window.bytes.span)
    }

    private static func scan(_ scanner: inout CSVScanner, _ window: borrowing ByteWindow) {
        scanner.scan(window.bytes.span, end: window.end, isLast: window.isComplete)
    }
}
