/// Free memory that text is written into, one piece behind the other. It has an end, and nothing is written beyond it.
@safe
public struct TextRoom {
    @usableFromInline let first: UnsafeMutablePointer<UInt8>
    @usableFromInline let room: Int
    @usableFromInline var count = 0

    @inlinable
    @inline(__always)
    init(_ free: UnsafeMutableBufferPointer<UInt8>) {
        // Memory of no bytes may lie nowhere.
        unsafe first = free.baseAddress ?? UnsafeMutablePointer(bitPattern: 1).unsafelyUnwrapped
        room = free.count
    }

    @inlinable
    @inline(__always)
    mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        let place = self.count
        precondition(count <= room - place, "text goes beyond its room")
        self.count = place + count
        return unsafe first + place
    }

    @inlinable
    @inline(__always)
    public mutating func append(_ byte: UInt8) { unsafe take(1).pointee = byte }

    /// The same byte again and again.
    @inlinable
    @inline(__always)
    public mutating func append(_ byte: UInt8, count: Int) { unsafe take(count).update(repeating: byte, count: count) }

    @inlinable
    @inline(__always)
    public mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        unsafe take(text.count).update(from: start, count: text.count)
    }

    @inlinable
    @inline(__always)
    public mutating func append(_ text: borrowing [UInt8]) { unsafe text.withUnsafeBufferPointer { unsafe append($0) } }

    /// The most digits of a whole number: 2¹²⁸ has 39.
    public static let mostDigits = 39
    /// The most bytes of an amount: a sign, the digits of all its units, a point and 18 decimals.
    public static let mostOfAmount = 1 + mostDigits + 19

    /// In decimal digits.
    public mutating func appendDecimal(_ value: UInt128) {
        if value < 10 { return append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)) }
        guard value > UInt128(UInt64.max) else { return appendDecimal(UInt64(truncatingIfNeeded: value)) }
        let (units, rest) = Amount.unitsAndRest(value)
        appendDecimal(units)
        unsafe putEighteenDigits(rest, take(18))
    }

    private mutating func appendDecimal(_ value: UInt64) {
        // 2⁶⁴ has 20 digits.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { digits in
            var start = 24
            var rest = value
            while rest >= 100_000_000 {
                let (above, below) = rest.quotientAndRemainder(dividingBy: 100_000_000)
                start -= 8
                unsafe putEightDigits(below, digits.baseAddress.unsafelyUnwrapped + start)
                rest = above
            }
            start -= 8
            unsafe putEightDigits(rest, digits.baseAddress.unsafelyUnwrapped + start)
            while unsafe start < 23 && digits[start] == UInt8(ascii: "0") { start += 1 }
            unsafe append(UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Plain decimal text: no exponent, no trailing zeros, `0` for zero.
    public mutating func append(_ amount: Amount) {
        if amount.atto < 0 { append(UInt8(ascii: "-")) }
        let (whole, fraction) = Amount.unitsAndRest(amount.atto.magnitude)
        appendDecimal(whole)
        guard fraction > 0 else { return }
        append(UInt8(ascii: "."))
        unsafe putEighteenDigits(fraction, take(18))
        while unsafe first[count - 1] == UInt8(ascii: "0") { count -= 1 }
    }
}

extension [UInt8] {
    /// Appends what `write` writes into room for `most` bytes.
    @inlinable
    @inline(__always)
    public mutating func appendText(most: Int, _ write: (inout TextRoom) -> Void) {
        append(addingCapacity: most) { span in
            unsafe span.withUnsafeMutableBufferPointer { free, count in
                var room = unsafe TextRoom(UnsafeMutableBufferPointer(rebasing: free[count...]))
                write(&room)
                count += room.count
            }
        }
    }
}

/// The digits of a number below 10¹⁸, zeros before it and all.
@inline(__always)
private func putEighteenDigits(_ value: UInt64, _ place: UnsafeMutablePointer<UInt8>) {
    let (above, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
    let (top, middle) = above.quotientAndRemainder(dividingBy: 100_000_000)
    unsafe place[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: top / 10)
    unsafe place[1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: top % 10)
    unsafe putEightDigits(middle, place + 2)
    unsafe putEightDigits(low, place + 10)
}

/// The digits of a number below 10⁸, zeros before it and all.
///
/// The number is halved into lanes of one word again and again: two of four digits, four of two, eight of one. A lane is divided by a
/// multiplication, which is exact below its bound, and a shift.
@inline(__always)
private func putEightDigits(_ value: UInt64, _ place: UnsafeMutablePointer<UInt8>) {
    let (high, low) = value.quotientAndRemainder(dividingBy: 10_000)
    let fours = high | low << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (twos &* 103) >> 10 & 0x000F_000F_000F_000F
    let ones = tens | (twos &- tens &* 10) << 8
    unsafe UnsafeMutableRawPointer(place).storeBytes(of: (ones | 0x3030_3030_3030_3030).littleEndian, as: UInt64.self)
}
