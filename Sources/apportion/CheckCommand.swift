import Bytes
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
        let remarks = review(registry, text: new.text, asOf: asOf) + (spend?.remarks(text: new.text) ?? [])
        let findings = CheckFindings(
            file: file, remarks: remarks, summary: RegistrySummary(registry),
            changes: old?.registry.map { changes(from: $0, to: registry) }, against: arguments.one("--against").map(inputName), spend: spend)
        if printsJSON {
            Output.json(Array(CheckText.json(findings).utf8))
        } else {
            for remark in remarks { Output.warning("\(file):\(remark.line): \(remark.path): \(remark.what)") }
            Output.standard(CheckText.text(findings))
        }
        guard arguments.has("--strict"), !remarks.isEmpty else { return 0 }
        Output.fault("--strict: there \(remarks.count == 1 ? "is 1 warning" : "are \(remarks.count) warnings")")
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
    /// Nil without `--against`.
    var changes: [RegistryChange]?
    var against: String?
    var spend: RunSpend?
}
