import Attribution
import Bytes
import Dispatch
import Records
import Reports
import Runs
import Terminal

/// `apportion attribute`: the main job.
enum AttributeCommand {
    static let command = Command(
        name: "attribute",
        summary: "Attributes a month of the bill and publishes ledger, spend cards, Agent Bills, gaps and reconciliation.",
        operand: nil,
        options: [
            OptionSpec(name: "--cur", value: .many("PATH"), help: "Cost and Usage Reports: folders as synced from S3, or files", isRequired: true),
            OptionSpec(name: "--registry", value: .one("FILE"), help: "who owns what: workloads, claims, workspaces (JSON; without one nobody has claimed anything)", stream: .input),
            OptionSpec(name: "--decisions", value: .one("FILE"), help: "what was decided beside the registry: approvals, claims, estimates (JSON Lines; see apportion decide)", stream: .input),
            OptionSpec(name: "--previous", value: .one("DIR"), help: "the run before, or the folder of runs: its register of gaps is gone on with"),
            OptionSpec(name: "--period", value: .one("YYYY-MM"), help: "the billing period", isRequired: true),
            OptionSpec(name: "--out", value: .one("DIR"), help: "the folder of this run, replaced as a whole", isRequired: true),
            OptionSpec(name: "--cloudtrail", value: .many("PATH"), help: "CloudTrail logs with data events: folders or files"),
            OptionSpec(name: "--usage-log", value: .many("PATH"), help: "usage blocks logged by callers (JSON Lines)"),
            OptionSpec(name: "--html", value: .flag, help: "publish report.html with the run: one page with pictures and every row behind them"),
            OptionSpec(name: "--weights", value: .choice(["auto", "calls", "tokens"]), help: "how calls share an hour (default auto: by tokens where at least 95 % are known)"),
            OptionSpec(name: "--cost", value: .choice(["unblended", "net"]), help: "which cost is attributed (default unblended)"),
            OptionSpec(name: "--as-of", value: .one("TIME"), help: "until when the data is complete (default: what the bill shows)"),
            OptionSpec(name: "--rates", value: .one("FILE"), help: "a rate card in place of the built-in one (JSON)", stream: .input),
            OptionSpec(name: "--report", value: .many("NAME"), help: "read only these reports or exports"),
            OptionSpec(name: "--trust-usage-log", value: .flag, help: "let usage records without a CloudTrail event be evidence"),
            OptionSpec(name: "--trail-slack", value: .one("DAYS"), help: "how late after the month trail folders are still read (default 7)"),
            OptionSpec(name: "--max-inflated", value: .one("SIZE"), help: "the most that one file may inflate to (default 64GiB)"),
            OptionSpec(name: "--cache", value: .one("DIR"), help: "keep what files say for the next run, which then reads only what is new"),
            OptionSpec(name: "--cache-size", value: .one("SIZE"), help: "the most that the cache may hold (default 4GiB)"),
            OptionSpec(name: "--max-memory", value: .one("SIZE"), help: "what calls and ledger rows may take; beyond it they go to disk beside --out (default 512MiB)"),
            OptionSpec(name: "--threads", value: .one("N"), help: "workers (default: one a core)"),
            OptionSpec(name: "--keep-going", value: .flag, help: "set faulty rows aside in rejected.csv instead of failing (exit 2)"),
            OptionSpec(name: "--accept-drop", value: .flag, help: "replace a run even by an empty one or one with less evidence"),
            OptionSpec(name: "--fail-if", value: .many("RULE"), help: "exit 1 when a rule holds: unallocated>5%, coverage<90%"),
            OptionSpec(name: "--quiet", value: .flag, help: "print nothing but errors"),
            OptionSpec(name: "--width", value: .one("N"), help: "columns of the text", isHidden: true),
            OptionSpec(name: "--window", value: .one("N"), help: "bytes inflated at a time", isHidden: true),
        ],
        example: """
            apportion attribute --cur SampleData/cur --cloudtrail SampleData/cloudtrail --usage-log SampleData/usage-log \\
              --registry SampleData/registry.json --period 2026-10 --out runs/2026-10
            """,
        run: attribute)

