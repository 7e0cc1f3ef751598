/// Finds the rows and cells of RFC 4180 text in a window, without looking at what the cells say.
///
/// The result is a list of marks, the positions of every comma and line feed outside quotes, and a list of rows, each the number of
/// marks up to its end. A cell is what lies between two marks; nothing is copied.
///
///     2026-11,"Anthropic, PBC",0.10\n      marks:   ^7               ^24  ^29       rows: [3]
///
/// Blocks of 64 bytes are scanned by masks as long as every quote opens at a cell's start and closes at its end. Where one
/// does not, that row is scanned byte by byte by `CSVRowScanner`, the rule for every case: a quote inside an
/// unquoted cell is text, text after a closing quote is a fault of the row, a quote that never closes a fault of all that follows.
public struct CSVScanner: ~Copyable {
    /// One row of a window. Positions are those of the window's bytes.
    public struct Row: Sendable {
        /// First byte of the row.
        public var start: Int
        /// The byte behind the row's last, before its line feed (and carriage return).
        public var end: Int
        var firstMark: Int
        /// How many cells it has, at least 1.
        public var cellCount: Int
        /// Where its quotes are wrong, if they are.
        public var fault: Fault?
    }

    /// What can be wrong with a row's quotes.
    public enum Fault: Equatable, Sendable {
        case textAfterQuote(at: Int)
        case unclosedQuote(at: Int)
    }

    var marks: [UInt32] = []
    private var rowEnds: [Int] = []
    private var faults: [(position: Int, fault: Fault)] = []
    /// How many marks and rows are found, read, and where scanning goes on.
    var markCount = 0
    private var nextRowIndex = 0
    private var nextMark = 0
    private var nextFault = 0
    /// Start of the first row not yet handed out.
    public private(set) var rowStart = 0
    private var position = 0
    /// Start of the row in which `position` lies, and the marks before it.
    private var openRowStart = 0
    private var openRowMark = 0

    private var carry = CSVCarry()
    private var careful: CSVRowScanner?

    /// Takes its storage from `buffers` until `giveBack`.
    public init(buffers: inout ReadBuffers) { swap(&marks, &buffers.marks) }

    /// Ends the scanner's work and leaves its storage for the next.
    public mutating func giveBack(_ buffers: inout ReadBuffers) {
        if marks.count <= 4 * ByteLimit.windowBytes { swap(&marks, &buffers.marks) }
    }

    /// Starts behind the first `count` bytes, a byte order mark; before anything is scanned.
    public mutating func skip(_ count: Int) {
        precondition(position == 0 && markCount == 0)
        position = count
        rowStart = count
        openRowStart = count
    }

    /// Positions have become smaller by `distance`, because the window slid.
    public mutating func shift(by distance: Int) {
        // Only the open row is kept, so only its marks are; rows handed out are forgotten.
        let kept = markCount - nextMark
        for index in 0..<kept { marks[index] = marks[nextMark + index] - UInt32(distance) }
        rowEnds.removeAll(keepingCapacity: true)
        faults.removeFirst(nextFault)
        for index in faults.indices {
            faults[index].position -= distance
            faults[index].fault = faults[index].fault.shifted(by: distance)
        }
        openRowMark -= nextMark
        markCount = kept
        nextMark = 0
        nextRowIndex = 0
        nextFault = 0
        rowStart -= distance
        position -= distance
        openRowStart -= distance
    }

    /// Scans what lies between the last position and `end`; the last bytes wait for more unless `isLast`.
    ///
    /// Where the file breaks off behind `end`, `isCut` finds the rows that are complete, and leaves the one that is not.
    public mutating func scan(_ bytes: Span<UInt8>, end: Int, isLast: Bool, isCut: Bool = false) {
        let room = markCount + (end - position) + 66
        if marks.count < room { marks.append(contentsOf: repeatElement(0, count: room - marks.count)) }
        while true {
            if careful == nil { scanBlocks(bytes, end: end, isLast: isLast || isCut) }
            guard careful != nil else { break }
            if !scanCarefully(bytes, end: end, isLast: isLast) { break }
        }
        if isLast && position == end { closeLastRow(end: end) }
    }

