import Records
import Testing
import TestSupport

@testable import Attribution

/// Any number of up to 126 bits, small ones as likely as large.
private func number(_ random: inout SeededRandom, bits: Int = 126) -> UInt128 {
    let wide = UInt128(random.next()) << 64 | UInt128(random.next())
    return wide >> UInt128(128 - random.int(0...bits))
}

@Suite struct SplitTests {
    /// The rule of the specification on paper: floors, then the largest remainders, ties to the earlier.
    private func twin(_ magnitude: UInt128, _ weights: [UInt128]) -> [String] {
        let total = weights.reduce(Digits(0)) { $0 + Digits($1) }
        let divided = weights.map { (Digits(magnitude) * Digits($0)).divided(by: total) }
        var parts = divided.map(\.quotient)
        var left = Digits(magnitude) - parts.reduce(Digits(0), +)
        var taken: Set<Int> = []
        while !left.isZero {
            var best: Int?
            for index in weights.indices where !taken.contains(index) {
                if let other = best, divided[index].remainder <= divided[other].remainder { continue }
                best = index
            }
            guard let best else { break }
            taken.insert(best)
            parts[best] = parts[best] + Digits(1)
            left = left - Digits(1)
        }
        return parts.map(\.description)
    }

    @Test(arguments: 1...25 as ClosedRange<UInt64>) func partsAreThoseOfTheRule(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<12 {
            let bits = random.pick([8, 60, 120])
            var weights = (0..<random.int(1...7)).map { _ in random.once(in: 5) ? 0 : number(&random, bits: bits) }
            if random.once(in: 3), let first = weights.first { weights = weights.map { _ in first } }
            if weights.allSatisfy({ $0 == 0 }) { weights[random.int(0...weights.count - 1)] = 1 }
            let amount = Amount(atto: Int128(number(&random, bits: random.pick([4, 60, 126]))))
            let parts = split(amount, by: weights)
            #expect(parts.map { "\($0.atto)" } == twin(amount.atto.magnitude, weights), "seed \(seed): \(amount.atto) by \(weights)")
            #expect(parts.reduce(0) { $0 + $1.atto } == amount.atto, "seed \(seed)")
            let mirrored = split(Amount(atto: -amount.atto), by: weights)
            #expect(mirrored.map { -$0.atto } == parts.map(\.atto), "seed \(seed)")
        }
    }

    @Test func smallAmounts() {
        func atto(_ amount: Int128, _ weights: [UInt128]) -> [Int128] { split(Amount(atto: amount), by: weights).map(\.atto) }
        #expect(atto(10, [1, 1, 1]) == [4, 3, 3])
        #expect(atto(11, [1, 1, 1]) == [4, 4, 3])
        #expect(atto(-11, [1, 1, 1]) == [-4, -4, -3])
        #expect(atto(1, [1, 2]) == [0, 1])
        #expect(atto(1, [3, 3, 0]) == [1, 0, 0])
        #expect(atto(0, [5, 0]) == [0, 0])
        #expect(atto(7, [0, 9]) == [0, 7])
        // A weight of 0 has no remainder, so it never gets what is left over.
        #expect(atto(2, [0, 1, 1, 1]) == [0, 1, 1, 0])
    }
}

@Suite struct WideTests {
    /// A signed number as sign and digits.
    private func product(_ a: Int128, _ b: Int128) -> (isNegative: Bool, digits: Digits) {
        let digits = Digits(a.magnitude) * Digits(b.magnitude)
        return ((a < 0) != (b < 0) && !digits.isZero, digits)
    }

    private func distance(_ a: (isNegative: Bool, digits: Digits), _ b: (isNegative: Bool, digits: Digits)) -> Digits {
        if a.isNegative != b.isNegative { return a.digits + b.digits }
        return a.digits < b.digits ? b.digits - a.digits : a.digits - b.digits
    }

    private func signed(_ random: inout SeededRandom, _ bits: Int) -> Int128 {
        let magnitude = Int128(number(&random, bits: bits))
        return random.once(in: 2) ? magnitude : -magnitude
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func differencesOfProducts(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let bits = random.pick([10, 64, 126])
            let (a, b) = (signed(&random, bits), signed(&random, bits))
            // Often near each other, so that the limit decides.
            var (c, d) = random.once(in: 2) ? (b, a) : (signed(&random, bits), signed(&random, bits))
            if random.once(in: 3) { c += 1 }
            if random.once(in: 3) { d = -d }
            let exact = distance(product(a, b), product(c, d))
            let limits = [0, number(&random, bits: 126), UInt128(exact.description) ?? 7, (UInt128(exact.description) ?? 8) &- 1]
            for limit in limits {
                #expect(
                    Wide.productsDiffer(a, b, c, d, by: limit) == (Digits(limit) < exact), "seed \(seed): \(a)·\(b) − \(c)·\(d), \(limit)")
            }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func sharesAgainstPercentages(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let whole = signed(&random, random.pick([10, 120]))
            let percent = Amount(atto: Int128(random.int(0...200)) * Amount.unit / (random.once(in: 2) ? 1 : 3))
            // Exactly the percentage now and then.
            let part = random.once(in: 3) ? (whole / 100) * (percent.atto / Amount.unit) : signed(&random, 120)
            let left = product(part, 100 * Amount.unit)
            let right = product(percent.atto, whole)
            var wanted: Int?
            if whole != 0 {
                let order: Int
                if left.isNegative != right.isNegative {
                    order = left.isNegative ? -1 : 1
                } else {
                    order = (left.digits < right.digits ? -1 : left.digits == right.digits ? 0 : 1) * (left.isNegative ? -1 : 1)
                }
                wanted = whole < 0 ? -order : order
            }
            #expect(
                compareShare(Amount(atto: part), of: Amount(atto: whole), percent: percent) == wanted,
                "seed \(seed): \(part) of \(whole), \(percent.text) %")
        }
        #expect(compareShare(Amount(atto: 5), of: Amount(atto: 100), percent: Amount(atto: 5 * Amount.unit)) == 0)
        #expect(compareShare(Amount(atto: -5), of: Amount(atto: -100), percent: Amount(atto: 5 * Amount.unit)) == 0)
        #expect(compareShare(Amount(atto: 6), of: Amount(atto: -100), percent: Amount(atto: 5 * Amount.unit)) == -1)
    }
}
