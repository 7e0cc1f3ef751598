/// Where a long text gives way.
public enum CutPlace: Sendable {
    /// Its beginning is kept: sentences.
    case end
    /// Its beginning and end are kept: ARNs, paths, names that differ in their last letters.
    case middle
}

/// The text in at most `width` columns, with `…` where something is missing; as it is when it fits.
///
/// A character is kept whole or not at all, so the result may be a column narrower. `width` is at least 1.
public func cut(_ text: String, to width: Int, _ place: CutPlace) -> String {
    precondition(width >= 1)
    guard !fits(text, width) else { return text }
    let room = width - 1
    switch place {
    case .end: return beginning(of: text, room).text + "…"
    case .middle:
        let head = beginning(of: text, (room + 1) / 2)
        return head.text + "…" + end(of: text, room - head.width)
    }
}

/// Whether a text needs no more than `width` columns, without reading on once it does.
private func fits(_ text: String, _ width: Int) -> Bool {
    var used = 0
    for character in text {
        used += displayWidth(character)
        if used > width { return false }
    }
    return true
}

private func beginning(of text: String, _ room: Int) -> (text: String, width: Int) {
    var kept = ""
    var used = 0
    for character in text {
        let width = displayWidth(character)
        guard used + width <= room else { break }
        kept.append(character)
        used += width
    }
    return (kept, used)
}

private func end(of text: String, _ room: Int) -> String {
    var kept: [Character] = []
    var used = 0
    for character in text.reversed() {
        let width = displayWidth(character)
        guard used + width <= room else { break }
        kept.append(character)
        used += width
    }
    return String(kept.reversed())
}
