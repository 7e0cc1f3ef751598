import Records
import Registry
import Reports
import Review

/// What `apportion check` prints, for people and for machines.
enum CheckText {
    /// How many principals and workspaces are listed, those with most money first.
    private static let listed = 10

    // MARK: For people

    static func text(_ findings: CheckFindings) -> String {
        var lines = [findings.file] + summary(findings.summary)
        if let decisions = findings.decisions { lines += ["", decisions.file, "  \(counted(decisions.count, "decision")), all legal"] }
        if let changes = findings.changes {
            lines += ["", "changed from \(findings.against ?? "")"]
            lines += changes.isEmpty ? ["  nothing: both mean the same"] : changes.map { "  \($0.text)" }
        }
        if let spend = findings.spend {
            lines += ["", spend.months.isEmpty ? "runs without charges" : "runs of \(spend.months.map(\.text).joined(separator: ", "))"]
            lines += entries("  these claims answer what was open then", spend.answered)
            lines += entries("  still open", spend.open)
            if spend.answered.isEmpty && spend.open.isEmpty { lines.append("  nothing is open") }
        }
        let count = findings.remarks.count + (findings.decisions?.remarks.count ?? 0)
        lines += ["", count == 0 ? "no warnings" : "\(counted(count, "warning"))"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func summary(_ summary: RegistrySummary) -> [String] {
        let claims = summary.principalClaims + summary.workspaceClaims
        var lines = [
            "  \(counted(summary.workloads, "workload"))",
            "  \(counted(claims, "claim")): \(summary.principalClaims) of principals, \(summary.workspaceClaims) of workspaces",
            "  \(counted(summary.workspaces, "workspace"))",
            "  \(counted(summary.estimates, "estimate")), \(summary.confirmedEstimates) confirmed",
        ]
        for sum in summary.estimateSums {
            let amount = (sum.amount?.text ?? "more than 10^18").paddedLeft(to: 16)
            lines.append("    \(sum.month.text) \(amount) \(sum.currency)  \(counted(sum.workloads, "workload"))")
        }
        return lines
    }

    private static func entries(_ title: String, _ entries: [RunSpend.Entry]) -> [String] {
        guard !entries.isEmpty else { return [] }
        var lines = [title]
        for entry in entries.prefix(listed) {
            let cost = (entry.cost.map(CurrencySummary.cents) ?? "more than 10^18").paddedLeft(to: 16)
            let owner = entry.workload.isEmpty ? "" : " → \(entry.workload)"
            lines.append("    \(cost) \(entry.currency)  \(entry.gap.padded(to: 19))  \(entry.anchor)\(owner)")
        }
        if entries.count > listed { lines.append("    and \(entries.count - listed) more") }
        return lines
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    // MARK: For machines

    static func json(_ findings: CheckFindings) -> String {
        var members: [(String, JSONText)] = [
            ("registry", .string(findings.file)), ("errors", .array([])), ("warnings", .array(findings.remarks.map(json))),
            ("summary", json(findings.summary)),
        ]
        if let changes = findings.changes {
            members.append(("against", .string(findings.against ?? "")))
            members.append(("changes", .array(changes.map(json))))
        }
        if let decisions = findings.decisions {
            let warnings = decisions.remarks.map { JSONText.object([("line", .number($0.line)), ("what", .string($0.what))]) }
            members.append(("decisions", .object([("file", .string(decisions.file)), ("count", .number(decisions.count)), ("warnings", .array(warnings))])))
        }
        if let spend = findings.spend {
            members.append(
                (
                    "runs",
                    .object([
                        ("months", .array(spend.months.map { .string($0.text) })),
                        ("answered", .array(spend.answered.prefix(listed).map(json))),
                        ("open", .array(spend.open.prefix(listed).map(json))),
                    ])
                ))
        }
        return text(.object(members))
    }

    /// Of registries that are wrong there is nothing else to say.
    static func json(_ file: String, _ faults: [RegistryFaults]) -> String {
        let errors = faults.flatMap { wrong in
            wrong.faults.map { fault in
                JSONText.object([
                    ("file", .string(wrong.file)), ("line", .number(fault.line)), ("path", .string(fault.path)), ("what", .string(fault.what)),
                ])
            }
        }
        return text(.object([("registry", .string(file)), ("errors", .array(errors))]))
    }

    private static func json(_ remark: Remark) -> JSONText {
        .object([
            ("kind", .string(remark.kind.rawValue)), ("line", .number(remark.line)), ("path", .string(remark.path)),
            ("what", .string(remark.what)),
        ])
    }

    private static func json(_ change: RegistryChange) -> JSONText {
        .object([
            ("what", .string(change.what)), ("how", .string(change.how)), ("subject", .string(change.subject)),
            ("detail", .string(change.detail)),
        ])
    }

    private static func json(_ entry: RunSpend.Entry) -> JSONText {
        .object([
            ("anchor", .string(entry.anchor)), ("gap", .string(entry.gap)), ("workload_id", .string(entry.workload)),
            ("cost", json(entry.cost)), ("currency", .string(entry.currency)),
        ])
    }

    private static func json(_ summary: RegistrySummary) -> JSONText {
        .object([
            ("workloads", .number(summary.workloads)), ("principal_claims", .number(summary.principalClaims)),
            ("workspace_claims", .number(summary.workspaceClaims)), ("workspaces", .number(summary.workspaces)),
            ("estimates", .number(summary.estimates)), ("confirmed_estimates", .number(summary.confirmedEstimates)),
            (
                "estimate_sums",
                .array(
                    summary.estimateSums.map { sum in
                        .object([
                            ("month", .string(sum.month.text)), ("currency", .string(sum.currency)), ("amount", json(sum.amount)),
                            ("workloads", .number(sum.workloads)),
                        ])
                    })
            ),
        ])
    }

    private static func json(_ amount: Amount?) -> JSONText { amount.map { .string($0.text) } ?? .null }

    private static func text(_ json: JSONText) -> String { String(decoding: json.text(), as: UTF8.self) }
}
