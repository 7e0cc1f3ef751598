import Governance
import Records
import Registry

/// `apportion stack`: the template that task 3 deploys.
enum StackCommand {
    static let command = Command(
        name: "stack",
        summary: "Prints the CloudFormation template of a scope's role and passthrough function, for task 3.",
        operand: ("SCOPE", "a scope of the Claude Platform whose workspace is registered"),
        options: [GovernedRegistry.registryOption, GovernedRegistry.decisionsOption],
        example: "apportion stack claims-sonnet --registry registry.json --decisions decisions.jsonl > claims-sonnet.json",
        run: stack)

    private static func stack(_ arguments: Arguments) throws -> Int32 {
        do throws(GovernedRegistry.Unusable) {
            let governance = try GovernedRegistry(arguments).governance
            let name = arguments.operand ?? ""
            guard let scope = governance.scope(name) else {
                let near = nearest(name, governance.scopes.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
                throw GovernedRegistry.Unusable(messages: ["SCOPE '\(name)' is one that nobody has requested\(near)"], code: 64)
            }
            guard let stack = Stack(scope) else {
                let why = scope.platform == .bedrock ? "is for Bedrock, which needs no function: see apportion tasks --scope \(name)" : scope.status.isEnd ? "is \(scope.status.rawValue), so nothing is to be deployed for it" : "is \(scope.status.rawValue): its workspace is registered by task 2, and the template names it"
                throw GovernedRegistry.Unusable(messages: ["'\(name)' \(why)"], code: 65)
            }
            Output.json(stack.json.text())
            return 0
        } catch { return GovernedRegistry.exitCode(error) }
    }
}
