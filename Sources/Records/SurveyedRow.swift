import Bytes

/// What a survey asks of a row of the bill, beside what the row is. Names are those of the reader's tally.
public struct SurveyedRow: Sendable {
    public var row: BillRow
    public var currency = Name.empty
    /// Nil where it cannot be read.
    public var cost: Amount?
    /// The billing period, or the usage start's month where it is not written; nil where neither can be read.
    public var period: Month?
    /// Which columns that a survey speaks of the file has, and which of them this row fills.
    public var columns = SurveyedColumns()
    public var filled = SurveyedColumns()

    init(_ row: BillRow) { self.row = row }
}

/// Columns whose absence or emptiness decides how far a bill can be attributed.
public struct SurveyedColumns: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let resourceID = SurveyedColumns(rawValue: 1)
    public static let iamPrincipal = SurveyedColumns(rawValue: 2)
    public static let element1 = SurveyedColumns(rawValue: 16)
    public static let element2 = SurveyedColumns(rawValue: 32)
    public static let element3 = SurveyedColumns(rawValue: 64)
    public static let element4 = SurveyedColumns(rawValue: 128)
    /// The four element tags, in the order of the registry's `tagKeys`.
    public static let elements: [SurveyedColumns] = [.element1, .element2, .element3, .element4]
}

extension LineItemReader {
    /// The row with what a survey asks of it.
    mutating func surveyed(
        _ read: BillRow, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) -> SurveyedRow {
        var result = SurveyedRow(read)
        guard row.fault == nil, row.cellCount == header.names.count else { return result }
        result.currency = name(.currencyCode, row, scanner, bytes, &names)
        // A survey looks at all rows, also at those whose faults are nobody's business.
        do throws(InputFault) {
            result.cost = try amount(reading.costBasis == .net ? .netUnblendedCost : .unblendedCost, row, scanner, bytes, emptyIsZero: false).0
        } catch { result.cost = nil }
        do throws(InputFault) {
            var time = try instant(.billingPeriodStart, row, scanner, bytes)
            if time == nil { time = try instant(.usageStart, row, scanner, bytes) }
            result.period = time.map { Month(containing: $0) }
        } catch { result.period = nil }
        for (column, flag) in LineItemReader.surveyedColumns {
            guard let index = header.index(column) else { continue }
            result.columns.insert(flag)
            if !cells.text(bytes, scanner.cell(index, of: row), { $0.isEmpty }) { result.filled.insert(flag) }
        }
        let hasMaps = header.index(.resourceTagsMap) != nil || header.index(.tagsMap) != nil
        for (place, flag) in SurveyedColumns.elements.enumerated() {
            if hasMaps || !header.tagColumns[place].isEmpty { result.columns.insert(flag) }
        }
        if case .charge(_, let item) = read {
            for (place, flag) in SurveyedColumns.elements.enumerated() where !item.elements[place].isEmpty { result.filled.insert(flag) }
        }
        return result
    }

    private static let surveyedColumns: [(BillColumn, SurveyedColumns)] = [
        (.resourceID, .resourceID), (.iamPrincipal, .iamPrincipal),
    ]
}
