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
        append(cell, to: &text)
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
        var member = 1
        while member < Int(tape[0].next) {
            if tape.matches(member, key.span, in: text.span) {
                let node = tape[member + 1]
                switch node.kind {
                case .string: found = tape.string(member + 1, in: text.span)
                case .null: found = []
                default: found = Array(text[Int(node.start)..<Int(node.end)])
                }
            }
            member = Int(tape[member + 1].next)
        }
        return found
    }
}
