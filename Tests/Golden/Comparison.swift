import Foundation

/// A CSV file as people see it: names of columns, and texts below them. Reads what Apportion and the twin write (RFC 4180).
struct CSVText: Equatable {
    var header: [String] = []
    var rows: [[String]] = []

    init(_ text: String) {
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var rest = Substring(text)
        func endRow() {
            row.append(cell)
            cell = ""
            if header.isEmpty { header = row } else { rows.append(row) }
            row = []
        }
        while let character = rest.popFirst() {
            switch (character, isQuoted) {
            case ("\"", true) where rest.first == "\"": cell.append(rest.removeFirst())
            case ("\"", _): isQuoted.toggle()
            case (",", false):
                row.append(cell)
                cell = ""
            case ("\n", false): endRow()
            default: cell.append(character)
            }
        }
        if !cell.isEmpty || !row.isEmpty { endRow() }
    }

    /// The first difference in the columns of `wanted`, or nil. Rows stand in the same order.
    func difference(from wanted: CSVText) -> String? {
        for column in wanted.header where !header.contains(column) { return "column \(column) is missing" }
        let places = wanted.header.map { column in header.firstIndex(of: column) ?? 0 }
        for (line, row) in wanted.rows.enumerated() {
            guard line < rows.count else { return "\(rows.count) rows, expected \(wanted.rows.count)" }
            for (column, cell) in row.enumerated() where rows[line][places[column]] != cell {
                return "line \(line + 2): \(wanted.header[column]) is '\(rows[line][places[column]])', expected '\(cell)'"
            }
        }
        return rows.count == wanted.rows.count ? nil : "\(rows.count) rows, expected \(wanted.rows.count)"
    }
}

/// A JSON value.
enum JSONText: Decodable, Equatable {
    case object([String: JSONText]), array([JSONText]), string(String), number(Int), flag(Bool), null

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSONText.self, from: Data(bytes)) }

    init(from decoder: any Decoder) throws {
        if let members = try? [String: JSONText](from: decoder) {
            self = .object(members)
        } else if let elements = try? [JSONText](from: decoder) {
            self = .array(elements)
        } else {
            let one = try decoder.singleValueContainer()
            if one.decodeNil() {
                self = .null
            } else if let flag = try? one.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? one.decode(Int.self) {
                self = .number(number)
            } else {
                self = .string(try one.decode(String.self))
            }
        }
    }

    /// The first difference, with its path, or nil. An object may have members that `wanted` has not, if `isOpen`.
    func difference(from wanted: JSONText, isOpen: Bool, path: String = "$") -> String? {
        switch (self, wanted) {
        case (.object(let members), .object(let others)):
            for key in others.keys.sorted() {
                guard let value = members[key], let other = others[key] else { return "\(path).\(key) is missing" }
                if let found = value.difference(from: other, isOpen: isOpen, path: "\(path).\(key)") { return found }
            }
            let more = Set(members.keys).subtracting(others.keys).sorted()
            return isOpen || more.isEmpty ? nil : "\(path) has \(more)"
        case (.array(let elements), .array(let others)):
            guard elements.count == others.count else { return "\(path) has \(elements.count) elements, expected \(others.count)" }
            for (index, pair) in zip(elements, others).enumerated() {
                if let found = pair.0.difference(from: pair.1, isOpen: isOpen, path: "\(path)[\(index)]") { return found }
            }
            return nil
        default: return self == wanted ? nil : "\(path) is \(self), expected \(wanted)"
        }
    }

    /// Without a member, for the run's fingerprint.
    func without(_ key: String) -> JSONText {
        guard case .object(var members) = self else { return self }
        members[key] = nil
        return .object(members)
    }
}

/// A text without the lines that carry the run's fingerprint, which changes with the program's version.
func withoutRunID(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.drop { $0 == " " }.hasPrefix("\"run_id\": ") }.joined(separator: "\n")
}