    /// The next complete row; nil when the rest waits for more bytes. Blank lines are passed over.
    public mutating func nextRow(_ bytes: Span<UInt8>) -> Row? {
        while nextRowIndex < rowEnds.count {
            let endMark = rowEnds[nextRowIndex]
            let lineEnd = Int(marks[endMark - 1])
            var row = Row(
                start: rowStart, end: lineEnd, firstMark: nextMark, cellCount: endMark - nextMark, fault: nil)
            if row.end > row.start && bytes[row.end - 1] == 0x0D { row.end -= 1 }
            if nextFault < faults.count && faults[nextFault].position <= lineEnd {
                row.fault = faults[nextFault].fault
                while nextFault < faults.count && faults[nextFault].position <= lineEnd { nextFault += 1 }
            }
            nextRowIndex += 1
            nextMark = endMark
            rowStart = lineEnd + 1
            if row.end > row.start || row.cellCount > 1 || row.fault != nil { return row }
        }
        return nil
    }

    /// The raw text of a cell, quotes and all.
    @inline(__always)
    public func cell(_ index: Int, of row: Row) -> Range<Int> {
        precondition(index < row.cellCount)
        let start = index == 0 ? row.start : Int(marks[row.firstMark + index - 1]) + 1
        let end = index == row.cellCount - 1 ? row.end : Int(marks[row.firstMark + index])
        return start..<max(start, end)
    }

    // MARK: Blocks

    private mutating func scanBlocks(_ bytes: Span<UInt8>, end: Int, isLast: Bool) {
        precondition(end + ByteWindow.spareBytes <= bytes.count)
        var carry = carry
        var position = position
        var count = markCount
        var wrong = false
        unsafe bytes.withUnsafeBytes { raw in
            unsafe marks.withUnsafeMutableBufferPointer { marks in
                // A block needs the byte behind it, to see what follows a closing quote in its last byte.
                while position + 65 <= end || (isLast && position < end) {
                    var block = unsafe CSVBlock(raw.baseAddress.unsafelyUnwrapped + position)
                    let length = min(64, end - position)
                    if length < 64 { block.cut(to: length) }
                    let inside = prefixXor(block.quotes) ^ carry.inside
                    let separators = (block.commas | block.lineFeeds) & ~inside
                    let closes = block.quotes & ~inside
                    let mayOpen = (separators << 1) | (closes << 1) | carry.mayOpen
                    var mustNotStand = ((closes << 1) | carry.afterClose) & ~(separators | block.quotes)
                    if length < 64 { mustNotStand &= (1 << UInt64(length)) - 1 }
                    while mustNotStand != 0 {
                        let at = position + mustNotStand.trailingZeroBitCount
                        // A carriage return that belongs to the line's end may follow a closing quote.
                        if unsafe raw[at] == 0x0D && (at + 1 == end ? isLast : raw[at + 1] == 0x0A) {
                            mustNotStand &= mustNotStand - 1
                        } else {
                            break
                        }
                    }
                    if (block.quotes & inside & ~mayOpen) | mustNotStand != 0 {
                        wrong = true
                        break
                    }
                    var left = separators
                    var lines = block.lineFeeds & ~inside
                    while lines != 0 {
                        let bit = lines & (0 &- lines)
                        let through = separators & (bit | (bit &- 1))
                        rowEnds.append(count + through.nonzeroBitCount)
                        lines &= lines &- 1
                    }
                    if let last = rowEnds.last, block.lineFeeds & ~inside != 0 {
                        openRowMark = last
                        openRowStart = position + (63 - (block.lineFeeds & ~inside).leadingZeroBitCount) + 1
                    }
                    while left != 0 {
                        unsafe marks[count] = UInt32(truncatingIfNeeded: position &+ left.trailingZeroBitCount)
                        count &+= 1
                        left &= left &- 1
                    }
                    let last = UInt64(length - 1)
                    carry.inside = (inside >> last) & 1 == 1 ? ~0 : 0
                    carry.mayOpen = ((separators | closes) >> last) & 1
                    carry.afterClose = (closes >> last) & 1
                    position += length
                }
            }
        }
        if wrong {
            // Back to the start of the row: it is read byte by byte.
            self.position = openRowStart
            markCount = openRowMark
            careful = CSVRowScanner()
        } else {
            self.carry = carry
            self.position = position
            markCount = count
        }
    }

