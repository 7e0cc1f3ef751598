import CKernels

/// One JSON value, read strictly (RFC 8259) into a flat list of nodes that point into the text.
///
///     {"a":[1,2],"b":"x"}        object ▸ "a" ▸ array ▸ 1 ▸ 2 ▸ "b" ▸ "x"
///                                 next: behind all      └ array.next: "b"
///
/// A value is skipped by its `next`. Strings are decoded only when asked for. The storage is reused from value to value.
@safe
public struct JSONTape: ~Copyable {
    public enum Kind: UInt8, Sendable { case object, array, string, number, yes, no, null }

    public struct Node: Sendable {
        public var kind: Kind
        /// Of a string, whether its raw text holds a backslash.
        public var hasEscapes = false
        /// The raw text, of a string without its quotes.
        public var start: UInt32
        public var end: UInt32
        /// Index of the node behind this value.
        public var next: UInt32 = 0
    }

    /// The nodes: storage of our own, as an array asks at every node whether it is shared.
    private var nodes: UnsafeMutableBufferPointer<Node>
    public private(set) var count = 0
    private var open: [(node: Int, isObject: Bool)] = []
    /// Where the text being read ends; what lies behind it is not part of any message.
    private var textEnd = 0

    public init() { unsafe nodes = .allocate(capacity: 256) }

    deinit { unsafe nodes.deallocate() }

    /// The node with this number, from 0; 0 is the whole value.
    public subscript(node: Int) -> Node {
        precondition(node >= 0 && node < count)
        return unsafe nodes[node]
    }

    @inline(__always)
    mutating func add(_ kind: Kind, hasEscapes: Bool = false, _ start: Int, _ end: Int) {
        if unsafe count == nodes.count { grow() }
        unsafe nodes[count] = Node(
            kind: kind, hasEscapes: hasEscapes, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
            next: UInt32(truncatingIfNeeded: count + 1))
        count += 1
    }

    private mutating func grow() {
        let larger = unsafe UnsafeMutableBufferPointer<Node>.allocate(capacity: 2 * nodes.count)
        _ = unsafe larger.initialize(fromContentsOf: nodes)
        unsafe nodes.deallocate()
        unsafe nodes = larger
    }

    /// Reads the value that fills `range`, but for white space around it. Throws a `ByteFault` at a position of `bytes`.
    public mutating func read(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ByteFault) {
        // Places are kept in 32 bits.
        precondition(range.upperBound <= UInt32.max)
        count = 0
        open.removeAll(keepingCapacity: true)
        let end = range.upperBound
        textEnd = end
        var at = skipSpace(bytes, range.lowerBound, end)
        at = try value(bytes, at, end)
        while let innermost = open.last {
            at = skipSpace(bytes, at, end)
            guard at < end else { throw fault(at, "ends inside a value") }
            let isEmpty = count == innermost.node + 1
            if bytes[at] == (innermost.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                close(innermost.node, end: at + 1)
                open.removeLast()
                at += 1
                continue
            }
            if !isEmpty {
                guard bytes[at] == UInt8(ascii: ",") else { throw unexpected(bytes, at, "',' or a closing bracket") }
                at = skipSpace(bytes, at + 1, end)
            }
            if innermost.isObject {
                guard at < end, bytes[at] == UInt8(ascii: "\"") else { throw unexpected(bytes, at, "a key in quotes") }
                at = skipSpace(bytes, try string(bytes, at, end), end)
                guard at < end, bytes[at] == UInt8(ascii: ":") else { throw unexpected(bytes, at, "':'") }
                at = skipSpace(bytes, at + 1, end)
            }
            at = try value(bytes, at, end)
        }
        at = skipSpace(bytes, at, end)
        guard at == end else { throw unexpected(bytes, at, "nothing more") }
    }

    /// Forgets everything, for another text.
    mutating func clear() { count = 0 }

