/// What can be added up.
public protocol Summed: Sendable {
    static func += (sum: inout Self, other: Self)
}

extension Amount: Summed {
    /// The sum may lie beyond what an amount may be; whoever tells of it judges it.
    @inlinable
    public static func += (sum: inout Amount, other: Amount) { sum.atto += other.atto }
}

/// Sums by key, in the order in which their keys first came.
public struct KeySums<Key: PlacedKey, Sum: Summed> {
    @usableFromInline var places: KeyPlaces<Key>
    @usableFromInline var sums: [Sum] = []

    public init() { places = KeyPlaces() }

    /// - Parameter count: How many keys are expected.
    public init(expecting count: Int) {
        places = KeyPlaces(expecting: count)
        sums.reserveCapacity(count)
    }

    @inlinable public var count: Int { sums.count }
    @inlinable public var keys: [Key] { places.keys }
    /// The sums, each at the place of its key.
    @inlinable public var values: [Sum] { sums }

    @inlinable
    public mutating func add(_ sum: Sum, to key: Key) {
        let place = places.place(of: key)
        if place == sums.count { sums.append(sum) } else { sums[place] += sum }
    }

    /// Hands over every key with its sum.
    @inlinable
    public func forEach<Failure: Error>(_ body: (Key, Sum) throws(Failure) -> Void) throws(Failure) {
        for place in sums.indices { try body(places.placed[place], sums[place]) }
    }
}

extension KeySums: Sendable where Key: Sendable {}
