/// What a file says, as it may be shown: what would move the cursor, colour the terminal or turn the direction of the text is a space.
///
/// The result has no line feed either. Letters that are written from right to left stay: only the marks that turn others are taken.
public func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { !isHarmless($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isHarmless(scalar) ? scalar : " ") }
    return String(result)
}

private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Control characters; line and paragraph separators; marks, embeddings, overrides and isolates of direction.
    case 0x00..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
    default: true
    }
}
