import Bytes
import Records
import Registry

/// Reads `decisions.jsonl`: one JSON object a line, blank lines left out. Throws all that is wrong with their form at once; whether the steps
/// are legal is for `Governance` to say.
public func readDecisions(_ text: [UInt8], file: String) throws(RegistryFaults) -> [Decision] {
    var decisions: [Decision] = []
    var faults: [RegistryFault] = []
    var number = 0
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
        number += 1
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
        if line.starts(with: "<<<<<<<".utf8) || line.starts(with: "=======".utf8) || line.starts(with: ">>>>>>>".utf8) || line.starts(with: "|||||||".utf8) {
            faults.append(RegistryFault(path: "$", line: number, what: "is the mark of a merge that is not finished; keep the lines of both sides in the order of their times, and remove the marks"))
            continue
        }
        let json: JSONDocument
        do throws(ByteFault) { json = try JSONDocument(Array(line)) } catch {
            faults.append(RegistryFault(path: "$", line: number, what: "is no JSON: \(error.what); a decision is one object on one line"))
            continue
        }
        var reader = DecisionLine(json)
        let decision = reader.read()
        for fault in reader.fields.faults { faults.append(RegistryFault(path: fault.path, line: number, what: fault.what)) }
        guard var decision, reader.fields.faults.isEmpty else { continue }
        decision.line = number
        decisions.append(decision)
    }
    guard faults.isEmpty else { throw RegistryFaults(file: file, faults: faults) }
    return decisions
}

private struct DecisionLine: ~Copyable {
    var fields: JSONFields

    init(_ json: consuming JSONDocument) { fields = JSONFields(json) }

    mutating func read() -> Decision? {
        let root = fields.json.root
        guard fields.json.kind(root) == .object else {
            fields.fault(root, "$", "is no object; a decision is one object on one line")
            return nil
        }
        let common = ["id", "at", "actor", "role", "verb", "object"]
        let word = fields.json.string("verb", of: root) ?? ""
        guard let verb = Verb(rawValue: word) else {
            let known = Verb.allCases.map(\.rawValue)
            let near = nearest(word, known).map { "; did you mean '\($0)'?" } ?? "; known are \(known.joined(separator: ", "))"
            fields.fault(fields.json.member("verb", of: root) ?? root, "$.verb", "is '\(word)', which is no verb\(near)")
            return nil
        }
        guard
            let members = fields.object(
                root, "$", known: common + verb.members.required + verb.members.optional + ["reason"], required: common + verb.members.required)
        else { return nil }
        func text(_ key: String) -> String { fields.string(members[key], "$.\(key)") }
        let at = instant(members["at"])
        let role = choice(members["role"], "$.role", Role.allCases.map(\.rawValue)).flatMap { Role(rawValue: $0) }
        guard let at, let role else { return nil }
        var decision = Decision(at: at, actor: text("actor"), role: role, verb: verb, object: text("object"))
        decision.id = text("id")
        decision.reason = text("reason")
        if let member = members["platform"] {
            decision.platform = choice(member, "$.platform", Platform.allCases.map(\.text)).flatMap { Platform(text: $0) }
        }
        decision.model = text("model")
        decision.modelName = text("modelName")
        decision.vendor = text("vendor")
        decision.account = text("account")
        if let member = members["account"], !isAccount(decision.account) { fields.fault(member, "$.account", "is '\(decision.account)', which is no account id; write its 12 digits as text") }
        if let member = members["accounts"] {
            decision.accounts = fields.strings(member, "$.accounts")
            for account in decision.accounts where !isAccount(account) { fields.fault(member, "$.accounts", "holds '\(account)', which is no account id; write its 12 digits as text") }
        }
        if let member = members["regions"] {
            decision.regions = fields.strings(member, "$.regions")
            if decision.regions.isEmpty || Set(decision.regions).count != decision.regions.count { fields.fault(member, "$.regions", "must name at least one region, and none twice") }
            for region in decision.regions where !isRegion(region) { fields.fault(member, "$.regions", "holds '\(region)', which is no region such as us-east-1") }
        }
        if let member = members["iamScope"] {
            decision.iamScope = choice(member, "$.iamScope", IAMScope.allCases.map(\.rawValue)).flatMap { IAMScope(rawValue: $0) }
        }
        decision.workload = text("workload")
        decision.supersedes = text("supersedes")
        decision.workspaceName = text("workspaceName")
        decision.tags = tags(members["tags"], "$.tags")
        decision.workspace = text("workspace")
        if let member = members["trail"] {
            decision.trail = choice(member, "$.trail", TrailCapture.allCases.map(\.rawValue)).flatMap { TrailCapture(rawValue: $0) }
        }
        decision.evidence = tags(members["evidence"], "$.evidence")
        if let member = members["step"] {
            decision.step = fields.json.kind(member) == .number ? Int(fields.json.raw(member)) : nil
            if decision.step == nil { fields.fault(member, "$.step", "is '\(fields.json.raw(member))', but must be a whole number") }
        }
        decision.roleName = text("roleName")
        decision.roleARN = text("roleArn")
        decision.functionARN = text("functionArn")
        decision.principal = text("principal")
        if let member = members["month"] {
            let month = text("month")
            decision.month = Month(Array(month.utf8).span)
            if decision.month == nil { fields.fault(member, "$.month", "is '\(month)', which is no month; write it as 2026-11") }
        }
        // A card may be below zero, where more came back than was spent.
        decision.amount = fields.amount(members["amount"], "$.amount", isSigned: verb.isOfCard)
        decision.currency = members["currency"] == nil && decision.month != nil ? "USD" : text("currency")
        if let member = members["currency"], !isCurrency(decision.currency) { fields.fault(member, "$.currency", "is '\(decision.currency)', which is no currency code such as USD") }
        checkTexts(root, "$")
        for key in ["id", "actor", "object", "model", "modelName", "reason"] where verb.members.required.contains(key) || common.contains(key) {
            guard let member = members[key], let value = fields.json.string(member) else { continue }
            if value.allSatisfy({ $0 == " " }) { fields.fault(member, "$.\(key)", "is empty" + (key == "reason" ? "; say why" : "")) }
        }
        if let member = members["actor"], decision.actor.first == " " || decision.actor.last == " " { fields.fault(member, "$.actor", "is '\(decision.actor)', with blanks around it; take them away") }
        for (key, value) in [("actor", decision.actor), ("object", decision.object)] {
            guard let member = members[key] else { continue }
            if value.unicodeScalars.contains(where: { $0.properties.isDefaultIgnorableCodePoint || $0.properties.isWhitespace && $0 != " " }) {
                fields.fault(member, "$.\(key)", "is '\(value)', with characters that are not seen; write it with letters, digits, signs and spaces")
            }
        }
        if let member = members["accounts"], decision.accounts.isEmpty { fields.fault(member, "$.accounts", "is empty; name at least one account, or block the model") }
        if let member = members["trail"], !["event-selectors", "trails"].allSatisfy({ key in decision.evidence.contains { $0.key == key && !$0.value.isEmpty } }) {
            fields.fault(member, "$.trail", "is said without evidence; 'evidence' must have the digests of 'event-selectors' and 'trails' that it was read from")
        }
        return decision
    }

