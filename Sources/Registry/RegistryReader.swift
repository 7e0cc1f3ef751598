import Bytes
import Records

/// Reads a registry; throws all that is wrong with it at once.
public func readRegistry(_ text: [UInt8], file: String) throws(RegistryFaults) -> Registry {
    let json: JSONDocument
    do throws(ByteFault) { json = try JSONDocument(text) } catch {
        throw RegistryFaults(
            file: file, faults: [RegistryFault(path: "$", line: lineOf(error.offset, in: text), what: "is no JSON: \(error.what)")])
    }
    var reader = RegistryReader(json)
    let registry = reader.read()
    let faults = reader.fields.faults
    guard faults.isEmpty else { throw RegistryFaults(file: file, faults: faults) }
    return registry
}

private struct RegistryReader: ~Copyable {
    var fields: JSONFields
    private var registry = Registry()
    /// What must be unique, byte for byte.
    private var workloadIDs: Set<[UInt8]> = []
    private var workspaceARNs: Set<[UInt8]> = []
    /// Where each claim stands, for the check of two that meet.
    private var claims: [(claim: Claim, workload: String, path: String, line: Int)] = []

    init(_ json: consuming JSONDocument) { fields = JSONFields(json) }

    mutating func read() -> Registry {
        let root = fields.json.root
        guard
            let top = fields.object(
                root, "$",
                known: [
                    "version", "hierarchy", "tagKeys", "workloads", "workspaces", "sharedRolePatterns", "policy", "profile", "trends", "governance", "splits",
                ],
                required: ["version"])
        else { return registry }
        fields.version(top["version"])
        if let value = top["hierarchy"] {
            registry.hierarchy = fields.strings(value, "$.hierarchy")
            if registry.hierarchy.count > 4 { fields.fault(value, "$.hierarchy", "has \(registry.hierarchy.count) levels, but at most 4 are read; remove the rest") }
        }
        if let value = top["tagKeys"] { readTagKeys(value) }
        for (index, value) in fields.array(top["workspaces"], "$.workspaces").enumerated() { readWorkspace(value, "$.workspaces[\(index)]") }
        for (index, value) in fields.array(top["workloads"], "$.workloads").enumerated() { readWorkload(value, "$.workloads[\(index)]") }
        if let value = top["sharedRolePatterns"] { registry.sharedRolePatterns = fields.strings(value, "$.sharedRolePatterns") }
        if let value = top["policy"] { readPolicy(value) }
        if let value = top["profile"] { readProfile(value) }
        if let value = top["trends"] { readTrends(value) }
        for (index, value) in fields.array(top["splits"], "$.splits").enumerated() { readSplit(value, "$.splits[\(index)]") }
        if let value = top["governance"] { readGovernance(value) }
        findDoubleClaims()
        return registry
    }

    private mutating func readTagKeys(_ value: JSONDocument.Value) {
        var keys = fields.strings(value, "$.tagKeys")
        if keys.isEmpty || keys.count > 4 { fields.fault(value, "$.tagKeys", "has \(keys.count) keys, but must have 1 to 4") }
        if Set(keys).count != keys.count { fields.fault(value, "$.tagKeys", "names a key twice; keep one") }
        while keys.count < 4 { keys.append("") }
        registry.tagKeys = keys
    }

