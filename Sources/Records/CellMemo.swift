import Bytes

/// What the last texts of a column said, by their bytes: a few hundred texts fill the product columns of millions of rows.
///
///     slot = hash of the text     texts  │ textBytes │ textBytes │ …     one text a slot; another with the same slot takes its place
///
/// A text counts as known only when all its bytes are the same, so a memo never changes a result.
struct CellMemo {
    /// What a text says: of its column; or, for a map, of the product's name and of its family.
    typealias Said = (name: PlatformFinder.Found, family: PlatformFinder.Found)

    private static let slots = 64
    private let textBytes: Int
    private var texts: [UInt8]
    /// The length of every slot's text; −1 where there is none.
    private var counts = [Int](repeating: -1, count: slots)
    private var said = [Said](repeating: (PlatformFinder.Found(), PlatformFinder.Found()), count: slots)

    /// Texts longer than `textBytes` are not remembered.
    init(textBytes: Int) {
        self.textBytes = textBytes
        texts = [UInt8](repeating: 0, count: textBytes * CellMemo.slots)
    }

    func known(_ text: Span<UInt8>) -> Said? {
        let slot = CellMemo.slot(text)
        guard counts[slot] == text.count else { return nil }
        let start = slot * textBytes
        return sameBytes(texts.span.extracting(start..<start + text.count), text) ? said[slot] : nil
    }

    mutating func remember(_ text: Span<UInt8>, _ said: Said) {
        guard text.count <= textBytes else { return }
        let slot = CellMemo.slot(text)
        counts[slot] = text.count
        self.said[slot] = said
        for index in 0..<text.count { texts[slot * textBytes + index] = text[index] }
    }

    private static func slot(_ text: Span<UInt8>) -> Int { Int(truncatingIfNeeded: hashOfBytes(text, seed: 0) >> 32) & (slots - 1) }
}
