import Bytes

/// An id of an event, request or shared event: 16 bytes where it is a UUID in the usual spelling, else a name.
///
/// Ids are unique, so keeping their text would cost far more than the event itself. There may be millions, so 16 bytes is all an id has:
///
///     high, low     the UUID's 128 bits
///     ~0, index     the name with that index; 0 is the empty id. A UUID whose first half is all ones is kept as a name, too
public struct RecordID: Hashable, PlacedKey, BitwiseCopyable, Sendable {
    private var high: UInt64
    private var low: UInt64

    public static let empty = RecordID(name: .empty)

    public func mixed(_ mix: Mixer) -> UInt64 { mix(high, low) }
    public var isEmpty: Bool { self == .empty }

    private var isName: Bool { high == ~0 }
    private var name: Name { Name(index: UInt32(truncatingIfNeeded: low)) }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private init(name: Name) { self.init(high: ~0, low: UInt64(name.index)) }

    public init(_ text: [UInt8], names: inout Names) { self.init(text.span, names: &names) }

    public init(_ text: Span<UInt8>, names: inout Names) {
        if let (high, low) = RecordID.uuid(text), high != ~0 {
            self.init(high: high, low: low)
        } else {
            self.init(name: names.name(text))
        }
    }

    /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case, so that the number has but one text.
    private static func uuid(_ text: Span<UInt8>) -> (UInt64, UInt64)? {
        guard text.count == 36 else { return nil }
        let dash = UInt8(ascii: "-")
        guard text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else { return nil }
        func four(_ at: Int) -> UInt64 { UInt64(UInt32(littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self))) }
        func eight(_ at: Int) -> UInt64 { UInt64(littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)) }
        guard let first = hexDigits(eight(0)), let second = hexDigits(four(9) | four(14) << 32),
            let third = hexDigits(four(19) | four(24) << 32), let fourth = hexDigits(eight(28))
        else { return nil }
        return (first << 32 | second, third << 32 | fourth)
    }

    /// The number that eight digits 0–9, a–f stand for, the first of them in the lowest byte; nil when one is none. All eight at once.
    private static func hexDigits(_ word: UInt64) -> UInt64? {
        func repeated(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
        // A letter has bit 6, and counts from 9 on.
        let values = (word & repeated(0x0F)) &+ (word >> 6 & repeated(1)) &* 9
        let areLetters = (values &+ repeated(6)) >> 4 & repeated(1)
        // Written again, only a digit is what it was.
        guard values & repeated(0xF0) == 0, values &+ repeated(0x30) &+ areLetters &* 0x27 == word else { return nil }
        var number = values.byteSwapped
        number = (number | number >> 4) & 0x00FF_00FF_00FF_00FF
        number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
        return (number | number >> 16) & 0xFFFF_FFFF
    }

    /// A name is stored as 0 and its number, a UUID as 1 and its bits.
    func store(in bytes: inout StoredBytes) {
        bytes.put(!isName)
        if isName {
            bytes.put(name)
        } else {
            bytes.putWhole(high)
            bytes.putWhole(low)
        }
    }

    public init(_ reader: inout StoredReader) throws(StoredFault) {
        if try reader.bool() {
            self.init(high: try reader.whole(), low: try reader.whole())
            // The bits of a name are no UUID's.
            if isName { throw StoredFault() }
        } else {
            self.init(name: try reader.name())
        }
    }

    /// The same id in the names that `map` leads to.
    public func mapped(_ map: [Name]) -> RecordID {
        isName ? RecordID(name: map[Int(name.index)]) : self
    }

    /// A number that spreads ids evenly, the same for the same text whatever its name is.
    public func spread(_ names: borrowing Names) -> UInt64 {
        isName ? names.hash(of: name) : mixed(.ofProcess)
    }

    /// Bytewise order of the texts.
    public func precedes(_ other: RecordID, _ names: Names) -> Bool {
        if !isName && !other.isName { return (high, low) < (other.high, other.low) }
        if isName && other.isName { return names.precedes(name, other.name) }
        return text(names).lexicographicallyPrecedes(other.text(names))
    }

    /// An order that has nothing to do with the texts, only fast: for bringing equal ids together.
    public func sortsBefore(_ other: RecordID) -> Bool {
        (high, low) < (other.high, other.low)
    }

    public func text(_ names: Names) -> [UInt8] {
        if isName { return Array(names.bytes(name)) }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let half = index < 16 ? high : low
            text.append(digits[Int((half >> UInt64((15 - index % 16) * 4)) & 15)])
        }
        return text
    }
}
