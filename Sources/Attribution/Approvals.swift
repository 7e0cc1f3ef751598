import Records
import Registry

/// What was approved, in the run's names, as every share of usage is held against it (docs/governance.md, "Gaps").
struct Approvals {
    private struct Entry {
        var platform: Platform
        var account: Name
        var region: Name
        /// Empty where it is not known yet.
        var workspace: Name
        var principal: Name
        var modelID: [UInt8]
        var modelName: [UInt8]
        /// An approval counts from the day on which it was given.
        var from: Instant
        var to: Instant?
    }

    private let entries: [Entry]
    private let names: Names
    /// Of every session that was asked about its role, where an entry is for it.
    private var roles: [Name: Name] = [:]
    /// Of every model that was asked about, which entries are for it.
    private var models: [Name: [Bool]] = [:]

    /// Nil without a decision log, where nothing asks for approvals. Every model of the run must be among `names` already.
    init?(_ registry: Registry, names: inout Names) {
        guard let approvals = registry.approvals else { return nil }
        var entries: [Entry] = []
        for approval in approvals {
            entries.append(
                Entry(
                    platform: approval.platform, account: names.name(approval.account), region: names.name(approval.region),
                    workspace: names.name(approval.workspace), principal: names.name(approval.principal), modelID: folded(Array(approval.modelID.utf8)),
                    modelName: folded(Array(approval.modelName.utf8)), from: Instant(dayNumber: approval.from.dayNumber), to: approval.to))
        }
        self.entries = entries
        self.names = names
    }

    /// What is wrong with usage by approvals; nil where it is approved.
    ///
    /// A role that was made for scopes may be used for what these are for, and a workspace likewise, also when all of them have ended: no other
    /// approval stands in for them. Usage under neither must be what any approval is for, and is outside it where its model is approved for other
    /// accounts, regions or workspaces only.
    mutating func gap(principal: Name, model: Name, _ group: ChargeGroup) -> Gap? {
        let isFor = modelMatches(model)
        let principal = role(principal)
        let ofPrincipal = principal.isEmpty ? [] : entries.indices.filter { entries[$0].platform == group.platform && entries[$0].principal == principal }
        let ofWorkspace = group.workspace.isEmpty || !ofPrincipal.isEmpty ? [] : entries.indices.filter { entries[$0].workspace == group.workspace }
        let anchored = ofPrincipal + ofWorkspace
        let inForce = (anchored.isEmpty ? Array(entries.indices) : anchored).filter { index in
            let entry = entries[index]
            return entry.platform == group.platform && entry.from <= group.start && (entry.to.map { group.start < $0 } ?? true)
        }
        func isOfModel(_ index: Int) -> Bool { model.isEmpty || isFor[index] }
        if inForce.contains(where: { isOfModel($0) && isHere(entries[$0], group) }) { return nil }
        // An anchor that has an approval is outside it; one whose approvals have all ended has none.
        if !anchored.isEmpty { return inForce.isEmpty ? .notApproved : .outOfScope }
        return !model.isEmpty && inForce.contains(where: isOfModel) ? .outOfScope : .notApproved
    }

    /// A session that is told apart is as approved as its role.
    private mutating func role(_ principal: Name) -> Name {
        if let known = roles[principal] { return known }
        let text = Array(names.bytes(principal))
        var found = principal
        if SessionPatterns.session(of: text) != nil {
            let role = canonicalPrincipal(text)
            found = entries.lazy.map(\.principal).first { !$0.isEmpty && names.bytes($0).elementsEqual(role) } ?? principal
        }
        roles[principal] = found
        return found
    }

    private func isHere(_ entry: Entry, _ group: ChargeGroup) -> Bool {
        guard group.region.isEmpty || entry.region == group.region else { return false }
        // A registered workspace lies in its scope's account, whoever pays for it.
        if !group.workspace.isEmpty, !entry.workspace.isEmpty { return entry.workspace == group.workspace }
        return entry.account == group.usageAccount
    }

    private mutating func modelMatches(_ model: Name) -> [Bool] {
        if let known = models[model] { return known }
        let spellings = modelSpellings(folded(Array(names.bytes(model))))
        let matches = entries.map { entry in spellings.contains(entry.modelID) || spellings.contains(entry.modelName) }
        models[model] = matches
        return matches
    }
}

private func folded(_ text: [UInt8]) -> [UInt8] { text.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 } }

/// A model as it is said, and without what does not tell models apart: the date at its end, the region of an inference profile before it.
private func modelSpellings(_ text: [UInt8]) -> [[UInt8]] {
    var spellings = [text]
    let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1)
    if parts.count == 2, ["us", "eu", "apac", "jp", "au", "ca", "us-gov", "global"].contains(String(decoding: parts[0], as: UTF8.self)) { spellings.append(Array(parts[1])) }
    for spelling in spellings where spelling.count > 9 {
        let end = spelling.suffix(9)
        if end.first == UInt8(ascii: "-"), end.dropFirst().allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) { spellings.append(Array(spelling.dropLast(9))) }
    }
    return spellings
}
