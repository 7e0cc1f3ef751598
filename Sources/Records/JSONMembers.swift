/// Writes the members of one object, each as soon as it is named: nothing is held of the many small objects of a long array.
public struct JSONMembers {
    private var bytes: [UInt8] = []
    /// Of the object's members; nil on one line.
    private let indent: Int?
    private var isEmpty = true

    /// Writes an object whose members `write` names.
    static func write(to bytes: inout [UInt8], indent: Int?, _ write: (inout JSONMembers) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        var members = JSONMembers(indent: indent.map { $0 + 1 })
        swap(&members.bytes, &bytes)
        write(&members)
        swap(&members.bytes, &bytes)
        if let indent, !members.isEmpty { JSONText.newLine(indent, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    private init(indent: Int?) { self.indent = indent }

    public mutating func add(_ name: StaticString, _ text: String) {
        begin(name)
        JSONText.writeString(text.utf8, to: &bytes)
    }

    public mutating func add(_ name: StaticString, _ text: ArraySlice<UInt8>) {
        begin(name)
        JSONText.writeString(text, to: &bytes)
    }

    public mutating func add(_ name: StaticString, _ number: Int) {
        begin(name)
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDecimal(UInt128(number.magnitude), to: &bytes)
    }

    /// Money is text.
    public mutating func add(_ name: StaticString, _ amount: Amount) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        amount.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// - Parameter name: Of letters and `_`, so that nothing in it is escaped.
    @inline(__always)
    private mutating func begin(_ name: StaticString) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        if let indent { JSONText.newLine(indent, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        if indent != nil { bytes.append(UInt8(ascii: " ")) }
    }
}
