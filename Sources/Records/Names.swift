import Bytes

/// A text as a small integer, valid with the `Names` that gave it. 0 is the empty text.
public struct Name: Hashable, BitwiseCopyable, Sendable {
    public var index: UInt32
    public init(index: UInt32) { self.index = index }
    public static let empty = Name(index: 0)
    public var isEmpty: Bool { index == 0 }
}

/// How one text leads to another.
public enum Relation: Int, CaseIterable, Sendable {
    /// From the ARN of a role's issuer to its canonical principal; empty when that is no role.
    case role
    /// From the ARN of a workspace to itself; from anything else nowhere.
    case workspace
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
    /// Of every relation for each name the name it leads to, counted from 1; 0 where that is not known yet.
    private var relations = [[UInt32]](repeating: [], count: Relation.allCases.count)

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
        let (known, slot) = find(text)
        if let known { return known }
        let name = Name(index: UInt32(ends.count))
        Bytes.append(text, to: &texts)
        ends.append(texts.count)
        slots[slot] = name.index + 1
        if ends.count * 2 > slots.count { grow() }
        return name
    }

    /// The name of `text` if it is known; else the slot that it would take.
    private func find(_ text: Span<UInt8>) -> (known: Name?, slot: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(text)) & mask
        while slots[slot] != 0 {
            let candidate = Name(index: slots[slot] - 1)
            if equals(candidate, text) { return (candidate, slot) }
            slot = (slot + 1) & mask
        }
        return (nil, slot)
    }

    public mutating func name(_ text: [UInt8]) -> Name { name(text.span) }
    public mutating func name(_ text: String) -> Name { name(Array(text.utf8).span) }

    /// The name of `text` if it is known.
    public func known(_ text: Span<UInt8>) -> Name? { text.isEmpty ? .empty : find(text).known }

    /// What `make` leads to from `name`, found out once: a few callers and workspaces stand in millions of records. The empty name leads nowhere.
    public mutating func related(_ name: Name, _ relation: Relation, make: ([UInt8]) -> [UInt8]) -> Name {
        if name.isEmpty { return .empty }
        let index = Int(name.index)
        if index < relations[relation.rawValue].count, relations[relation.rawValue][index] > 0 {
            return Name(index: relations[relation.rawValue][index] - 1)
        }
        let found = self.name(make(Array(bytes(name))))
        let missing = count - relations[relation.rawValue].count
        if missing > 0 { relations[relation.rawValue].append(contentsOf: repeatElement(0, count: missing)) }
        relations[relation.rawValue][index] = found.index + 1
        return found
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

    private func equals(_ name: Name, _ text: Span<UInt8>) -> Bool { sameBytes(texts.span.extracting(range(name)), text) }

    /// Starts from what no file can know, so that none can be made whose names all collide. Nothing depends on a hash's value.
    private func hash(_ text: Span<UInt8>) -> UInt64 { hashOfBytes(text, seed: Names.seed) }

    /// What depends on the text alone, for as long as the process lives.
    func hash(of name: Name) -> UInt64 { hash(texts.span.extracting(range(name))) }

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
