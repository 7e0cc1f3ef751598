/// The brackets and commas of a list of objects, laid out as the run's JSON files are.
package struct JSONList {
    private var isEmpty = true

    package init() {}

    /// Before every element.
    package mutating func separate(_ bytes: inout [UInt8]) {
        bytes.append(contentsOf: (isEmpty ? "[\n  " : ",\n  ").utf8)
        isEmpty = false
    }

    package func close(_ bytes: inout [UInt8]) { bytes.append(contentsOf: (isEmpty ? "[]\n" : "\n]\n").utf8) }

    /// A text in quotes, `<` escaped as in the run's files.
    package static func appendString(_ text: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // Almost no text holds what must be escaped.
        if text.contains(where: mustEscape) { appendEscaped(text, to: &bytes) } else { bytes.append(contentsOf: text) }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "<") || byte == 0x7F
    }

    private static func appendEscaped(_ text: [UInt8], to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case _ where mustEscape(byte):
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: bytes.append(byte)
            }
        }
    }
}
