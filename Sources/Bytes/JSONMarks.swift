import CKernels

/// Finds the structure of JSON text in a window, as bits: bit i of word w speaks of byte 64·w + i.
///
///     {"Records":[{"eventSource":"s3.amazonaws.com"}]}
///     ·●         ●·●           ● ●                ●···    quotes
///      ●●●●●●●●●   ●●●●●●●●●●●●  ●●●●●●●●●●●●●●●●●        inside: from an opening quote to the byte before its closing one
///     ●          ●●                                ●●●    stops: whatever a walk over the structure must look at
///       ●               ●                                 probes: the first of two letters of a key that is looked for
///
/// Stops are brackets outside strings and all that cannot stand where it stands, so that who walks them meets it: control characters and
/// wrong escapes inside strings, backslashes outside. The `u` of `\u` is a stop, for its four digits to be looked at. Strings, commas
/// and colons are none: a record that is passed over costs a step a bracket, not one a member.
struct JSONMarks: ~Copyable {
    /// What is marked of 64 bytes.
    typealias Word = ck_json_marks

    private(set) var words: [Word] = []
    /// Everything before is scanned; bits from here on are zero in the word that it lies in, and mean nothing in later ones.
    private(set) var position = 0
    /// The two pairs whose first bytes are probes.
    private let pairs: [UInt8]
    private var carry = ck_json_carry()
    /// How wide the vectors are that scan whole blocks; 0 to scan all by words, for tests.
    var vectorBytes = ck_vector_bytes()

    /// - Parameter pairs: Of what `probes` marks inside strings, two bytes each.
    init(probing pairs: [UInt8], buffers: inout ReadBuffers) {
        precondition(pairs.count == 4)
        self.pairs = pairs
        swap(&words, &buffers.marks)
    }

    mutating func giveBack(_ buffers: inout ReadBuffers) {
        if words.count <= ByteLimit.windowBytes / 16 { swap(&words, &buffers.marks) }
    }

    /// Starts behind the first `count` bytes, a byte order mark; before anything is scanned.
    mutating func skip(_ count: Int) {
        precondition(position == 0)
        makeRoom(1)
        words[0] = Word()
        position = count
    }

    /// Positions have become smaller by `distance`, because the window slid.
    mutating func shift(by distance: Int) {
        let (skipped, bits) = (distance >> 6, UInt64(distance & 63))
        let used = (position + 63) >> 6
        if distance > 0 {
            for index in skipped..<max(skipped, used) {
                let next = index + 1 < used ? words[index + 1] : Word()
                words[index - skipped] = bits == 0 ? words[index] : words[index].shifted(by: bits, next)
            }
        }
        position -= distance
    }

    /// Scans whole blocks before `end`, but for the last byte, behind which a pair may go on; and the last bytes too when `isLast`.
    mutating func scan(_ bytes: Span<UInt8>, end: Int, isLast: Bool) {
        precondition(end + ByteWindow.spareBytes <= bytes.count)
        makeRoom(end >> 6 + 1)
        // The first block begins in the middle of a word where the window has slid.
        while (position | 63) + 2 <= end || (isLast && position < end) {
            let start = position & ~63
            let count = (end - 1 - start) >> 6
            unsafe bytes.withUnsafeBytes { raw in
                let first = unsafe raw.baseAddress.unsafelyUnwrapped + start
                if vectorBytes == 0 || position != start || count == 0 {
                    unsafe mark(JSONBlock(first, pairs: pairs), raw, at: start, end: end)
                } else {
                    unsafe words.withUnsafeMutableBufferPointer { words in
                        unsafe ck_json_scan(
                            first.assumingMemoryBound(to: UInt8.self), count, pairs, &carry, words.baseAddress.unsafelyUnwrapped + start >> 6,
                            vectorBytes)
                    }
                    position = start + count << 6
                }
            }
        }
    }

    private mutating func mark(_ found: JSONBlock, _ raw: UnsafeRawBufferPointer, at start: Int, end: Int) {
        var block = found
        let offset = UInt64(position & 63)
        let length = min(64, end - start)
        if offset > 0 || length < 64 { block.keep(~0 << offset & ~0 >> UInt64(64 - length)) }
        let escaped = escapedBytes(block.backslashes, at: offset)
        let quotes = block.quotes & ~escaped
        var within = prefixXor(quotes) ^ carry.inside
        if offset > 0 || length < 64 { within &= ~0 << offset & ~0 >> UInt64(64 - length) }
        var found = (block.brackets & ~within) | (block.controls & within) | (block.backslashes & ~within)
        // Behind a backslash that ends the content stands nothing.
        var toCheck = escaped & within
        while toCheck != 0 {
            if unsafe !isSimpleEscape(raw[start + toCheck.trailingZeroBitCount]) { found |= toCheck & (0 &- toCheck) }
            toCheck &= toCheck &- 1
        }
        carry.inside = (within >> UInt64(length - 1)) & 1 == 1 ? ~0 : 0
        let word = start >> 6
        if offset == 0 { words[word] = Word() }
        words[word].quotes |= quotes
        words[word].inside |= within
        words[word].stops |= found
        words[word].probes |= block.probes & within
        position = start + length
    }

    /// Reads a value that is scanned and whose strings are checked.
    func read(_ bytes: Span<UInt8>, _ range: Range<Int>, into tape: inout JSONTape) throws(ByteFault) {
        precondition(range.lowerBound >= 0 && range.upperBound <= min(position, bytes.count) && range.upperBound <= UInt32.max)
        let isRead = unsafe bytes.withUnsafeBufferPointer { bytes in
            guard unsafe ck_is_plain(bytes.baseAddress.unsafelyUnwrapped + range.lowerBound, range.count) != 0 else { return false }
            return unsafe words.withUnsafeBufferPointer { words in
                var record = unsafe PlainRecord(bytes, range, words.baseAddress.unsafelyUnwrapped)
                return record.read(into: &tape)
            }
        }
        if !isRead { try tape.read(bytes, range) }
    }

    private mutating func makeRoom(_ count: Int) {
        if words.count < count { words.append(contentsOf: repeatElement(Word(), count: count - words.count)) }
    }

    /// The bytes that an unescaped backslash precedes.
    private mutating func escapedBytes(_ backslashes: UInt64, at offset: UInt64) -> UInt64 {
        let first = carry.escapes << offset
        carry.escapes = 0
        if backslashes == 0 { return first }
        // A run of backslashes escapes every second byte from its second on. Runs that start on an odd bit are turned
        // into runs on even bits by an addition that carries through the run.
        let active = backslashes & ~first
        let follows = active << 1
        let even: UInt64 = 0x5555_5555_5555_5555
        let oddStarts = active & ~even & ~follows
        let (sum, overflow) = oddStarts.addingReportingOverflow(active)
        carry.escapes = overflow ? 1 : 0
        let inverted = sum << 1
        return (even ^ inverted) & follows | first
    }
}

extension ck_json_marks {
    /// The bits from `bits` on, followed by those of `next`; 0 < bits < 64.
    fileprivate func shifted(by bits: UInt64, _ next: Self) -> Self {
        func joined(_ low: UInt64, _ high: UInt64) -> UInt64 { low >> bits | high << (64 - bits) }
        return Self(
            quotes: joined(quotes, next.quotes), inside: joined(inside, next.inside), stops: joined(stops, next.stops),
            probes: joined(probes, next.probes))
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
