/// One line of text in pieces, each with its style.
///
/// This is the only way in which escape sequences come into an output: every piece is made harmless when it is taken in, and the
/// sequences are put between the pieces when the whole is written.
public struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// Neighbours differ in style, and none is empty.
    public private(set) var pieces: [(text: String, style: Style)] = []

    /// Nothing.
    public init() {}

    /// `text` in one style, made harmless; line feeds become spaces.
    public init(_ text: String, _ style: Style = .plain) { append(text, style) }

    public init(stringLiteral text: String) { append(text, .plain) }

    public static func == (a: StyledText, b: StyledText) -> Bool { a.pieces.elementsEqual(b.pieces, by: ==) }

    public static func + (a: StyledText, b: StyledText) -> StyledText {
        var sum = a
        for piece in b.pieces { sum.take(piece.text, piece.style) }
        return sum
    }

    public static func += (a: inout StyledText, b: StyledText) { a = a + b }

    public mutating func append(_ text: String, _ style: Style) { take(harmless(text), style) }

    private mutating func take(_ text: String, _ style: Style) {
        guard !text.isEmpty else { return }
        if let last = pieces.last, last.style == style {
            pieces[pieces.count - 1].text += text
        } else {
            pieces.append((text, style))
        }
    }

    public var isEmpty: Bool { pieces.isEmpty }

    /// Without styles.
    public var text: String { pieces.map(\.text).joined() }

    /// How many columns it takes on a terminal.
    public var width: Int { pieces.reduce(0) { $0 + displayWidth($1.text) } }

    /// As it is written, without a line feed; with escape sequences where `hasStyles`. Every sequence is ended on the same line.
    public func rendered(hasStyles: Bool) -> String {
        guard hasStyles else { return text }
        return pieces.map { piece in
            guard let parameters = piece.style.parameters else { return piece.text }
            return "\u{1B}[\(parameters)m\(piece.text)\u{1B}[0m"
        }.joined()
    }

    /// Cut to at most `width` columns. A text of several styles that is too long keeps the style of its first piece alone.
    public func cut(to width: Int, _ place: CutPlace) -> StyledText {
        guard self.width > width else { return self }
        return StyledText(Terminal.cut(text, to: width, place), pieces.first?.style ?? .plain)
    }

    /// Filled up with spaces to `width` columns, which go before the text when it is aligned to the right.
    public func padded(to width: Int, _ alignment: Alignment) -> StyledText {
        let missing = width - self.width
        guard missing > 0 else { return self }
        let spaces = StyledText(String(repeating: " ", count: missing))
        return alignment == .left ? self + spaces : spaces + self
    }
}

/// On which side a text stands in its column.
public enum Alignment: Sendable {
    case left, right
}
