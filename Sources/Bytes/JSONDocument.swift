/// A small JSON file held whole: a manifest, a registry, a rate card. It can be asked for any value, and say where that stands.
public struct JSONDocument: ~Copyable {
    /// A value of the document.
    public struct Value: Hashable, Sendable {
        let node: Int
    }

    private let text: [UInt8]
    private var tape = JSONTape()
    /// Where each line begins.
    private let lineStarts: [Int]

    /// Reads `text` strictly. The fault's offset counts bytes of `text`.
    public init(_ text: [UInt8]) throws(ByteFault) {
        self.text = text
        lineStarts = [0] + text.indices.lazy.filter { text[$0] == 0x0A }.map { $0 + 1 }
        let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        try tape.read(text.span, start..<text.count)
    }

    public var root: Value { Value(node: 0) }

    public func kind(_ value: Value) -> JSONTape.Kind { tape[value.node].kind }

    /// The elements of an array; empty for any other value.
    public func elements(_ value: Value) -> [Value] {
        kind(value) == .array ? tape.children(of: value.node).map { Value(node: $0) } : []
    }

    /// The members of an object, in their order; empty for any other value.
    public func members(_ value: Value) -> [(key: String, keyValue: Value, value: Value)] {
        guard kind(value) == .object else { return [] }
        return tape.children(of: value.node).map { key in
            (String(decoding: tape.string(key, in: text.span), as: UTF8.self), Value(node: key), Value(node: key + 1))
        }
    }

    /// The value of a member; of several the last.
    public func member(_ key: String, of value: Value) -> Value? {
        members(value).last { $0.key == key }?.value
    }

    /// The text of a string, nil for any other value.
    public func string(_ value: Value) -> String? {
        kind(value) == .string ? String(decoding: tape.string(value.node, in: text.span), as: UTF8.self) : nil
    }

    /// The text of the string member `key`, nil when there is none.
    public func string(_ key: String, of value: Value) -> String? { member(key, of: value).flatMap { string($0) } }

    /// The text as written.
    public func raw(_ value: Value) -> String {
        let node = tape[value.node]
        return String(decoding: text[Int(node.start)..<Int(node.end)], as: UTF8.self)
    }

    /// Zero-based offset of the value in the text.
    public func offset(_ value: Value) -> Int { Int(tape[value.node].start) }

    /// 1-based line of an offset in the text.
    public func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while low < high {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// 1-based line of an offset in a text.
public func lineOf(_ offset: Int, in text: [UInt8]) -> Int {
    var line = 1
    for index in 0..<min(offset, text.count) where text[index] == 0x0A { line += 1 }
    return line
}
