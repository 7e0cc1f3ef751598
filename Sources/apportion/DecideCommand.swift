import Bytes
import Governance
import Records
import Registry

/// `apportion decide`: appends a decision, if it is legal.
enum DecideCommand {
    static let command = Command(
        name: "decide",
        summary: "Appends a decision to the log, if it is legal where things stand: approvals, tasks, claims, estimates, cards.",
        operand: ("VERB", "one of \(Verb.allCases.map(\.rawValue).joined(separator: ", "))"),
        second: ("OBJECT", "what is decided about: a scope, a task (SCOPE/1), a model's id, a workload's id, or a card (START/WORKLOAD/CURRENCY)"),
        operandChoices: Verb.allCases.map(\.rawValue),
        options: [
            GovernedRegistry.registryOption,
            OptionSpec(name: "--decisions", value: .one("FILE"), help: "the file to append to (JSON Lines); the first decision begins it", isRequired: true),
            OptionSpec(name: "--actor", value: .one("NAME"), help: "who decides, such as an e-mail address; the signed commit is the proof", isRequired: true),
            OptionSpec(name: "--role", value: .choice(Role.allCases.map(\.rawValue)), help: "in which capacity (default: the one that the verb is for)"),
            OptionSpec(name: "--reason", value: .one("TEXT"), help: "why; reject, revoke and disputes need one"),
            OptionSpec(name: "--at", value: .one("TIME"), help: "when (default: now)"),
            OptionSpec(name: "--dry-run", value: .flag, help: "tell whether it is legal and what would be written, and write nothing"),
        ] + verbOptions.map(\.spec),
        example: """
            apportion decide request claims-sonnet --registry registry.json --decisions decisions.jsonl --actor po@example.com --platform claude-platform --model claude-sonnet-4-6 --account 111122223333 --region us-east-1 --workload claims-triage
            apportion decide approve claims-sonnet --registry registry.json --decisions decisions.jsonl --actor lead@example.com --workspace-name claims --tag element1=Insurance
            """,
        run: decide)

    /// The options that some verbs take.
    private static let verbOptions: [(spec: OptionSpec, verbs: Set<Verb>)] = [
        (OptionSpec(name: "--platform", value: .choice(Platform.allCases.map(\.text)), help: "request, allow, restrict, block: the platform"), [.request, .allow, .restrict, .block]),
        (OptionSpec(name: "--model", value: .one("MODEL"), help: "request: the model's id or name"), [.request]),
        (OptionSpec(name: "--foundation-models", value: .one("FILE"), help: "request: a saved aws bedrock list-foundation-models, for models of Bedrock", stream: .input), [.request]),
        (OptionSpec(name: "--account", value: .one("ID"), help: "request: the account; restrict: an account that may still ask, given once for each", isRepeatable: true), [.request, .restrict]),
        (OptionSpec(name: "--region", value: .one("REGION"), help: "request: the region; Bedrock's may be several, given once for each", isRepeatable: true), [.request]),
        (OptionSpec(name: "--agentic", value: .flag, help: "request: Inference + Agentic instead of Inference Only"), [.request]),
        (OptionSpec(name: "--workload", value: .one("ID"), help: "request: for which workload"), [.request]),
        (OptionSpec(name: "--supersedes", value: .one("SCOPE"), help: "request: the scope that this one replaces when it is approved"), [.request]),
        (OptionSpec(name: "--workspace-name", value: .one("NAME"), help: "approve: the name of the workspace to create; complete 1: the name that it has"), [.approve, .complete]),
        (OptionSpec(name: "--tag", value: .one("KEY=VALUE"), help: "approve, complete 1: an element tag of the workspace, given once for each", isRepeatable: true), [.approve, .complete]),
        (OptionSpec(name: "--role-name", value: .one("NAME"), help: "approve: the role to make (default: apportion-SCOPE)"), [.approve]),
        (OptionSpec(name: "--workspace", value: .one("ARN"), help: "complete 2: the workspace's ARN or id; claim, release: a workspace's ARN"), [.complete, .claim, .release]),
        (OptionSpec(name: "--event-selectors", value: .one("FILE"), help: "complete 2: a saved aws cloudtrail get-event-selectors", stream: .input), [.complete]),
        (OptionSpec(name: "--trails", value: .one("FILE"), help: "complete 2: a saved aws cloudtrail describe-trails", stream: .input), [.complete]),
        (OptionSpec(name: "--trail-status", value: .one("FILE"), help: "complete 2: a saved aws cloudtrail get-trail-status", stream: .input), [.complete]),
        (OptionSpec(name: "--step", value: .one("N"), help: "complete, Bedrock: which of the four steps"), [.complete]),
        (OptionSpec(name: "--role-arn", value: .one("ARN"), help: "complete 3, or Bedrock's step 4: the role that was made"), [.complete]),
        (OptionSpec(name: "--function-arn", value: .one("ARN"), help: "complete 3: the function that was made"), [.complete]),
        (OptionSpec(name: "--stack", value: .one("FILE"), help: "complete 3: a saved aws cloudformation describe-stacks, instead of both ARNs", stream: .input), [.complete]),
        (OptionSpec(name: "--principal", value: .one("ARN"), help: "claim, release: a role, user or other caller"), [.claim, .release]),
        (OptionSpec(name: "--month", value: .one("YYYY-MM"), help: "estimate, confirm: the month"), [.estimate, .confirm]),
        (OptionSpec(name: "--amount", value: .one("AMOUNT"), help: "estimate, confirm: before tax; cards: what the card says"), [.estimate, .confirm, .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard]),
        (OptionSpec(name: "--currency", value: .one("CODE"), help: "estimate, confirm: the currency (default: USD)"), [.estimate, .confirm]),
    ]

