/// Reads the text of cells: quotes taken off, `""` made `"`, without copying unless a cell holds `""`.
public struct CSVCellReader: ~Copyable {
    private var unquoted: [UInt8] = []

    public init() {}

    /// Hands the text of the cell with raw text `range` to `body`. The span ends with the call.
    @inlinable
    public mutating func text<Result, Failure: Error>(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else {
            return try body(bytes.extracting(range))
        }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        guard holdsQuote(bytes, inner) else { return try body(bytes.extracting(inner)) }
        unquote(bytes, inner)
        return try body(unquotedSpan.span)
    }

    @usableFromInline var unquotedSpan: [UInt8] { unquoted }

    @usableFromInline
    func holdsQuote(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where bytes[index] == UInt8(ascii: "\"") { return true }
        return false
    }

    @usableFromInline
    mutating func unquote(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        unquoted.removeAll(keepingCapacity: true)
        var index = range.lowerBound
        while index < range.upperBound {
            unquoted.append(bytes[index])
            index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
        }
    }
}
