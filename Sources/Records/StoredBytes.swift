import Bytes

/// What was read of a file, written so that it can be read back: numbers of seven bits a byte, texts with their length.
public struct StoredBytes: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    public mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small numbers of either sign are short.
    public mutating func put(_ number: Int64) { put(UInt64(bitPattern: number << 1 ^ number >> 63)) }
    public mutating func put(counter: Int) { put(UInt64(counter)) }
    public mutating func put(_ bool: Bool) { bytes.append(bool ? 1 : 0) }
    public mutating func put(_ name: Name) { put(UInt64(name.index)) }
    public mutating func put(_ time: Instant) { put(time.microseconds) }

    public mutating func put(_ text: [UInt8]) {
        put(UInt64(text.count))
        bytes.append(contentsOf: text)
    }

    /// All eight bytes, for what is as often large as small.
    public mutating func putWhole(_ word: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
    }

    public mutating func put(_ number: Int128) {
        putWhole(UInt64(truncatingIfNeeded: number))
        putWhole(UInt64(truncatingIfNeeded: number >> 64))
    }

    public mutating func put(_ sum: ExactSum) { sum.store(in: &self) }
    public mutating func put(_ id: RecordID) { id.store(in: &self) }

    public mutating func put(_ elements: Elements) { for index in 0..<4 { put(elements[index]) } }

    /// All names, so that those put before or behind can be read back.
    public mutating func put(_ names: Names) {
        put(UInt64(names.count))
        for index in 1..<names.count { put(Array(names.bytes(Name(index: UInt32(index))))) }
    }
}

/// Stored bytes that are not what this program writes: what they stand for is read again from where it came.
public struct StoredFault: Error {
    public init() {}
}

/// Reads stored bytes back. Every count and place is checked: whatever the bytes are, it ends with a value or a fault.
public struct StoredReader {
    private let bytes: [UInt8]
    private var at: Int
    private let end: Int
    /// What the stored names are now called.
    private var names: [Name] = []

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        at = 0
        end = bytes.count
    }

    public var isAtEnd: Bool { at == end }

    public mutating func number() throws(StoredFault) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while at < end {
            let byte = bytes[at]
            at += 1
            if shift == 63 && byte > 1 { throw StoredFault() }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
            if shift > 63 { throw StoredFault() }
        }
        throw StoredFault()
    }

    public mutating func signed() throws(StoredFault) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    public mutating func bool() throws(StoredFault) -> Bool {
        guard at < end, bytes[at] <= 1 else { throw StoredFault() }
        at += 1
        return bytes[at - 1] == 1
    }

    /// A number of things; so many that they can be added up without a thought.
    public mutating func counter() throws(StoredFault) -> Int {
        let number = try number()
        guard number < 1 << 40 else { throw StoredFault() }
        return Int(number)
    }

    public mutating func time() throws(StoredFault) -> Instant {
        let time = Instant(microseconds: try signed())
        guard time >= Month.first.start, time < Month.last.end else { throw StoredFault() }
        return time
    }

    /// How many things follow, each of at least so many bytes: room is made for no more than can be there.
    public mutating func count(ofAtLeast bytes: Int = 1) throws(StoredFault) -> Int {
        let count = try number()
        guard count <= UInt64((end - at) / bytes) else { throw StoredFault() }
        return Int(count)
    }

    public mutating func text() throws(StoredFault) -> [UInt8] {
        let count = try count()
        at += count
        return Array(bytes[at - count..<at])
    }

    public mutating func whole() throws(StoredFault) -> UInt64 {
        guard at + 8 <= end else { throw StoredFault() }
        var word: UInt64 = 0
        for index in (0..<8).reversed() { word = word << 8 | UInt64(bytes[at + index]) }
        at += 8
        return word
    }

    public mutating func int128() throws(StoredFault) -> Int128 {
        let low = try whole()
        return Int128(Int64(bitPattern: try whole())) << 64 | Int128(low)
    }

    public mutating func name() throws(StoredFault) -> Name {
        let index = try number()
        guard index < UInt64(names.count) else { throw StoredFault() }
        return names[Int(index)]
    }

    public mutating func elements() throws(StoredFault) -> Elements { Elements(try name(), try name(), try name(), try name()) }

    /// Takes the stored names into `names`, for those that are read from here on.
    public mutating func takeNames(into target: inout Names) throws(StoredFault) {
        let count = try count()
        names = [.empty]
        names.reserveCapacity(count)
        while names.count < count { names.append(target.name(try text())) }
    }
}

extension ExactSum {
    /// - Parameter terms: How many amounts were added at most: it wrapped no more often.
    public init(_ reader: inout StoredReader, terms: Int) throws(StoredFault) {
        let (low, wraps) = (try reader.int128(), try reader.signed())
        guard wraps.magnitude <= UInt64(terms) else { throw StoredFault() }
        self.init(low: low, wraps: Int(wraps))
    }
}
