import CKernels

/// Reads a record whose strings are plain and known to be closed, its quotes already found: the common case, in one loop over the bytes.
///
/// Whatever is not as expected ends it: then `JSONTape.read` looks at the same record, byte by byte, and says what is wrong.
@safe
struct PlainRecord {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let marks: UnsafePointer<JSONMarks.Word>
    private var at: Int
    private let end: Int

    /// - Parameters:
    ///   - bytes: The window, of which `range` is the record.
    ///   - marks: Those of the window, for all of the record.
    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ marks: UnsafePointer<JSONMarks.Word>) {
        unsafe self.bytes = bytes
        unsafe self.marks = marks
        at = range.lowerBound
        end = range.upperBound
    }

    /// Fills the tape; false when the record is not as expected, and what the tape holds is of no use.
    mutating func read(into tape: inout JSONTape) -> Bool {
        tape.clear()
        var open: [(node: Int, isObject: Bool)] = []
        open.reserveCapacity(16)
        while true {
            // A value.
            guard let byte = next() else { return false }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = byte == UInt8(ascii: "{")
                guard open.count < ByteLimit.jsonDepth else { return false }
                open.append((tape.count, isObject))
                tape.add(isObject ? .object : .array, at, 0)
                at += 1
                guard let first = next() else { return false }
                if first != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject && !key(&tape) { return false }
                    continue
                }
            case UInt8(ascii: "\""): if !string(&tape) { return false }
            default: if !scalar(byte, &tape) { return false }
            }
            // What follows a value: brackets that close, then a comma, or the end.
            while true {
                guard let innermost = open.last else { return next() == nil }
                guard let byte = next() else { return false }
                if byte == (innermost.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at += 1
                    tape.close(innermost.node, end: at)
                    open.removeLast()
                    continue
                }
                guard byte == UInt8(ascii: ",") else { return false }
                at += 1
                guard next() != nil else { return false }
                if innermost.isObject && !key(&tape) { return false }
                break
            }
        }
    }

    /// The next byte that is no white space, at which `at` then stands; nil at the end.
    @inline(__always)
    private mutating func next() -> UInt8? {
        while at < end {
            let byte = unsafe bytes[at]
            if byte > 0x20 { return byte }
            guard isJSONSpace(byte) else { return byte }
            at += 1
        }
        return nil
    }

    /// A key and its colon.
    @inline(__always)
    private mutating func key(_ tape: inout JSONTape) -> Bool {
        guard unsafe bytes[at] == UInt8(ascii: "\""), string(&tape), next() == UInt8(ascii: ":") else { return false }
        at += 1
        return true
    }

    @inline(__always)
    private mutating func string(_ tape: inout JSONTape) -> Bool {
        let start = at + 1
        var word = start >> 6
        var left = unsafe marks[word].quotes & (~0 << UInt64(start & 63))
        while left == 0 {
            word += 1
            guard word << 6 < end else { return false }
            left = unsafe marks[word].quotes
        }
        let close = word << 6 + left.trailingZeroBitCount
        guard close < end else { return false }
        tape.add(.string, start, close)
        at = close + 1
        return true
    }

    private mutating func scalar(_ first: UInt8, _ tape: inout JSONTape) -> Bool {
        let start = at
        while at < end, unsafe isOfScalar(bytes[at]) { at += 1 }
        let count = at - start
        func says(_ text: StaticString) -> Bool {
            guard count == text.utf8CodeUnitCount else { return false }
            for index in 0..<count where unsafe bytes[start + index] != text.utf8Start[index] { return false }
            return true
        }
        switch first {
        case UInt8(ascii: "t"):
            guard says("true") else { return false }
            tape.add(.yes, start, at)
        case UInt8(ascii: "f"):
            guard says("false") else { return false }
            tape.add(.no, start, at)
        case UInt8(ascii: "n"):
            guard says("null") else { return false }
            tape.add(.null, start, at)
        default:
            // Whole numbers; the rest is rare.
            guard count > 0, count < 19, count == 1 || first != UInt8(ascii: "0") else { return false }
            for index in start..<at where unsafe bytes[index] < UInt8(ascii: "0") || bytes[index] > UInt8(ascii: "9") { return false }
            tape.add(.number, start, at)
        }
        return true
    }

    @inline(__always)
    private func isOfScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
