import Governance
import Records
import Registry

/// `apportion tasks`: what Cloud Engineers have to do.
enum TasksCommand {
    static let command = Command(
        name: "tasks",
        summary: "Lists the Cloud Engineers' tasks: which are open, which wait for the one before, and who approved them.",
        options: [
            GovernedRegistry.registryOption,
            GovernedRegistry.decisionsOption,
            OptionSpec(name: "--all", value: .flag, help: "those that are done or cancelled, too"),
            OptionSpec(name: "--scope", value: .one("SCOPE"), help: "only one scope's, with what is to be done"),
            GovernedRegistry.asOfOption, TableOutput.csvOption, TableOutput.jsonOption, TableOutput.widthOption,
        ],
        example: "apportion tasks --registry registry.json --decisions decisions.jsonl",
        run: tasks)

    private static func tasks(_ arguments: Arguments) throws -> Int32 {
        do throws(GovernedRegistry.Unusable) {
            let governance = try GovernedRegistry(arguments).governance
            var scopes = governance.scopes
            if let name = arguments.one("--scope") {
                guard let scope = governance.scope(name) else {
                    let near = nearest(name, scopes.map(\.name)).map { "; did you mean '\($0)'?" } ?? "; apportion models lists what was requested"
                    throw GovernedRegistry.Unusable(messages: ["--scope '\(name)' is a scope that nobody has requested\(near)"], code: 64)
                }
                scopes = [scope]
            }
            do throws(UsageFault) { try table(scopes, arguments).write(arguments) } catch { throw GovernedRegistry.usage(error) }
            return 0
        } catch { return GovernedRegistry.exitCode(error) }
    }

    private static func table(_ scopes: [Scope], _ arguments: Arguments) throws(UsageFault) -> TableOutput {
        let now = try GovernedRegistry.now(arguments, "--as-of")
        let isForPeople = !arguments.has("--csv") && !arguments.has("--json")
        let isDetailed = arguments.has("--scope")
        var output = TableOutput(
            columns: [
                ("Type", "type", .whole), ("Status", "status", .whole), ("Model", "model", .whole), ("Progress", "progress", .whole), ("Approved by", "approved_by", .whole),
                ("Scope", "scope", .whole), ("", "task", .whole), ("", "approved_at", .whole), ("", "account", .whole), ("", "regions", .whole), ("", "workload", .whole),
                ("", "scope_status", .whole), ("", "completed_by", .whole), ("", "completed_at", .whole), ("", "instructions", .whole),
            ], nothing: "No task is open.")
        for task in scopes.flatMap(\.tasks) {
            if !arguments.has("--all"), !isDetailed, task.status == .done || task.status == .cancelled { continue }
            let scope = task.scope
            guard let approved = scope.approved else { continue }
            let done = task.number <= scope.completed.count ? scope.completed[task.number - 1] : nil
            var progress = DecisionText.title(task)
            if scope.platform == .bedrock, task.status == .open { progress += " · step \(scope.stepsDone + 1) of 4" }
            output.rows.append([
                isForPeople ? scope.platform.title : scope.platform.text, task.status.rawValue, scope.model.name, progress,
                "\(approved.actor) (\(approved.role.rawValue))" + (isForPeople ? " · \(dayText(approved.at, asOf: now))" : ""), scope.name, task.name, approved.at.text,
                scope.account, scope.regions.joined(separator: " "), scope.workload, scope.status.rawValue, done?.actor ?? "", done?.at.text ?? "",
                task.instructions.joined(separator: " "),
            ])
        }
        return output
    }
}
