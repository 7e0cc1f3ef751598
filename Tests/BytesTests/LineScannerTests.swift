import Testing
import TestSupport

@testable import Bytes

@Suite struct LineScannerTests {
    private func lines(_ text: [UInt8], ends: [Int], slides: Bool) -> [[UInt8]] {
        var scanner = LineScanner()
        var buffer = text + [UInt8](repeating: 0x0A, count: ByteWindow.spareBytes)
        var base = 0
        var lines: [[UInt8]] = []
        for (number, end) in ends.enumerated() {
            let isLast = number == ends.count - 1
            while let line = scanner.next(buffer.span, end: end - base, isLast: isLast) { lines.append(Array(buffer[line])) }
            if slides && !isLast {
                let distance = scanner.lineStart
                scanner.shift(by: distance)
                buffer.removeFirst(distance)
                base += distance
            }
        }
        return lines
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func linesAreWhatLiesBetweenLineFeeds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let text = random.bytes(of: Array("ab\n\u{B}\u{8A}cdefg".utf8), upTo: 200)
        var wanted = text.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        if wanted.last == [] { wanted.removeLast() }
        #expect(lines(text, ends: [text.count], slides: false) == wanted, "seed \(seed)")
        #expect(lines(text, ends: Array(0...text.count), slides: true) == wanted, "seed \(seed)")
        for longest in [5, 40] {
            #expect(lines(text, ends: random.chops(text.count, longest: longest), slides: true) == wanted, "seed \(seed)")
        }
    }
}