    /// Says where an object or array ends; its children are all that was added behind it.
    @inline(__always)
    mutating func close(_ node: Int, end: Int) {
        precondition(node >= 0 && node < count)
        unsafe nodes[node].end = UInt32(truncatingIfNeeded: end)
        unsafe nodes[node].next = UInt32(truncatingIfNeeded: count)
    }

    // MARK: Asking

    /// The children of an array, or the keys of an object.
    public func children(of node: Int) -> [Int] {
        var result: [Int] = []
        var index = node + 1
        while index < Int(self[node].next) {
            result.append(index)
            index = self[node].kind == .object ? Int(self[index + 1].next) : Int(self[index].next)
        }
        return result
    }

    /// The value of the member called `key`, byte for byte; of several the last. Nil when `node` is no object or has none.
    public func member(_ key: StaticString, of node: Int, in bytes: Span<UInt8>) -> Int? {
        guard self[node].kind == .object else { return nil }
        var found: Int?
        var index = node + 1
        let end = Int(self[node].next)
        while index < end {
            if matches(index, key, in: bytes) { found = index + 1 }
            index = Int(self[index + 1].next)
        }
        return found
    }

    /// The values of several members in one pass, −1 where there is none; of a repeated key the last.
    public func members(_ keys: JSONKeys, of node: Int, in bytes: Span<UInt8>, into values: inout [Int]) {
        for index in values.indices { values[index] = -1 }
        guard self[node].kind == .object else { return }
        var index = node + 1
        let end = Int(self[node].next)
        while index < end {
            let key = self[index]
            if key.hasEscapes {
                if let place = keys.place(of: string(index, in: bytes).span) { values[place] = index + 1 }
            } else if let place = keys.place(of: bytes.extracting(Int(key.start)..<Int(key.end))) {
                values[place] = index + 1
            }
            index = Int(self[index + 1].next)
        }
    }

    /// Whether the string `node` says `text`.
    public func matches(_ node: Int, _ text: StaticString, in bytes: Span<UInt8>) -> Bool {
        let string = self[node]
        guard string.hasEscapes else { return sameBytes(bytes.extracting(Int(string.start)..<Int(string.end)), text) }
        var decoded: [UInt8] = []
        appendString(node, in: bytes, to: &decoded)
        return sameBytes(decoded.span, text)
    }

    /// The same of a text that is not known before.
    public func matches(_ node: Int, _ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        let string = self[node]
        guard string.hasEscapes else { return sameBytes(bytes.extracting(Int(string.start)..<Int(string.end)), text) }
        return sameBytes(self.string(node, in: bytes).span, text)
    }

    /// Appends the text of the string `node`, escapes resolved; a lone surrogate becomes U+FFFD.
    public func appendString(_ node: Int, in bytes: Span<UInt8>, to text: inout [UInt8]) {
        let raw = bytes.extracting(Int(self[node].start)..<Int(self[node].end))
        if self[node].hasEscapes {
            decodeJSONString(raw, into: &text)
        } else {
            Bytes.append(raw, to: &text)
        }
    }

    /// The text of the string `node`.
    public func string(_ node: Int, in bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        appendString(node, in: bytes, to: &text)
        return text
    }

    // MARK: Reading