    /// No text may turn or hide others where people review it: no control characters, line ends or marks of format and direction.
    private mutating func checkTexts(_ value: JSONDocument.Value, _ path: String) {
        for (index, element) in fields.json.elements(value).enumerated() { checkTexts(element, "\(path)[\(index)]") }
        for member in fields.json.members(value) {
            if !isPlain(member.key) { fields.fault(member.keyValue, path, "has a key with control or format characters") }
            checkTexts(member.value, "\(path).\(member.key)")
        }
        if let text = fields.json.string(value), !isPlain(text) { fields.fault(value, path, "holds control or format characters; take them away") }
    }

    private mutating func instant(_ value: JSONDocument.Value?) -> Instant? {
        guard let value else { return nil }
        let text = fields.string(value, "$.at")
        guard let instant = Instant(Array(text.utf8).span) else {
            fields.fault(value, "$.at", "is '\(text)', which is no time such as 2026-11-10T07:30:00Z")
            return nil
        }
        return instant
    }

    private mutating func choice(_ value: JSONDocument.Value?, _ path: String, _ words: [String]) -> String? {
        guard let value else { return nil }
        let text = fields.string(value, path)
        if words.contains(text) { return text }
        let near = nearest(text, words).map { "; did you mean '\($0)'?" } ?? "; it is one of \(words.joined(separator: ", "))"
        fields.fault(value, path, "is '\(text)', which is unknown\(near)")
        return nil
    }

    private mutating func tags(_ value: JSONDocument.Value?, _ path: String) -> [Decision.Tag] {
        guard let value else { return [] }
        guard fields.json.kind(value) == .object else {
            fields.fault(value, path, "must be an object of keys and texts")
            return []
        }
        var tags: [Decision.Tag] = []
        for member in fields.json.members(value) {
            if tags.contains(where: { $0.key == member.key }) { fields.fault(member.keyValue, path, "has the key '\(member.key)' twice; keep one") }
            tags.append(Decision.Tag(key: member.key, value: fields.string(member.value, "\(path).\(member.key)")))
        }
        return tags.sorted { bytewiseLess($0.key, $1.key) }
    }
}

/// Whether a text has no character that is not seen, or that moves others.
package func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}

/// Three capital letters, as on the bill (ISO 4217).
package func isCurrency(_ text: String) -> Bool { text.utf8.count == 3 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") } }

/// `us-east-1`, `ap-southeast-2`, `us-gov-west-1`: letters, digits and hyphens, as far as that can be told without a list that grows old.
package func isRegion(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count >= 3 && text.utf8.count <= 32 && parts.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isLowercase } }
        && parts.last.map { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } } == true
}
