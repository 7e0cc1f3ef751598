/// What days before lead to expect of a day: the mean of its weekday where history is long enough, else of all days; brought half way to the level of
/// the last two weeks. All numbers are millionths.
///
///     history   │ at most 8 weeks │          4 weeks for weekdays, 1 week at least
///     level     │ the last 14 days │         what they came to, against what weekdays alone would say
struct Expectation {
    /// By weekday, or seven times the same.
    private let means: [Int128]
    /// By how much means are raised or lowered, in millionths; at most a hundredfold.
    private let level: Int128
    /// By how much the mean of all days would differ if the level of the last two weeks were taken whole.
    let drift: Int128
    /// How much a day is off on average, squared.
    let variance: Int128
    /// Days that the level is made of.
    let recentCount: Int
    let dayCount: Int
    let followsWeekdays: Bool

    static let leastDays = 7
    private static let mostDays = 56
    private static let weekdayDays = 28
    private static let recentDays = 14
    /// A thousand millions a day: the square of more would leave 128 bits in sums.
    private static let mostOff: Int128 = 1 << 50

    /// - Parameters:
    ///   - costs: Complete days, the last one last.
    ///   - weekday: Of a place in `costs`.
    /// - Returns: Nil with too little data.
    init?(_ costs: ArraySlice<Int128>, weekday: (Int) -> Int) {
        let days = costs.suffix(Expectation.mostDays)
        guard days.count >= Expectation.leastDays else { return nil }
        dayCount = days.count
        followsWeekdays = days.count >= Expectation.weekdayDays
        var sums = [Int128](repeating: 0, count: 7)
        var counts = sums
        for place in days.indices {
            sums[weekday(place)] += days[place]
            counts[weekday(place)] += 1
        }
        let mean = days.reduce(0, +) / Int128(days.count)
        means = followsWeekdays ? sums.indices.map { sums[$0] / max(1, counts[$0]) } : [Int128](repeating: mean, count: 7)
        let recent = days.suffix(Expectation.recentDays)
        recentCount = recent.count
        let seen = recent.reduce(0, +)
        let expected = recent.indices.reduce(Int128(0)) { [means] in $0 + means[weekday($1)] }
        level = followsWeekdays && seen > 0 && expected > 0 ? min((seen + expected) * 1_000_000 / (2 * expected), 100_000_000) : 1_000_000
        let moved = mean * level / 1_000_000 - mean
        drift = max(-Expectation.mostOff, min(moved, Expectation.mostOff))
        var squares: Int128 = 0
        for place in days.indices {
            let off = min(abs(days[place] - means[weekday(place)] * level / 1_000_000), Expectation.mostOff)
            squares += off * off / Int128(days.count)
        }
        variance = squares
    }

    /// Of one day.
    func cost(weekday: Int) -> Int128 { means[weekday] * level / 1_000_000 }
}

/// ⌊√n⌋
func squareRoot(_ n: Int128) -> Int128 {
    guard n > 0 else { return 0 }
    var root: Int128 = 0
    var bit: Int128 = 1 << 62
    while bit > 0 {
        let candidate = root + bit
        if candidate <= n / candidate { root = candidate }
        bit >>= 1
    }
    return root
}
