/// RFC 4180 read byte by byte, as slowly and plainly as possible: what the scanner of blocks must agree with.
public enum ReferenceCSV {
    public enum Fault: Equatable, Sendable { case textAfterQuote(Int), unclosedQuote(Int) }

    public struct Row: Equatable, Sendable {
        /// Position of its first byte.
        public var start: Int
        /// Texts, quotes taken off; empty when the row has a fault.
        public var cells: [[UInt8]]
        public var fault: Fault?

        public init(start: Int, cells: [[UInt8]], fault: Fault?) {
            self.start = start
            self.cells = cells
            self.fault = fault
        }
    }

    public static func rows(_ text: [UInt8]) -> [Row] {
        var rows: [Row] = []
        var at = 0
        while at < text.count {
            let (row, next) = oneRow(text, at)
            if let row { rows.append(row) }
            at = next
        }
        return rows
    }

    /// One row, nil when it is blank, and where the next begins.
    private static func oneRow(_ text: [UInt8], _ start: Int) -> (Row?, Int) {
        var cells: [[UInt8]] = []
        var fault: Fault?
        var at = start
        /// Length of the line's end at `at`: LF, CR LF, CR at the end of all, or the end of all.
        func lineEnd() -> Int? {
            if at == text.count { return 0 }
            if text[at] == 0x0A { return 1 }
            guard text[at] == 0x0D else { return nil }
            if at + 1 == text.count { return 1 }
            return text[at + 1] == 0x0A ? 2 : nil
        }
        while true {
            var cell: [UInt8] = []
            if at < text.count, text[at] == UInt8(ascii: "\"") {
                at += 1
                while true {
                    guard at < text.count else {
                        return (Row(start: start, cells: [], fault: fault ?? .unclosedQuote(start)), at)
                    }
                    if text[at] != UInt8(ascii: "\"") {
                        cell.append(text[at])
                        at += 1
                    } else if at + 1 < text.count, text[at + 1] == UInt8(ascii: "\"") {
                        cell.append(UInt8(ascii: "\""))
                        at += 2
                    } else {
                        at += 1
                        break
                    }
                }
                if at < text.count, text[at] != UInt8(ascii: ","), lineEnd() == nil { fault = fault ?? .textAfterQuote(at) }
            }
            // What is not quoted; behind a closing quote this is only met in a faulty row.
            while at < text.count, text[at] != UInt8(ascii: ","), lineEnd() == nil {
                cell.append(text[at])
                at += 1
            }
            cells.append(cell)
            if at < text.count, text[at] == UInt8(ascii: ",") {
                at += 1
                continue
            }
            let contentEnd = at
            at += lineEnd() ?? 0
            if contentEnd == start { return (nil, at) }
            return (Row(start: start, cells: fault == nil ? cells : [], fault: fault), at)
        }
    }
}