    private static func decide(_ arguments: Arguments) throws -> Int32 {
        guard let verb = Verb(rawValue: arguments.operands[0]) else { return 64 }
        for option in verbOptions where arguments.has(option.spec.name) && !option.verbs.contains(verb) {
            throw UsageFault(message: "\(option.spec.name) is not for '\(verb.rawValue)'")
        }
        let path = arguments.one("--decisions") ?? ""
        if path == standardStream || path.isEmpty { throw UsageFault(message: "--decisions must name a file that can be appended to") }
        let registryFile = inputName(arguments.one("--registry") ?? "")
        let isTimed = arguments.has("--at")
        let now = try GovernedRegistry.now(arguments, "--at")
        if isTimed, now > GovernedRegistry.now().adding(5 * 60 * 1_000_000) { throw UsageFault(message: "--at \(now.text) lies in the future; decisions are made now, or were") }
        do throws(GovernedRegistry.Unusable) {
            let registry = try GovernedRegistry.registry(arguments.one("--registry") ?? "")
            // The first decision begins the file.
            let before =
                pathKind(path) == .missing ? Governance(registry, registryFile: registryFile) : try GovernedRegistry.governance(registry, registryFile: registryFile, path)
            let decision: Decision
            do throws(UsageFault) { decision = try made(verb, arguments, registry, before, now) } catch {
                Output.fault("\(error.message); see apportion decide --help")
                return 64
            }
            let isDry = arguments.has("--dry-run")
            let (written, after): (Decision, Governance)
            do throws(DecisionFault) {
                (written, after) = try DecisionLog(path).append(decision, registry, registryFile: registryFile, isTimed: isTimed, isDry: isDry)
            } catch {
                switch error {
                case .wrong(let faults): throw GovernedRegistry.Unusable(messages: faults.messages, code: 65)
                case .illegal(let what): return illegal(what, path)
                case .file(let what): throw GovernedRegistry.Unusable(messages: [what], code: 73)
                }
            }
            for remark in after.remarks where remark.line == written.line { Output.warning("\(path):\(remark.line): \(remark.what)") }
            if isDry {
                Output.standard("\(String(decoding: written.text, as: UTF8.self))\n")
            } else {
                Output.standard("\(path):\(written.line): \(verb.rawValue) \(written.object), \(written.actor) (\(written.role.rawValue)), \(written.at.text)\n")
            }
            Output.standard(DecisionText.state(after, written))
            return 0
        } catch { return GovernedRegistry.exitCode(error) }
    }