    private mutating func value(_ bytes: Span<UInt8>, _ at: Int, _ end: Int) throws(ByteFault) -> Int {
        guard at < end else { throw fault(at, "ends where a value must stand") }
        switch bytes[at] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < ByteLimit.jsonDepth else { throw fault(at, "is nested deeper than \(ByteLimit.jsonDepth)") }
            let isObject = bytes[at] == UInt8(ascii: "{")
            open.append((count, isObject))
            add(isObject ? .object : .array, at, 0)
            return at + 1
        case UInt8(ascii: "\""): return try string(bytes, at, end)
        case UInt8(ascii: "t"): return try literal(bytes, at, end, "true", .yes)
        case UInt8(ascii: "f"): return try literal(bytes, at, end, "false", .no)
        case UInt8(ascii: "n"): return try literal(bytes, at, end, "null", .null)
        default: return try number(bytes, at, end)
        }
    }

    private mutating func string(_ bytes: Span<UInt8>, _ quote: Int, _ end: Int) throws(ByteFault) -> Int {
        var at = quote + 1
        var hasEscapes = false
        while at < end {
            at = skipPlain(bytes, at, end)
            guard at < end else { break }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                add(.string, hasEscapes: hasEscapes, quote + 1, at)
                return at + 1
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                at = try escape(bytes, at, end)
            } else if byte < 0x20 {
                throw fault(at, "has a control character (\(byte)) inside a string")
            } else if byte < 0x80 {
                at += 1
            } else {
                let length = utf8Length(bytes, at, end)
                guard length > 0 else { throw fault(at, "is no valid UTF-8 inside a string") }
                at += length
            }
        }
        throw fault(quote, "has a string that does not end")
    }

    /// Passes over plain ASCII, a vector at a time and then eight bytes, up to the first that needs a look.
    @inline(__always)
    private func skipPlain(_ bytes: Span<UInt8>, _ from: Int, _ end: Int) -> Int {
        var at = from
        precondition(from <= end && end <= bytes.count)
        unsafe bytes.withUnsafeBufferPointer { at += unsafe ck_plain_run($0.baseAddress.unsafelyUnwrapped + from, end - from) }
        while at + 8 <= end {
            let word = UInt64(littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
            let quotes = zeroBytes(word ^ repeated(UInt8(ascii: "\"")))
            let backslashes = zeroBytes(word ^ repeated(UInt8(ascii: "\\")))
            let controls = zeroBytes(word & repeated(0xE0))
            let special = quotes | backslashes | controls | (word & repeated(0x80))
            if special != 0 { return at + (special.trailingZeroBitCount >> 3) }
            at += 8
        }
        return at
    }

    private func escape(_ bytes: Span<UInt8>, _ at: Int, _ end: Int) throws(ByteFault) -> Int {
        guard at + 1 < end else { throw fault(at, "ends inside an escape") }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return at + 2
        case UInt8(ascii: "u"):
            guard at + 6 <= end else { throw fault(at, "ends inside an escape") }
            for digit in at + 2..<at + 6 where !isHexDigit(bytes[digit]) {
                throw fault(at, "has the escape '\(excerpt(bytes.extracting(at..<at + 6)))', which needs four hexadecimal digits")
            }
            return at + 6
        default: throw fault(at, "has the unknown escape '\(excerpt(bytes.extracting(at..<at + 2)))'")
        }
    }

    private mutating func literal(
        _ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ text: StaticString, _ kind: Kind
    ) throws(ByteFault) -> Int {
        let stop = at + text.utf8CodeUnitCount
        guard stop <= end else { throw unexpected(bytes, at, "a value") }
        for index in 0..<text.utf8CodeUnitCount where unsafe bytes[at + index] != text.utf8Start[index] {
            throw unexpected(bytes, at, "a value")
        }
        add(kind, at, stop)
        return stop
    }

    private mutating func number(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(ByteFault) -> Int {
        var at = start
        func digits() -> Int {
            let first = at
            while at < end, bytes[at] >= UInt8(ascii: "0"), bytes[at] <= UInt8(ascii: "9") { at += 1 }
            return at - first
        }
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let leading = at
        let whole = digits()
        guard whole > 0 else { throw unexpected(bytes, start, "a value") }
        guard whole == 1 || bytes[leading] != UInt8(ascii: "0") else { throw unexpected(bytes, start, "a number without leading zeros") }
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            guard digits() > 0 else { throw unexpected(bytes, start, "digits behind the point") }
        }
        if at < end, bytes[at] == UInt8(ascii: "e") || bytes[at] == UInt8(ascii: "E") {
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            guard digits() > 0 else { throw unexpected(bytes, start, "an exponent") }
        }
        add(.number, start, at)
        return at
    }

    private func skipSpace(_ bytes: Span<UInt8>, _ from: Int, _ end: Int) -> Int {
        var at = from
        while at < end, isJSONSpace(bytes[at]) { at += 1 }
        return at
    }

    private func fault(_ at: Int, _ what: String) -> ByteFault { ByteFault(offset: at, place: .content, what: what) }

    private func unexpected(_ bytes: Span<UInt8>, _ at: Int, _ wanted: String) -> ByteFault {
        guard at < textEnd else { return fault(at, "ends where \(wanted) must stand") }
        return fault(at, "has '\(excerpt(bytes.extracting(at..<min(textEnd, at + 12))))' where \(wanted) must stand")
    }
}

