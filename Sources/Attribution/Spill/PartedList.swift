import Bytes
import Records

/// What a list may put on disk.
protocol Parted: BitwiseCopyable, Sendable {
    /// The same in the names that `names` leads to.
    func mapped(_ names: [Name]) -> Self
}

extension ActivityEvent: Parted {}
extension UsageRecord: Parted {}

/// Elements in no order: in memory as long as they have room there, else in parts on disk, all of one key in the same part.
///
///     held     │ the newest │
///     blocks   │ part 0 │ part 1 │ … │ part 127 │ part 0 │ …      one row of blocks for every time that memory was full
///
/// What must know all elements of a key at once takes a part at a time.
struct PartedList<Element: Parted>: Sendable {
    /// As many as seven bits tell apart.
    private static var partCount: Int { 128 }

    private(set) var held: [Element] = []
    private var parts: [[Block]] = []
    /// How blocks' names lead to the list's; their maps are few, as whole lists are taken in at once.
    private var maps: [[Name]] = []
    private let room: SpillRoom?
    private let key: @Sendable (Element, borrowing Names) -> UInt64
    private let limit: Int

    private struct Block: Sendable {
        var place: SpillFile.Block
        /// Which of `maps`; −1 where names are the list's own.
        var map: Int
    }

    /// - Parameters:
    ///   - room: Nil to hold everything in memory.
    ///   - key: A number that spreads evenly; the same for elements that must be taken together.
    init(_ room: SpillRoom?, key: @escaping @Sendable (Element, borrowing Names) -> UInt64) {
        self.room = room
        self.key = key
        limit = room.map { SpillRoom.count($0.listBytes, of: Element.self) } ?? .max
    }

    var isSpilled: Bool { !parts.isEmpty }
    var isEmpty: Bool { held.isEmpty && !isSpilled }

    @inline(__always)
    mutating func append(_ element: Element) { held.append(element) }

    mutating func reserve(_ count: Int) { held.reserveCapacity(min(count, limit)) }

    /// Puts what is held on disk if it has no room. To be called now and then while the list grows.
    /// - Returns: False once anything could not be written: then more is of no use, and the file says why.
    @inline(__always)
    @discardableResult
    mutating func relieve(_ names: borrowing Names) -> Bool {
        if held.count >= limit { spill(names) }
        return !(room?.file.hasFailed ?? false)
    }

    /// Takes all of `elements`, and leaves them empty.
    mutating func take(_ elements: inout [Element], _ names: borrowing Names) {
        if held.isEmpty {
            swap(&held, &elements)
        } else {
            held.append(contentsOf: elements)
            elements.removeAll(keepingCapacity: true)
        }
        relieve(names)
    }

    /// Takes in all of `other`, whose names `map` leads to the list's.
    mutating func absorb(_ other: PartedList, map: [Name]) {
        // As many again are given room for exactly, as there may be millions; few at a time let the array grow by itself.
        if other.held.count > held.count / 2 { held.reserveCapacity(held.count + other.held.count) }
        for element in other.held { held.append(element.mapped(map)) }
        guard other.isSpilled else { return }
        let first = maps.count
        maps += other.maps.map { $0.map { map[Int($0.index)] } } + [map]
        if parts.isEmpty { parts = [[Block]](repeating: [], count: Self.partCount) }
        for (part, blocks) in other.parts.enumerated() {
            parts[part] += blocks.map { Block(place: $0.place, map: $0.map < 0 ? maps.count - 1 : first + $0.map) }
        }
    }

    /// Puts all on disk, so that parts are those of another list that is spilled.
    mutating func spill(_ names: borrowing Names) {
        guard let room else { preconditionFailure("a list without room on disk is never full") }
        var counts = [Int](repeating: 0, count: Self.partCount)
        let partOf = held.map { element -> UInt8 in
            // By the highest bits: tables of a part go by the lowest.
            let part = UInt8(truncatingIfNeeded: key(element, names) >> 57)
            counts[Int(part)] += 1
            return part
        }
        var ends: [Int] = []
        for count in counts { ends.append((ends.last ?? 0) + count) }
        var places = [UInt32](repeating: 0, count: held.count)
        var next = ends.indices.map { ends[$0] - counts[$0] }
        for (place, part) in partOf.enumerated() {
            places[next[Int(part)]] = UInt32(place)
            next[Int(part)] += 1
        }
        if parts.isEmpty { parts = [[Block]](repeating: [], count: Self.partCount) }
        for part in counts.indices where counts[part] > 0 {
            let elements = places[ends[part] - counts[part]..<ends[part]].map { held[Int($0)] }
            // The file keeps its first fault, and who uses the list asks for it before anything is made of the rest.
            guard let place = try? room.file.append(elements[...]) else { break }
            parts[part].append(Block(place: place, map: -1))
        }
        held.removeAll(keepingCapacity: true)
    }

    /// Hands the elements over, all of one key at once, and keeps none. What was never spilled comes in one part.
    mutating func forEachPart(_ names: borrowing Names, _ body: (inout [Element]) throws(SpillFault) -> Void) throws(SpillFault) {
        for part in 0..<split(names) {
            var elements = try take(part)
            try body(&elements)
        }
    }

    /// Ends growing; the number of parts that `take` can be asked for.
    mutating func split(_ names: borrowing Names) -> Int {
        guard isSpilled else { return 1 }
        spill(names)
        held = []
        return Self.partCount
    }

    /// Hands a part over; to be called after `split`, once for each.
    mutating func take(_ part: Int) throws(SpillFault) -> [Element] {
        var elements: [Element] = []
        guard isSpilled, let room else {
            swap(&elements, &held)
            return elements
        }
        if let fault = room.file.fault { throw fault }
        elements.reserveCapacity(parts[part].reduce(0) { $0 + $1.place.count })
        for block in parts[part] {
            let stored = try room.file.read(block.place, as: Element.self)
            if block.map < 0 { elements += stored } else { for element in stored { elements.append(element.mapped(maps[block.map])) } }
        }
        parts[part] = []
        return elements
    }
}