    private mutating func readWorkspace(_ value: JSONDocument.Value, _ path: String) {
        guard let members = fields.object(value, path, known: ["arn", "name", "tags", "billedTo"], required: ["arn"]) else { return }
        let arn = fields.string(members["arn"], "\(path).arn")
        guard let parts = ARN(Array(arn.utf8)), parts.isWorkspace, isAccount(String(decoding: parts.account, as: UTF8.self)) else {
            if let member = members["arn"] {
                fields.fault(
                    member, "\(path).arn", "is '\(arn)', which is no workspace ARN such as arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_…")
            }
            return
        }
        if !workspaceARNs.insert(Array(arn.utf8)).inserted {
            fields.fault(value, "\(path).arn", "is '\(arn)', which another workspace has; keep one")
        }
        var elements = ["", "", "", ""]
        if let tags = members["tags"] {
            let keys = registry.tagKeys.filter { !$0.isEmpty }
            let read = fields.object(tags, "\(path).tags", known: keys) ?? [:]
            for (index, key) in registry.tagKeys.enumerated() where read[key] != nil && !key.isEmpty {
                elements[index] = fields.string(read[key], "\(path).tags.\(key)")
            }
        }
        var billedTo = String(decoding: parts.account, as: UTF8.self)
        if let member = members["billedTo"] {
            billedTo = fields.string(member, "\(path).billedTo")
            if !isAccount(billedTo) { fields.fault(member, "\(path).billedTo", "is '\(billedTo)', which is no account id; write its 12 digits as text") }
        }
        registry.workspaces.append(
            Workspace(
                arn: arn, id: String(decoding: parts.workspaceID, as: UTF8.self),
                name: fields.string(members["name"], "\(path).name"), elements: elements, billedTo: billedTo))
    }

    private mutating func readWorkload(_ value: JSONDocument.Value, _ path: String) {
        guard
            let members = fields.object(
                value, path, known: ["id", "name", "owner", "elements", "costCenter", "glAccount", "claims", "estimates"],
                required: ["id"])
        else { return }
        var workload = Workload(id: fields.string(members["id"], "\(path).id"))
        if let id = members["id"] {
            if workload.id.isEmpty { fields.fault(id, "\(path).id", "is empty; give every workload an id") }
            if workload.id.hasPrefix("unclaimed:") || workload.id.hasPrefix("unattributed:") {
                fields.fault(id, "\(path).id", "is '\(workload.id)', but ids that begin with 'unclaimed:' or 'unattributed:' are those of bills without a workload; rename it")
            }
            if let other = registry.workloads.first(where: { $0.id == workload.id && !$0.id.utf8.elementsEqual(workload.id.utf8) }) {
                fields.fault(id, "\(path).id", "is '\(workload.id)', which is read as '\(other.id)' of another workload, written with other characters; rename one")
            }
            if !workloadIDs.insert(Array(workload.id.utf8)).inserted {
                fields.fault(id, "\(path).id", "is '\(workload.id)', which another workload has; ids are unique; rename one")
            }
        }
        workload.name = fields.string(members["name"], "\(path).name")
        workload.owner = fields.string(members["owner"], "\(path).owner")
        workload.costCenter = fields.string(members["costCenter"], "\(path).costCenter")
        workload.glAccount = fields.string(members["glAccount"], "\(path).glAccount")
        if let elements = members["elements"] {
            let texts = fields.strings(elements, "\(path).elements")
            if texts.count > 4 { fields.fault(elements, "\(path).elements", "has \(texts.count) values, but at most 4 are read; remove the rest") }
            for (index, text) in texts.prefix(4).enumerated() { workload.elements[index] = text }
        }
        for (index, claim) in fields.array(members["claims"], "\(path).claims").enumerated() {
            let place = "\(path).claims[\(index)]"
            guard var read = readClaim(claim, place) else { continue }
            read.place = RegistryPlace(path: place, line: fields.line(claim))
            workload.claims.append(read)
            claims.append((read, workload.id, place, fields.line(claim)))
        }
        for (index, estimate) in fields.array(members["estimates"], "\(path).estimates").enumerated() {
            let place = "\(path).estimates[\(index)]"
            guard var read = readEstimate(estimate, place) else { continue }
            read.place = RegistryPlace(path: place, line: fields.line(estimate))
            workload.estimates.append(read)
        }
        registry.workloads.append(workload)
    }

