/// A key of a few small numbers that can be put in a table: what it is made of, mixed into one word. Equal keys mix to the same.
public protocol PlacedKey: Equatable {
    var mixed: UInt64 { get }
}

/// Folds two words into one that depends on all their bits: the halves of their product, combined.
@inlinable
@inline(__always)
public func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = (a ^ KeyPlacesSeed.first).multipliedFullWidth(by: b ^ KeyPlacesSeed.second)
    return product.high ^ product.low
}

/// No file can know where keys go, so none can be made whose keys all collide. Nothing depends on a mixed value.
@usableFromInline
enum KeyPlacesSeed {
    @usableFromInline static let first = UInt64.random(in: .min ... .max) | 1
    @usableFromInline static let second = UInt64.random(in: .min ... .max) | 1 << 63
}

/// Keys as places 0, 1, 2 …, in the order in which they first came; sums lie at their places in arrays beside it.
///
///     keys   │ a │ b │ c │                          sums   │ 12.5 │ 3 │ 0.01 │
///     slots  mixed → place + 1                      open addressing, a power of two, at most half full
///
/// A dictionary hashes many names several times slower than this, and hashing is most of what it does for them.
public struct KeyPlaces<Key: PlacedKey> {
    public private(set) var keys: [Key] = []
    @usableFromInline var slots: [UInt32]

    public init() { slots = [UInt32](repeating: 0, count: 64) }

    /// With room for about as many keys as are expected at most.
    public init(expecting count: Int) {
        var room = 64
        while room < 2 * count { room *= 2 }
        slots = [UInt32](repeating: 0, count: room)
        keys.reserveCapacity(count)
    }

    public var count: Int { keys.count }

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
        var slot = Int(truncatingIfNeeded: key.mixed) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot] - 1)
            if keys[place] == key { return (place, slot) }
            slot = (slot + 1) & mask
        }
        return (nil, slot)
    }

    @usableFromInline
    mutating func add(_ key: Key, _ slot: Int) -> Int {
        keys.append(key)
        slots[slot] = UInt32(keys.count)
        if keys.count * 2 > slots.count { grow() }
        return keys.count - 1
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (place, key) in keys.enumerated() {
            var slot = Int(truncatingIfNeeded: key.mixed) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(place + 1)
        }
    }
}

extension KeyPlaces: Sendable where Key: Sendable {}
