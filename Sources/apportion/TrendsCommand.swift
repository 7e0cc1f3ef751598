import Bytes
import Published
import Records
import Registry
import Terminal
import Trends

/// `apportion trends`: where a month is going, and what in it is unusual.
enum TrendsCommand {
    static let command = Command(
        name: "trends",
        summary: "Follows spend over published months: a forecast to the month's end with its range, and what is unusual, each with its numbers.",
        operand: ("RUNS", "published runs, or a folder that holds one for each month, such as runs"),
        hasManyOperands: true,
        options: [
            OptionSpec(name: "--registry", value: .one("FILE"), help: "whose trends say from when on something is worth a line", stream: .input),
            OptionSpec(name: "--as-of", value: .one("DATE"), help: "look at days before this one only, as if the bill ended there"),
            OptionSpec(name: "--json", value: .flag, help: "the same as JSON"),
            OptionSpec(name: "--width", value: .one("N"), help: "columns, whatever the terminal has", isHidden: true),
        ],
        example: """
            apportion trends runs
            apportion trends runs --registry registry.json --as-of 2026-10-20 --json
            """,
        run: trends)

    private static func trends(_ arguments: Arguments) throws -> Int32 {
        var rules = TrendRules()
        if let path = arguments.one("--registry") {
            do { rules = try readRegistry(try readSmallInput(path), file: inputName(path)).trends } catch let fault as RegistryFaults {
                for message in fault.messages { Output.fault(message) }
                return 65
            } catch {
                Output.fault("\(inputName(path)): cannot be read; check --registry")
                return 66
            }
        }
        var asOf: Instant?
        if let text = arguments.one("--as-of") {
            guard let day = Instant(date: Array(text.utf8).span) else { throw UsageFault(message: "--as-of '\(text)' is no date such as 2026-10-20") }
            asOf = day
        }
        do throws(ViewFault) {
            var runs: [String] = []
            for path in arguments.operands { runs += try folders(path) }
            let trends = try Trends(folders: runs, rules: rules, asOf: asOf)
            if arguments.has("--json") {
                Output.standard(TrendsText.json(trends))
            } else {
                Output.lines(TrendsText.lines(trends, width: try width(arguments)), hasStyles: Style.areShownOnStandardOutput())
            }
            return 0
        } catch { return try ShowCommand.exitCode(error) }
    }

    private static func width(_ arguments: Arguments) throws(ViewFault) -> Int {
        do { return try arguments.number("--width", least: 20) ?? TerminalSize.columnsOfStandardOutput() } catch { throw .usage(error.message) }
    }

    /// A run, or the runs in a folder: folders that are named by months.
    private static func folders(_ path: String) throws(ViewFault) -> [String] {
        guard pathKind(path) == .folder else { throw .missing("\(path): is no folder; give the folder that holds the runs") }
        if pathKind(joinedPath(path, "run.json")) == .file { return [path] }
        let names: [String]
        do { names = try folderNames(path) } catch { throw .missing("\(path): cannot be read: \(error.reason)") }
        let runs = names.filter { Month(Array($0.utf8).span) != nil && pathKind(joinedPath(joinedPath(path, $0), "run.json")) == .file }
        guard !runs.isEmpty else { throw .missing("\(path): holds no runs; each is a folder named by its month, such as 2026-10") }
        return runs.map { joinedPath(path, $0) }
    }
}
