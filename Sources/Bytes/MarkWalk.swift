/// Walks the stops and probes of `JSONMarks` from left to right, word by word.
struct MarkWalk {
    struct Place {
        var position: Int
        /// Else a probe.
        var isStop: Bool
        /// Whether it lies inside a string.
        var isInside: Bool
    }

    private var word: Int
    private var stops: UInt64
    private var probes: UInt64

    /// From `position` on.
    @inline(__always)
    init(from position: Int, _ marks: borrowing JSONMarks) {
        word = position >> 6
        let kept: UInt64 = ~0 << UInt64(position & 63)
        let isScanned = position < marks.position
        stops = isScanned ? marks.words[word].stops & kept : 0
        probes = isScanned ? marks.words[word].probes & kept : 0
    }

    /// The next place; nil when there is none in what is scanned.
    @inline(__always)
    mutating func next(_ marks: borrowing JSONMarks) -> Place? {
        while stops | probes == 0 {
            word += 1
            guard word << 6 < marks.position else {
                word -= 1
                return nil
            }
            stops = marks.words[word].stops
            probes = marks.words[word].probes
        }
        let bit = (stops | probes) & (0 &- (stops | probes))
        let isStop = stops & bit != 0
        stops &= ~bit
        probes &= ~bit
        return Place(
            position: word << 6 + bit.trailingZeroBitCount, isStop: isStop, isInside: marks.words[word].inside & bit != 0)
    }
}

extension JSONMarks {
    /// The first quote at `position` or behind it; nil when there is none in what is scanned.
    func quote(from position: Int) -> Int? {
        guard position < self.position else { return nil }
        var word = position >> 6
        var left = words[word].quotes & (~0 << UInt64(position & 63))
        while left == 0 {
            word += 1
            guard word << 6 < self.position else { return nil }
            left = words[word].quotes
        }
        return word << 6 + left.trailingZeroBitCount
    }

    /// The last quote before `position`.
    func quote(before position: Int) -> Int? {
        var word = position >> 6
        var left = words[word].quotes & ~(~0 << UInt64(position & 63))
        while left == 0 {
            guard word > 0 else { return nil }
            word -= 1
            left = words[word].quotes
        }
        return word << 6 + 63 - left.leadingZeroBitCount
    }

    /// The range of `count` bytes from `start`, if they fill a string.
    @inline(__always)
    func string(_ start: Int, _ count: Int) -> Range<Int>? {
        let (open, close) = (start - 1, start + count)
        guard open >= 0, close < position else { return nil }
        guard words[open >> 6].quotes & words[open >> 6].inside & (1 << UInt64(open & 63)) != 0 else { return nil }
        guard words[close >> 6].quotes & (1 << UInt64(close & 63)) != 0 else { return nil }
        return start..<close
    }
}
