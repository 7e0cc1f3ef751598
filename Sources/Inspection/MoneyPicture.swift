import Attribution
import Records

/// What a run would give to workspaces and callers, added up from its ledger.
struct MoneyPicture {
    private(set) var accounts: [String] = []
    private var byWorkspace: [String: Money] = [:]
    private var byCaller: [String: Money] = [:]
    private let sharedRole: ([UInt8]) -> Bool

    private struct Money {
        var costs: [String: Amount] = [:]
        /// With their cost regardless of currency, which only orders them.
        var parts: [String: Int128] = [:]
        var account = ""

        mutating func add(_ cost: Amount, _ currency: String, part: String) {
            costs[currency, default: .zero].atto += cost.atto
            guard !part.isEmpty else { return }
            let (sum, overflow) = parts[part, default: 0].addingReportingOverflow(cost.atto)
            parts[part] = overflow ? (cost.atto > 0 ? .max : .min) : sum
        }

        var listed: [(currency: String, cost: Amount)] {
            costs.map { ($0.key, $0.value) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        }

        /// The largest first, whatever the currency.
        var weight: Int128 { costs.values.map(\.atto).max() ?? 0 }

        var orderedParts: [String] { parts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key) }
    }

    init(_ attribution: Attribution, sharedRole: @escaping ([UInt8]) -> Bool) {
        self.sharedRole = sharedRole
        let names = attribution.ledger.names
        var seen: Set<String> = []
        attribution.ledger.forEach { row, group in
            let currency = names.text(group.currency)
            let account = names.text(group.usageAccount)
            seen.insert(account)
            if group.platform == .claudePlatform {
                let workspace = names.text(row.workspace)
                if !workspace.isEmpty {
                    let elements = (0..<4).map { names.text(group.elements[$0]) }
                    let tags = elements.allSatisfy(\.isEmpty) ? "" : elements.joined(separator: "\u{1F}")
                    byWorkspace[workspace, default: Money()].add(row.cost, currency, part: tags)
                }
            }
            let principal = names.text(row.principal)
            if !principal.isEmpty {
                byCaller[principal, default: Money()].add(row.cost, currency, part: names.text(row.workspace))
                byCaller[principal]?.account = account
            }
        }
        accounts = seen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func workspaces(calls: [(arn: String, calls: Int)]) -> [Inspection.WorkspacePicture] {
        let counts = Dictionary(calls.filter { !$0.arn.isEmpty }.map { ($0.arn, $0.calls) }, uniquingKeysWith: +)
        let all = Set(byWorkspace.keys).union(counts.keys)
        return all.map { arn -> (Int128, Inspection.WorkspacePicture) in
            let money = byWorkspace[arn] ?? Money()
            let elements = money.orderedParts.first.map { $0.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init) }
            return (
                money.weight,
                Inspection.WorkspacePicture(arn: arn, costs: money.listed, calls: counts[arn] ?? 0, elements: elements ?? ["", "", "", ""])
            )
        }
        .sorted { a, b in a.0 != b.0 ? a.0 > b.0 : a.1.arn.utf8.lexicographicallyPrecedes(b.1.arn.utf8) }
        .map(\.1)
    }

    func callers(
        calls: [(principal: String, account: String, calls: Int)], apiKeyCalls: [String: Int]
    ) -> [Inspection.CallerPicture] {
        var counts: [String: (account: String, calls: Int)] = [:]
        for entry in calls.sorted(by: { ($0.principal, $0.account) < ($1.principal, $1.account) }) {
            let old = counts[entry.principal]
            counts[entry.principal] = (old?.account ?? entry.account, (old?.calls ?? 0) + entry.calls)
        }
        let all = Set(byCaller.keys).union(counts.keys)
        return all.map { principal -> (Int128, Inspection.CallerPicture) in
            let money = byCaller[principal] ?? Money()
            // A role's or user's own account, else the first in which it called.
            let own = ARN(Array(principal.utf8)).map { String(decoding: $0.account, as: UTF8.self) } ?? ""
            return (
                money.weight,
                Inspection.CallerPicture(
                    principal: principal, account: own.isEmpty ? counts[principal]?.account ?? money.account : own, costs: money.listed,
                    calls: counts[principal]?.calls ?? 0, apiKeyCalls: apiKeyCalls[principal] ?? 0, isShared: sharedRole(Array(principal.utf8)),
                    workspaces: money.orderedParts)
            )
        }
        .sorted { a, b in
            if a.0 != b.0 { return a.0 > b.0 }
            return a.1.calls != b.1.calls ? a.1.calls > b.1.calls : a.1.principal.utf8.lexicographicallyPrecedes(b.1.principal.utf8)
        }
        .map(\.1)
    }
}
