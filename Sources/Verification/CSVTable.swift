import Bytes
import Records

/// One CSV file of a run, read row by row: RFC 4180, LF, UTF-8, its columns, its order.
///
/// A row is kept until the next two are read, because rows are compared with the one above: for the order, and because what repeats
/// need not be read again.
struct CSVTable: ~Copyable {
    /// What stands in a column, and so whether a guard may.
    enum Kind { case text, number }

    let path: String
    /// 1-based line on which the current row begins.
    private(set) var line = 0
    /// How many rows were read, without the header.
    private(set) var rowCount = 0
    private(set) var row = CSVRow()
    private var above = CSVRow()
    /// Of every column whether its cell is the same as in the row above.
    private(set) var isRepeated: [Bool]
    /// The leftmost column in which the row differs from the one above; 0 in the first row.
    private(set) var firstChanged = 0

    private let columns: [(name: String, kind: Kind)]
    private let isSorted: Bool
    private var window: ByteWindow
    private var scanner: CSVScanner
    private var nextLine = 1

    /// Opens `path` and reads its header, which must name `columns`.
    static func open(
        _ path: String, _ columns: [(name: String, kind: Kind)], isSorted: Bool = true
    ) throws(VerificationFault) -> CSVTable {
        // Few files are read, one after the other, so their buffers are not worth keeping.
        var buffers = ReadBuffers()
        var table = CSVTable(path, columns, isSorted, try window(path, &buffers), CSVScanner(buffers: &buffers))
        try table.readHeader()
        return table
    }

    private init(
        _ path: String, _ columns: [(name: String, kind: Kind)], _ isSorted: Bool, _ window: consuming ByteWindow,
        _ scanner: consuming CSVScanner
    ) {
        self.path = path
        self.columns = columns
        self.isSorted = isSorted
        self.window = window
        self.scanner = scanner
        isRepeated = [Bool](repeating: false, count: columns.count)
    }

    private static func window(_ path: String, _ buffers: inout ReadBuffers) throws(VerificationFault) -> ByteWindow {
        do throws(FileFault) { return ByteWindow(try InflatedFile(path: path), buffers: &buffers) } catch {
            throw .missing("\(path): \(error.reason)")
        }
    }

    // MARK: Rows

    /// Goes on to the next row; false at the end.
    mutating func next() throws(VerificationFault) -> Bool {
        guard let found = try scanRow() else { return false }
        guard found.cellCount == columns.count else {
            throw fault("has \(found.cellCount) cells, but the header has \(columns.count)")
        }
        swap(&row, &above)
        nextLine += row.load(window.bytes, found, scanner)
        for index in columns.indices where columns[index].kind == .text {
            guard row.takeGuard(index) else {
                throw fault("\(columns[index].name) is '\(row.excerpt(index))', which a spreadsheet would run: it has no leading '")
            }
        }
        rowCount += 1
        if rowCount > 1 { try compareWithAbove() }
        for index in columns.indices where !isRepeated[index] && row.lacksQuotes(index) {
            throw fault(index, "which must stand in quotes")
        }
        return true
    }

    private mutating func compareWithAbove() throws(VerificationFault) {
        var first = columns.count
        for index in (0..<columns.count).reversed() {
            let isSame = row.hasSame(index, as: above)
            isRepeated[index] = isSame
            if !isSame { first = index }
        }
        firstChanged = first
        guard isSorted else { return }
        guard first < columns.count else { throw fault("is the same row as the one above") }
        guard row.mayFollow(above, first) else {
            throw fault(
                "\(columns[first].name) is '\(row.excerpt(first))' behind '\(above.excerpt(first))' in the row above: rows are sorted bytewise")
        }
    }

    /// The next row of the file, whatever it is; nil at the end.
    private mutating func scanRow() throws(VerificationFault) -> CSVScanner.Row? {
        while true {
            line = nextLine
            let start = scanner.rowStart
            let found = CSVTable.nextRow(&scanner, window)
            if (found?.start ?? scanner.rowStart) != start { throw fault("is blank") }
            if let found {
                guard found.fault == nil else { throw fault("has damaged quotes") }
                guard scanner.rowStart <= window.end else { throw fault("does not end with a line feed: the file is cut short") }
                guard found.end == scanner.rowStart - 1 else { throw fault("ends with a carriage return; lines end with LF alone") }
                nextLine += 1
                return found
            }
            if window.isComplete {
                guard window.contentBytes == window.fileSize else {
                    throw .contradiction("\(path): is compressed, or changed while it was read: \(window.fileSize) bytes on disk, \(window.contentBytes) of content")
                }
                return nil
            }
            scanner.shift(by: window.drop(before: scanner.rowStart))
            do throws(ByteFault) { try window.fill() } catch { throw fault(error.what) }
            CSVTable.scan(&scanner, window)
        }
    }

