import Records

/// What parts of cards add up to: of every card and part one sum.
struct PartSpends {
    private struct Part: PlacedKey {
        var card: UInt32
        /// Which part of it: a line or an agent, as a number.
        var of: UInt32

        func mixed(_ mix: Mixer) -> UInt64 { mix(UInt64(card) << 32 | UInt64(of), 1) }
    }

    private var parts = KeySums<Part, Spend>()
    /// Places of the parts, those of one card in a row.
    private var byCard: [UInt32] = []

    mutating func add(_ spend: Spend, of: UInt32, to card: Int) {
        parts.add(spend, to: Part(card: UInt32(card), of: of))
    }

    /// Adds the parts of every card to another's.
    mutating func addAll(to other: (Int) -> Int) {
        for place in 0..<parts.count {
            let part = parts.keys[place]
            add(parts.values[place], of: part.of, to: other(Int(part.card)))
        }
    }

    /// Brings the parts of each card together, by their ranks; gives for every card where they lie.
    mutating func order(cards: Int, ranks: [UInt32]) -> [Range<Int>] {
        let keys = parts.keys
        // By rank first: what is then brought together by card stays in this order.
        let (byRank, _) = PartSpends.order(keys.indices.map { UInt32($0) }, among: ranks.count) { Int(ranks[Int(keys[$0].of)]) }
        let starts: [Int]
        (byCard, starts) = PartSpends.order(byRank, among: cards) { Int(keys[$0].card) }
        return (0..<cards).map { starts[$0]..<starts[$0 + 1] }
    }

    /// Orders places by a number below `count`, those of one number as they come; and tells where those of each number start.
    private static func order(_ places: [UInt32], among count: Int, _ number: (Int) -> Int) -> (ordered: [UInt32], starts: [Int]) {
        var starts = [Int](repeating: 0, count: count + 1)
        for place in places { starts[number(Int(place)) + 1] += 1 }
        for number in 0..<count { starts[number + 1] += starts[number] }
        var next = starts
        var ordered = [UInt32](repeating: 0, count: places.count)
        for place in places {
            let number = number(Int(place))
            ordered[next[number]] = place
            next[number] += 1
        }
        return (ordered, starts)
    }

    /// A part at its place in the order that `order` made.
    subscript(place: Int) -> (of: UInt32, spend: Spend) {
        let place = Int(byCard[place])
        return (parts.keys[place].of, parts.values[place])
    }
}
