/// Random numbers that are the same on every machine: xoshiro256**, seeded through SplitMix64.
///
/// Every file draws from a stream of its own, named by its kind and number, so its bytes depend neither on the
/// thread that writes it nor on the files written before it. Integers only: no rounding can differ.
struct SeededRandom: Sendable {
    /// What a stream is for. Streams of different purposes never share numbers.
    enum Purpose: UInt64 {
        case traffic = 1
        case bill, trail, usageLog, plan, principal
    }

    private var s0, s1, s2, s3: UInt64

    init(seed: UInt64, _ purpose: Purpose, number: Int = 0) {
        var state = splitMix64(seed) ^ splitMix64(purpose.rawValue << 40 | UInt64(number))
        func draw() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return splitMix64(state)
        }
        (s0, s1, s2, s3) = (draw(), draw(), draw(), draw())
    }

    mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = s3 << 45 | s3 >> 19
        return result
    }

    /// A number in 0 ..< bound. The bias of the single multiplication (bound ÷ 2⁶⁴) does not matter here.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func between(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    mutating func chance(perMille: Int) -> Bool {
        below(1000) < perMille
    }

    /// How often something happens whose mean is given in thousandths: a binomial with a Poisson-like spread.
    mutating func count(meanPerMille mean: Int) -> Int {
        let trials = mean / 250 + 4
        var count = 0
        for _ in 0..<trials where below(1000 * trials) < mean { count += 1 }
        return count
    }

    mutating func identifier() -> Identifier {
        Identifier(high: next(), low: next())
    }

    /// One of the choices, by weight.
    mutating func pick<Choice>(_ choices: [(weight: Int, Choice)]) -> Choice {
        var rest = below(choices.reduce(0) { $0 + $1.weight })
        for (weight, choice) in choices {
            if rest < weight { return choice }
            rest -= weight
        }
        preconditionFailure("weights are positive")
    }

    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for index in elements.indices.dropFirst().reversed() {
            elements.swapAt(index, below(index + 1))
        }
    }
}

/// 128 random bits: an event id, a request id, a line item id.
struct Identifier: Sendable, Equatable {
    var high: UInt64
    var low: UInt64
}

/// A bijection of 64-bit words that looks random; also the text of a numbered resource id.
func splitMix64(_ value: UInt64) -> UInt64 {
    var word = value &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
}
