import Bytes
import Records
import Registry

/// Shares usage that no claim gives to a workload by the registry's rules, in the run's names.
///
/// A rule on the principal comes before one on the workspace, and that before one on what is unallocated. Each part is a row of its own with the
/// weight of the claimant it was cut from, so that the parts of a claimant add up to its share, to the last digit.
struct RuledShares {
    private struct Rule {
        var from: Instant?
        var to: Instant?
        var method: Method
        /// Ascending by id, with their weights; empty for weights by direct cost of these workloads.
        var weights: [(workload: Int, weight: UInt128)]

        func holds(_ time: Instant) -> Bool { Claim.isInForce(from: from, to: to, at: time) }
    }

    private var byPrincipal: [Name: [Rule]] = [:]
    private var byWorkspace: [Name: [Rule]] = [:]
    private var unallocated: [(platform: Platform?, rule: Rule)] = []
    private let names: Names
    /// Of every principal that was asked about the one whose rules are for it: a session's are its role's, where it has none of its own.
    private var ruled: [Name: Name] = [:]
    /// Of every currency what each workload costs by claims.
    private var direct: [Name: [Int: Int128]] = [:]

    /// Nil where there is no rule.
    init?(_ registry: Registry, names: inout Names) {
        guard !registry.splits.isEmpty else { return nil }
        let places = Dictionary(registry.workloads.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        func ordered(_ ids: [String]) -> [Int] { ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { places[$0] } }
        for split in registry.splits {
            var rule = Rule(from: split.from, to: split.to, method: .splitFixed, weights: [])
            switch split.basis {
            case .percent(let shares):
                rule.weights = ordered(Array(shares.keys)).map { ($0, shares[registry.workloads[$0].id].map { $0.atto.magnitude } ?? 0) }
            case .even(let ids):
                rule.method = .splitEven
                rule.weights = ordered(ids).map { ($0, 1) }
            case .direct(let ids):
                rule.method = .splitDirect
                rule.weights = ordered(ids.isEmpty ? Array(places.keys) : ids).map { ($0, 0) }
            }
            switch split.anchor {
            case .principal(let text): byPrincipal[names.name(text), default: []].append(rule)
            case .workspace(let text): byWorkspace[names.name(text), default: []].append(rule)
            case .unallocated(let platform): unallocated.append((platform, rule))
            }
        }
        self.names = names
    }

    /// The shares with their parts in place of those that a rule takes.
    /// - Parameter settle: Fills what follows from a part's workload and level: elements and gap.
    mutating func applied(
        to shares: ShareList, _ groups: [ChargeGroup], room: SpillRoom?, settle: (inout LedgerRow, ChargeGroup) -> Void
    ) throws(SpillFault) -> ShareList {
        var direct: [Name: [Int: Int128]] = [:]
        try shares.forEach { _, row in
            if row.workload >= 0 { direct[groups[Int(row.group)].currency, default: [:]][Int(row.workload), default: 0] += row.cost.atto }
        }
        self.direct = direct
        var result = ShareList(room)
        try shares.forEach { (_, row) throws(SpillFault) in
            let group = groups[Int(row.group)]
            guard row.workload < 0, !row.isEmpty, let (rule, level) = rule(row, group), let weights = weights(rule, group.currency) else {
                return try result.append(row)
            }
            let costs = split(row.cost, by: weights)
            let quantities = split(row.quantity, by: weights)
            let calls = split(Amount(atto: Int128(row.calls)), by: weights)
            let isOfNothing = row.cost == .zero && row.quantity == .zero && row.calls == 0
            let first = weights.firstIndex { $0 > 0 }
            for (place, target) in rule.weights.enumerated() {
                // A part of nothing is no row; of a share of nothing the first that has a weight stands for all.
                if isOfNothing ? place != first : costs[place] == .zero && quantities[place] == .zero && calls[place] == .zero { continue }
                var part = row
                part.workload = Int32(target.workload)
                part.level = level
                part.method = rule.method
                part.cost = costs[place]
                part.quantity = quantities[place]
                part.calls = Int(calls[place].atto)
                settle(&part, group)
                try result.append(part)
            }
        }
        return result
    }

    private mutating func ruled(_ principal: Name) -> Name {
        if let known = ruled[principal] { return known }
        let text = Array(names.bytes(principal))
        var found = principal
        if byPrincipal[principal] == nil, SessionPatterns.session(of: text) != nil {
            let role = canonicalPrincipal(text)
            found = byPrincipal.keys.first { names.bytes($0).elementsEqual(role) } ?? principal
        }
        ruled[principal] = found
        return found
    }

    private mutating func rule(_ row: LedgerRow, _ group: ChargeGroup) -> (Rule, Level)? {
        if !row.principal.isEmpty, let rule = byPrincipal[ruled(row.principal)]?.first(where: { $0.holds(group.start) }) { return (rule, .workload) }
        if !row.workspace.isEmpty, let rule = byWorkspace[row.workspace]?.first(where: { $0.holds(group.start) }) { return (rule, .workspace) }
        guard row.level == .unallocated else { return nil }
        return unallocated.first { ($0.platform.map { $0 == group.platform } ?? true) && $0.rule.holds(group.start) }.map { ($0.rule, .workspace) }
    }

    /// Nil where nothing has cost anything, so that there is no proportion.
    private func weights(_ rule: Rule, _ currency: Name) -> [UInt128]? {
        var weights = rule.weights.map(\.weight)
        if rule.method == .splitDirect { weights = rule.weights.map { max(0, direct[currency]?[$0.workload] ?? 0).magnitude } }
        return weights.reduce(0, +) > 0 ? weights : nil
    }
}
