/// Cuts a file of JSON into records without reading what they say, and finds one member of each.
///
/// Accepted, alone or one after the other (JSON Lines): an object with an array-valued member `container`, whose elements are the
/// records, wherever that member stands; an array of records; a record. Memory is the window plus the longest record:
/// an object is only held whole until it turns out to be a container.
///
/// Of every record the bounds, the nesting and the strings are checked. The rest is for `JSONTape`, which reads the records that matter.
public struct JSONRecordScanner: ~Copyable {
    public struct Record: Sendable {
        /// The record's bytes in the window.
        public var range: Range<Int>
        /// False for what stands in a record's place and is no object.
        public var isObject: Bool
        /// The raw text, between the quotes, of the string that is the last value of the member looked for; nil when it has no such member or the value is no string.
        public var value: Range<Int>?
    }

    public enum Step: Sendable {
        case record(Record)
        /// The window must slide, keeping what lies behind `keptFrom`.
        case needsMore
        case finished
    }

    private enum State { case betweenValues, inArray(Expect), inContainer(Expect), afterContainer }
    private enum Expect { case elementOrEnd, element, commaOrEnd }

    private var marks: JSONMarks
    private var state = State.betweenValues
    /// Everything before is used up.
    public private(set) var keptFrom = 0
    private var values = 0
    private let container: ProbedKey
    private let member: ProbedKey

    /// `container` is the member whose array holds records; `member` the one whose string value is handed out with each.
    /// The storage comes from `buffers` until `giveBack`.
    public init(container: StaticString, member: StaticString, buffers: inout ReadBuffers) {
        self.container = ProbedKey(container)
        self.member = ProbedKey(member)
        marks = JSONMarks(probing: self.member.pair + self.container.pair, buffers: &buffers)
    }

    /// Ends the scanner's work and leaves its storage for the next.
    public mutating func giveBack(_ buffers: inout ReadBuffers) { marks.giveBack(&buffers) }

    public mutating func skip(_ count: Int) {
        marks.skip(count)
        keptFrom = count
    }

    public mutating func shift(by distance: Int) {
        marks.shift(by: distance)
        keptFrom -= distance
    }

    /// Scans what the window has become; to be called after every slide, before `next`.
    public mutating func scan(_ bytes: Span<UInt8>, end: Int, isLast: Bool) {
        marks.scan(bytes, end: end, isLast: isLast)
    }

    /// The next record. Throws a `ByteFault` whose offset is a position in the window; nothing can be read behind it.
    public mutating func next(_ bytes: Span<UInt8>, isLast: Bool) throws(ByteFault) -> Step {
        let end = marks.position
        while true {
            let at = skipSpace(bytes, keptFrom, end)
            keptFrom = at
            guard at < end else {
                guard isLast else { return .needsMore }
                guard case .betweenValues = state else { throw cut(at) }
                if values == 0 { throw fault(at, "holds no JSON value") }
                return .finished
            }
            let byte = bytes[at]
            switch state {
            case .betweenValues:
                if let step = try topLevel(bytes, at, end, byte, isLast) { return step }
            case .inArray(let expect):
                if let step = try element(bytes, at, end, byte, expect, isLast, inContainer: false) { return step }
            case .inContainer(let expect):
                if let step = try element(bytes, at, end, byte, expect, isLast, inContainer: true) { return step }
            case .afterContainer:
                if let step = try rest(bytes, at, end, byte, isLast) { return step }
            }
        }
    }

    /// Reads a record that `next` has handed out, in the same window, whole.
    public func read(_ record: Record, _ bytes: Span<UInt8>, into tape: inout JSONTape) throws(ByteFault) {
        try marks.read(bytes, record.range, into: &tape)
    }

    // MARK: Values at the top

    private mutating func topLevel(
        _ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ byte: UInt8, _ isLast: Bool
    ) throws(ByteFault) -> Step? {
        if byte == UInt8(ascii: "[") {
            values += 1
            take(through: at)
            state = .inArray(.elementOrEnd)
            return nil
        }
        guard byte == UInt8(ascii: "{") else { return try scalar(bytes, at, end, byte, isLast) }
        switch try walk(bytes, from: at, end, lookForContainer: true) {
        case .cut:
            guard isLast else { return .needsMore }
            throw cut(at)
        case .container(let bracket):
            values += 1
            take(through: bracket)
            state = .inContainer(.elementOrEnd)
            return nil
        case .whole(let close, let value):
            values += 1
            take(through: close)
            return .record(Record(range: at..<close + 1, isObject: true, value: value))
        }
    }