    private mutating func readClaim(_ value: JSONDocument.Value, _ path: String) -> Claim? {
        guard let members = fields.object(value, path, known: ["principal", "workspace", "session", "from", "to"]) else { return nil }
        let anchor: Claim.Anchor
        switch (members["principal"], members["workspace"]) {
        case (let member?, nil):
            let text = fields.string(member, "\(path).principal")
            guard let principal = claimedPrincipal(text) else {
                fields.fault(
                    member, "\(path).principal", "is '\(text)', which is no ARN of a role, user or root, and none of service:, account:, identity-center:, principal:; copy it from gaps.csv or the role's page")
                return nil
            }
            if let session = members["session"] {
                let pattern = fields.string(session, "\(path).session")
                if let named = SessionPatterns.session(of: Array(text.utf8)), !named.elementsEqual(pattern.utf8) {
                    fields.fault(session, "\(path).session", "is '\(pattern)', but 'principal' names the session '\(String(decoding: named, as: UTF8.self))'; name the role there")
                }
                if pattern.isEmpty { fields.fault(session, "\(path).session", "is empty; name a session, or a pattern such as *@example.com") }
                if !principal.contains(":role/") { fields.fault(session, "\(path).session", "is '\(pattern)', but '\(principal)' is no role, and only roles have sessions") }
                anchor = .session(role: principal, pattern: pattern)
            } else {
                anchor = .principal(principal)
            }
        case (nil, let member?):
            if let session = members["session"] { fields.fault(session, "\(path).session", "stands beside 'workspace', but sessions are of roles; name the role as 'principal'") }
            let text = fields.string(member, "\(path).workspace")
            guard let parts = ARN(Array(text.utf8)), parts.isWorkspace, isAccount(String(decoding: parts.account, as: UTF8.self)) else {
                fields.fault(member, "\(path).workspace", "is '\(text)', which is no workspace ARN such as arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_…")
                return nil
            }
            anchor = .workspace(text)
        default:
            fields.fault(value, path, "must have either 'principal' or 'workspace'")
            return nil
        }
        let from = fields.date(members["from"], "\(path).from")
        let to = fields.date(members["to"], "\(path).to")
        if let from, let to, from >= to {
            fields.fault(value, path, "ends (\(dateText(dayNumber: to.dayNumber))) before it begins (\(dateText(dayNumber: from.dayNumber))); 'to' is the first day after the claim")
        }
        return Claim(anchor: anchor, from: from, to: to)
    }

    private mutating func readSplit(_ value: JSONDocument.Value, _ path: String) {
        let bases = ["percent", "even", "direct"]
        guard
            let members = fields.object(
                value, path, known: ["principal", "workspace", "unallocated", "by", "shares", "workloads", "from", "to"], required: ["by"])
        else { return }
        guard let anchor = readSplitAnchor(value, members, path) else { return }
        let by = fields.string(members["by"], "\(path).by")
        let ids = fields.strings(members["workloads"], "\(path).workloads")
        for id in ids where !workloadIDs.contains(Array(id.utf8)) { fields.fault(value, "\(path).workloads", "names '\(id)', which is no workload\(nearWorkload(id))") }
        if Set(ids).count != ids.count { fields.fault(value, "\(path).workloads", "names a workload twice; keep one") }
        let basis: SharingRule.Basis
        switch by {
        case "percent": basis = .percent(readPercentages(value, members, path))
        case "even":
            if ids.isEmpty { fields.fault(value, "\(path).workloads", "is missing or empty; name the workloads that share") }
            basis = .even(ids)
        case "direct": basis = .direct(ids)
        default:
            let near = nearest(by, bases).map { "; did you mean '\($0)'?" } ?? ""
            fields.fault(value, "\(path).by", "is '\(by)', but must be one of \(bases.joined(separator: ", "))\(near)")
            return
        }
        if by != "percent", let shares = members["shares"] { fields.fault(shares, "\(path).shares", "are given, but by is '\(by)'; name 'workloads' instead") }
        if by == "percent", let list = members["workloads"] { fields.fault(list, "\(path).workloads", "is given, but by is 'percent'; give 'shares' instead") }
        let from = fields.date(members["from"], "\(path).from")
        let to = fields.date(members["to"], "\(path).to")
        if let from, let to, from >= to { fields.fault(value, path, "ends before it begins; 'to' is the first day after it") }
        let rule = SharingRule(anchor: anchor, basis: basis, from: from, to: to)
        if let other = registry.splits.firstIndex(where: { $0.anchor == anchor && $0.overlaps(rule) }) {
            fields.fault(value, path, "splits what $.splits[\(other)] splits at the same time; end one before the other begins")
        }
        registry.splits.append(rule)
    }

