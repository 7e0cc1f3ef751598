/// Texts of which one must stand in a row for the row to matter. A scanner finds the rows that may hold one before any cell is looked at.
///
///     needle   claude     its pair: u d      two neighbouring bytes of each needle, rare ones, are found by masks
///     row      …,Cloud,…         ● ●         where a pair stands, the needles are compared
///
/// A row may hold a needle when the needle stands in it as it is written, letters compared without case, or when it holds a backslash, by
/// which the text of a JSON cell can be written otherwise. That a row may not is certain.
public struct RowProbe: Sendable {
    private struct Needle: Sendable {
        /// Where its text lies in `texts`.
        var text: Range<Int>
        /// Place of its pair in its text.
        var pair: Int
    }

    private var needles: [Needle] = []
    private var texts: [UInt8] = []
    /// The pairs, one behind the other, in lower case.
    private(set) var pairs: [UInt8] = []

    /// Of each needle up to eight bytes from its pair on, as a word, and behind it the mask of what counts of it; bit 0x20 set in every byte.
    private(set) var words: [UInt64] = []

    /// More pairs cost more than they spare.
    private static let mostPairs = 8

    /// - Parameter needles: In lower case. Nil when they cannot be probed for: one is shorter than two bytes, or holds a quote, which CSV
    ///   writes twice; or they need too many pairs.
    public init?(_ needles: [[UInt8]]) {
        // Who holds a longer one holds the shorter one in it.
        let needed = Set(needles).filter { needle in !needles.contains { $0.count < needle.count && holdsFolded(needle.span, $0.span) } }
        for needle in needed.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard needle.count >= 2, !needle.contains(UInt8(ascii: "\"")) else { return nil }
            let pair = (0..<needle.count - 1).min { (cost(needle, $0), $0) < (cost(needle, $1), $1) } ?? 0
            if !hasPair(needle[pair], needle[pair + 1]) { pairs += [needle[pair] | 0x20, needle[pair + 1] | 0x20] }
            self.needles.append(Needle(text: texts.count..<texts.count + needle.count, pair: pair))
            texts.append(contentsOf: needle)
            addWord(needle[pair...].prefix(8))
        }
        if pairs.count > 2 * RowProbe.mostPairs { return nil }
    }

    private mutating func addWord(_ text: ArraySlice<UInt8>) {
        var word: UInt64 = 0
        for byte in text.reversed() { word = word << 8 | UInt64(byte | 0x20) }
        words += [word, ~0 >> UInt64(64 - 8 * text.count)]
    }

    private func hasPair(_ first: UInt8, _ second: UInt8) -> Bool {
        stride(from: 0, to: pairs.count, by: 2).contains { pairs[$0] == first | 0x20 && pairs[$0 + 1] == second | 0x20 }
    }

    /// How often the pair at `place` would be met; nothing when it is looked for anyway.
    private func cost(_ needle: [UInt8], _ place: Int) -> Int {
        let pair = needle[place...place + 1]
        if hasPair(needle[place], needle[place + 1]) { return 0 }
        return RowProbe.commonPairs.contains(Array(pair)) ? .max : RowProbe.commonness(needle[place]) * RowProbe.commonness(needle[place + 1])
    }

    /// How common a byte is in bills, roughly. A wrong guess, here and in pairs, costs time alone.
    private static func commonness(_ byte: UInt8) -> Int {
        let order = Array("qjxzkwvhybgfump_dlcionrtsae".utf8)
        return 1 + (order.firstIndex(of: byte) ?? order.count)
    }

    /// Pairs that stand in most rows of a bill.
    private static let commonPairs = Set(
        """
        am ma az zo on an nt ro ic ed la de mp ni cl ud ck dr un it ts pi oc th hr cu ic er re es st te in ra ar nc ce co om ou ag ge lo ec ti io us
        ea as ws se so ur rs vi ev di ca at ta al li ne em me en ns si is ac ct to or og gr
        """.split { $0.isWhitespace }.map { Array($0.utf8) })

    /// Whether a needle stands where its pair, or a backslash, was found; true also where one would go on behind `end`.
    @inline(never)
    func stands(_ bytes: UnsafeRawBufferPointer, at position: Int, end: Int) -> Bool {
        if unsafe bytes[position] == UInt8(ascii: "\\") { return true }
        for needle in needles {
            let start = position - needle.pair
            if start < 0 { continue }
            guard start + needle.text.count <= end else { return true }
            var index = 0
            while index < needle.text.count, unsafe foldedCase(bytes[start + index]) == texts[needle.text.lowerBound + index] { index += 1 }
            if index == needle.text.count { return true }
        }
        return false
    }
}