    /// Returns whether the row ended and blocks may go on.
    private mutating func scanCarefully(_ bytes: Span<UInt8>, end: Int, isLast: Bool) -> Bool {
        guard var row = careful else { return true }
        while position < end {
            let next: UInt8? = position + 1 < end ? bytes[position + 1] : nil
            if bytes[position] == 0x0D && next == nil && !isLast { break }
            switch row.step(bytes[position], next: next) {
            case .text: break
            case .cellEnd:
                marks[markCount] = UInt32(position)
                markCount += 1
            case .rowEnd:
                marks[markCount] = UInt32(position)
                markCount += 1
                rowEnds.append(markCount)
                openRowMark = markCount
                position += 1
                openRowStart = position
                careful = nil
                carry = CSVCarry()
                return true
            case .textAfterQuote:
                faults.append((position, .textAfterQuote(at: position)))
            }
            position += 1
        }
        careful = row
        return false
    }

    private mutating func closeLastRow(end: Int) {
        let unclosed = careful.map { $0.isInside } ?? (carry.inside != 0)
        guard openRowStart < end else { return }
        if unclosed { faults.append((end, .unclosedQuote(at: openRowStart))) }
        marks[markCount] = UInt32(end)
        markCount += 1
        rowEnds.append(markCount)
        openRowStart = end + 1
        openRowMark = markCount
    }
}

/// What one block tells the next.
private struct CSVCarry {
    /// All ones while inside quotes.
    var inside: UInt64 = 0
    /// Bit 0: a quote may stand in the next byte. True at the start of a row.
    var mayOpen: UInt64 = 1
    /// Bit 0: the last byte was a closing quote.
    var afterClose: UInt64 = 0
}

extension CSVBlock {
    /// Forgets what lies behind the first `length` bytes.
    fileprivate mutating func cut(to length: Int) {
        let keep = (UInt64(1) << UInt64(length)) - 1
        quotes &= keep
        commas &= keep
        lineFeeds &= keep
    }
}

extension CSVScanner.Fault {
    fileprivate func shifted(by distance: Int) -> Self {
        switch self {
        case .textAfterQuote(let at): .textAfterQuote(at: at - distance)
        case .unclosedQuote(let at): .unclosedQuote(at: at - distance)
        }
    }
}

/// The rule for one row, byte by byte, for rows whose quotes the masks cannot judge.
struct CSVRowScanner {
    enum Found { case text, cellEnd, rowEnd, textAfterQuote }
    private enum State { case cellStart, unquoted, quoted, afterQuote }
    private var state = State.cellStart

    var isInside: Bool { state == .quoted }

    /// Takes one byte; `next` is the byte behind it, nil at the end of the content.
    mutating func step(_ byte: UInt8, next: UInt8?) -> Found {
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): state = .afterQuote
        case (.quoted, _): break
        case (_, UInt8(ascii: ",")):
            state = .cellStart
            return .cellEnd
        case (_, 0x0A):
            state = .cellStart
            return .rowEnd
        case (.cellStart, UInt8(ascii: "\"")), (.afterQuote, UInt8(ascii: "\"")): state = .quoted
        case (.afterQuote, 0x0D) where next == 0x0A || next == nil: break
        case (.afterQuote, _):
            state = .unquoted
            return .textAfterQuote
        default: state = .unquoted
        }
        return .text
    }
}
