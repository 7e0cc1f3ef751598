import Bytes
import Governance
import Records
import Registry

/// `apportion prerequisites`: what must be in place in AWS, as far as saved outputs tell.
enum PrerequisitesCommand {
    private static let outputs: [(option: String, help: String, path: WritableKeyPath<PrerequisiteOutputs, [UInt8]?> & Sendable)] = [
        ("--events", "aws cloudtrail lookup-events of aws-external-anthropic.amazonaws.com", \.events),
        ("--console-right", "aws iam simulate-principal-policy of aws-external-anthropic:AssumeConsole", \.consoleRight),
        ("--event-selectors", "aws cloudtrail get-event-selectors", \.eventSelectors),
        ("--trails", "aws cloudtrail describe-trails", \.trails),
        ("--trail-status", "aws cloudtrail get-trail-status", \.trailStatus),
        ("--cost-allocation-tags", "aws ce list-cost-allocation-tags --status Active", \.tags),
        ("--export", "aws bcm-data-exports get-export, or aws cur describe-report-definitions", \.export),
    ]

    static let command = Command(
        name: "prerequisites",
        summary: "Tells which prerequisites in AWS are met, missing or unknown, from saved outputs of its command line, and what to do.",
        options: [
            OptionSpec(name: "--registry", value: .one("FILE"), help: "whose tagKeys must be active (default: element1 to element4)", stream: .input)
        ] + outputs.map { OptionSpec(name: $0.option, value: .one("FILE"), help: "a saved \($0.help)", stream: .input) } + [
            OptionSpec(name: "--account", value: .one("ID"), help: "whose trail it must be (default: any)"),
            OptionSpec(name: "--region", value: .one("REGION"), help: "which the trail must log (default: any)"),
            OptionSpec(name: "--strict", value: .flag, help: "exit 1 unless all are met"),
            TableOutput.csvOption, TableOutput.jsonOption, TableOutput.widthOption,
        ],
        example: """
            aws ce list-cost-allocation-tags --status Active > tags.json
            apportion prerequisites --cost-allocation-tags tags.json
            """,
        run: prerequisites)

    private static func prerequisites(_ arguments: Arguments) throws -> Int32 {
        do throws(GovernedRegistry.Unusable) {
            let registry = try arguments.one("--registry").map { (path) throws(GovernedRegistry.Unusable) in try GovernedRegistry.registry(path) } ?? Registry()
            var saved = PrerequisiteOutputs()
            for output in outputs {
                if let path = arguments.one(output.option) { saved[keyPath: output.path] = try GovernedRegistry.read(path, output.option) }
            }
            saved.account = arguments.one("--account") ?? ""
            saved.region = arguments.one("--region") ?? ""
            if (saved.eventSelectors == nil) != (saved.trails == nil) {
                throw GovernedRegistry.Unusable(messages: ["--event-selectors and --trails go together: a trail is judged by both; see apportion prerequisites --help"], code: 64)
            }
            let found = saved.judged(registry)
            var table = TableOutput(
                columns: [("prerequisite", "prerequisite", .whole), ("state", "state", .whole), ("what was found", "found", .cut(.end, least: 20)), ("", "action", .whole)], nothing: "")
            for one in found { table.rows.append([one.name, one.state.rawValue, one.found, one.action]) }
            do throws(UsageFault) { try table.write(arguments, notes: found.map { $0.action.isEmpty ? nil : $0.action }) } catch { throw GovernedRegistry.usage(error) }
            let open = found.filter { $0.state != .met }.count
            guard arguments.has("--strict"), open > 0 else { return 0 }
            Output.fault("--strict: \(open) of \(found.count) prerequisites \(open == 1 ? "is" : "are") not known to be met")
            return 1
        } catch { return GovernedRegistry.exitCode(error) }
    }
}
