import Bytes
import Governance
import Records
import Registry
import Review

/// `apportion check`: whether a registry is right, what a reviewer should look at, and what it changes.
enum CheckCommand {
    static let command = Command(
        name: "check",
        summary: "Checks a registry for review: every error at once, warnings, sums, and what changed, by meaning.",
        operand: ("REGISTRY", "the registry (JSON)"),
        operandStream: .input,
        options: [
            OptionSpec(name: "--against", value: .one("REGISTRY"), help: "tell what changed from this registry", stream: .input),
            OptionSpec(name: "--decisions", value: .one("FILE"), help: "check the decisions that stand beside it, too (JSON Lines)", stream: .input),
            OptionSpec(name: "--runs", value: .many("DIR"), help: "hold the claims against the spend in these published runs"),
            OptionSpec(name: "--as-of", value: .one("TIME"), help: "warn of claims that ended by then (default: where the last of --runs begins)"),
            OptionSpec(name: "--strict", value: .flag, help: "exit 1 when there are warnings"),
            OptionSpec(name: "--json", value: .flag, help: "print everything as one JSON object, warnings too"),
        ],
        example: "git show main:registry.json | apportion check registry.json --against - --strict",
        run: check)

    private static func check(_ arguments: Arguments) throws -> Int32 {
        var asOf = try arguments.time("--as-of")
        let path = arguments.operand ?? ""
        guard !path.isEmpty else { throw UsageFault(message: "REGISTRY is empty; is a variable unset?") }
        let file = inputName(path)
        let printsJSON = arguments.has("--json")

        var faults: [RegistryFaults] = []
        guard let new = load(path, "REGISTRY", &faults) else { return 66 }
        var old: (registry: Registry?, text: [UInt8])?
        if let against = arguments.one("--against") {
            guard let loaded = load(against, "--against", &faults) else { return 66 }
            old = loaded
        }
        var decided: Governance?
        var decisionFile = ""
        if let log = arguments.one("--decisions"), let registry = new.registry {
            decisionFile = inputName(log)
            let text: [UInt8]
            do throws(FileFault) { text = try readSmallInput(log) } catch {
                Output.fault("\(decisionFile): cannot be read: \(error.reason); check --decisions")
                return 66
            }
            do throws(RegistryFaults) {
                decided = try Governance(readDecisions(text, file: decisionFile), registry, file: decisionFile, registryFile: file)
            } catch { faults.append(error) }
        }
        for message in faults.flatMap(\.messages) { Output.fault(message) }
        guard let registry = new.registry, faults.isEmpty else {
            if printsJSON { Output.json(Array(CheckText.json(file, faults).utf8)) }
            return 65
        }

        var spend: RunSpend?
        if arguments.has("--runs") {
            var given: Set<FileIdentity> = []
            for folder in arguments.many("--runs") {
                guard let identity = fileIdentity(joinedPath(folder.value, "allocations.csv")) else { continue }
                if !given.insert(identity).inserted { throw UsageFault(message: "--runs \(folder.value) is given twice, which would count its money twice") }
            }
            do throws(RunReadingFault) { spend = try RunSpend(folders: arguments.many("--runs").map(\.value), registry) } catch {
                switch error {
                case .missing(let what):
                    Output.fault(what)
                    return 66
                case .damaged(let what):
                    Output.fault(what)
                    return 65
                }
            }
        }
        asOf = asOf ?? spend?.months.last?.start
        // A workload that only decisions claim for is not without a claim.
        let claimed = Set(decided?.claims.map(\.workload) ?? [])
        let remarks = review(registry, text: new.text, asOf: asOf, claimedElsewhere: claimed) + (spend?.remarks(text: new.text) ?? [])
        let decisions = decided.map { CheckedDecisions(file: decisionFile, count: $0.decisions.count, remarks: $0.remarks) }
        let findings = CheckFindings(
            file: file, remarks: remarks, summary: RegistrySummary(registry), decisions: decisions,
            changes: old?.registry.map { changes(from: $0, to: registry) }, against: arguments.one("--against").map(inputName), spend: spend)
        if printsJSON {
            Output.json(Array(CheckText.json(findings).utf8))
        } else {
            for remark in remarks { Output.warning("\(file):\(remark.line): \(remark.path): \(remark.what)") }
            for remark in decisions?.remarks ?? [] { Output.warning("\(decisionFile):\(remark.line): \(remark.what)") }
            Output.standard(CheckText.text(findings))
        }
        let warnings = remarks.count + (decisions?.remarks.count ?? 0)
        guard arguments.has("--strict"), warnings > 0 else { return 0 }
        Output.fault("--strict: there \(warnings == 1 ? "is 1 warning" : "are \(warnings) warnings")")
        return 1
    }

    /// A registry and its text; no registry where it is wrong, nil where there is nothing to read.
    private static func load(_ path: String, _ option: String, _ faults: inout [RegistryFaults]) -> (registry: Registry?, text: [UInt8])? {
        let text: [UInt8]
        do throws(FileFault) { text = try readSmallInput(path) } catch {
            Output.fault("\(inputName(path)): cannot be read: \(error.reason); check \(option)")
            return nil
        }
        do throws(RegistryFaults) { return (try readRegistry(text, file: inputName(path)), text) } catch {
            faults.append(error)
            return (nil, text)
        }
    }
}

/// All that `apportion check` has to tell of a registry that is right.
struct CheckFindings {
    var file: String
    var remarks: [Remark]
    var summary: RegistrySummary
    /// Nil without `--decisions`.
    var decisions: CheckedDecisions?
    /// Nil without `--against`.
    var changes: [RegistryChange]?
    var against: String?
    var spend: RunSpend?
}

/// What is to be told of decisions that are legal.
struct CheckedDecisions {
    var file: String
    var count: Int
    var remarks: [(line: Int, what: String)]
}
