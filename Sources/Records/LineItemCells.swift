import Bytes

/// How a row's cells are read as names, times and amounts, and what is said of one that cannot be.
extension LineItemReader {
    mutating func name(
        _ column: BillColumn, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) -> Name {
        guard let index = header.index(column) else { return .empty }
        return cells.text(bytes, scanner.cell(index, of: row)) { names.name($0) }
    }

    mutating func text(
        _ column: BillColumn, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        guard let index = header.index(column) else { return .empty }
        return try text(index, row, scanner, bytes, &names)
    }

    /// A text of a charge, which must be UTF-8 because every output is.
    mutating func text(
        _ index: Int, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        let range = scanner.cell(index, of: row)
        let name: Name? = cells.text(bytes, range) { text in
            if let known = names.known(text) { return known }
            return isUTF8(text) ? names.name(text) : nil
        }
        guard let name else {
            throw cellFault(index, row, "is '\(shown(range, bytes))', which is no UTF-8 text; fetch the file again")
        }
        return name
    }

    mutating func instant(
        _ column: BillColumn, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) throws(InputFault) -> Instant? {
        guard let index = header.index(column) else { return nil }
        let range = scanner.cell(index, of: row)
        let read: (isEmpty: Bool, instant: Instant?) = cells.text(bytes, range) { ($0.isEmpty, Instant($0)) }
        if read.isEmpty { return nil }
        guard let instant = read.instant else {
            throw cellFault(
                index, row, "is '\(shown(range, bytes))', which is no time such as 2026-11-01T00:00:00Z; fetch the file again")
        }
        // The bill speaks of whole seconds; so do the outputs.
        return Instant(seconds: floorDivide(instant.microseconds, 1_000_000))
    }

    mutating func amount(
        _ column: BillColumn, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, emptyIsZero: Bool
    ) throws(InputFault) -> (Amount, Bool) {
        guard let index = header.index(column) else { return (.zero, true) }
        let range = scanner.cell(index, of: row)
        let outcome: Result<(Amount, Bool), AmountFault> = cells.text(bytes, range) { text in
            if text.isEmpty && emptyIsZero { return .success((.zero, true)) }
            do throws(AmountFault) {
                let parsed = try Amount.parse(text)
                return .success((parsed.amount, parsed.isExact))
            } catch { return .failure(error) }
        }
        switch outcome {
        case .success(let amount): return amount
        case .failure(let reason):
            let what = reason == .empty ? "is empty, but a charge needs its cost" : "is '\(shown(range, bytes))', which \(reason.reason)"
            throw cellFault(index, row, what + "; fetch the file again")
        }
    }

    // MARK: Faults

    func fault(_ row: CSVScanner.Row, _ what: String) -> InputFault {
        InputFault(path: path, offset: base + row.start, place: .content, hasLines: true, what: what)
    }

    func cellFault(_ column: BillColumn, _ row: CSVScanner.Row, _ what: String) -> InputFault {
        fault(row, "\(header.index(column).map { header.names[$0] } ?? column.name) \(what)")
    }

    func cellFault(_ index: Int, _ row: CSVScanner.Row, _ what: String) -> InputFault {
        fault(row, "\(header.names[index]) \(what)")
    }

    func mapFault(_ index: Int, _ range: Range<Int>, _ row: CSVScanner.Row, _ bytes: Span<UInt8>) -> InputFault {
        cellFault(index, row, "is '\(shown(range, bytes))', which is no JSON object; fetch the file again")
    }

    func quoteFault(
        _ fault: CSVScanner.Fault, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) -> InputFault {
        switch fault {
        case .textAfterQuote(let at):
            let index = scanner.cellIndex(at: at, of: row)
            return self.fault(
                row, "\(column(index)) is '\(excerpt(bytes.extracting(scanner.cell(index, of: row))))', with text behind a closing quote; inside quotes a quote is written twice; fetch the file again")
        case .unclosedQuote:
            // What follows the quote is all inside it, so it stands in the last cell.
            let index = row.cellCount - 1
            return self.fault(
                row, "\(column(index)) begins with a quote that is never closed: '\(excerpt(bytes.extracting(scanner.cell(index, of: row))))'; the file is cut short or damaged; fetch it again")
        }
    }

    /// A column's name as written in the file; a row may have more cells than there are columns.
    private func column(_ index: Int) -> String { index < header.names.count ? header.names[index] : "cell \(index + 1)" }

    /// A cell's text for a message, without the quotes around it.
    func shown(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        let isQuoted = range.count >= 2 && bytes[range.lowerBound] == UInt8(ascii: "\"")
        return excerpt(bytes.extracting(isQuoted ? range.lowerBound + 1..<range.upperBound - 1 : range))
    }
}

func copied(_ text: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    append(text, to: &copy)
    return copy
}
