import Bytes

/// One JSON file of a run, held whole.
package struct PublishedJSON: ~Copyable {
    package let path: String
    private let text: [UInt8]
    private let tape: JSONTape

    /// Positions on the tape have 32 bits.
    private static let limitBytes = 1 << 30

    package static func read(_ path: String) throws(ViewFault) -> PublishedJSON {
        let text: [UInt8]
        do throws(FileFault) { text = try readSmallFile(path, limit: limitBytes) } catch { throw .damaged("\(path): \(error.reason)") }
        var tape = JSONTape()
        do throws(ByteFault) { try tape.read(text.span, 0..<text.count) } catch {
            throw .damaged("\(path):\(lineOf(error.offset, in: text)): \(error.what)")
        }
        return PublishedJSON(path, text, tape)
    }

    private init(_ path: String, _ text: [UInt8], _ tape: consuming JSONTape) {
        self.path = path
        self.text = text
        self.tape = tape
    }

    package var root: Int { 0 }

    private func fault(_ node: Int, _ what: String) -> ViewFault {
        .damaged("\(path):\(lineOf(Int(tape[node].start), in: text)): \(what)")
    }

    // MARK: Values

    package func member(_ key: StaticString, of node: Int) throws(ViewFault) -> Int {
        guard tape[node].kind == .object, let found = tape.member(key, of: node, in: text.span) else {
            throw fault(node, "has no member \(key); was the run made by another version of apportion?")
        }
        return found
    }

    /// The elements of the array `key` in their order.
    package func elements(_ key: StaticString, of node: Int) throws(ViewFault) -> [Int] {
        let array = try member(key, of: node)
        guard tape[array].kind == .array else { throw fault(array, "\(key) is no list") }
        return tape.children(of: array)
    }

    package func bytes(_ key: StaticString, of node: Int) throws(ViewFault) -> [UInt8] {
        let value = try member(key, of: node)
        guard tape[value].kind == .string else { throw fault(value, "\(key) is no text") }
        return tape.string(value, in: text.span)
    }

    package func string(_ key: StaticString, of node: Int) throws(ViewFault) -> String {
        String(decoding: try bytes(key, of: node), as: UTF8.self)
    }

    package func isTrue(_ key: StaticString, of node: Int) throws(ViewFault) -> Bool { tape[try member(key, of: node)].kind == .yes }

    /// Money or a quantity, in atto.
    package func amount(_ key: StaticString, of node: Int) throws(ViewFault) -> Int128 {
        guard let amount = Money.atto(try bytes(key, of: node)) else { throw fault(node, "has a \(key) that is no decimal number") }
        return amount
    }

    /// What is owed, in cents.
    package func cents(_ key: StaticString, of node: Int) throws(ViewFault) -> Int128 {
        guard let cents = Money.cents(try bytes(key, of: node)) else {
            throw fault(node, "has a \(key) that is no amount with two decimals")
        }
        return cents
    }

    /// The members of an object, in their order.
    package func members(_ node: Int) -> [(name: String, node: Int)] {
        guard tape[node].kind == .object else { return [] }
        return tape.children(of: node).map { (String(decoding: tape.string($0, in: text.span), as: UTF8.self), $0 + 1) }
    }

    /// An amount that stands at `node` itself.
    package func amount(at node: Int) throws(ViewFault) -> Int128 {
        guard tape[node].kind == .string, let amount = Money.atto(tape.string(node, in: text.span)) else { throw fault(node, "is no decimal number") }
        return amount
    }

    /// A text that stands at `node` itself.
    package func string(at node: Int) throws(ViewFault) -> String {
        guard tape[node].kind == .string else { throw fault(node, "is no text") }
        return String(decoding: tape.string(node, in: text.span), as: UTF8.self)
    }

    /// What stands at `node`, as it is written.
    package func raw(at node: Int) -> String { String(decoding: text[Int(tape[node].start)..<Int(tape[node].end)], as: UTF8.self) }

    /// A value as it is written.
    package func raw(_ key: StaticString, of node: Int) throws(ViewFault) -> String {
        let value = tape[try member(key, of: node)]
        return String(decoding: text[Int(value.start)..<Int(value.end)], as: UTF8.self)
    }

    /// Appends a value as it is written, its lines moved left by `columns` spaces where they have them.
    package func appendRaw(_ node: Int, movedLeft columns: Int, to bytes: inout [UInt8]) {
        let value = tape[node]
        var left = 0
        for byte in text[Int(value.start)..<Int(value.end)] {
            // Texts hold no line feed as it is, so every one of them ends a line of the file.
            if left > 0 && byte == 0x20 {
                left -= 1
                continue
            }
            left = byte == 0x0A ? columns : 0
            bytes.append(byte)
        }
    }
}
