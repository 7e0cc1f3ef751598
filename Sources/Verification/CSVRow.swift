import Bytes

/// The cells of one row as texts: quotes and guards taken off.
///
///     bytes  2026-11,"Anthropic, PBC",'=x,"say ""hi"""say "hi"      the raw row, then what had to be unquoted
///     cells  └─────┘  └────────────┘   └┘             └──────┘
///
/// A guard is the `'` that is written before a text that starts with `=`, `+`, `-`, `@`, tab or carriage return. A text of the bill that
/// itself starts with `'=` looks the same when written, so both are read as the guarded one, here and in the JSON files
/// (`unguarded`): they compare equal everywhere, and only in the order of rows both readings are allowed.
struct CSVRow {
    private(set) var bytes: [UInt8] = []
    private(set) var cells: [Range<Int>] = []
    /// Of every cell whether it was written in quotes, and whether a guard was taken off.
    private var isQuoted: [Bool] = []
    private(set) var isGuarded: [Bool] = []

    /// Takes over a scanned row; returns how many line feeds stand inside its cells.
    mutating func load(_ window: [UInt8], _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner) -> Int {
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        isGuarded.removeAll(keepingCapacity: true)
        isQuoted.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: window[row.start..<row.end])
        var lineFeeds = 0
        for index in 0..<row.cellCount {
            let raw = scanner.cell(index, of: row)
            let cell = raw.lowerBound - row.start..<raw.upperBound - row.start
            isGuarded.append(false)
            isQuoted.append(cell.count >= 2 && bytes[cell.lowerBound] == UInt8(ascii: "\""))
            if isQuoted[index] {
                cells.append(unquote(cell.lowerBound + 1..<cell.upperBound - 1, &lineFeeds))
            } else {
                cells.append(cell)
            }
        }
        return lineFeeds
    }

    private mutating func unquote(_ inner: Range<Int>, _ lineFeeds: inout Int) -> Range<Int> {
        var quotes = 0
        for index in inner {
            if bytes[index] == UInt8(ascii: "\"") { quotes += 1 } else if bytes[index] == 0x0A { lineFeeds += 1 }
        }
        guard quotes > 0 else { return inner }
        let start = bytes.count
        var index = inner.lowerBound
        while index < inner.upperBound {
            bytes.append(bytes[index])
            index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
        }
        return start..<bytes.count
    }

    /// Takes the guard off a text cell; false when it needs one and has none.
    mutating func takeGuard(_ index: Int) -> Bool {
        let cell = cells[index]
        guard let first = cell.first else { return true }
        if isFormulaStart(bytes[first]) { return false }
        if cell.count > 1, bytes[first] == UInt8(ascii: "'"), isFormulaStart(bytes[first + 1]) {
            cells[index] = first + 1..<cell.upperBound
            isGuarded[index] = true
        }
        return true
    }

    /// Whether a cell holds a quote or carriage return without being in quotes itself, which RFC 4180 has no reading for.
    func lacksQuotes(_ index: Int) -> Bool {
        guard !isQuoted[index] else { return false }
        for byte in cells[index] where bytes[byte] == UInt8(ascii: "\"") || bytes[byte] == 0x0D { return true }
        return false
    }

    func text(_ index: Int) -> [UInt8] { Array(bytes[cells[index]]) }

    func excerpt(_ index: Int) -> String { Bytes.excerpt(bytes.span.extracting(cells[index])) }

    // MARK: Comparing

    func hasSame(_ index: Int, as other: CSVRow) -> Bool {
        let (mine, others) = (cells[index], other.cells[index])
        guard mine.count == others.count else { return false }
        var (a, b) = (mine.lowerBound, others.lowerBound)
        while a < mine.upperBound {
            if bytes[a] != other.bytes[b] { return false }
            a += 1
            b += 1
        }
        return true
    }

    /// Whether this row may stand behind `above`, when `column` is the first in which they differ. Where a guard may have been part of the text,
    /// either reading is enough.
    func mayFollow(_ above: CSVRow, _ column: Int) -> Bool {
        let mine = readings(column)
        return above.readings(column).contains { first in mine.contains { first.lexicographicallyPrecedes($0) } }
    }

    private func readings(_ index: Int) -> [ArraySlice<UInt8>] {
        let text = bytes[cells[index]]
        return isGuarded[index] ? [text, [UInt8(ascii: "'")] + text] : [text]
    }
}

/// Whether a spreadsheet would run a text that starts so.
private func isFormulaStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
    default: false
    }
}

/// A text of a JSON file as it would be read from a CSV file of the run.
func unguarded(_ text: [UInt8]) -> [UInt8] {
    text.count > 1 && text[0] == UInt8(ascii: "'") && isFormulaStart(text[1]) ? Array(text.dropFirst()) : text
}