    private static func attribute(_ arguments: Arguments) throws -> Int32 {
        let options = try runOptions(arguments)
        let rules = try arguments.many("--fail-if").map { try FailRule($0.value) }
        let isQuiet = arguments.has("--quiet")
        let progress = Progress(isQuiet: isQuiet)
        let result: RunResult
        do throws(RunFault) {
            result = try run(options, progress: progress, isTold: !isQuiet)
        } catch {
            progress.end()
            for message in error.messages.prefix(20) { Output.fault(message) }
            if error.messages.count > 20 { Output.fault("\(error.messages.count - 20) more errors of this kind") }
            return error.exitCode
        }
        if !isQuiet {
            for warning in result.warnings { Output.warning(warning) }
            Output.standard(RunText(result, width: try arguments.number("--width", least: 20) ?? TerminalSize.columnsOfStandardOutput()).lines())
        }
        let held = rules.filter { $0.holds(result.summary) }
        for rule in held { Output.fault("--fail-if \(rule.text) holds") }
        if result.setAside > 0 { return 2 }
        return held.isEmpty ? 0 : 1
    }

    private static func runOptions(_ arguments: Arguments) throws(UsageFault) -> RunOptions {
        let periodText = arguments.one("--period") ?? ""
        guard let period = Month(Array(periodText.utf8).span) else {
            throw UsageFault(message: "--period '\(periodText)' is no month such as 2026-11")
        }
        func paths(_ name: String) throws(UsageFault) -> [InputPath] {
            var result: [InputPath] = []
            for entry in arguments.many(name) {
                guard !entry.value.isEmpty else { throw UsageFault(message: "\(name) has an empty path; is a variable unset?") }
                result.append(InputPath(path: entry.value, position: entry.position))
            }
            return result
        }
        var options = RunOptions(period: period)
        options.cur = try paths("--cur")
        options.cloudTrail = try paths("--cloudtrail")
        options.usageLog = try paths("--usage-log")
        options.registry = arguments.one("--registry")
        options.decisions = arguments.one("--decisions")
        options.previous = arguments.one("--previous")
        if options.decisions != nil, options.registry == nil { throw UsageFault(message: "--decisions needs --registry, on which the decisions stand") }
        options.rates = arguments.one("--rates")
        options.reports = arguments.many("--report").map(\.value)
        options.out = arguments.one("--out") ?? ""
        guard !options.out.isEmpty else { throw UsageFault(message: "--out is empty; is a variable unset?") }
        options.attribution.weighing = arguments.one("--weights").flatMap(Weighing.init(rawValue:)) ?? .auto
        options.attribution.trustsUsageLog = arguments.has("--trust-usage-log")
        if let text = arguments.one("--as-of") {
            guard let time = Instant(Array(text.utf8).span) ?? Instant(date: Array(text.utf8).span) else {
                throw UsageFault(message: "--as-of '\(text)' is no time such as 2026-11-10T07:30:00Z")
            }
            options.attribution.asOf = time
        }
        options.costBasis = arguments.one("--cost").flatMap(CostBasis.init(rawValue:)) ?? .unblended
        options.trailSlackDays = try arguments.trailSlackDays()
        options.maxInflatedBytes = try arguments.size("--max-inflated") ?? ByteLimit.inflatedBytes
        options.windowBytes = try arguments.number("--window", least: 1) ?? ByteLimit.windowBytes
        options.cache = arguments.one("--cache")
        guard options.cache != "" else { throw UsageFault(message: "--cache is empty; is a variable unset?") }
        options.cacheSizeBytes = try arguments.size("--cache-size") ?? options.cacheSizeBytes
        options.threads = try arguments.threads()
        options.maxMemoryBytes = try arguments.size("--max-memory") ?? options.maxMemoryBytes
        options.keepsGoing = arguments.has("--keep-going")
        options.writesPage = arguments.has("--html")
        options.acceptsDrop = arguments.has("--accept-drop")
        options.arguments = arguments.words
        options.version = Version.text
        return options
    }
}