    private mutating func readSplitAnchor(_ value: JSONDocument.Value, _ members: [String: JSONDocument.Value], _ path: String) -> SharingRule.Anchor? {
        switch (members["principal"], members["workspace"], members["unallocated"]) {
        case (let member?, nil, nil):
            let text = fields.string(member, "\(path).principal")
            guard let principal = claimedPrincipal(text) else {
                fields.fault(member, "\(path).principal", "is '\(text)', which is no principal that can be claimed")
                return nil
            }
            return .principal(principal)
        case (nil, let member?, nil):
            let text = fields.string(member, "\(path).workspace")
            guard let parts = ARN(Array(text.utf8)), parts.isWorkspace else {
                fields.fault(member, "\(path).workspace", "is '\(text)', which is no workspace ARN")
                return nil
            }
            return .workspace(text)
        case (nil, nil, let member?):
            let text = fields.string(member, "\(path).unallocated")
            if text == "all" { return .unallocated(nil) }
            guard let platform = Platform(text: text) else {
                fields.fault(member, "\(path).unallocated", "is '\(text)', but must be \"all\", \"claude-platform\" or \"bedrock\"")
                return nil
            }
            return .unallocated(platform)
        default:
            fields.fault(value, path, "must have exactly one of 'principal', 'workspace' and 'unallocated'")
            return nil
        }
    }

    private mutating func readPercentages(_ value: JSONDocument.Value, _ members: [String: JSONDocument.Value], _ path: String) -> [String: Amount] {
        guard let shares = members["shares"], fields.json.kind(shares) == .object else {
            fields.fault(value, "\(path).shares", "is missing; give each workload its percentage, such as {\"a\": \"60\", \"b\": \"40\"}")
            return [:]
        }
        var percentages: [String: Amount] = [:]
        for member in fields.json.members(shares) where member.key != "note" {
            if percentages[member.key] != nil { fields.fault(member.keyValue, "\(path).shares", "has '\(member.key)' twice; keep one") }
            if !workloadIDs.contains(Array(member.key.utf8)) { fields.fault(member.keyValue, "\(path).shares", "has '\(member.key)', which is no workload\(nearWorkload(member.key))") }
            percentages[member.key] = fields.amount(member.value, "\(path).shares.\(member.key)")
        }
        var sum = ExactSum()
        for amount in percentages.values { sum += amount }
        if sum.amount?.atto != 100 * Amount.unit { fields.fault(shares, "\(path).shares", "add up to \(sum.amount?.text ?? "far more"), but must add up to 100") }
        return percentages
    }

    private func nearWorkload(_ id: String) -> String { nearest(id, registry.workloads.map(\.id)).map { "; did you mean '\($0)'?" } ?? "" }

    private mutating func readEstimate(_ value: JSONDocument.Value, _ path: String) -> Estimate? {
        guard
            let members = fields.object(
                value, path, known: ["month", "amount", "currency", "confirmedBy"], required: ["month", "amount"])
        else { return nil }
        let monthText = fields.string(members["month"], "\(path).month")
        let month = Month(Array(monthText.utf8).span)
        if month == nil, let member = members["month"] {
            fields.fault(member, "\(path).month", "is '\(monthText)', which is no month; write it as 2026-11")
        }
        let amount = fields.amount(members["amount"], "\(path).amount")
        let currency = members["currency"] == nil ? "USD" : fields.string(members["currency"], "\(path).currency")
        guard let month, let amount else { return nil }
        return Estimate(
            month: month, amount: amount, currency: currency,
            confirmedBy: fields.string(members["confirmedBy"], "\(path).confirmedBy"))
    }

