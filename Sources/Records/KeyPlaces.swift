/// A key of a few small numbers that can be put in a table: what it is made of, mixed into one word. Equal keys mix to the same.
public protocol PlacedKey: Equatable {
    func mixed(_ mix: Mixer) -> UInt64
}

/// Folds words into one that depends on all their bits.
///
/// It starts from what no file can know, so that none can be made whose keys all collide. Nothing depends on what comes of it.
public struct Mixer: Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64

    /// One for as long as the process lives.
    public static let ofProcess = Mixer()

    private init() {
        first = UInt64.random(in: .min ... .max) | 1
        second = UInt64.random(in: .min ... .max) | 1 << 63
    }

    /// The halves of the product of two words, combined.
    @inlinable
    @inline(__always)
    public func callAsFunction(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = (a ^ first).multipliedFullWidth(by: b ^ second)
        return product.high ^ product.low
    }
}

/// Keys as places 0, 1, 2 …, in the order in which they first came; sums lie at their places in arrays beside it.
///
///     keys   │ a │ b │ c │                          sums   │ 12.5 │ 3 │ 0.01 │
///     slots  mixed → place + 1                      open addressing, a power of two, at most half full
///
/// A dictionary hashes many names several times slower than this, and hashing is most of what it does for them.
public struct KeyPlaces<Key: PlacedKey> {
    @inlinable public var keys: [Key] { placed }
    @usableFromInline var placed: [Key] = []
    @usableFromInline var slots: [UInt32]
    /// Held, as what all share is asked for with more effort.
    @usableFromInline let mix = Mixer.ofProcess

    public init() { slots = [UInt32](repeating: 0, count: 64) }

    /// With room for about as many keys as are expected at most.
    public init(expecting count: Int) {
        var room = 64
        while room < 2 * count { room *= 2 }
        slots = [UInt32](repeating: 0, count: room)
        placed.reserveCapacity(count)
    }

    @inlinable public var count: Int { placed.count }

    /// The place of a key, new or known.
    @inlinable
    public mutating func place(of key: Key) -> Int {
        let (place, slot) = find(key)
        return place ?? add(key, slot)
    }

    /// The place of a key that is known; else nil.
    @inlinable
    public func known(_ key: Key) -> Int? { find(key).place }

    /// The place of a key, if it is known; else the slot that it would take.
    @inlinable
    @inline(__always)
    func find(_ key: Key) -> (place: Int?, slot: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: key.mixed(mix)) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot] - 1)
            if placed[place] == key { return (place, slot) }
            slot = (slot + 1) & mask
        }
        return (nil, slot)
    }

    @inlinable
    mutating func add(_ key: Key, _ slot: Int) -> Int {
        placed.append(key)
        slots[slot] = UInt32(placed.count)
        if placed.count * 2 > slots.count { grow() }
        return placed.count - 1
    }

    @inlinable
    mutating func grow() {
        // Few keys are many soon.
        slots = [UInt32](repeating: 0, count: slots.count * (slots.count < 1 << 16 ? 4 : 2))
        let mask = slots.count - 1
        for place in placed.indices {
            var slot = Int(truncatingIfNeeded: placed[place].mixed(mix)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(place + 1)
        }
    }
}

extension KeyPlaces: Sendable where Key: Sendable {}
