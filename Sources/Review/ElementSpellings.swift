/// The values of the elements by level, to find those that differ only in what nobody sees: capitals, or space around them.
struct ElementSpellings {
    /// How often a spelling stands in the registry, and where first.
    private struct Use {
        var count = 0
        var path: String
    }

    private struct Word: Hashable {
        var level: Int
        var folded: String
    }

    /// Spellings byte for byte: an accent of its own makes another text, though Swift calls the two equal.
    private var uses: [Word: [[UInt8]: Use]] = [:]

    mutating func add(_ text: String, level: Int, path: String) {
        guard !text.isEmpty else { return }
        uses[Word(level: level, folded: trimmed(text).lowercased()), default: [:]][Array(text.utf8), default: Use(path: path)]
            .count += 1
    }

    /// Every spelling but the usual one of its word, and a usual one with space around it.
    func odd() -> [(kind: Remark.Kind, path: String, what: String)] {
        uses.values.flatMap { spellings -> [(kind: Remark.Kind, path: String, what: String)] in
            let ordered = spellings.sorted { a, b in
                a.value.count != b.value.count ? a.value.count > b.value.count : a.key.lexicographicallyPrecedes(b.key)
            }
            .map { (key: String(decoding: $0.key, as: UTF8.self), value: $0.value) }
            guard let usual = ordered.first else { return [] }
            if ordered.count == 1, trimmed(usual.key) != usual.key {
                return [(.surroundingSpace, usual.value.path, "is '\(usual.key)', with space around it, which shows on every card; remove the space")]
            }
            return ordered.dropFirst().map { spelling, use in
                (
                    .elementSpelling, use.path,
                    "is '\(spelling)' (\(times(use.count))), but '\(usual.key)' (\(times(usual.value.count))) at \(usual.value.path): they become two cards; spell them alike"
                )
            }
        }
    }

    private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}

/// Without space at either end.
func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(text[first...last])
}
