import Records
import Registry

/// Finds the workspace of a charge (specification, attribution §2), and the account that a workspace is billed to.
struct WorkspaceFinder {
    private var names: Names
    private var byID: [Name: [Int]] = [:]
    private var byNameOrID: [Name: [Int]] = [:]
    private var byAccountElements: [AccountElements: [Int]] = [:]
    private var known: [(arn: Name, billedTo: Name, elements: Elements)] = []
    private var byARN: [Name: Int] = [:]
    /// Of every text that is a workspace ARN: region and account.
    private var arns: [Name: (region: Name, account: Name)] = [:]
    /// How many names have been looked at.
    private var met = 0

    private struct AccountElements: Hashable {
        var account: Name
        var elements: Elements
    }

    /// - Parameter names: Every text of the registry's workspaces becomes one of them, as do the regions and accounts of every workspace ARN.
    init(_ registry: Registry, names: inout Names) {
        for workspace in registry.workspaces {
            let elements = workspace.elements.map { names.name($0) }
            known.append(
                (names.name(workspace.arn), names.name(workspace.billedTo), Elements(elements[0], elements[1], elements[2], elements[3])))
            let index = known.count - 1
            let id = names.name(workspace.id)
            byID[id, default: []].append(index)
            byNameOrID[id, default: []].append(index)
            let name = names.name(workspace.name)
            if !name.isEmpty && name != id { byNameOrID[name, default: []].append(index) }
            byARN[known[index].arn] = index
            byAccountElements[AccountElements(account: known[index].billedTo, elements: known[index].elements), default: []].append(index)
        }
        self.names = names
        meet(&names)
    }

    /// Looks at the names that it has not met yet: at the regions and accounts of workspace ARNs among them, which become names, too. To be called
    /// before anything is asked about new names.
    mutating func meet(_ names: inout Names) {
        let new = met..<names.count
        met = new.upperBound
        for index in new {
            let name = Name(index: UInt32(index))
            guard let arn = ARN(Array(names.bytes(name))), arn.isWorkspace else { continue }
            arns[name] = (names.name(Array(arn.region)), names.name(Array(arn.account)))
        }
        self.names = names
    }

    func find(_ key: ChargeKey) -> (workspace: Name, source: WorkspaceSource) {
        if !key.resourceID.isEmpty {
            if arns[key.resourceID] != nil { return (key.resourceID, .resourceID) }
            if isBareID(key.resourceID), let found = only(byID[key.resourceID]) { return (known[found].arn, .resourceID) }
        }
        for tag in [key.workspaceTag, key.workspaceIDTag] where !tag.isEmpty {
            if arns[tag] != nil { return (tag, .tag) }
            let candidates = byNameOrID[tag] ?? []
            let billedHere = candidates.filter { known[$0].billedTo == key.usageAccount }
            if let found = only(billedHere) ?? only(candidates) { return (known[found].arn, .tag) }
        }
        if !key.elements.areEmpty {
            let same = byAccountElements[AccountElements(account: key.usageAccount, elements: key.elements)]
            if let found = only(same) { return (known[found].arn, .tagMatch) }
        }
        return (.empty, .none)
    }

    /// The workspace that a usage log names by ARN or bare id; empty when that is no known one.
    func named(_ text: Name) -> Name {
        if arns[text] != nil { return text }
        return isBareID(text) ? only(byID[text]).map { known[$0].arn } ?? .empty : .empty
    }

    private func isBareID(_ text: Name) -> Bool { names.bytes(text).starts(with: "wrkspc_".utf8) }

    func region(of workspace: Name) -> Name { arns[workspace]?.region ?? .empty }

    /// `billedTo` of a known workspace, else its ARN's account.
    func account(of workspace: Name) -> Name {
        byARN[workspace].map { known[$0].billedTo } ?? arns[workspace]?.account ?? .empty
    }

    /// The elements that the registry gives a workspace.
    func elements(of workspace: Name) -> Elements { byARN[workspace].map { known[$0].elements } ?? .none }

    private func only(_ indices: [Int]?) -> Int? {
        guard let indices, indices.count == 1 else { return nil }
        return indices[0]
    }
}
