/// How many columns a text takes on a terminal: two for a wide character, none for what combines with the one before.
///
/// Terminals differ in emoji made of several (families, flags); here each is two, as most have it. What is not harmless has no width that
/// anybody could tell, and counts as the space it becomes.
public func displayWidth(_ text: String) -> Int {
    var width = 0
    for character in text { width += displayWidth(character) }
    return width
}

/// The columns of one character, which may be of many scalars: 0, 1, 2, or more where a script's cluster is of several letters.
public func displayWidth(_ character: Character) -> Int {
    if character.isASCII { return 1 }
    var width = 0
    var isEmoji = false
    for scalar in character.unicodeScalars {
        // What asks for the picture, joins pictures, tints them, or is half a flag.
        switch scalar.value {
        case 0xFE0F, 0x1F3FB...0x1F3FF, 0x1F1E6...0x1F1FF: isEmoji = true
        default: break
        }
        width += scalarWidth(scalar)
    }
    if isEmoji { return 2 }
    let holdsJoiner = character.unicodeScalars.count > 2 && character.unicodeScalars.contains { $0.value == 0x200D }
    return holdsJoiner ? min(width, 2) : width
}

private func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    // The vowels and finals of Hangul stand in the box of the consonant before.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
    if isWide(value) { return 2 }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    // Marks of direction become spaces; the others are not seen.
    case .format: return harmless(String(scalar)) == " " ? 1 : 0
    default: return properties.isEmojiPresentation ? 2 : 1
    }
}

/// Whether a scalar is wide or full-width (Unicode, EastAsianWidth.txt: W and F), in whole blocks. Emoji are asked for apart.
private func isWide(_ value: UInt32) -> Bool {
    guard value >= 0x1100 else { return false }
    switch value {
    case 0x1100...0x115F,  // Hangul consonants
        0x2E80...0x303E, 0x3041...0x33FF,  // radicals, kana, bopomofo, squared words
        0x3400...0x4DBF, 0x4E00...0xA4CF,  // ideographs, Yi
        0xA960...0xA97F, 0xAC00...0xD7A3,  // Hangul
        0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,  // compatibility and vertical forms
        0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
        0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,  // Tangut, Khitan, Nushu, kana
        0x1F200...0x1F265,  // enclosed ideographs
        0x20000...0x3FFFD:  // ideographs
        return true
    default: return false
    }
}
