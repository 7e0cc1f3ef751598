/// Writes flat objects of texts and numbers, each member as soon as it is named: nothing is held of the many small objects of a long array.
public struct JSONMembers: ~Copyable {
    /// Lent, as what is written goes behind all that is there.
    private var bytes: [UInt8] = []
    /// Of the objects; nil on one line.
    private let indent: Int?
    private var isEmpty = true

    init(indent: Int?) { self.indent = indent }

    /// Takes the bytes to write behind, or gives them back.
    mutating func trade(_ bytes: inout [UInt8]) { swap(&self.bytes, &bytes) }

    /// How many bytes are written so far.
    var count: Int { bytes.count }

    /// - Parameter flush: Takes what is written so far; false when no more is wanted.
    mutating func flush(_ flush: (inout [UInt8]) -> Bool) -> Bool { flush(&bytes) }

    /// Writes an object whose members `write` names.
    @inline(__always)
    mutating func object(isFirst: Bool, _ write: (inout JSONMembers) -> Void) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        if let indent { JSONText.newLine(indent, to: &bytes) }
        bytes.append(UInt8(ascii: "{"))
        isEmpty = true
        write(&self)
        if let indent, !isEmpty { JSONText.newLine(indent, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    public mutating func add(_ name: StaticString, _ text: String) {
        // A text of ours is told to be one piece of memory.
        let added: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe add(name, $0) }
        if added == nil { add(name, Array(text.utf8)[...]) }
    }

    public mutating func add(_ name: StaticString, _ text: ArraySlice<UInt8>) { unsafe text.withUnsafeBufferPointer { unsafe add(name, $0) } }

    private mutating func add(_ name: StaticString, _ content: UnsafeBufferPointer<UInt8>) {
        guard unsafe !JSONText.mustEscape(content) else {
            add(name, most: 0) { _ in }
            unsafe JSONText.writeString(content, to: &bytes)
            return
        }
        add(name, most: content.count + 2) { text in
            text.append(UInt8(ascii: "\""))
            unsafe text.append(content)
            text.append(UInt8(ascii: "\""))
        }
    }

    public mutating func add(_ name: StaticString, _ number: Int) {
        add(name, most: 1 + TextRoom.mostDigits) { text in
            if number < 0 { text.append(UInt8(ascii: "-")) }
            text.appendDecimal(UInt128(number.magnitude))
        }
    }

    /// Money is text.
    public mutating func add(_ name: StaticString, _ amount: Amount) {
        add(name, most: TextRoom.mostOfAmount + 2) { text in
            text.append(UInt8(ascii: "\""))
            text.append(amount)
            text.append(UInt8(ascii: "\""))
        }
    }

    /// - Parameters:
    ///   - name: Of letters and `_`, so that nothing in it is escaped.
    ///   - most: The most bytes that `value` writes.
    @inline(__always)
    private mutating func add(_ name: StaticString, most: Int, _ value: (inout TextRoom) -> Void) {
        let (isFirst, indent) = (isEmpty, indent)
        isEmpty = false
        // Beside name and value a comma, a line's end, two quotes, a colon and a space.
        bytes.appendText(most: name.utf8CodeUnitCount + 2 * ((indent ?? 0) + 1) + 6 + most) { text in
            if !isFirst { text.append(UInt8(ascii: ",")) }
            if let indent {
                text.append(0x0A)
                text.append(UInt8(ascii: " "), count: 2 * (indent + 1))
            }
            text.append(UInt8(ascii: "\""))
            unsafe text.append(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
            text.append(UInt8(ascii: "\""))
            text.append(UInt8(ascii: ":"))
            if indent != nil { text.append(UInt8(ascii: " ")) }
            value(&text)
        }
    }
}
