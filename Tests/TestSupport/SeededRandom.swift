/// Random numbers that a seed decides (SplitMix64), so that a failing test can be run again from the seed that it prints.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in the range.
    public mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    /// One of a list that is not empty.
    public mutating func pick<Element>(_ list: [Element]) -> Element { list[int(0...list.count - 1)] }
    /// True once in `n`.
    public mutating func once(in n: Int) -> Bool { int(1...n) == 1 }
}
