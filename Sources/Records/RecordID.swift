import Bytes

/// An id of an event, request or shared event: 16 bytes where it is a UUID in the usual spelling, else a name.
///
/// Ids are unique, so keeping their text would cost far more than the event itself. There may be millions, so 16 bytes is all an id has:
///
///     high, low     the UUID's 128 bits
///     ~0, index     the name with that index; 0 is the empty id. A UUID whose first half is all ones is kept as a name, too
public struct RecordID: Hashable, Sendable {
    private var high: UInt64
    private var low: UInt64

    public static let empty = RecordID(name: .empty)
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
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for index in 0..<36 {
            let byte = text[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt64
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
            if digits < 16 { halves.0 = halves.0 << 4 | value } else { halves.1 = halves.1 << 4 | value }
            digits += 1
        }
        return halves
    }

    /// The same id in the names that `map` leads to.
    public func mapped(_ map: [Name]) -> RecordID {
        isName ? RecordID(name: map[Int(name.index)]) : self
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