    // A window's bytes cannot be lent to a scanner of the same value, so both are passed on.

    private static func nextRow(_ scanner: inout CSVScanner, _ window: borrowing ByteWindow) -> CSVScanner.Row? {
        scanner.nextRow(window.bytes.span)
    }

    private static func scan(_ scanner: inout CSVScanner, _ window: borrowing ByteWindow) {
        scanner.scan(window.bytes.span, end: window.end, isLast: window.isComplete)
    }

    private mutating func readHeader() throws(VerificationFault) {
        guard let found = try scanRow() else { throw .at(path, 1, "has no header row") }
        nextLine += row.load(window.bytes, found, scanner)
        for index in 0..<max(found.cellCount, columns.count) {
            let written = index < found.cellCount ? "'\(row.excerpt(index))'" : "missing"
            let wanted = index < columns.count ? columns[index].name : "none"
            guard index < found.cellCount, index < columns.count, row.text(index) == Array(wanted.utf8) else {
                throw .at(path, 1, "column \(index + 1) is \(written), where \(wanted) must stand")
            }
        }
    }

    // MARK: Cells

    func fault(_ what: String) -> VerificationFault { .at(path, line, what) }

    /// A fault of one cell: `cost is '1.20', which …`.
    func fault(_ column: Int, _ what: String) -> VerificationFault { fault("\(columns[column].name) is '\(row.excerpt(column))', \(what)") }

    func isEmpty(_ column: Int) -> Bool { row.cells[column].isEmpty }

    /// The cell's text as a name. Its bytes are looked at when it is new.
    func name(_ column: Int, _ names: inout Names) throws(VerificationFault) -> Name {
        let known = names.count
        let name = names.name(row.bytes.span.extracting(row.cells[column]))
        if names.count > known, !isUTF8(row.bytes.span.extracting(row.cells[column])) { throw fault(column, "which is no UTF-8") }
        return name
    }

    /// A decimal in atto.
    func amount(_ column: Int) throws(VerificationFault) -> Int128 {
        do throws(NumberFault) { return try DecimalText.amount(row.bytes.span.extracting(row.cells[column])) } catch {
            throw fault(column, "which \(error.reason)")
        }
    }

    /// A decimal in atto, nil where the cell is empty.
    func optionalAmount(_ column: Int) throws(VerificationFault) -> Int128? { isEmpty(column) ? nil : try amount(column) }

    func weight(_ column: Int) throws(VerificationFault) -> UInt128 {
        do throws(NumberFault) { return try DecimalText.weight(row.bytes.span.extracting(row.cells[column])) } catch {
            throw fault(column, "which \(error.reason)")
        }
    }

    func count(_ column: Int) throws(VerificationFault) -> Int {
        do throws(NumberFault) { return try DecimalText.count(row.bytes.span.extracting(row.cells[column])) } catch {
            throw fault(column, "which \(error.reason)")
        }
    }

    /// A time in its one form.
    func instant(_ column: Int) throws(VerificationFault) -> Instant {
        guard let instant = writtenInstant(row.bytes.span.extracting(row.cells[column])) else {
            throw fault(column, "which is no time like 2026-11-01T00:00:00Z")
        }
        return instant
    }

    /// One of the words that `Word` lists.
    func word<Word: RawRepresentable & CaseIterable>(_ column: Int, _: Word.Type) throws(VerificationFault) -> Word where Word.RawValue == String {
        let cell = row.bytes.span.extracting(row.cells[column])
        for word in Word.allCases where isSame(cell, word.rawValue) { return word }
        throw fault(column, "which is none of \(Word.allCases.map { $0.rawValue.isEmpty ? "(empty)" : $0.rawValue }.joined(separator: ", "))")
    }
}

/// Whether a cell says `text`.
private func isSame(_ cell: Span<UInt8>, _ text: String) -> Bool {
    let bytes = text.utf8
    guard bytes.count == cell.count else { return false }
    for (index, byte) in bytes.enumerated() where cell[index] != byte { return false }
    return true
}

/// A time written `2026-11-01T00:00:00Z`, with a fraction of up to six digits only where it is not zero.
func writtenInstant(_ text: Span<UInt8>) -> Instant? {
    guard text.count >= 20, text.count != 21, text.count <= 27, text[10] == UInt8(ascii: "T"), text[text.count - 1] == UInt8(ascii: "Z")
    else { return nil }
    if text.count > 20, text[19] != UInt8(ascii: ".") || text[text.count - 2] == UInt8(ascii: "0") { return nil }
    return Instant(text)
}
