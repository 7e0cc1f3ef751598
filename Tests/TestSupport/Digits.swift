/// Whole numbers ≥ 0 as lists of decimal digits, the way they are reckoned on paper: what fast arithmetic must agree with.
public struct Digits: Equatable, Comparable, Sendable, CustomStringConvertible {
    /// The last digit first; no zeros at the front of the number, so 0 is empty.
    public private(set) var digits: [Int]

    public init(_ value: some BinaryInteger) { self.init(text: String(value)) }

    public init(text: String) {
        digits = text.utf8.reversed().map { Int($0) - 48 }
        precondition(digits.allSatisfy { (0...9).contains($0) }, text)
        trim()
    }

    private init(digits: [Int]) {
        self.digits = digits
        trim()
    }

    private mutating func trim() { while digits.last == 0 { digits.removeLast() } }

    public var description: String { digits.isEmpty ? "0" : digits.reversed().map { String($0) }.joined() }
    public var isZero: Bool { digits.isEmpty }
    public var isOdd: Bool { (digits.first ?? 0) % 2 == 1 }

    public static func < (a: Digits, b: Digits) -> Bool {
        if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
        return a.digits.reversed().lexicographicallyPrecedes(b.digits.reversed())
    }

    public static func + (a: Digits, b: Digits) -> Digits {
        var result: [Int] = []
        var carry = 0
        for place in 0..<max(a.digits.count, b.digits.count) + 1 {
            let sum = (place < a.digits.count ? a.digits[place] : 0) + (place < b.digits.count ? b.digits[place] : 0) + carry
            result.append(sum % 10)
            carry = sum / 10
        }
        return Digits(digits: result)
    }

    /// a − b, for b ≤ a.
    public static func - (a: Digits, b: Digits) -> Digits {
        precondition(b <= a)
        var result: [Int] = []
        var borrow = 0
        for place in 0..<a.digits.count {
            var difference = a.digits[place] - (place < b.digits.count ? b.digits[place] : 0) - borrow
            borrow = difference < 0 ? 1 : 0
            if difference < 0 { difference += 10 }
            result.append(difference)
        }
        return Digits(digits: result)
    }

    public static func * (a: Digits, b: Digits) -> Digits {
        var result = [Int](repeating: 0, count: a.digits.count + b.digits.count + 1)
        for (i, x) in a.digits.enumerated() {
            for (j, y) in b.digits.enumerated() { result[i + j] += x * y }
        }
        for place in 0..<result.count - 1 {
            result[place + 1] += result[place] / 10
            result[place] %= 10
        }
        return Digits(digits: result)
    }

    /// Long division, digit by digit.
    public func divided(by divisor: Digits) -> (quotient: Digits, remainder: Digits) {
        precondition(!divisor.isZero)
        var quotient: [Int] = []
        var rest = Digits(digits: [])
        for digit in digits.reversed() {
            rest = Digits(digits: [digit] + rest.digits)
            var times = 0
            while divisor <= rest {
                rest = rest - divisor
                times += 1
            }
            quotient.insert(times, at: 0)
        }
        return (Digits(digits: quotient), rest)
    }

    /// a ÷ b to the nearest whole number, a half to the even one.
    public func dividedHalfEven(by divisor: Digits) -> Digits {
        let (quotient, remainder) = divided(by: divisor)
        let twice = remainder + remainder
        let up = divisor < twice || (twice == divisor && quotient.isOdd)
        return up ? quotient + Digits(1) : quotient
    }

    public static func tenTo(_ exponent: Int) -> Digits { Digits(text: "1" + String(repeating: "0", count: exponent)) }
}
