import Testing
import TestSupport

@testable import Records

@Suite struct TextRoomTests {
    /// Numbers beside each power of ten and of two, and any in between.
    private func numbers(_ random: inout SeededRandom) -> [UInt128] {
        var numbers: [UInt128] = [0, 1, UInt128.max, UInt128.max - 1]
        for exponent in 0...38 {
            let power = powerOfTen(exponent)!
            numbers += [power - 1, power, power + 1, power * UInt128(random.int(1...3))]
        }
        for bits in 0..<128 {
            let power = UInt128(1) << bits
            numbers += [power - 1, power, power | UInt128(UInt64(random.int(0...Int.max))) % power]
        }
        return numbers
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func digitsAreThoseOfTheNumber(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for number in numbers(&random) {
            var written = bytes("x")
            appendDecimal(number, to: &written)
            #expect(text(written) == "x\(number)")
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func amountsAreTheirDigitsWithAPoint(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for number in numbers(&random) where number <= Int128.max.magnitude {
            for amount in [Int128(number), -Int128(number), -1 - Int128(number)] {
                var digits = String(amount.magnitude)
                digits = String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
                var fraction = digits.suffix(18)
                while fraction.last == "0" { fraction.removeLast() }
                let wanted = (amount < 0 ? "-" : "") + digits.dropLast(18) + (fraction.isEmpty ? "" : ".") + fraction
                var written = bytes("x")
                Amount(atto: amount).append(to: &written)
                #expect(text(written) == "x" + wanted)
            }
        }
    }

    @Test func whatFitsIsWritten() {
        var written = bytes("ab")
        written.appendText(most: 7) { room in
            room.append(UInt8(ascii: "c"))
            room.append(bytes("de"))
            room.append([])
            room.appendDecimal(1234)
        }
        written.appendText(most: 0) { _ in }
        #expect(text(written) == "abcde1234")
    }
}
