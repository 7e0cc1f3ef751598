import Bytes

/// A text as a small integer, valid with the `Names` that gave it. 0 is the empty text.
public struct Name: Hashable, Sendable {
    public var index: UInt32
    public init(index: UInt32) { self.index = index }
    public static let empty = Name(index: 0)
    public var isEmpty: Bool { index == 0 }
}

/// Several small numbers hashed as one word: keys of many names are looked up for every row.
@inlinable
public func packed(_ first: Name, _ second: Name) -> UInt64 { UInt64(first.index) << 32 | UInt64(second.index) }

/// The texts of a tally, each kept once: accounts, ARNs, usage types, tags. Texts are bytes; equal means equal byte for byte.
///
///     texts  │aws:iam…:role/a│Usage│USD│          one array of bytes
///     ends    14              …                    where each text ends
///     slots  hash → index + 1                      open addressing, a power of two, at most half full
public struct Names: Sendable {
    private var texts: [UInt8] = []
    private var ends: [Int] = [0]
    private var slots: [UInt32]

    public init() {
        slots = [UInt32](repeating: 0, count: 256)
        place(Name.empty)
    }

    /// How many texts there are; indices are 0..<count.
    public var count: Int { ends.count }
    /// Bytes held.
    public var byteCount: Int { texts.count + ends.count * 8 + slots.count * 4 }

    /// The name of `text`, new or known.
    public mutating func name(_ text: Span<UInt8>) -> Name {
        if text.isEmpty { return .empty }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(text)) & mask
        while slots[slot] != 0 {
            let candidate = Name(index: slots[slot] - 1)
            if equals(candidate, text) { return candidate }
            slot = (slot + 1) & mask
        }
        let name = Name(index: UInt32(ends.count))
        for index in 0..<text.count { texts.append(text[index]) }
        ends.append(texts.count)
        slots[slot] = name.index + 1
        if ends.count * 2 > slots.count { grow() }
        return name
    }

    public mutating func name(_ text: [UInt8]) -> Name { name(text.span) }
    public mutating func name(_ text: String) -> Name { name(Array(text.utf8).span) }

    /// The name of `text` if it is known.
    public func known(_ text: Span<UInt8>) -> Name? {
        if text.isEmpty { return .empty }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(text)) & mask
        while slots[slot] != 0 {
            let candidate = Name(index: slots[slot] - 1)
            if equals(candidate, text) { return candidate }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Takes in all of `other`; the result maps its indices to names here.
    public mutating func absorb(_ other: Names) -> [Name] {
        (0..<other.count).map { index in
            let range = other.range(Name(index: UInt32(index)))
            return name(other.texts.span.extracting(range))
        }
    }

    public func bytes(_ name: Name) -> ArraySlice<UInt8> { texts[range(name)] }
    public func text(_ name: Name) -> String { String(decoding: texts[range(name)], as: UTF8.self) }

    /// Appends the text.
    public func append(_ name: Name, to target: inout [UInt8]) { target.append(contentsOf: texts[range(name)]) }

    /// For every name its place in bytewise order of the texts, so that texts are compared as integers.
    public func ranks() -> [UInt32] {
        let order = (0..<UInt32(count)).sorted { precedes(Name(index: $0), Name(index: $1)) }
        var ranks = [UInt32](repeating: 0, count: count)
        for (rank, index) in order.enumerated() { ranks[Int(index)] = UInt32(rank) }
        return ranks
    }

    /// Bytewise order.
    public func precedes(_ a: Name, _ b: Name) -> Bool {
        let (first, second) = (range(a), range(b))
        let common = min(first.count, second.count)
        for index in 0..<common {
            let (x, y) = (texts[first.lowerBound + index], texts[second.lowerBound + index])
            if x != y { return x < y }
        }
        return first.count < second.count
    }

    private func range(_ name: Name) -> Range<Int> {
        name.index == 0 ? 0..<0 : ends[Int(name.index) - 1]..<ends[Int(name.index)]
    }

    private func equals(_ name: Name, _ text: Span<UInt8>) -> Bool {
        let range = range(name)
        guard range.count == text.count else { return false }
        for index in 0..<text.count where texts[range.lowerBound + index] != text[index] { return false }
        return true
    }

    /// FNV-1a from a start that no file can know, so that none can be made whose names all collide. Nothing depends on a hash's value.
    private func hash(_ text: Span<UInt8>) -> UInt64 {
        var hash = Names.seed
        for index in 0..<text.count { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 29)
    }

    private static let seed = UInt64.random(in: .min ... .max)

    private mutating func place(_ name: Name) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(texts.span.extracting(range(name)))) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = name.index + 1
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for index in 0..<UInt32(ends.count) { place(Name(index: index)) }
    }
}
