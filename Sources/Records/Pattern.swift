/// Matches a pattern with `*` (any text) and `?` (any one byte), byte for byte.
public func matchesPattern(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var at = 0
    var inPattern = 0
    // Where the last star stands and how much text it has taken so far: only the last one need ever give back.
    var star: (pattern: Int, text: Int)?
    while at < text.count {
        if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
            star = (inPattern, at)
            inPattern += 1
        } else if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "?") || pattern[inPattern] == text[at] {
            at += 1
            inPattern += 1
        } else if let last = star {
            star = (last.pattern, last.text + 1)
            at = last.text + 1
            inPattern = last.pattern + 1
        } else {
            return false
        }
    }
    while inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") { inPattern += 1 }
    return inPattern == pattern.count
}
