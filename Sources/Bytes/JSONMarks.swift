/// Finds the structure of JSON text in a window: the position of every string's quotes and of every bracket outside strings.
///
///     {"Records":[{"eventSource":"s3.amazonaws.com"}]}
///     ^^       ^ ^^^           ^ ^                ^^^^      colons and commas are not marked: who needs one looks behind a quote
///
/// What cannot stand where it stands is marked too, so that whoever walks the marks meets it: control characters and
/// wrong escapes inside strings, backslashes outside. A `\u` is marked inside its string, for its four digits to be looked at.
struct JSONMarks: ~Copyable {
    private(set) var positions: [UInt32] = []
    private(set) var count = 0
    /// Everything before is scanned.
    private(set) var position = 0
    private var inside: UInt64 = 0
    private var escapes: UInt64 = 0

    init(buffers: inout ReadBuffers) { swap(&positions, &buffers.marks) }

    mutating func giveBack(_ buffers: inout ReadBuffers) {
        if positions.count <= 4 * ByteLimit.windowBytes { swap(&positions, &buffers.marks) }
    }

    /// Starts behind the first `count` bytes, a byte order mark; before anything is scanned.
    mutating func skip(_ count: Int) {
        precondition(position == 0)
        position = count
    }

    /// Forgets the marks before index `dropped`; positions have become smaller by `distance`.
    mutating func shift(by distance: Int, dropping dropped: Int) {
        for index in dropped..<count { positions[index - dropped] = positions[index] - UInt32(distance) }
        count -= dropped
        position -= distance
    }

    /// Scans whole blocks before `end`, and the last bytes too when `isLast`.
    mutating func scan(_ bytes: Span<UInt8>, end: Int, isLast: Bool) {
        precondition(end + ByteWindow.spareBytes <= bytes.count)
        let room = count + (end - position) + 64
        if positions.count < room { positions.append(contentsOf: repeatElement(0, count: room - positions.count)) }
        var position = position
        var count = count
        var inside = inside
        var escapes = escapes
        unsafe bytes.withUnsafeBytes { raw in
            unsafe positions.withUnsafeMutableBufferPointer { marks in
                while position + 64 <= end || (isLast && position < end) {
                    var block = unsafe JSONBlock(raw.baseAddress.unsafelyUnwrapped + position)
                    let length = min(64, end - position)
                    if length < 64 { block.cut(to: length) }
                    let escaped = escapedBytes(block.backslashes, &escapes)
                    let quotes = block.quotes & ~escaped
                    let within = prefixXor(quotes) ^ inside
                    var found = quotes | (block.brackets & ~within) | (block.controls & within) | (block.backslashes & ~within)
                    // Behind a backslash that ends the content stands nothing.
                    var toCheck = length < 64 ? escaped & within & ((1 << UInt64(length)) - 1) : escaped & within
                    while toCheck != 0 {
                        let bit = toCheck & (0 &- toCheck)
                        let byte = unsafe raw[position + toCheck.trailingZeroBitCount]
                        if !isSimpleEscape(byte) { found |= bit }
                        toCheck &= toCheck &- 1
                    }
                    inside = within >> 63 == 1 ? ~0 : 0
                    while found != 0 {
                        unsafe marks[count] = UInt32(truncatingIfNeeded: position &+ found.trailingZeroBitCount)
                        count &+= 1
                        found &= found &- 1
                    }
                    position += length
                }
            }
        }
        self.position = position
        self.count = count
        self.inside = inside
        self.escapes = escapes
    }
}

/// Whether the byte may follow a backslash on its own (`\u` needs digits behind it).
@inline(__always)
private func isSimpleEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        true
    default: false
    }
}

/// The bytes that an unescaped backslash precedes; `carry` is 1 when the first byte of the next block is one.
@inline(__always)
private func escapedBytes(_ backslashes: UInt64, _ carry: inout UInt64) -> UInt64 {
    if backslashes == 0 {
        let escaped = carry
        carry = 0
        return escaped
    }
    // A run of backslashes escapes every second byte from its second on. Runs that start on an odd bit are turned
    // into runs on even bits by an addition that carries through the run.
    let active = backslashes & ~carry
    let follows = (active << 1) | carry
    let even: UInt64 = 0x5555_5555_5555_5555
    let oddStarts = active & ~even & ~follows
    let (sum, overflow) = oddStarts.addingReportingOverflow(active)
    carry = overflow ? 1 : 0
    let inverted = sum << 1
    return (even ^ inverted) & follows
}

extension JSONBlock {
    /// Forgets what lies behind the first `length` bytes.
    fileprivate mutating func cut(to length: Int) {
        let keep = (UInt64(1) << UInt64(length)) - 1
        quotes &= keep
        backslashes &= keep
        brackets &= keep
        controls &= keep
    }
}