    private static func illegal(_ fault: Governance.Illegal, _ path: String) -> Int32 {
        Output.fault("\(path): not appended: \(fault.path): \(fault.what)")
        return 65
    }

    /// The decision that the command line makes.
    private static func made(_ verb: Verb, _ arguments: Arguments, _ registry: Registry, _ governance: Governance, _ now: Instant) throws(UsageFault) -> Decision {
        let role = arguments.one("--role").flatMap { Role(rawValue: $0) } ?? verb.role
        var decision = Decision(
            at: now, actor: arguments.one("--actor") ?? "", role: role, verb: verb, object: arguments.operands[1])
        if decision.actor.isEmpty { throw UsageFault(message: "--actor is empty; is a variable unset?") }
        decision.reason = arguments.one("--reason") ?? ""
        func need(_ option: String) throws(UsageFault) -> String {
            guard let value = arguments.one(option), !value.isEmpty else { throw UsageFault(message: "\(option) is missing for '\(verb.rawValue)'") }
            return value
        }
        switch verb {
        case .reject, .revoke, .disputeCard, .rejectCard, .resolveCard: decision.reason = try need("--reason")
        default: break
        }
        decision.accounts = verb == .restrict ? arguments.many("--account").map(\.value) : []
        if verb == .restrict, decision.accounts.isEmpty { throw UsageFault(message: "--account is missing for 'restrict'") }
        for (option, text) in [("--actor", decision.actor), ("--reason", decision.reason), ("OBJECT", decision.object)] where !isPlain(text) {
            throw UsageFault(message: "\(option) holds control or format characters; take them away")
        }
        for account in arguments.many("--account").map(\.value) where !isAccount(account) { throw UsageFault(message: "--account '\(account)' is no account id of 12 digits") }
        switch verb {
        case .allow, .restrict, .block: decision.platform = Platform(text: try need("--platform"))
        case .request: try addRequest(&decision, arguments, registry, need)
        case .approve:
            decision.workspaceName = arguments.one("--workspace-name") ?? ""
            decision.tags = try tags(arguments)
            decision.roleName = arguments.one("--role-name") ?? ""
        case .complete: try addCompletion(&decision, arguments, governance)
        case .claim, .release:
            decision.principal = arguments.one("--principal") ?? ""
            decision.workspace = arguments.one("--workspace") ?? ""
        case .estimate, .confirm:
            let month = try need("--month")
            decision.month = Month(Array(month.utf8).span)
            if decision.month == nil { throw UsageFault(message: "--month '\(month)' is no month such as 2026-11") }
            decision.currency = arguments.one("--currency") ?? "USD"
            decision.amount = try amount(try need("--amount"))
        case .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard: decision.amount = try amount(try need("--amount"))
        case .reject, .revoke: break
        }
        return decision
    }

    private static func addRequest(
        _ decision: inout Decision, _ arguments: Arguments, _ registry: Registry, _ need: (String) throws(UsageFault) -> String
    ) throws(UsageFault) {
        let platform = Platform(text: try need("--platform")) ?? .claudePlatform
        decision.platform = platform
        var catalogue = Catalogue(registry.governance)
        if let file = arguments.one("--foundation-models") {
            let text: [UInt8]
            do throws(FileFault) { text = try readSmallInput(file) } catch { throw UsageFault(message: "--foundation-models \(inputName(file)) cannot be read: \(error.reason)") }
            do throws(Catalogue.Fault) { try catalogue.addBedrock(text) } catch { throw UsageFault(message: "--foundation-models \(inputName(file)) \(error.what)") }
        } else if platform == .bedrock {
            throw UsageFault(message: "--foundation-models is missing: Bedrock's models are read from a saved aws bedrock list-foundation-models")
        }
        let word = try need("--model")
        guard let model = catalogue.find(word, on: platform) else {
            let near = nearest(word, catalogue.words(platform)).map { "; did you mean '\($0)'?" } ?? "; see apportion models --all"
            throw UsageFault(message: "--model '\(word)' is not in the catalogue of \(platform.title)\(near)")
        }
        (decision.model, decision.modelName, decision.vendor) = (model.id, model.name, model.vendor)
        if arguments.many("--account").count > 1 { throw UsageFault(message: "--account is given twice; request a scope for each") }
        decision.account = try need("--account")
        _ = try need("--region")
        decision.regions = arguments.many("--region").map(\.value)
        for region in decision.regions where !isRegion(region) { throw UsageFault(message: "--region '\(region)' is no region such as us-east-1") }
        decision.iamScope = arguments.has("--agentic") ? .agentic : .inferenceOnly
        decision.workload = try need("--workload")
        decision.supersedes = arguments.one("--supersedes") ?? ""
    }

