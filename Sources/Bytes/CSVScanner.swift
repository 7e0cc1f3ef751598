import CKernels

/// Finds the rows and cells of RFC 4180 text in a window, without looking at what the cells say.
///
/// The result is a bit for every byte, set where a comma or line feed outside quotes separates cells, and a list of rows. A cell is what lies
/// between two separators and is found by counting bits from its row's start: most rows are asked for a few of their many cells, and
/// most cells are empty. Nothing is copied.
///
///     2026-11,"Anthropic, PBC",0.10\n
///     00000001000000000000000010000 1      one row of three cells
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
        /// How many cells it has, at least 1.
        public var cellCount: Int
        /// Where its quotes are wrong, if they are.
        public var fault: Fault?
        /// Whether it may hold one of the texts that are probed for; true where none are.
        public var mayMatter: Bool
    }

    /// What can be wrong with a row's quotes.
    public enum Fault: Equatable, Sendable {
        case textAfterQuote(at: Int)
        case unclosedQuote(at: Int)
    }

    /// Bit i of word w speaks of byte 64·w + i. Bits from `position` on are zero in the word that `position` lies in; later words mean nothing.
    private var separators: [UInt64] = []
    /// The rows found: the position of the line feed, or of the content's end, how many cells there are before it, and whether it may matter.
    private var rowEnds: [(position: Int, cells: Int, mayMatter: Bool)] = []
    private var faults: [(position: Int, fault: Fault)] = []
    /// How many rows and faults are handed out, and where scanning goes on.
    private var nextRowIndex = 0
    private var nextFault = 0
    /// Start of the first row not yet handed out.
    public private(set) var rowStart = 0
    private var position = 0
    /// Start of the row in which `position` lies, and the cells that have ended since.
    private var openRowStart = 0
    private var openCells = 0
    /// Whether what is scanned of that row holds what is probed for.
    private var openMatters: Bool
    private let probe: RowProbe?

    private var carry = ck_csv_carry.rowStart
    /// Room for what a scan of whole blocks marks.
    private var marks: [ck_csv_marks] = []
    /// How wide the vectors are that scan whole blocks; 0 to scan all by words, for tests.
    var vectorBytes = ck_vector_bytes()
    private var careful: CSVRowScanner?

    /// Takes its storage from `buffers` until `giveBack`.
    /// - Parameter probe: What a row must hold to matter; nil when every row does.
    public init(buffers: inout ReadBuffers, probe: RowProbe? = nil) {
        self.probe = probe
        openMatters = probe == nil
        swap(&separators, &buffers.separators)
    }

    /// Ends the scanner's work and leaves its storage for the next.
    public mutating func giveBack(_ buffers: inout ReadBuffers) {
        if separators.count <= ByteLimit.windowBytes / 16 { swap(&separators, &buffers.separators) }
    }

    /// Starts behind the first `count` bytes, a byte order mark; before anything is scanned.
    public mutating func skip(_ count: Int) {
        precondition(position == 0)
        if separators.isEmpty { separators.append(0) }
        separators[0] = 0
        position = count
        rowStart = count
        openRowStart = count
    }

    /// Positions have become smaller by `distance`, because the window slid. All rows found have been handed out.
    public mutating func shift(by distance: Int) {
        let (words, bits) = (distance >> 6, UInt64(distance & 63))
        let used = (position + 63) >> 6
        if distance > 0 {
            for index in words..<max(words, used) {
                let next = index + 1 < used ? separators[index + 1] : 0
                separators[index - words] = bits == 0 ? separators[index] : separators[index] >> bits | next << (64 - bits)
            }
        }
        rowEnds.removeAll(keepingCapacity: true)
        faults.removeFirst(nextFault)
        for index in faults.indices {
            faults[index].position -= distance
            faults[index].fault = faults[index].fault.shifted(by: distance)
        }
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
        let room = end >> 6 + 1
        if separators.count < room { separators.append(contentsOf: repeatElement(0, count: room - separators.count)) }
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
            let lineEnd = rowEnds[nextRowIndex].position
            var row = Row(
                start: rowStart, end: lineEnd, cellCount: rowEnds[nextRowIndex].cells, fault: nil, mayMatter: rowEnds[nextRowIndex].mayMatter)
            if row.end > row.start && bytes[row.end - 1] == 0x0D { row.end -= 1 }
            if nextFault < faults.count && faults[nextFault].position <= lineEnd {
                row.fault = faults[nextFault].fault
                while nextFault < faults.count && faults[nextFault].position <= lineEnd { nextFault += 1 }
            }
            nextRowIndex += 1
            rowStart = lineEnd + 1
            if row.end > row.start || row.cellCount > 1 || row.fault != nil { return row }
        }
        return nil
    }

    // MARK: Cells

    /// The raw text of a cell, quotes and all. Costs a word for every 64 bytes of the row before it.
    public func cell(_ index: Int, of row: Row) -> Range<Int> {
        var walk = SeparatorWalk(from: row.start, separators.span)
        return walk.cell(index, of: row, separators.span)
    }

    /// The raw texts of several cells, found in one pass over the row; `indices` must ascend.
    public func cells(_ indices: [Int], of row: Row, into ranges: inout [Range<Int>]) {
        precondition(ranges.count == indices.count)
        var walk = SeparatorWalk(from: row.start, separators.span)
        for place in indices.indices { ranges[place] = walk.cell(indices[place], of: row, separators.span) }
    }

    /// In which cell of the row a position lies.
    public func cellIndex(at position: Int, of row: Row) -> Int {
        precondition(position >= row.start && position <= row.end)
        let (first, last) = (row.start >> 6, position >> 6)
        var count = 0
        for word in first...last {
            var left = separators[word]
            if word == first { left &= ~0 << UInt64(row.start & 63) }
            if word == last { left &= ~(~0 << UInt64(position & 63)) }
            count += left.nonzeroBitCount
        }
        return count
    }

    /// Counts a row's separators from left to right.
    private struct SeparatorWalk {
        private var word: Int
        /// The separators of `word` that are still to be counted.
        private var left: UInt64
        private var seen = 0

        @inline(__always)
        init(from start: Int, _ separators: Span<UInt64>) {
            word = start >> 6
            left = separators[word] & (~0 << UInt64(start & 63))
        }

        @inline(__always)
        mutating func cell(_ index: Int, of row: Row, _ separators: Span<UInt64>) -> Range<Int> {
            precondition(index < row.cellCount && index >= seen)
            let start = index == 0 ? row.start : position(of: index - 1, separators) + 1
            let end = index == row.cellCount - 1 ? row.end : position(of: index, separators)
            return start..<max(start, end)
        }

        /// The position of the row's separator with this number, from 0; never less than the last one asked for.
        @inline(__always)
        private mutating func position(of number: Int, _ separators: Span<UInt64>) -> Int {
            var count = left.nonzeroBitCount
            while seen &+ count <= number {
                seen &+= count
                word &+= 1
                left = separators[word]
                count = left.nonzeroBitCount
            }
            while seen < number {
                left &= left &- 1
                seen &+= 1
            }
            return word << 6 + left.trailingZeroBitCount
        }
    }

    // MARK: Blocks

    /// How many blocks are scanned at once: enough that the call costs nothing.
    private static let blocksAtOnce = 256

    private mutating func scanBlocks(_ bytes: Span<UInt8>, end: Int, isLast: Bool) {
        precondition(end + ByteWindow.spareBytes <= bytes.count && end >> 6 < separators.count)
        var isRight = true
        // A block needs the byte behind it, to see what follows a closing quote in its last byte. After a row that was read byte by byte,
        // or a slide, the first block begins in the middle of a word.
        while isRight && ((position | 63) + 2 <= end || (isLast && position < end)) {
            let start = position & ~63
            let count = min(CSVScanner.blocksAtOnce, (end - 1 - start) >> 6)
            unsafe bytes.withUnsafeBytes { raw in
                if vectorBytes == 0 || position != start || count == 0 {
                    let pairs = probe?.pairs ?? []
                    isRight = unsafe mark(CSVBlock(raw.baseAddress.unsafelyUnwrapped + start, pairs: pairs), raw, at: start, end: end, isLast: isLast)
                } else {
                    isRight = unsafe scanWhole(count, raw, end: end)
                }
            }
        }
        guard !isRight else { return }
        // Back to the start of the row: it is read byte by byte.
        position = openRowStart
        separators[openRowStart >> 6] &= (1 << UInt64(openRowStart & 63)) - 1
        openCells = 0
        openMatters = true
        careful = CSVRowScanner()
    }

    /// Scans `count` whole blocks from `position` on; false when quotes in one of them are not for masks to judge.
    private mutating func scanWhole(_ count: Int, _ raw: UnsafeRawBufferPointer, end: Int) -> Bool {
        let first = position
        if marks.count < count { marks = [ck_csv_marks](repeating: ck_csv_marks(), count: CSVScanner.blocksAtOnce) }
        let start = unsafe raw.baseAddress.unsafelyUnwrapped.advanced(by: first).assumingMemoryBound(to: UInt8.self)
        let found = unsafe (probe?.pairs ?? []).withUnsafeBufferPointer { pairs in
            unsafe (probe?.words ?? []).withUnsafeBufferPointer { words in
                unsafe separators.withUnsafeMutableBufferPointer { separators in
                    unsafe marks.withUnsafeMutableBufferPointer { marks in
                        var wanted = unsafe ck_csv_probe(
                            pairs: pairs.baseAddress, pair_count: pairs.count / 2, words: words.baseAddress, word_count: words.count / 2)
                        return unsafe ck_csv_scan(
                            start, count, end - first, &wanted, &carry, separators.baseAddress.unsafelyUnwrapped + first >> 6, marks.baseAddress,
                            vectorBytes)
                    }
                }
            }
        }
        // How many separators are counted already.
        var counted = 0
        for index in 0..<found.marks {
            let mark = marks[index]
            let own = separators[first >> 6 + mark.block]
            openCells += mark.separators - counted
            counted = mark.separators + own.nonzeroBitCount
            unsafe takeRows(own, mark.row_ends, mark.probes, raw, at: first + mark.block << 6, end: end)
        }
        openCells += found.separators - counted
        position = first + found.blocks << 6
        return found.blocks == count
    }

    /// Takes the separators and rows of a part of a block; false when its quotes are not for masks to judge.
    private mutating func mark(_ masks: CSVBlock, _ raw: UnsafeRawBufferPointer, at start: Int, end: Int, isLast: Bool) -> Bool {
        var block = masks
        let offset = UInt64(position & 63)
        let length = min(64, end - start)
        if offset > 0 || length < 64 { block.keep(~0 << offset & ~0 >> UInt64(64 - length)) }
        let inside = prefixXor(block.quotes) ^ carry.inside
        let found = (block.commas | block.lineFeeds) & ~inside
        let closes = block.quotes & ~inside
        let mayOpen = (found << 1) | (closes << 1) | carry.may_open << offset
        var mustNotStand = ((closes << 1) | carry.after_close << offset) & ~(found | block.quotes)
        if length < 64 { mustNotStand &= (1 << UInt64(length)) - 1 }
        while mustNotStand != 0 {
            let at = start + mustNotStand.trailingZeroBitCount
            // A carriage return that belongs to the line's end may follow a closing quote.
            guard unsafe raw[at] == 0x0D && (at + 1 == end ? isLast : raw[at + 1] == 0x0A) else { return false }
            mustNotStand &= mustNotStand - 1
        }
        if block.quotes & inside & ~mayOpen != 0 { return false }
        let word = start >> 6
        separators[word] = offset == 0 ? found : separators[word] | found
        unsafe takeRows(found, block.lineFeeds & ~inside, block.probes, raw, at: start, end: end)
        let last = UInt64(length - 1)
        carry.inside = (inside >> last) & 1 == 1 ? ~0 : 0
        carry.may_open = ((found | closes) >> last) & 1
        carry.after_close = (closes >> last) & 1
        position = start + length
        return true
    }

    /// Takes the cells and rows that end in a block.
    private mutating func takeRows(_ found: UInt64, _ rowEnds: UInt64, _ probes: UInt64, _ raw: UnsafeRawBufferPointer, at start: Int, end: Int) {
        var (found, lines, probes) = (found, rowEnds, probes)
        while lines != 0 {
            let through = lines ^ (lines &- 1)
            let at = start &+ lines.trailingZeroBitCount
            if probes & through != 0 { unsafe probe(probes & through, raw, at: start, end: end) }
            self.rowEnds.append((at, openCells &+ (found & through).nonzeroBitCount, openMatters))
            openCells = 0
            openMatters = probe == nil
            openRowStart = at &+ 1
            found &= ~through
            probes &= ~through
            lines &= lines &- 1
        }
        if probes != 0 { unsafe probe(probes, raw, at: start, end: end) }
        openCells &+= found.nonzeroBitCount
    }

    /// Sees whether a text that is probed for stands where pairs were found.
    private mutating func probe(_ places: UInt64, _ raw: UnsafeRawBufferPointer, at start: Int, end: Int) {
        guard let probe else { return }
        var places = places
        while !openMatters && places != 0 {
            unsafe openMatters = probe.stands(raw, at: start + places.trailingZeroBitCount, end: end)
            places &= places &- 1
        }
    }

    /// Returns whether the row ended and blocks may go on.
    private mutating func scanCarefully(_ bytes: Span<UInt8>, end: Int, isLast: Bool) -> Bool {
        guard var row = careful else { return true }
        while position < end {
            let next: UInt8? = position + 1 < end ? bytes[position + 1] : nil
            if bytes[position] == 0x0D && next == nil && !isLast { break }
            if position & 63 == 0 { separators[position >> 6] = 0 }
            switch row.step(bytes[position], next: next) {
            case .text: break
            case .cellEnd:
                separators[position >> 6] |= 1 << UInt64(position & 63)
                openCells += 1
            case .rowEnd:
                separators[position >> 6] |= 1 << UInt64(position & 63)
                rowEnds.append((position, openCells + 1, true))
                openCells = 0
                openMatters = probe == nil
                position += 1
                openRowStart = position
                careful = nil
                carry = ck_csv_carry.rowStart
                return true
            case .textAfterQuote:
                note(.textAfterQuote(at: position), at: position)
            }
            position += 1
        }
        careful = row
        return false
    }

    /// Of a row the first fault is told; a row may have millions.
    private mutating func note(_ fault: Fault, at position: Int) {
        if let last = faults.last, last.position >= openRowStart { return }
        faults.append((position, fault))
    }

    private mutating func closeLastRow(end: Int) {
        let unclosed = careful.map { $0.isInside } ?? (carry.inside != 0)
        guard openRowStart < end else { return }
        if unclosed { note(.unclosedQuote(at: openRowStart), at: end) }
        rowEnds.append((end, openCells + 1, openMatters))
        openRowStart = end + 1
        openCells = 0
    }
}

extension ck_csv_carry {
    /// At the start of a row.
    static let rowStart = ck_csv_carry(inside: 0, may_open: 1, after_close: 0)
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
