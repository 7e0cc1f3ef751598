/// A text in lines of at most `width` columns, broken at spaces; a word that is longer than a line is broken where the line ends.
///
/// At least one line, which may be empty. Several spaces count as one.
public func paragraph(_ text: String, width: Int) -> [String] {
    let width = max(1, width)
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in harmless(text).split(separator: " ") {
        let wordWidth = displayWidth(String(word))
        if used > 0 && used + 1 + wordWidth <= width {
            line += " " + word
            used += 1 + wordWidth
            continue
        }
        if used > 0 { lines.append(line) }
        (line, used) = ("", 0)
        for character in word {
            let characterWidth = displayWidth(character)
            if used > 0 && used + characterWidth > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line.append(character)
            used += characterWidth
        }
    }
    return lines + (line.isEmpty && !lines.isEmpty ? [] : [line])
}
