import Governance
import Published
import Records
import Registry
import Status

/// `apportion status`: where every workload stands, and whose turn it is.
enum StatusCommand {
    static let command = Command(
        name: "status",
        summary: "Tells for every workload what is approved, claimed, seen and estimated, and whose turn it is: short enough for a nightly mail.",
        operand: ("DIR", "a published run"),
        options: [
            GovernedRegistry.registryOption,
            OptionSpec(name: "--decisions", value: .one("FILE"), help: "the decisions (JSON Lines)", stream: .input),
            OptionSpec(name: "--owner", value: .one("TEXT"), help: "only workloads of this owner; * and ? stand for others", isRepeatable: true),
            OptionSpec(name: "--element", value: .one("TEXT"), help: "only workloads with this element; * and ? stand for others", isRepeatable: true),
            OptionSpec(name: "--open", value: .flag, help: "only workloads that wait for somebody"),
            TableOutput.csvOption, TableOutput.jsonOption, TableOutput.widthOption,
        ],
        example: "apportion status runs/2026-10 --registry registry.json --decisions decisions.jsonl --open",
        run: status)

    private static func status(_ arguments: Arguments) throws -> Int32 {
        let read: GovernedRegistry
        do throws(GovernedRegistry.Unusable) { read = try GovernedRegistry(arguments) } catch { return GovernedRegistry.exitCode(error) }
        do throws(ViewFault) {
            var rows = try WorkloadStatus.all(run: arguments.operand ?? "", read.registry, read.governance)
            let (owners, elements) = (arguments.many("--owner").map(\.value), arguments.many("--element").map(\.value))
            func matches(_ text: String, _ patterns: [String]) -> Bool { patterns.contains { matchesPattern(Array(text.utf8), Array($0.utf8)) } }
            for (option, patterns, known) in [("owner", owners, rows.map(\.owner)), ("element", elements, rows.flatMap(\.elements))] {
                for pattern in patterns where !known.contains(where: { matches($0, [pattern]) }) {
                    throw .unknownValue("no workload of the registry has the \(option) '\(pattern)'", value: pattern, known: Array(Set(known.filter { !$0.isEmpty })).sorted())
                }
            }
            rows = rows.filter { row in
                (owners.isEmpty || matches(row.owner, owners)) && (elements.isEmpty || row.elements.contains { matches($0, elements) })
                    && (!arguments.has("--open") || !row.turn.isEmpty)
            }
            let output = table(rows)
            do throws(UsageFault) { try output.write(arguments) } catch { throw .usage(error.message) }
            return 0
        } catch { return try ShowCommand.exitCode(error) }
    }

    private static func table(_ rows: [WorkloadStatus]) -> TableOutput {
        var output = TableOutput(
            columns: [
                ("workload", "workload_id", .cut(.middle, least: 12)), ("", "owner", .whole), ("approved", "approved", .whole), ("implemented", "implemented", .whole),
                ("claims", "claims", .whole), ("evidence", "evidence", .whole), ("actual", "actual", .whole), ("", "currency", .whole), ("estimate", "estimate", .whole),
                ("pace", "pace", .whole), ("gap", "gap", .whole), ("whose turn", "turn", .cut(.end, least: 14)), ("for what", "next", .cut(.end, least: 10)),
            ], nothing: "No workload waits for anybody.")
        for row in rows {
            output.rows.append([
                row.workload, row.owner, row.approved, row.implemented, "\(row.claims)", row.evidence, row.actual, row.currency, row.estimate, row.pace, row.gap,
                row.turn.isEmpty ? "–" : row.turn, row.next.isEmpty ? "–" : row.next,
            ])
        }
        return output
    }
}