    private mutating func readPolicy(_ value: JSONDocument.Value) {
        guard let members = fields.object(value, "$.policy", known: ["tax", "credit", "refund", "other"]) else { return }
        for (key, target) in [
            ("tax", \Policy.tax), ("credit", \Policy.credit), ("refund", \Policy.refund), ("other", \Policy.other),
        ] {
            guard let member = members[key] else { continue }
            let text = fields.string(member, "$.policy.\(key)")
            if let choice = Policy.Choice(rawValue: text) {
                registry.policy[keyPath: target] = choice
            } else {
                fields.fault(member, "$.policy.\(key)", "is '\(text)', but must be \"follow\" or \"keep\"")
            }
        }
    }

    private mutating func readTrends(_ value: JSONDocument.Value) {
        guard let members = fields.object(value, "$.trends", known: TrendRules.keys.map(\.key)) else { return }
        for (key, path) in TrendRules.keys {
            if let amount = fields.amount(members[key], "$.trends.\(key)") { registry.trends[keyPath: path] = amount }
        }
    }

    private mutating func readGovernance(_ value: JSONDocument.Value) {
        guard let members = fields.object(value, "$.governance", known: ["separationOfDuties", "accounts", "models", "cardTolerance"]) else { return }
        if let member = members["separationOfDuties"] {
            let text = fields.string(member, "$.governance.separationOfDuties")
            if let choice = GovernanceRules.Duties(rawValue: text) {
                registry.governance.duties = choice
            } else {
                fields.fault(member, "$.governance.separationOfDuties", "is '\(text)', but must be \"enforce\" or \"advise\"")
            }
        }
        if let amount = fields.amount(members["cardTolerance"], "$.governance.cardTolerance") { registry.governance.cardTolerance = amount }
        for (index, member) in fields.array(members["accounts"], "$.governance.accounts").enumerated() {
            let account = fields.string(member, "$.governance.accounts[\(index)]")
            if !isAccount(account) { fields.fault(member, "$.governance.accounts[\(index)]", "is '\(account)', which is no account id; write its 12 digits as text") }
            registry.governance.accounts.append(account)
        }
        for (index, member) in fields.array(members["models"], "$.governance.models").enumerated() {
            let path = "$.governance.models[\(index)]"
            guard let model = fields.object(member, path, known: ["id", "name", "vendor"], required: ["id"]) else { continue }
            let id = fields.string(model["id"], "\(path).id")
            registry.governance.models.append(
                GovernanceRules.Model(
                    id: id, name: model["name"] == nil ? id : fields.string(model["name"], "\(path).name"),
                    vendor: model["vendor"] == nil ? "Anthropic" : fields.string(model["vendor"], "\(path).vendor")))
        }
    }

    private mutating func readProfile(_ value: JSONDocument.Value) {
        guard let members = fields.object(value, "$.profile", known: ["platforms", "unitPrice"]) else { return }
        if let platforms = members["platforms"] {
            var rules: [PlatformProfile.Rule] = []
            for (index, rule) in fields.array(platforms, "$.profile.platforms").enumerated() {
                if let read = readRule(rule, "$.profile.platforms[\(index)]") { rules.append(read) }
            }
            registry.profile = PlatformProfile(rules: rules)
        }
        if let prices = members["unitPrice"] {
            guard fields.json.kind(prices) == .object else {
                fields.fault(prices, "$.profile.unitPrice", "must be an object of currency and price, such as {\"USD\": \"0.01\"}")
                return
            }
            registry.unitPrice = [:]
            for member in fields.json.members(prices) where member.key != "note" {
                registry.unitPrice[member.key] = fields.amount(member.value, "$.profile.unitPrice.\(member.key)")
            }
        }
    }