    private static func addCompletion(_ decision: inout Decision, _ arguments: Arguments, _ governance: Governance) throws(UsageFault) {
        decision.workspaceName = arguments.one("--workspace-name") ?? ""
        decision.tags = try tags(arguments)
        decision.workspace = arguments.one("--workspace") ?? ""
        decision.step = try arguments.number("--step", least: 1)
        decision.roleARN = arguments.one("--role-arn") ?? ""
        decision.functionARN = arguments.one("--function-arn") ?? ""
        func load(_ option: String) throws(UsageFault) -> [UInt8]? {
            guard let file = arguments.one(option) else { return nil }
            do throws(FileFault) {
                let text = try readSmallInput(file)
                decision.evidence.append(Decision.Tag(key: String(option.dropFirst(2)), value: "sha256:\(digest(text))"))
                return text
            } catch { throw UsageFault(message: "\(option) \(inputName(file)) cannot be read: \(error.reason)") }
        }
        let scope = governance.scope(decision.object.split(separator: "/").first.map(String.init) ?? "")
        if let stack = try load("--stack") {
            guard let outputs = stackOutputs(stack, of: scope) else {
                throw UsageFault(message: "--stack has no stack that is up and has the outputs RoleArn and FunctionArn; save what aws cloudformation describe-stacks prints, as JSON")
            }
            (decision.roleARN, decision.functionARN) = outputs
        }
        let (selectors, trails, status) = (try load("--event-selectors"), try load("--trails"), try load("--trail-status"))
        guard selectors != nil || trails != nil || status != nil else { return }
        guard let selectors, let trails else { throw UsageFault(message: "--event-selectors and --trails go together: a trail is judged by both") }
        guard let scope, !decision.workspace.isEmpty else { return }
        do throws(TrailOutputs.Fault) {
            decision.trail = try TrailOutputs(eventSelectors: selectors, trails: trails, status: status)
                .capture(of: governance.workspaceARN(decision.workspace, of: scope), by: scope)
        } catch { throw UsageFault(message: error.what) }
    }

    private static func tags(_ arguments: Arguments) throws(UsageFault) -> [Decision.Tag] {
        var tags: [Decision.Tag] = []
        for (text, _) in arguments.many("--tag") {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { throw UsageFault(message: "--tag '\(text)' is not written KEY=VALUE") }
            let tag = Decision.Tag(key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
            if tags.contains(where: { $0.key == tag.key }) { throw UsageFault(message: "--tag \(tag.key) is given twice") }
            tags.append(tag)
        }
        return tags.sorted { bytewiseLess($0.key, $1.key) }
    }

    private static func amount(_ text: String) throws(UsageFault) -> Amount {
        let parsed: (amount: Amount, isExact: Bool)
        do throws(AmountFault) { parsed = try Amount.parse(Array(text.utf8).span) } catch { throw UsageFault(message: "--amount '\(text)' \(error.reason)") }
        guard parsed.isExact else { throw UsageFault(message: "--amount '\(text)' has more than 18 decimals; round it") }
        return parsed.amount
    }

    private static func digest(_ text: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(text)
        return hash.hex()
    }
}
