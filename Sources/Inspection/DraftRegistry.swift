import Records
import Registry
import Reports

extension Inspection {
    /// A registry to begin with: the workspaces and callers found, most money first, owners left to fill. What was seen stands in `note` keys, which
    /// registries accept; `attribute` reads it as it is.
    ///
    /// Each role or user becomes a workload of its own that claims it. Shared roles become none: they are listed in the note, to be split first.
    public func draftRegistry(_ registry: Registry) -> JSONText {
        // With a registry at hand, the draft is what it lacks.
        let claimed = Set(registry.workloads.flatMap(\.claims).map(\.anchor.text))
        let listed = Set(registry.workspaces.map(\.arn))
        let claimable = callers.filter { !$0.isShared && claimedPrincipal($0.principal) != nil && !claimed.contains($0.principal) }
        var taken = DraftIDs(registry.workloads.map(\.id))
        let workloads = claimable.map { caller in draft(caller, id: taken.unique(caller.principal)) }
        let shared = callers.filter { $0.isShared }.map(\.principal)
        var note =
            "Draft of apportion inspect for \(period?.text ?? "no month"). Fill in owners, join workloads that are one, and remove what is not yours."
        if !shared.isEmpty { note += " Shared roles, which nobody can claim before they are split: \(shared.joined(separator: ", "))." }
        return .object([
            ("version", .number(1)),
            ("note", .string(note)),
            ("hierarchy", .array(registry.hierarchy.map { .string($0) })),
            ("tagKeys", .array(writtenKeys(registry.tagKeys).map { .string($0) })),
            ("workloads", .array(workloads)),
            ("workspaces", .array(workspaces.filter { ARN(Array($0.arn.utf8))?.isWorkspace == true && !listed.contains($0.arn) }.map { draft($0, registry.tagKeys) })),
        ])
    }

    /// Without the empty ones at the end, which are the reader's own.
    private func writtenKeys(_ keys: [String]) -> [String] { Array(keys[..<((keys.lastIndex { !$0.isEmpty } ?? -1) + 1)]) }

    private func draft(_ caller: CallerPicture, id: String) -> JSONText {
        let places = caller.workspaces.filter { !$0.isEmpty }.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        var seen = "\(spent(caller.costs)), \(counted(caller.calls, "call", "calls"))"
        if caller.apiKeyCalls > 0 { seen += ", \(caller.apiKeyCalls) with an API key" }
        if !places.isEmpty { seen += ", in \(listed(places))" }
        return .object([
            ("note", .string(seen)), ("id", .string(id)), ("name", .string("")), ("owner", .string("")),
            ("elements", .array((0..<4).map { _ in .string("") })),
            ("claims", .array([.object([("principal", .string(caller.principal))])])),
            ("estimates", .array([])),
        ])
    }

    private func draft(_ workspace: WorkspacePicture, _ keys: [String]) -> JSONText {
        let tags = zip(keys, workspace.elements).filter { !$0.0.isEmpty && !$0.1.isEmpty }
        return .object([
            ("note", .string("\(spent(workspace.costs)), \(counted(workspace.calls, "call", "calls"))")), ("arn", .string(workspace.arn)),
            ("name", .string("")), ("tags", .object(tags.map { ($0.0, .string($0.1)) })),
        ])
    }

    private func spent(_ costs: [(currency: String, cost: Amount)]) -> String {
        costs.isEmpty ? "no money this month" : listed(costs.map { "\(CurrencySummary.cents($0.cost)) \($0.currency)" })
    }
}

/// The ids of drafted workloads: each the role's or user's name, fit for files and command lines, and a number where several have it.
struct DraftIDs {
    private var taken: Set<String>
    /// The next number to try for a name.
    private var numbers: [String: Int] = [:]

    init(_ taken: [String]) { self.taken = Set(taken) }

    mutating func unique(_ principal: String) -> String {
        let name = principal.split(separator: "/").last.map(String.init) ?? principal
        var id = String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        while id.contains("--") { id = id.replacing("--", with: "-") }
        id = String(id.drop { $0 == "-" })
        while id.hasSuffix("-") { id.removeLast() }
        if id.isEmpty { id = "workload" }
        var candidate = id
        while !taken.insert(candidate).inserted {
            let number = numbers[id, default: 2]
            numbers[id] = number + 1
            candidate = "\(id)-\(number)"
        }
        return candidate
    }
}
