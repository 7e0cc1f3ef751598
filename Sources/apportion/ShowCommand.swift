import Published
import Registry
import Terminal
import Views

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `apportion show`: a published run in the terminal, or its rows for another program.
enum ShowCommand {
    static let command = Command(
        name: "show",
        summary: "Shows a published run: spend cards, Agent Bills, gaps, ledger; or hands their rows on as CSV or JSON.",
        operand: ("DIR", "the folder of a run, such as runs/2026-10"),
        choice: (View.allCases.filter { $0 != .overview }.map(\.rawValue), "what to show (default: how the month stands)"),
        options: [
            filter(.workload, "ID", "only of this workload; filters may be repeated"),
            filter(.owner, "NAME", "only of this owner: cards, bills"),
            filter(.workspace, "ID", "only of this workspace: its ARN or its id"),
            filter(.principal, "NAME", "only of this principal: its ARN or the role's name; bills, gaps, ledger"),
            filter(.platform, "NAME", "only of this platform; bills, gaps, ledger"),
            filter(.week, "WEEK", "only of this week: a date in it, or its number from 1; cards, ledger"),
            filter(.gap, "GAP", "only of this gap; gaps, ledger"),
            filter(.currency, "CODE", "only in this currency"),
            OptionSpec(
                name: "--kind", value: .one("KIND"),
                help: "cards of this kind: \(ViewRequest.cardTypes.joined(separator: ", ")) (default: the first three)",
                isRepeatable: true),
            OptionSpec(name: "--limit", value: .one("N"), help: "so many rows of the ledger at most (default 50)"),
            OptionSpec(name: "--csv", value: .flag, help: "the rows as they stand in the file, with all columns"),
            OptionSpec(name: "--json", value: .flag, help: "the same as a list of objects"),
            OptionSpec(name: "--width", value: .one("N"), help: "columns, whatever the terminal has", isHidden: true),
        ],
        example: """
            apportion show runs/2026-10
            apportion show runs/2026-10 cards --week 2026-10-04
            apportion show runs/2026-10 ledger --workload claims-triage --csv
            """,
        run: show)

    private static func filter(_ filter: Filter, _ word: String, _ help: String) -> OptionSpec {
        OptionSpec(name: filter.option, value: .one(word), help: help, isRepeatable: true)
    }

    private static func show(_ arguments: Arguments) throws -> Int32 {
        let request = try request(arguments)
        let width = try arguments.number("--width", least: 1) ?? TerminalSize.columnsOfStandardOutput()
        do throws(ViewFault) {
            if arguments.has("--csv") {
                try request.writeCSV(to: write)
            } else if arguments.has("--json") {
                try request.writeJSON(to: write)
            } else {
                Output.lines(try request.lines(width: width), hasStyles: Style.areShownOnStandardOutput())
            }
            return 0
        } catch {
            return try exitCode(error)
        }
    }

    private static func request(_ arguments: Arguments) throws(UsageFault) -> ViewRequest {
        let view = arguments.choice.flatMap(View.init(rawValue:)) ?? .overview
        var request = ViewRequest(folder: arguments.operand ?? "", view: view)
        for filter in Filter.allCases where arguments.has(filter.option) {
            request.filters[filter] = arguments.many(filter.option).map(\.value)
        }
        for kind in arguments.many("--kind").map(\.value) {
            guard ViewRequest.cardTypes.contains(kind) else {
                let near = nearest(kind, ViewRequest.cardTypes).map { "; did you mean \($0)?" }
                throw UsageFault(
                    message: "--kind '\(kind)' is unknown\(near ?? "; it is one of \(ViewRequest.cardTypes.joined(separator: ", "))")")
            }
            request.cardTypes = (request.cardTypes ?? []) + (request.cardTypes?.contains(kind) == true ? [] : [kind])
        }
        let isForPrograms = arguments.has("--csv") || arguments.has("--json")
        if arguments.has("--csv") && arguments.has("--json") { throw UsageFault(message: "--csv and --json exclude each other") }
        if let limit = try arguments.number("--limit", least: 1) {
            guard view == .ledger else { throw UsageFault(message: "--limit applies to ledger alone") }
            guard !isForPrograms else {
                throw UsageFault(message: "--limit is for the terminal; --csv and --json write every row that is asked for")
            }
            request.limit = limit
        }
        return request
    }

    /// What a program reads are the files' own bytes; what a terminal would obey in them is taken out on the way to one.
    private static func write(_ bytes: [UInt8]) throws(ViewFault) -> Bool {
        if isatty(1) == 1 {
            Output.standard(String(decoding: bytes, as: UTF8.self))
            return true
        }
        do throws(Output.Unwritten) { return try Output.standard(bytes) } catch { throw .unwritten(error.reason) }
    }

    static func exitCode(_ fault: ViewFault) throws(UsageFault) -> Int32 {
        switch fault {
        case .missing(let what):
            Output.fault(what)
            return 66
        case .damaged(let what):
            Output.fault(what)
            return 65
        case .usage(let what): throw UsageFault(message: what)
        case .unknownValue(let what, let value, let known):
            let near = nearest(value, known).map { "; did you mean '\($0)'?" }
            let first = known.prefix(5).map { cut($0, to: 60, .middle) }.joined(separator: ", ") + (known.count > 5 ? ", …" : "")
            Output.fault(what + (near ?? (known.isEmpty ? "; it has none" : "; it has \(first)")))
            return 64
        case .unwritten(let reason):
            Output.fault("standard output cannot be written: \(reason)")
            return 73
        }
    }
}
