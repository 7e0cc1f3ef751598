import Bytes
import Governance
import Records
import Registry

/// `apportion models`: which models are approved, where, and how far each has come.
enum ModelsCommand {
    static let command = Command(
        name: "models",
        summary: "Lists the AI models: where each is approved, what is pending, and what was last decided.",
        options: [
            GovernedRegistry.registryOption,
            OptionSpec(name: "--decisions", value: .one("FILE"), help: "the decisions (JSON Lines; without them the catalogue alone)", stream: .input),
            OptionSpec(name: "--foundation-models", value: .one("FILE"), help: "a saved aws bedrock list-foundation-models, for models of Bedrock", stream: .input),
            OptionSpec(name: "--all", value: .flag, help: "models that nobody has asked for, too"),
            OptionSpec(name: "--platform", value: .choice(Platform.allCases.map(\.text)), help: "only one platform"),
            GovernedRegistry.asOfOption, TableOutput.csvOption, TableOutput.jsonOption, TableOutput.widthOption,
        ],
        example: "apportion models --registry registry.json --decisions decisions.jsonl --all",
        run: models)

    private static func models(_ arguments: Arguments) throws -> Int32 {
        do throws(GovernedRegistry.Unusable) {
            let read = try GovernedRegistry(arguments)
            var catalogue = Catalogue(read.registry.governance)
            if let file = arguments.one("--foundation-models") {
                let text = try GovernedRegistry.read(file, "--foundation-models")
                do throws(Catalogue.Fault) { try catalogue.addBedrock(text) } catch { throw GovernedRegistry.Unusable(messages: ["\(inputName(file)): \(error.what)"], code: 65) }
            }
            do throws(UsageFault) { try table(read.governance, catalogue, arguments).write(arguments) } catch { throw GovernedRegistry.usage(error) }
            return 0
        } catch { return GovernedRegistry.exitCode(error) }
    }

    private static func table(_ governance: Governance, _ catalogue: Catalogue, _ arguments: Arguments) throws(UsageFault) -> TableOutput {
        let now = try GovernedRegistry.now(arguments, "--as-of")
        var output = TableOutput(
            columns: [
                ("Vendor", "vendor", .whole), ("Platform", "platform", .whole), ("Model", "model", .whole), ("", "model_id", .whole), ("Scope Coverage", "scope_coverage", .whole),
                ("Status", "status", .whole), ("Last update", "last_update", .whole), ("", "standing", .whole), ("", "accounts", .whole), ("", "known_accounts", .whole),
                ("", "workspaces", .whole), ("", "scopes", .whole), ("", "pending_approval", .whole), ("", "approved", .whole), ("", "implemented", .whole),
                ("", "open_tasks", .whole),
            ], nothing: "No model has been asked for; --all lists those that could be.")
        for row in ModelsTable(governance, catalogue, isWhole: arguments.has("--all")).rows {
            if let platform = arguments.one("--platform"), row.model.platform.text != platform { continue }
            let isForPeople = !arguments.has("--csv") && !arguments.has("--json")
            output.rows.append([
                row.model.vendor, isForPeople ? row.model.platform.title : row.model.platform.text, row.model.name, row.model.id, row.coverage, row.status,
                row.lastUpdate.map { isForPeople ? dayText($0.at, asOf: now) : $0.at.text } ?? "", row.standing.text, "\(row.accounts)", "\(row.knownAccounts)",
                "\(row.workspaces)", "\(row.scopes)", "\(row.pendingApproval)", "\(row.approved)", "\(row.implemented)", "\(row.openTasks)",
            ])
        }
        return output
    }
}