    private mutating func element(
        _ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ byte: UInt8, _ expect: Expect, _ isLast: Bool, inContainer: Bool
    ) throws(ByteFault) -> Step? {
        func become(_ expect: Expect) { state = inContainer ? .inContainer(expect) : .inArray(expect) }
        switch (expect, byte) {
        case (.elementOrEnd, UInt8(ascii: "]")), (.commaOrEnd, UInt8(ascii: "]")):
            take(through: at)
            state = inContainer ? .afterContainer : .betweenValues
            return nil
        case (.commaOrEnd, UInt8(ascii: ",")):
            take(through: at)
            become(.element)
            return nil
        case (.commaOrEnd, _):
            throw fault(at, "has '\(excerpt(bytes.extracting(at..<at + 1)))' where ',' or ']' must follow a record")
        case (_, UInt8(ascii: "{")):
            switch try walk(bytes, from: at, end, lookForContainer: false) {
            case .cut:
                guard isLast else { return .needsMore }
                throw cut(at)
            case .container: preconditionFailure("no container was looked for")
            case .whole(let close, let value):
                take(through: close)
                become(.commaOrEnd)
                return .record(Record(range: at..<close + 1, isObject: true, value: value))
            }
        default:
            let step = try scalar(bytes, at, end, byte, isLast)
            if case .record = step { become(.commaOrEnd) }
            return step
        }
    }

