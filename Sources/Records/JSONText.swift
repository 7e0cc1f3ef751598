/// A JSON value to be written. Objects keep the order of their members; money is text.
public enum JSONText {
    case object([(String, JSONText)])
    case array([JSONText])
    /// An array whose elements are made one after the other while it is written, so that a long one is never held.
    case elements(Int, (Int) -> JSONText)
    /// An array of flat objects of texts and numbers, whose members are named one after the other while they are written.
    case objects(Int, (Int, inout JSONMembers) -> Void)
    /// What `text(indent:)` has made for its place.
    case laidOut([UInt8])
    case string(String)
    case bytes([UInt8])
    case number(Int)
    case bool(Bool)
    case null
    /// Money, written as text.
    case amount(Amount)

    /// A line's end, and more indent than any value of ours has.
    private static let lineStart = [0x0A] + [UInt8](repeating: 0x20, count: 64)

    /// Two spaces of indent, one member a line, LF at the end.
    public func text() -> [UInt8] {
        var text: [UInt8] = []
        write { text.append(contentsOf: $0) }
        return text
    }

    /// The same as a part of a larger text, so many objects and arrays deep, without the LF.
    public func text(indent: Int) -> [UInt8] {
        var text: [UInt8] = []
        append(to: &text, indent: indent) { _ in true }
        return text
    }

    /// Hands the text over in pieces of about a mebibyte, cut between the elements of its arrays.
    public func write<Failure: Error>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var bytes: [UInt8] = []
        var fault: Failure?
        // The walk is not generic: it is the same code for all who write.
        append(to: &bytes, indent: 0) { bytes in
            do throws(Failure) { try sink(bytes) } catch { fault = error }
            bytes.removeAll(keepingCapacity: true)
            return fault == nil
        }
        if let fault { throw fault }
        bytes.append(0x0A)
        try sink(bytes)
    }

    /// On one line, without a line's end: for files of one value a line.
    public func line() -> [UInt8] {
        var bytes: [UInt8] = []
        appendLine(to: &bytes)
        return bytes
    }

    private func appendLine(to bytes: inout [UInt8]) {
        switch self {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.writeString(member.0.utf8, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.1.appendLine(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements): JSONText.elements(elements.count) { elements[$0] }.appendLine(to: &bytes)
        case .elements(let count, let element):
            bytes.append(UInt8(ascii: "["))
            for index in 0..<count {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element(index).appendLine(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .objects(let count, let write):
            bytes.append(UInt8(ascii: "["))
            JSONText.append(count, write, to: &bytes, indent: nil) { _ in true }
            bytes.append(UInt8(ascii: "]"))
        default: append(to: &bytes, indent: 0) { _ in true }
        }
    }

    /// - Parameter flush: Takes what is written so far; false when no more is wanted.
    private func append(to bytes: inout [UInt8], indent: Int, flush: (inout [UInt8]) -> Bool) {
        switch self {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.newLine(indent + 1, to: &bytes)
                JSONText.writeString(member.0.utf8, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                bytes.append(UInt8(ascii: " "))
                member.1.append(to: &bytes, indent: indent + 1, flush: flush)
            }
            if !members.isEmpty { JSONText.newLine(indent, to: &bytes) }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements):
            JSONText.elements(elements.count) { elements[$0] }.append(to: &bytes, indent: indent, flush: flush)
        case .elements(let count, let element):
            bytes.append(UInt8(ascii: "["))
            for index in 0..<count {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.newLine(indent + 1, to: &bytes)
                element(index).append(to: &bytes, indent: indent + 1, flush: flush)
                if bytes.count > 1 << 20, !flush(&bytes) { return }
            }
            if count > 0 { JSONText.newLine(indent, to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .objects(let count, let write):
            bytes.append(UInt8(ascii: "["))
            JSONText.append(count, write, to: &bytes, indent: indent + 1, flush: flush)
            if count > 0 { JSONText.newLine(indent, to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .laidOut(let text): bytes.append(contentsOf: text)
        case .string(let text): JSONText.writeString(text.utf8, to: &bytes)
        case .bytes(let text): JSONText.writeString(text, to: &bytes)
        case .number(let number): bytes.append(contentsOf: String(number).utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        case .amount(let amount):
            bytes.append(UInt8(ascii: "\""))
            amount.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// Flat objects with commas between them.
    /// - Parameter indent: Of the objects; nil on one line.
    private static func append(
        _ count: Int, _ write: (Int, inout JSONMembers) -> Void, to bytes: inout [UInt8], indent: Int?, flush: (inout [UInt8]) -> Bool
    ) {
        var members = JSONMembers(indent: indent)
        members.trade(&bytes)
        for index in 0..<count {
            members.object(isFirst: index == 0) { write(index, &$0) }
            if members.count > 1 << 20, !members.flush(flush) { break }
        }
        members.trade(&bytes)
    }

    static func newLine(_ depth: Int, to bytes: inout [UInt8]) {
        unsafe lineStart.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[...(2 * depth)])) }
    }

    static func writeString(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        // A text of ours is told to be one piece of memory, and copied as such.
        if text.withContiguousStorageIfAvailable({ unsafe bytes.append(contentsOf: $0) }) == nil { bytes.append(contentsOf: text) }
        // Almost no text holds what must be escaped.
        if unsafe bytes.withUnsafeBufferPointer({ unsafe mustEscape(UnsafeBufferPointer(rebasing: $0[start...])) }) {
            bytes.removeLast(bytes.count - start)
            for byte in text { writeEscaped(byte, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether anything must; all of it is looked at, as many bytes at once as can be.
    static func mustEscape(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var found = false
        for unsafe byte in unsafe text { found = mustEscape(byte) || found }
        return found
    }

    /// `<` too, so that the text can stand inside a script element.
    @inline(__always)
    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "<") || byte == 0x7F
    }

    private static func writeEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case _ where mustEscape(byte):
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