    private mutating func readRule(_ value: JSONDocument.Value, _ path: String) -> PlatformProfile.Rule? {
        guard let members = fields.object(value, path, known: ["platform", "any"], required: ["platform", "any"]) else { return nil }
        let name = fields.string(members["platform"], "\(path).platform")
        let platform = Platform(text: name)
        if platform == nil, let member = members["platform"] {
            fields.fault(member, "\(path).platform", "is '\(name)', but must be \"claude-platform\" or \"bedrock\"")
        }
        var tests: [PlatformProfile.Test] = []
        for (index, test) in fields.array(members["any"], "\(path).any").enumerated() {
            if let read = readTest(test, "\(path).any[\(index)]") { tests.append(read) }
        }
        return platform.map { PlatformProfile.Rule(platform: $0, any: tests) }
    }

    private mutating func readTest(_ value: JSONDocument.Value, _ path: String) -> PlatformProfile.Test? {
        let comparisons = PlatformProfile.Comparison.allCases
        guard let members = fields.object(value, path, known: ["column"] + comparisons.map(\.rawValue), required: ["column"]) else { return nil }
        let name = fields.string(members["column"], "\(path).column")
        let column = ProfileColumn.allCases.first { $0.text == name }
        if column == nil, let member = members["column"] {
            let known = ProfileColumn.allCases.map(\.text)
            let near = nearest(name, known).map { "; did you mean '\($0)'?" } ?? "; known are \(known.joined(separator: ", "))"
            fields.fault(member, "\(path).column", "is '\(name)', which is no column for tests\(near)")
        }
        let used = comparisons.filter { members[$0.rawValue] != nil }
        guard used.count == 1, let comparison = used.first else {
            fields.fault(value, path, "must have exactly one of \(comparisons.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        let text = fields.string(members[comparison.rawValue], "\(path).\(comparison.rawValue)")
        if text.isEmpty { fields.fault(value, path, "compares with an empty text, which would take every row or none; name what the column must hold") }
        return column.map { PlatformProfile.Test($0, comparison, text) }
    }

    /// Two workloads cannot own one anchor at the same time.
    private mutating func findDoubleClaims() {
        let byAnchor = Dictionary(grouping: claims.indices, by: { claims[$0].claim.anchor })
        for indices in byAnchor.values where indices.count > 1 {
            for (place, second) in indices.enumerated() {
                for first in indices[..<place] where claims[first].workload != claims[second].workload {
                    guard claims[first].claim.overlaps(claims[second].claim) else { continue }
                    let (a, b) = (claims[first], claims[second])
                    fields.fault(
                        line: b.line, b.path,
                        "claims '\(b.claim.anchor.text)' \(span(b.claim)) for '\(b.workload)', but \(a.path) claims it \(span(a.claim)) for '\(a.workload)'; end one claim before the other begins")
                }
            }
        }
    }

    private func span(_ claim: Claim) -> String {
        let from = claim.from.map { "from \(dateText(dayNumber: $0.dayNumber))" } ?? "from the beginning"
        return from + (claim.to.map { " to \(dateText(dayNumber: $0.dayNumber))" } ?? " on")
    }
}

/// The canonical form of a principal as a claim may write it; nil when it is none.
public func claimedPrincipal(_ text: String) -> String? {
    for label in ["service:", "account:", "identity-center:", "principal:"] where text.hasPrefix(label) {
        let value = String(text.dropFirst(label.count))
        return value.isEmpty || (label == "account:" && !isAccount(value)) ? nil : text
    }
    guard let parts = ARN(Array(text.utf8)), isAccount(String(decoding: parts.account, as: UTF8.self)) else { return nil }
    let service = String(decoding: parts.service, as: UTF8.self)
    let resource = String(decoding: parts.resource, as: UTF8.self)
    let isCaller =
        service == "iam" && (resource == "root" || resource.hasPrefix("role/") || resource.hasPrefix("user/"))
        || service == "sts" && (resource.hasPrefix("assumed-role/") || resource.hasPrefix("federated-user/"))
    guard isCaller, !resource.hasSuffix("/") else { return nil }
    return String(decoding: canonicalPrincipal(Array(text.utf8)), as: UTF8.self)
}

package func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
}