    /// What stands in a record's place and is no object.
    private mutating func scalar(
        _ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ byte: UInt8, _ isLast: Bool
    ) throws(ByteFault) -> Step {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "\""):
            guard let close = try closing(bytes, of: at) else {
                guard isLast else { return .needsMore }
                throw cut(at)
            }
            values += 1
            take(through: close)
            return .record(Record(range: at..<close + 1, isObject: false, value: nil))
        case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: ":"):
            throw fault(at, "has '\(excerpt(bytes.extracting(at..<at + 1)))' where a record must stand")
        default:
            var stop = at
            while stop < end, isScalarByte(bytes[stop]) { stop += 1 }
            if stop == at { throw fault(at, "is no JSON: a record cannot begin with '\(excerpt(bytes.extracting(at..<at + 1)))'") }
            if stop == end && !isLast { return .needsMore }
            values += 1
            take(through: stop - 1)
            return .record(Record(range: at..<stop, isObject: false, value: nil))
        }
    }

    /// What follows the container's array in its object: further members, passed over; a second container is read as well.
    private mutating func rest(
        _ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ byte: UInt8, _ isLast: Bool
    ) throws(ByteFault) -> Step? {
        switch byte {
        case UInt8(ascii: "}"):
            take(through: at)
            state = .betweenValues
        case UInt8(ascii: "\""):
            guard let close = try closing(bytes, of: at) else { return try waits(at, isLast) }
            // A key is what a colon follows; any other string is a value.
            let colon = skipSpace(bytes, close + 1, end)
            guard colon < end else { return try waits(at, isLast) }
            guard bytes[colon] == UInt8(ascii: ":"), isKey(bytes, at + 1..<close, container.text) else {
                take(through: close)
                return nil
            }
            let value = skipSpace(bytes, colon + 1, end)
            guard value < end else { return try waits(at, isLast) }
            take(through: close)
            if bytes[value] == UInt8(ascii: "[") {
                take(through: value)
                state = .inContainer(.elementOrEnd)
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard let close = try closing(bytes, of: at) else { return try waits(at, isLast) }
            take(through: close)
        case UInt8(ascii: "]"):
            throw fault(at, "closes '{' with ']'")
        default:
            take(through: at)
        }
        return nil
    }

    private func waits(_ at: Int, _ isLast: Bool) throws(ByteFault) -> Step {
        if isLast { throw cut(at) }
        return .needsMore
    }

    // MARK: Walking marks

    private enum Walk {
        case cut
        /// The bracket that opens the container's array.
        case container(Int)
        case whole(close: Int, value: Range<Int>?)
    }

    /// How many brackets are open around a record.
    private var depthAround: Int {
        switch state {
        case .betweenValues: 0
        case .inArray: 1
        case .inContainer: 2
        case .afterContainer: 1
        }
    }

    /// Walks one object from its opening bracket.
    private func walk(_ bytes: Span<UInt8>, from first: Int, _ end: Int, lookForContainer: Bool) throws(ByteFault) -> Walk {
        var nesting = Nesting(around: depthAround)
        var places = MarkWalk(from: first, marks)
        var value: Range<Int>?
        while let place = places.next(marks) {
            let at = place.position
            let byte = bytes[at]
            // The string in which the place lies, if it is a key that is looked for.
            var key: Range<Int>?
            if !place.isStop {
                guard nesting.depth == 1 else { continue }
                key = plainKey(bytes, at, byte, lookForContainer)
            } else if place.isInside {
                guard try checkInside(bytes, at) else { return .cut }
                guard nesting.depth == 1, byte == UInt8(ascii: "u") else { continue }
                // Written with escapes a key has no letter to be known by.
                guard let open = marks.quote(before: at), let close = marks.quote(from: at) else { return .cut }
                guard try checkString(bytes, at + 1..<close) else { return .cut }
                key = open + 1..<close
                // The whole string is judged: its further stops are passed over, however many there are.
                places = MarkWalk(from: close, marks)
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard nesting.open(byte) else { throw fault(at, "is nested deeper than \(ByteLimit.jsonDepth)") }
            } else {
                guard byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") else {
                    guard let fault = outside(bytes, at, first) else { return .cut }
                    throw fault
                }
                guard nesting.close(byte) else { throw wrongBracket(bytes, at) }
                if nesting.depth == 0 { return .whole(close: at, value: value) }
            }
            guard let key else { continue }
            let isMember = isKey(bytes, key, member.text)
            let isContainer = lookForContainer && isKey(bytes, key, container.text)
            guard isMember || isContainer else { continue }
            let colon = skipSpace(bytes, key.upperBound + 1, end)
            guard colon < end else { return .cut }
            guard bytes[colon] == UInt8(ascii: ":") else {
                // As a value it may read like the key; anything else here is no JSON.
                if bytes[colon] == UInt8(ascii: ",") || bytes[colon] == UInt8(ascii: "}") { continue }
                throw fault(colon, "has '\(excerpt(bytes.extracting(colon..<colon + 1)))' where ':' must follow a key")
            }
            let start = skipSpace(bytes, colon + 1, end)
            guard start < end else { return .cut }
            if isContainer && bytes[start] == UInt8(ascii: "[") { return .container(start) }
            if isMember {
                guard let stop = try memberEnd(bytes, start, end) else { return .cut }
                value = bytes[start] == UInt8(ascii: "\"") ? start + 1..<stop - 1 : nil
                places = MarkWalk(from: stop, marks)
            }
        }
        return .cut
    }

    /// The end of the value at `start` of the member looked for, which must be JSON; nil when it is not all here.
    ///
    /// An object or array ends where it starts: its brackets are walked with the rest.
    private func memberEnd(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(ByteFault) -> Int? {
        var stop = start
        switch bytes[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return start
        case UInt8(ascii: "\""):
            let close = marks.quote(from: start + 1)
            guard try checkString(bytes, start + 1..<(close ?? marks.position)), let close else { return nil }
            stop = close + 1
        default:
            while stop < end, isScalarByte(bytes[stop]) { stop += 1 }
            guard stop < end else { return nil }
            var scalar = JSONTape()
            do throws(ByteFault) { try scalar.read(bytes, start..<stop) } catch {
                throw fault(start, "has '\(excerpt(bytes.extracting(start..<max(stop, start + 1))))' where a value must stand")
            }
        }
        let next = skipSpace(bytes, stop, end)
        guard next < end else { return nil }
        guard bytes[next] == UInt8(ascii: ",") || bytes[next] == UInt8(ascii: "}") else {
            throw fault(next, "has '\(excerpt(bytes.extracting(next..<next + 1)))' where ',' or '}' must follow a value")
        }
        return stop
    }

    /// The end of the string, object or array at `start`, or nil when it is not all here.
    private func closing(_ bytes: Span<UInt8>, of start: Int) throws(ByteFault) -> Int? {
        if bytes[start] == UInt8(ascii: "\"") {
            let close = marks.quote(from: start + 1)
            return try checkString(bytes, start + 1..<(close ?? marks.position)) ? close : nil
        }
        var nesting = Nesting(around: depthAround)
        var places = MarkWalk(from: start, marks)
        while let place = places.next(marks) {
            let at = place.position
            guard place.isStop else { continue }
            let byte = bytes[at]
            if place.isInside {
                guard try checkInside(bytes, at) else { return nil }
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard nesting.open(byte) else { throw fault(at, "is nested deeper than \(ByteLimit.jsonDepth)") }
            } else {
                guard byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") else {
                    guard let fault = outside(bytes, at, start) else { return nil }
                    throw fault
                }
                guard nesting.close(byte) else { throw wrongBracket(bytes, at) }
                if nesting.depth == 0 { return at }
            }
        }
        return nil
    }

    /// Checks the stops in a part of a string; false when they cannot be judged yet.
    private func checkString(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ByteFault) -> Bool {
        var places = MarkWalk(from: range.lowerBound, marks)
        while let place = places.next(marks), place.position < range.upperBound {
            if place.isStop, try !checkInside(bytes, place.position) { return false }
        }
        return true
    }

    /// Judges a stop inside a string; false when what it needs lies behind what is scanned.
    private func checkInside(_ bytes: Span<UInt8>, _ at: Int) throws(ByteFault) -> Bool {
        if bytes[at] == UInt8(ascii: "u") {
            for digit in 1...4 where !isHexDigit(bytes[at + digit]) {
                if at + digit >= marks.position { return false }
                throw fault(at - 1, "has the escape '\(excerpt(bytes.extracting(at - 1..<at + digit + 1)))', which needs four hexadecimal digits")
            }
            return true
        }
        if bytes[at] < 0x20 { throw fault(at, "has a control character (\(bytes[at])) inside a string") }
        throw fault(at - 1, "has the unknown escape '\(excerpt(bytes.extracting(at - 1..<at + 1)))'")
    }

    /// The key looked for, written without escapes, that has its letter at `at`.
    @inline(__always)
    private func plainKey(_ bytes: Span<UInt8>, _ at: Int, _ letter: UInt8, _ lookForContainer: Bool) -> Range<Int>? {
        if letter == member.pair[0], let range = marks.string(at - member.place, member.text.count), isKey(bytes, range, member.text) {
            return range
        }
        guard lookForContainer, letter == container.pair[0] else { return nil }
        return marks.string(at - container.place, container.text.count)
    }

    /// Uses up everything through `position`.
    private mutating func take(through position: Int) { keptFrom = position + 1 }

    private func isKey(_ bytes: Span<UInt8>, _ range: Range<Int>, _ key: [UInt8]) -> Bool {
        if range.count == key.count { return sameBytes(bytes.extracting(range), key.span) }
        // The same key written with escapes, each up to six bytes for one.
        guard range.count > key.count, range.count <= 6 * key.count else { return false }
        var hasEscape = false
        for index in range where bytes[index] == UInt8(ascii: "\\") { hasEscape = true; break }
        guard hasEscape else { return false }
        var decoded: [UInt8] = []
        decodeJSONString(bytes.extracting(range), into: &decoded)
        return decoded == key
    }

    private func skipSpace(_ bytes: Span<UInt8>, _ from: Int, _ end: Int) -> Int {
        var at = from
        while at < end, isJSONSpace(bytes[at]) { at += 1 }
        return at
    }

    private func isScalarByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    // MARK: Faults

    private func fault(_ at: Int, _ what: String) -> ByteFault { ByteFault(offset: at, place: .content, what: what) }

    private func cut(_ at: Int) -> ByteFault {
        fault(at, "ends inside a JSON value that begins here: the file is cut short")
    }

    private func wrongBracket(_ bytes: Span<UInt8>, _ at: Int) -> ByteFault {
        fault(at, "has '\(excerpt(bytes.extracting(at..<at + 1)))' where another bracket must close")
    }

    /// What stands outside a string where only a value can; nil while it may go on behind what is scanned. It began behind `first`.
    private func outside(_ bytes: Span<UInt8>, _ at: Int, _ first: Int) -> ByteFault? {
        func isOfWord(_ byte: UInt8) -> Bool { isScalarByte(byte) || byte == UInt8(ascii: "_") }
        guard isOfWord(bytes[at]) else {
            return fault(at, "is no JSON: '\(excerpt(bytes.extracting(at..<at + 1)))' stands outside a string")
        }
        var (start, end) = (at, at + 1)
        while start > first + 1, isOfWord(bytes[start - 1]) { start -= 1 }
        while end < marks.position, isOfWord(bytes[end]) { end += 1 }
        guard end < marks.position else { return nil }
        return fault(start, "has '\(excerpt(bytes.extracting(start..<end)))' where a value must stand")
    }
}

/// A key that is looked for, and the two letters by which it is found: a capital and what follows it are rare inside the strings of a record.
private struct ProbedKey {
    let text: [UInt8]
    /// Place of the pair in the text.
    let place: Int
    let pair: [UInt8]

    init(_ key: StaticString) {
        text = Array("\(key)".utf8)
        let capital = text.firstIndex { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") } ?? 0
        place = min(capital, text.count - 2)
        pair = [text[place], text[place + 1]]
    }
}
