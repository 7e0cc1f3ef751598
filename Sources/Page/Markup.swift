import Published

/// HTML or SVG while it is written. Texts of the run get in by `text` and `attribute` alone, which leave no markup of theirs alive.
struct Markup {
    private(set) var bytes: [UInt8] = []

    /// Markup of our own, as it is.
    mutating func raw(_ markup: String) { bytes.append(contentsOf: markup.utf8) }
    mutating func raw(_ other: Markup) { bytes.append(contentsOf: other.bytes) }

    /// Any text, as text.
    mutating func text(_ text: String) { bytes.append(contentsOf: Markup.escaped(text).utf8) }

    /// ` name="value"`
    mutating func attribute(_ name: String, _ value: String) { raw(" \(name)=\"\(Markup.escaped(value))\"") }

    /// `<name …>text</name>`
    mutating func element(_ name: String, _ attributes: [(String, String)] = [], text content: String) {
        open(name, attributes)
        text(content)
        raw("</\(name)>")
    }

    mutating func open(_ name: String, _ attributes: [(String, String)] = []) {
        raw("<\(name)")
        for (name, value) in attributes { attribute(name, value) }
        raw(">")
    }

    /// Without what could end a text or an attribute; control characters, which no document may hold or which turn the direction of what stands around
    /// them, are shown as �.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
                || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value): escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// A text cut in its middle to at most so many characters, for where room is scarce.
func shortened(_ text: String, to count: Int) -> String {
    guard text.count > count else { return text }
    let front = (count - 1) * 2 / 3
    return "\(text.prefix(front))…\(text.suffix(count - 1 - front))"
}

/// What tells one ARN from the next: behind its last slash, or colon.
func lastPart(_ text: String) -> String {
    guard text.hasPrefix("arn:") else { return text }
    return text.split(separator: "/").last.map(String.init) ?? text
}

/// `Example`, for a link to the rows of the ledger whose columns have these texts: `#rows/level=workload&currency=USD`.
func rowsLink(_ columns: [(String, String)]) -> String {
    "#rows/" + columns.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
}

private func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }
    return encoded
}
