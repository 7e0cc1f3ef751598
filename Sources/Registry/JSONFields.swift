import Bytes
import Records

/// Reads members of known name and kind out of a document written by people, and notes everything that is wrong.
///
/// Nothing is passed over: an unknown key, a wrong kind or a repeated key is a fault. `note` is allowed in every object, as a comment.
package struct JSONFields: ~Copyable {
    package let json: JSONDocument
    package private(set) var faults: [RegistryFault] = []

    package init(_ json: consuming JSONDocument) { self.json = json }

    package mutating func fault(_ value: JSONDocument.Value, _ path: String, _ what: String) {
        faults.append(RegistryFault(path: path, line: json.line(at: json.offset(value)), what: what))
    }

    package mutating func fault(line: Int, _ path: String, _ what: String) {
        faults.append(RegistryFault(path: path, line: line, what: what))
    }

    package func line(_ value: JSONDocument.Value) -> Int { json.line(at: json.offset(value)) }

    /// The members of an object by key. Keys other than `known` are faults, with the nearest known one as a suggestion.
    package mutating func object(
        _ value: JSONDocument.Value, _ path: String, known: [String], required: [String] = []
    ) -> [String: JSONDocument.Value]? {
        guard json.kind(value) == .object else {
            fault(value, path, "is \(kindName(value)), but must be an object")
            return nil
        }
        var result: [String: JSONDocument.Value] = [:]
        for member in json.members(value) {
            if result[member.key] != nil { fault(member.keyValue, path, "has the key '\(member.key)' twice; keep one") }
            if !known.contains(member.key) && member.key != "note" {
                let near = nearest(member.key, known).map { "; did you mean '\($0)'?" } ?? "; known are \(known.joined(separator: ", "))"
                fault(member.keyValue, path, "has the unknown key '\(member.key)'\(near)")
            }
            result[member.key] = member.value
        }
        for key in required where result[key] == nil { fault(value, path, "has no '\(key)'; add it") }
        return result
    }

    package mutating func array(_ value: JSONDocument.Value?, _ path: String) -> [JSONDocument.Value] {
        guard let value else { return [] }
        guard json.kind(value) == .array else {
            fault(value, path, "is \(kindName(value)), but must be a list")
            return []
        }
        return json.elements(value)
    }

    /// The text of a string member; empty when it is absent.
    package mutating func string(_ value: JSONDocument.Value?, _ path: String) -> String {
        guard let value else { return "" }
        guard let text = json.string(value) else {
            fault(value, path, "is \(kindName(value)), but must be text in quotes")
            return ""
        }
        return text
    }

    package mutating func strings(_ value: JSONDocument.Value?, _ path: String) -> [String] {
        var result: [String] = []
        for (index, element) in array(value, path).enumerated() { result.append(string(element, "\(path)[\(index)]")) }
        return result
    }

    /// An amount as text or as a number, exact either way; nil when it is wrong.
    package mutating func amount(_ value: JSONDocument.Value?, _ path: String, isSigned: Bool = false) -> Amount? {
        guard let value else { return nil }
        let kind = json.kind(value)
        guard kind == .string || kind == .number else {
            fault(value, path, "is \(kindName(value)), but must be an amount such as \"1200.00\"")
            return nil
        }
        let text = json.string(value) ?? json.raw(value)
        do throws(AmountFault) {
            let parsed = try Amount.parse(Array(text.utf8).span)
            guard parsed.isExact else {
                fault(value, path, "is '\(text)', which has more than 18 decimals; round it")
                return nil
            }
            guard isSigned || parsed.amount.atto >= 0 else {
                fault(value, path, "is '\(text)', but cannot be negative; write an amount such as \"1200.00\"")
                return nil
            }
            return parsed.amount
        } catch {
            fault(value, path, "is '\(text)', which \(error.reason); write an amount such as \"1200.00\"")
            return nil
        }
    }

    /// Midnight (UTC) of a date `2026-11-01`; nil when it is absent or wrong.
    package mutating func date(_ value: JSONDocument.Value?, _ path: String) -> Instant? {
        guard let value else { return nil }
        let text = string(value, path)
        guard let instant = Instant(date: Array(text.utf8).span) else {
            fault(value, path, "is '\(text)', which is no date; write it as 2026-11-01")
            return nil
        }
        return instant
    }

    /// The version that every document of ours begins with.
    package mutating func version(_ value: JSONDocument.Value?) {
        guard let value, json.kind(value) != .number || json.raw(value) != "1" else { return }
        if json.kind(value) == .number {
            fault(value, "$.version", "is \(json.raw(value)), but this program reads version 1; see whether a newer one is installed")
        } else {
            fault(value, "$.version", "is \(kindName(value)), but must be the number 1, without quotes")
        }
    }

    private func kindName(_ value: JSONDocument.Value) -> String {
        switch json.kind(value) {
        case .object: "an object"
        case .array: "a list"
        case .string: "text"
        case .number: "a number"
        case .yes, .no: "true or false"
        case .null: "null"
        }
    }
}

/// The word most like `word`, if any is alike at all: at most a third of its letters differ.
public func nearest(_ word: String, _ words: [String]) -> String? {
    let scored = words.map { ($0, editDistance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 * 3 <= max(3, word.utf8.count) else { return nil }
    return best.0
}

/// How many letters must be inserted, deleted or replaced to make one word the other (Levenshtein).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for i in 0..<a.count {
        var diagonal = row[0]
        row[0] = i + 1
        for j in 0..<b.count {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
