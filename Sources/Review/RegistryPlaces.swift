import Bytes

/// On which line of a registry each of its values stands, by JSON path: `$.workloads[1].claims[0].from`.
///
/// A registry that was read without a fault has its workloads, claims, estimates and workspaces in the order of the file, so the paths of
/// what the reader made follow from the places in its lists.
struct RegistryPlaces {
    private var lines: [String: Int] = [:]

    /// Finds the places in a text that the reader has accepted.
    init(_ text: [UInt8]) {
        do throws(ByteFault) {
            let json = try JSONDocument(text)
            add(json.root, "$", json)
        } catch {
            preconditionFailure("a registry that was read is no JSON: \(error.what)")
        }
    }

    private mutating func add(_ value: JSONDocument.Value, _ path: String, _ json: borrowing JSONDocument) {
        lines[path] = json.line(at: json.offset(value))
        for (index, element) in json.elements(value).enumerated() { add(element, "\(path)[\(index)]", json) }
        // A note may hold anything, and nobody asks for it.
        for member in json.members(value) where member.key != "note" { add(member.value, "\(path).\(member.key)", json) }
    }

    /// Whether the file says anything at the path.
    func holds(_ path: String) -> Bool { lines[path] != nil }

    /// The 1-based line of a value; of a value that is not there, the line of the object it is missing in.
    func line(_ path: String) -> Int {
        var place = Substring(path)
        while true {
            if let line = lines[String(place)] { return line }
            guard let end = place.lastIndex(where: { $0 == "." || $0 == "[" }) else { return 1 }
            place = place[..<end]
        }
    }
}
