/// UTF-8 text under construction. Numbers, times and identifiers are written by hand: no locale, no formatter.
struct Text: Sendable {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    var count: Int { bytes.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ string: String) {
        bytes.append(contentsOf: string.utf8)
    }

    mutating func append(_ slice: ArraySlice<UInt8>) {
        bytes.append(contentsOf: slice)
    }

    mutating func append(integer value: Int) {
        if value < 0 {
            bytes.append(UInt8(ascii: "-"))
        }
        var rest = value.magnitude
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        append(padded: value.magnitude, digits: digits)
    }

    /// Exactly `digits` digits, with leading zeros.
    mutating func append(padded value: UInt, digits: Int) {
        let start = bytes.count
        var rest = value
        for _ in 0..<digits { bytes.append(UInt8(ascii: "0")) }
        var index = start + digits
        while index > start {
            index -= 1
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    /// A number of 10⁻¹⁰ as a plain decimal without trailing zeros, as the bill writes money: `0.0116`, `-12.4`, `3`.
    mutating func append(tenBillionths value: Int) {
        if value < 0 {
            bytes.append(UInt8(ascii: "-"))
        }
        let scale: UInt = 10_000_000_000
        append(integer: Int(value.magnitude / scale))
        let fraction = value.magnitude % scale
        guard fraction != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        append(padded: fraction, digits: 10)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }

    /// The lowest `digits` hexadecimal digits.
    mutating func append(hex value: UInt64, digits: Int) {
        var shift = 4 * digits
        while shift > 0 {
            shift -= 4
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 15
            bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble)
        }
    }

    /// A version 4 UUID.
    mutating func append(uuid id: Identifier) {
        append(hex: id.high >> 32, digits: 8)
        bytes.append(UInt8(ascii: "-"))
        append(hex: id.high >> 16, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        append(hex: 0x4000 | id.high & 0x0FFF, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        append(hex: 0x8000 | id.low >> 48 & 0x3FFF, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        append(hex: id.low, digits: 12)
    }

    /// `count` characters of an alphabet of 32: one word gives twelve.
    mutating func append(characters count: Int, of alphabet: Alphabet, random: inout SeededRandom) {
        var written = 0
        while written < count {
            var word = random.next()
            for _ in 0..<min(12, count - written) {
                bytes.append(alphabet.characters[Int(word & 31)])
                word >>= 5
            }
            written += 12
        }
    }

    /// `2026-10-05T14:03:09Z`
    mutating func append(time moment: Moment) {
        append(date: moment)
        bytes.append(UInt8(ascii: "T"))
        append(clock: moment)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// `2026-10-05`, or with `/` as CloudTrail's folders have it.
    mutating func append(date moment: Moment, separator: Character = "-") {
        let (month, day) = moment.monthAndDay
        append("2026")
        append(String(separator))
        append(padded: UInt(month), digits: 2)
        append(String(separator))
        append(padded: UInt(day), digits: 2)
    }

    /// `14:03:09`
    mutating func append(clock moment: Moment) {
        let second = UInt(moment.secondOfDay)
        append(padded: second / 3600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(padded: second / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(padded: second % 60, digits: 2)
    }
}

/// Thirty-two characters to draw from.
struct Alphabet: Sendable {
    let characters: [UInt8]

    private init(_ characters: String) {
        self.characters = Array(characters.utf8)
        precondition(self.characters.count == 32)
    }

    /// Line item ids.
    static let lower = Alphabet("abcdefghijklmnopqrstuvwxyz234567")
    /// Access keys, principal ids and the tails of trail file names.
    static let upper = Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    /// Workspace ids.
    static let mixedLetters = Alphabet("AbCdEfGhJkLmNpQrStUvWxYz23456789")
    /// S3's extended request ids.
    static let mixed = Alphabet("AbCdEfGhIjKlMnOpQrStUvWxYz+/0246")
}
