import Bytes
import Records

/// One JSON file of a run, held whole; every question that it cannot answer is a fault that names file, line and member.
struct JSONFile: ~Copyable {
    let path: String
    private let text: [UInt8]
    private let tape: JSONTape

    /// The largest JSON file that is read, in bytes: positions on the tape have 32 bits.
    private static let limitBytes = 1 << 30

    /// Reads and parses `path`.
    static func read(_ path: String) throws(VerificationFault) -> JSONFile {
        let text = try content(path)
        return JSONFile(path, text, try tape(text, path))
    }

    private init(_ path: String, _ text: [UInt8], _ tape: consuming JSONTape) {
        self.path = path
        self.text = text
        self.tape = tape
    }

    private static func content(_ path: String) throws(VerificationFault) -> [UInt8] {
        do throws(FileFault) { return try readSmallFile(path, limit: limitBytes) } catch { throw .missing("\(path): \(error.reason)") }
    }

    private static func tape(_ text: [UInt8], _ path: String) throws(VerificationFault) -> JSONTape {
        var tape = JSONTape()
        do throws(ByteFault) { try tape.read(text.span, 0..<text.count) } catch {
            throw .at(path, lineOf(error.offset, in: text), error.what)
        }
        return tape
    }

    var root: Int { 0 }

    func kind(_ node: Int) -> JSONTape.Kind { tape[node].kind }

    func fault(_ node: Int, _ what: String) -> VerificationFault {
        .at(path, lineOf(Int(tape[node].start), in: text), what)
    }

    // MARK: Members

    /// The member `key`; a fault when `node` has none.
    func member(_ key: StaticString, of node: Int) throws(VerificationFault) -> Int {
        guard let found = optionalMember(key, of: node) else { throw fault(node, "has no member \(key)") }
        return found
    }

    func optionalMember(_ key: StaticString, of node: Int) -> Int? { tape.member(key, of: node, in: text.span) }

    /// The members of an object in their order.
    func members(_ node: Int) throws(VerificationFault) -> [(key: [UInt8], value: Int)] {
        guard kind(node) == .object else { throw fault(node, "has \(raw(node)) where an object must stand") }
        return tape.children(of: node).map { (tape.string($0, in: text.span), $0 + 1) }
    }

    /// The elements of an array in their order.
    func elements(_ node: Int) throws(VerificationFault) -> [Int] {
        guard kind(node) == .array else { throw fault(node, "has \(raw(node)) where a list must stand") }
        return tape.children(of: node)
    }

    /// Requires that an object has exactly the members `keys`: a figure that nobody compares is one that nobody vouches for.
    func requireMembers(_ keys: [StaticString], of node: Int) throws(VerificationFault) {
        guard kind(node) == .object else { throw fault(node, "has \(raw(node)) where an object must stand") }
        for key in keys { _ = try member(key, of: node) }
        let children = tape.children(of: node)
        guard children.count > keys.count else { return }
        for child in children where !keys.contains(where: { tape.matches(child, $0, in: text.span) }) {
            throw fault(child, "has a member \(raw(child)) that is not checked; is the run of a newer version?")
        }
    }

    // MARK: Values

    func string(_ node: Int) throws(VerificationFault) -> [UInt8] {
        guard kind(node) == .string else { throw fault(node, "has \(raw(node)) where a text must stand") }
        return tape.string(node, in: text.span)
    }

    func string(_ key: StaticString, of node: Int) throws(VerificationFault) -> [UInt8] { try string(try member(key, of: node)) }

    /// A text as a name, as it would be read from a CSV file of the run.
    func name(_ key: StaticString, of node: Int, _ names: inout Names) throws(VerificationFault) -> Name {
        names.name(unguarded(try string(key, of: node)))
    }

    /// Money or a quantity: a canonical decimal in a string.
    func amount(_ node: Int, _ label: @autoclosure () -> String) throws(VerificationFault) -> Int128 {
        let text = try string(node)
        do throws(NumberFault) { return try DecimalText.amount(text.span) } catch {
            throw fault(node, "\(label()) is \(quoted(text)), which \(error.reason)")
        }
    }

    func amount(_ key: StaticString, of node: Int) throws(VerificationFault) -> Int128 {
        try amount(try member(key, of: node), "\(key)")
    }

    /// Money in cents with two decimals, in a string.
    func cents(_ key: StaticString, of node: Int) throws(VerificationFault) -> Int128 {
        let value = try member(key, of: node)
        let text = try string(value)
        do throws(NumberFault) { return try DecimalText.cents(text.span) } catch {
            throw fault(value, "\(key) is \(quoted(text)), which is no amount with two decimals")
        }
    }

    /// A whole number that is not negative.
    func count(_ key: StaticString, of node: Int) throws(VerificationFault) -> Int {
        let value = try member(key, of: node)
        guard kind(value) == .number else { throw fault(value, "\(key) is \(raw(value)), where a whole number must stand") }
        let written = tape[value]
        do throws(NumberFault) { return try DecimalText.count(text.span.extracting(Int(written.start)..<Int(written.end))) } catch {
            throw fault(value, "\(key) is \(raw(value)), which \(error.reason)")
        }
    }

    /// The beginning of a value as it is written, for messages.
    func raw(_ node: Int) -> String {
        let written = tape[node]
        return "'\(excerpt(text.span.extracting(Int(written.start)..<max(Int(written.start), Int(written.end)))))'"
    }

    // MARK: Form

    /// Of a key that stands twice in an object one reader takes the first value and another the last.
    func rejectRepeatedKeys() throws(VerificationFault) {
        var keys = Names()
        /// Of every key the object in which it was met last.
        var lastMet: [Int] = [-1]
        for node in 0..<tape.count where tape[node].kind == .object {
            for key in tape.children(of: node) {
                let name = keys.name(tape.string(key, in: text.span))
                if name.index >= lastMet.count { lastMet.append(-1) }
                if lastMet[Int(name.index)] == node { throw fault(key, "repeats the key \(raw(key)) in one object") }
                lastMet[Int(name.index)] = node
            }
        }
    }
}

/// A text from a file, quoted and cut for a message.
func quoted(_ text: [UInt8]) -> String { "'\(excerpt(text.span))'" }
