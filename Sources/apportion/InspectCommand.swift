import Bytes
import Inspection
import Records
import Registry
import Reports
import Runs
import Terminal

/// `apportion inspect`: what lies in unknown folders, and what it means for attribution.
enum InspectCommand {
    static let command = Command(
        name: "inspect",
        summary: "Looks through unknown folders: what is there, what a run would make of it, and what stands in its way.",
        operand: ("PATH", "folders as synced from S3, or files: bills, trails and usage logs in any mixture"),
        hasManyOperands: true,
        options: [
            OptionSpec(name: "--period", value: .one("YYYY-MM"), help: "the month to look at (default: the newest that is there)"),
            OptionSpec(name: "--registry", value: .one("FILE"), help: "a registry whose tag keys, profile and claims count", stream: .input),
            OptionSpec(name: "--draft-registry", value: .one("FILE"), help: "write a registry to begin with: workspaces and callers found, most money first", stream: .output),
            OptionSpec(name: "--json", value: .flag, help: "everything that was found, for programs"),
            OptionSpec(name: "--trail-slack", value: .one("DAYS"), help: "how late after the month a run reads trail folders (default 7)"),
            OptionSpec(name: "--max-inflated", value: .one("SIZE"), help: "the most that one file may inflate to (default 64GiB)"),
            OptionSpec(name: "--threads", value: .one("N"), help: "workers (default: one a core)"),
            OptionSpec(name: "--quiet", value: .flag, help: "no progress bar"),
            OptionSpec(name: "--width", value: .one("N"), help: "columns of the text", isHidden: true),
        ],
        example: "apportion inspect SampleData --draft-registry registry.json",
        run: inspectFolders)

    private static func inspectFolders(_ arguments: Arguments) throws -> Int32 {
        var options = InspectionOptions(paths: arguments.operands, maxInflatedBytes: try arguments.size("--max-inflated") ?? ByteLimit.inflatedBytes)
        if let text = arguments.one("--period") {
            guard let period = Month(Array(text.utf8).span) else { throw UsageFault(message: "--period '\(text)' is no month such as 2026-11") }
            options.period = period
        }
        options.trailSlackDays = try arguments.trailSlackDays()
        let draft = arguments.one("--draft-registry")
        if draft == standardStream, arguments.has("--json") { throw UsageFault(message: "--draft-registry - and --json would both write to standard output") }
        if let draft, draft != standardStream, pathKind(draft) != .missing {
            Output.fault("\(draft): is there already, and is not replaced; name another file")
            return 73
        }
        options.threads = try arguments.threads()
        if let path = arguments.one("--registry") {
            do { options.registry = try readRegistry(try readSmallInput(path), file: inputName(path)) } catch let faults as RegistryFaults {
                for message in faults.messages { Output.fault(message) }
                return 65
            } catch let fault as FileFault {
                Output.fault("\(path): cannot be read: \(fault.reason); check --registry")
                return 66
            }
        }
        let progress = Progress(isQuiet: arguments.has("--quiet"))
        let inspection: Inspection
        do throws(PlanFault) {
            inspection = try inspect(options, progress: progress)
        } catch {
            progress.end()
            Output.fault(error.message)
            return error.kind == .data ? 65 : 66
        }
        progress.end()
        if let draft {
            let text = inspection.draftRegistry(options.registry).text()
            if draft == standardStream {
                Output.json(text)
                return 0
            }
            do throws(RunFault) { try writeNewFile(draft, text) } catch {
                for message in error.messages { Output.fault(message) }
                return error.exitCode
            }
        }
        if arguments.has("--json") {
            Output.json(inspection.json().text())
        } else {
            let width = try arguments.number("--width", least: 20) ?? TerminalSize.columnsOfStandardOutput()
            Output.standard(InspectionText(inspection, width: width).lines(draft: draft, registry: arguments.one("--registry")))
        }
        return 0
    }
}