/// How long the UTF-8 character at `at` is, or 0 when the bytes are no valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
public func utf8Length(_ bytes: Span<UInt8>, _ at: Int, _ end: Int) -> Int {
    func continues(_ index: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
        index < end && bytes[index] >= low && bytes[index] <= high
    }
    switch bytes[at] {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return continues(at + 1) ? 2 : 0
    case 0xE0: return continues(at + 1, 0xA0, 0xBF) && continues(at + 2) ? 3 : 0
    case 0xED: return continues(at + 1, 0x80, 0x9F) && continues(at + 2) ? 3 : 0
    case 0xE1...0xEF: return continues(at + 1) && continues(at + 2) ? 3 : 0
    case 0xF0: return continues(at + 1, 0x90, 0xBF) && continues(at + 2) && continues(at + 3) ? 4 : 0
    case 0xF4: return continues(at + 1, 0x80, 0x8F) && continues(at + 2) && continues(at + 3) ? 4 : 0
    case 0xF1...0xF3: return continues(at + 1) && continues(at + 2) && continues(at + 3) ? 4 : 0
    default: return 0
    }
}

/// Whether all of `bytes` is UTF-8.
public func isUTF8(_ bytes: Span<UInt8>) -> Bool {
    var at = 0
    while at < bytes.count {
        let length = utf8Length(bytes, at, bytes.count)
        if length == 0 { return false }
        at += length
    }
    return true
}

/// Appends the text that the raw inside of a JSON string stands for. The raw text's escapes are known to be valid.
func decodeJSONString(_ raw: Span<UInt8>, into text: inout [UInt8]) {
    var at = 0
    while at < raw.count {
        guard raw[at] == UInt8(ascii: "\\"), at + 1 < raw.count else {
            text.append(raw[at])
            at += 1
            continue
        }
        switch raw[at + 1] {
        case UInt8(ascii: "u"):
            var unit = codeUnit(raw, at + 2)
            at += 6
            if unit >= 0xD800, unit < 0xDC00, at + 6 <= raw.count, raw[at] == UInt8(ascii: "\\"), raw[at + 1] == UInt8(ascii: "u") {
                let low = codeUnit(raw, at + 2)
                if low >= 0xDC00, low < 0xE000 {
                    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                    at += 6
                }
            }
            let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
            text.append(contentsOf: String(Character(scalar)).utf8)
        case UInt8(ascii: "b"): text.append(0x08); at += 2
        case UInt8(ascii: "f"): text.append(0x0C); at += 2
        case UInt8(ascii: "n"): text.append(0x0A); at += 2
        case UInt8(ascii: "r"): text.append(0x0D); at += 2
        case UInt8(ascii: "t"): text.append(0x09); at += 2
        default: text.append(raw[at + 1]); at += 2
        }
    }
}

private func codeUnit(_ raw: Span<UInt8>, _ at: Int) -> UInt32 {
    var unit: UInt32 = 0
    for index in at..<min(at + 4, raw.count) { unit = unit << 4 | (hexValue(raw[index]) ?? 0) }
    return unit
}
