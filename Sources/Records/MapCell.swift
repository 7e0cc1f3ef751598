import Bytes

/// A cell that holds a map as a JSON object, as CUR 2.0 writes `product` and `resource_tags`.
struct MapCell: ~Copyable {
    private var text: [UInt8] = []
    private var tape = JSONTape()
    private var isEmpty = true
    /// Whether the cell of this row is loaded.
    var isLoaded = false

    /// Reads the text of a cell. An empty cell is an empty map. Returns false when it is no JSON object.
    mutating func load(_ cell: Span<UInt8>) -> Bool {
        text.removeAll(keepingCapacity: true)
        for index in 0..<cell.count { text.append(cell[index]) }
        isLoaded = true
        isEmpty = true
        guard text.contains(where: { $0 != 0x20 }) else { return true }
        let json = text
        do {
            try tape.read(json.span, 0..<json.count)
        } catch {
            return false
        }
        guard tape[0].kind == .object else { return false }
        isEmpty = false
        return true
    }

    /// The value of a key, empty when it is absent or null. What is no string is given as it is written.
    func value(_ key: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return [] }
        var found: [UInt8] = []
        for child in tape.children(of: 0) {
            guard tape.string(child, in: text.span) == key else { continue }
            let node = tape[child + 1]
            switch node.kind {
            case .string: found = tape.string(child + 1, in: text.span)
            case .null: found = []
            default: found = Array(text[Int(node.start)..<Int(node.end)])
            }
        }
        return found
    }
}

/// Whether a map cell, raw as it lies in the CSV, may hold under `key` a value that `accepts`.
///
/// True when in doubt; false is certain. It spares reading the maps of the millions of rows that no rule will take:
/// without a backslash in the cell, a key can only be written as it is, and its value ends at the next doubled quote.
func mapMayHold(_ raw: Span<UInt8>, key: StaticString, _ accepts: (Span<UInt8>) -> Bool) -> Bool {
    let length = key.utf8CodeUnitCount
    let first = unsafe key.utf8Start[0]
    var at = 0
    while at < raw.count {
        let byte = raw[at]
        if byte == UInt8(ascii: "\\") { return true }
        guard byte == first, at + length + 2 <= raw.count, raw[at + length] == UInt8(ascii: "\""), stands(key, in: raw, at: at) else {
            at += 1
            continue
        }
        at += length
        var open = skip(raw, at) { $0 == UInt8(ascii: "\"") }
        open = skip(raw, open) { $0 <= 0x20 }
        // Without a colon it is a value that reads like the key.
        guard open < raw.count, raw[open] == UInt8(ascii: ":") else { continue }
        open = skip(raw, open + 1) { $0 <= 0x20 }
        // What is no string is for the tape to read.
        guard open < raw.count, raw[open] == UInt8(ascii: "\"") else { return true }
        open = skip(raw, open) { $0 == UInt8(ascii: "\"") }
        var close = open
        while close < raw.count, raw[close] != UInt8(ascii: "\""), raw[close] != UInt8(ascii: "\\") { close += 1 }
        if close < raw.count, raw[close] == UInt8(ascii: "\\") { return true }
        if accepts(raw.extracting(open..<close)) { return true }
    }
    return false
}

private func skip(_ raw: Span<UInt8>, _ start: Int, _ passes: (UInt8) -> Bool) -> Int {
    var at = start
    while at < raw.count, passes(raw[at]) { at += 1 }
    return at
}

private func stands(_ key: StaticString, in raw: Span<UInt8>, at position: Int) -> Bool {
    for index in 0..<key.utf8CodeUnitCount where unsafe raw[position + index] != key.utf8Start[index] { return false }
    return true
}
