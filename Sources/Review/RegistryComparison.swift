import Bytes
import Records
import Registry

/// What changed from one registry to another, by meaning and not by text: bytewise by line.
///
/// Order, spelling of principals, defaults that are written out, and one claim cut into two that meet make no difference.
public func changes(from old: Registry, to new: Registry) -> [RegistryChange] {
    let all =
        workloadChanges(old, new) + workspaceChanges(old, new) + claimChanges(old, new) + estimateChanges(old, new) + ruleChanges(old, new)
    return all.sorted { bytewiseLess($0.text, $1.text) }
}

private func workloadChanges(_ old: Registry, _ new: Registry) -> [RegistryChange] {
    func byID(_ registry: Registry) -> [String: Workload] {
        Dictionary(registry.workloads.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
    return pairs(byID(old), byID(new)).flatMap { id, pair -> [RegistryChange] in
        switch pair {
        case (nil, let now?):
            return [RegistryChange("workload", "added", id, now.owner.isEmpty ? "without owner" : "owner \(now.owner)")]
        case (_?, nil): return [RegistryChange("workload", "removed", id, "")]
        case (let was?, let now?):
            let fields: [(String, (Workload) -> String)] = [
                ("name", \.name), ("owner", \.owner), ("elements", { elements($0.elements) }), ("costCenter", \.costCenter),
                ("glAccount", \.glAccount),
            ]
            return fields.filter { !isSame($0.1(was), $0.1(now)) }.map { name, text in
                RegistryChange("workload", "changed", id, "\(name) \(step(text(was), text(now)))")
            }
        case (nil, nil): return []
        }
    }
}

private func workspaceChanges(_ old: Registry, _ new: Registry) -> [RegistryChange] {
    func byARN(_ registry: Registry) -> [String: Workspace] {
        Dictionary(registry.workspaces.map { ($0.arn, $0) }, uniquingKeysWith: { first, _ in first })
    }
    return pairs(byARN(old), byARN(new)).flatMap { arn, pair -> [RegistryChange] in
        switch pair {
        case (nil, let now?): return [RegistryChange("workspace", "added", arn, now.name.isEmpty ? "without name" : "name '\(now.name)'")]
        case (_?, nil): return [RegistryChange("workspace", "removed", arn, "")]
        case (let was?, let now?):
            let fields: [(String, (Workspace) -> String)] = [
                ("name", \.name), ("tags", { elements($0.elements) }), ("billedTo", \.billedTo),
            ]
            return fields.filter { !isSame($0.1(was), $0.1(now)) }.map { name, text in
                RegistryChange("workspace", "changed", arn, "\(name) \(step(text(was), text(now)))")
            }
        case (nil, nil): return []
        }
    }
}

/// Elements on one line; empty ones behind the last that is filled are left out.
private func elements(_ values: [String]) -> String {
    let count = (values.lastIndex { !$0.isEmpty } ?? -1) + 1
    return values.prefix(count).joined(separator: " / ")
}

// MARK: Rules of the house

private func ruleChanges(_ old: Registry, _ new: Registry) -> [RegistryChange] {
    var result: [RegistryChange] = []
    func compare(_ key: String, _ was: String, _ now: String) {
        if !isSame(was, now) { result.append(RegistryChange(key, "changed", "", step(was, now))) }
    }
    compare("hierarchy", old.hierarchy.joined(separator: " / "), new.hierarchy.joined(separator: " / "))
    compare("tagKeys", elements(old.tagKeys), elements(new.tagKeys))
    compare("policy.tax", old.policy.tax.rawValue, new.policy.tax.rawValue)
    compare("policy.credit", old.policy.credit.rawValue, new.policy.credit.rawValue)
    compare("policy.refund", old.policy.refund.rawValue, new.policy.refund.rawValue)
    compare("policy.other", old.policy.other.rawValue, new.policy.other.rawValue)
    for (key, path) in TrendRules.keys { compare("trends.\(key)", old.trends[keyPath: path].text, new.trends[keyPath: path].text) }
    for (currency, pair) in pairs(old.unitPrice, new.unitPrice) where pair.0 != pair.1 {
        compare("profile.unitPrice.\(currency)", pair.0?.text ?? "", pair.1?.text ?? "")
    }
    compare("governance.separationOfDuties", old.governance.duties.rawValue, new.governance.duties.rawValue)
    compare("governance.cardTolerance", old.governance.cardTolerance.text, new.governance.cardTolerance.text)
    result += listChanges("governance.accounts", old.governance.accounts, new.governance.accounts)
    result += listChanges("governance.models", old.governance.models.map(modelText), new.governance.models.map(modelText))
    result += listChanges("splits", old.splits.map(splitText), new.splits.map(splitText))
    result += listChanges("sharedRolePatterns", old.sharedRolePatterns, new.sharedRolePatterns)
    let tests = listChanges("profile.platforms", profileTests(old.profile), profileTests(new.profile))
    result += tests
    if tests.isEmpty, old.profile != new.profile {
        result.append(RegistryChange("profile.platforms", "changed", "", "the same tests in another order; the first that holds decides"))
    }
    return result
}

private func modelText(_ model: GovernanceRules.Model) -> String { "'\(model.id)', called '\(model.name)', of '\(model.vendor)'" }

/// A split on one line: what is split, how, among whom, and when.
private func splitText(_ split: SharingRule) -> String {
    let anchor =
        switch split.anchor {
        case .principal(let text), .workspace(let text): "'\(text)'"
        case .unallocated(let platform): "what is unallocated\(platform.map { " of \($0.text)" } ?? "")"
        }
    let basis =
        switch split.basis {
        case .percent(let shares): shares.sorted { bytewiseLess($0.key, $1.key) }.map { "'\($0.key)' \($0.value.text) %" }.joined(separator: ", ")
        case .even(let ids): "evenly among \(ids.sorted(by: bytewiseLess).map { "'\($0)'" }.joined(separator: ", "))"
        case .direct(let ids): "by direct cost among \(ids.isEmpty ? "all" : ids.sorted(by: bytewiseLess).map { "'\($0)'" }.joined(separator: ", "))"
        }
    return "\(anchor) \(ClaimSpan(Claim(anchor: .principal(""), from: split.from, to: split.to)).text): \(basis)"
}

/// The tests of a profile, a line each.
private func profileTests(_ profile: PlatformProfile) -> [String] {
    profile.rules.flatMap { rule in
        rule.any.map { test in
            "\(rule.platform.text) where \(test.column.text) \(test.comparison.rawValue) '\(String(decoding: test.needle, as: UTF8.self))'"
        }
    }
}

private func listChanges(_ key: String, _ old: [String], _ new: [String]) -> [RegistryChange] {
    Set(old).subtracting(new).map { RegistryChange(key, "removed", "", $0) }
        + Set(new).subtracting(old).map { RegistryChange(key, "added", "", $0) }
}

// MARK: Words

/// The values of two tables by key, for every key of either.
func pairs<Key: Hashable, Value>(_ old: [Key: Value], _ new: [Key: Value]) -> [(key: Key, pair: (Value?, Value?))] {
    Set(old.keys).union(new.keys).map { ($0, (old[$0], new[$0])) }
}

/// Whether two texts are the same bytes, which is how everything here compares them.
private func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

/// `'a' → 'b'`.
func step(_ was: String, _ now: String) -> String { "\(quoted(was)) → \(quoted(now))" }

private func quoted(_ text: String) -> String { text.isEmpty ? "(empty)" : "'\(text)'" }
