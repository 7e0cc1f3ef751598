import Bytes
import Records
import Runs
import TestSupport
import Verification

/// Fuzzes whole runs: the tiny sample lies in a folder, each round damages some of its files, runs, and mends them.
struct Rounds {
    /// What a run ended with, and every file that it published but `run.json`.
    struct Outcome: Equatable {
        var code: Int32
        var messages: [String]
        var files: [String: [UInt8]]
    }

    let folder: String
    private let files: [TinyFile]
    private let contents: [[UInt8]]
    private var inputs: String { folder + "/inputs" }
    private var out: String { folder + "/out" }
    static let published: Set<String> = [
        "agent-bills.csv", "agent-bills.json", "allocations.csv", "gaps.csv", "reconciliation.json", "run.json", "spend-cards.csv",
        "spend-cards.json",
    ]

    init(in folder: String) throws {
        self.folder = folder
        files = try TinySample.make(in: folder)
        contents = files.map(\.content)
        for file in files {
            Files.makeFolders(above: inputs + "/" + file.path)
            Files.write(inputs + "/" + file.path, file.stored)
        }
    }

    /// What the undamaged sample gives.
    func wholeOutcome() -> Outcome {
        var random = SeededRandom(seed: 0)
        var options = options(&random)
        options.keepsGoing = false
        options.acceptsDrop = true
        options.maxInflatedBytes = ByteLimit.inflatedBytes
        return outcome(options)
    }

    /// One round; what is wrong with it, or nothing. `keeps` leaves the damaged files where they are.
    func play(_ seed: UInt64, comparesAgain: Bool, keeps: Bool = false, tell: (String) -> Void = { _ in }) -> (
        outcome: Outcome, wrong: String?
    ) {
        var random = SeededRandom(seed: seed)
        // One file in most rounds: most damage must be met alone to be met at all.
        let damaged = (0..<random.pick([1, 1, 1, 2, 4])).map { _ in random.int(0...files.count - 1) }
        for index in Set(damaged).sorted() {
            let bytes = damage(files[index], times: random.pick([1, 1, 1, 2, 5]), random: &random)
            Files.write(inputs + "/" + files[index].path, bytes)
            tell("damaged \(files[index].path)")
        }
        let options = options(&random)
        tell(
            "threads \(options.threads), window \(options.windowBytes), keep-going \(options.keepsGoing), rates \(options.rates ?? "built in"), cost \(options.costBasis)"
        )
        let first = outcome(options)
        var wrong = judge(first, options)
        if comparesAgain, wrong == nil {
            var again = options
            again.threads = options.threads == 1 ? 2 : 1
            again.windowBytes = random.pick([1, 3, 64, 4096, ByteLimit.windowBytes])
            let second = outcome(again)
            if second != first {
                wrong = "another result with \(again.threads) threads, window \(again.windowBytes): \(difference(first, second))"
            }
        }
        if !keeps { for index in Set(damaged) { Files.write(inputs + "/" + files[index].path, files[index].stored) } }
        return (first, wrong)
    }

    private func damage(_ file: TinyFile, times: Int, random: inout SeededRandom) -> [UInt8] {
        let isGzip = file.path.hasSuffix(".gz")
        if isGzip && random.once(in: 4) {
            var bytes = file.stored
            for _ in 0..<times { Mutation.apply(to: &bytes, others: contents, random: &random) }
            return bytes
        }
        var bytes = file.content
        for _ in 0..<times { Mutation.apply(to: &bytes, others: contents, random: &random) }
        return isGzip ? GzipWriter.gzip(bytes, members: random.pick([1, 1, 3])) : bytes
    }

    private func options(_ random: inout SeededRandom) -> RunOptions {
        var options = RunOptions(period: Month(year: 2026, month: 10))
        options.cur = [InputPath(path: inputs + "/cur", position: 1)]
        options.cloudTrail = [InputPath(path: inputs + "/cloudtrail", position: 3)]
        options.usageLog = [InputPath(path: inputs + "/usage-log", position: 5)]
        options.registry = inputs + "/registry.json"
        if random.once(in: 2) { options.rates = inputs + "/rates.json" }
        options.out = out
        options.threads = random.int(1...2)
        options.windowBytes = random.once(in: 3) ? ByteLimit.windowBytes : random.once(in: 4) ? random.int(1...16) : random.int(1...4096)
        options.keepsGoing = random.once(in: 2)
        // Mostly accepted, as else a damaged trail always ends here.
        options.acceptsDrop = !random.once(in: 8)
        options.attribution.trustsUsageLog = random.once(in: 2)
        options.attribution.weighing = random.pick([.auto, .auto, .calls, .tokens])
        if random.once(in: 4) { options.costBasis = .net }
        if random.once(in: 40) { options.maxInflatedBytes = random.int(1...20_000) }
        if random.once(in: 3) { options.maxMemoryBytes = random.int(1...200_000) }
        options.version = "fuzz"
        return options
    }

    private func outcome(_ options: RunOptions) -> Outcome {
        do throws(RunFault) {
            let result = try run(options, progress: Progress(isQuiet: true))
            var files: [String: [UInt8]] = [:]
            for name in (try? folderNames(out)) ?? [] { files[name] = (try? readSmallFile(out + "/" + name)) ?? [] }
            // Its clocks and threads may differ, but it must be there and be JSON.
            if let text = files["run.json"], (try? JSONDocument(text)) != nil { files["run.json"] = [] }
            return Outcome(code: result.setAside > 0 ? 2 : 0, messages: [], files: files)
        } catch {
            return Outcome(code: error.exitCode, messages: error.messages, files: [:])
        }
    }

    /// What an outcome breaks of the contract, or nothing.
    private func judge(_ outcome: Outcome, _ options: RunOptions) -> String? {
        let left = ((try? folderNames(folder)) ?? []).filter { $0.hasPrefix(".") }
        if !left.isEmpty { return "left behind: \(left)" }
        switch outcome.code {
        case 0, 2:
            let wanted = outcome.code == 2 ? Self.published.union(["rejected.csv"]) : Self.published
            if Set(outcome.files.keys) != wanted { return "published \(outcome.files.keys.sorted())" }
            if outcome.files["run.json"] != [] { return "run.json is no JSON" }
            if outcome.code == 2 && !options.keepsGoing { return "set something aside without --keep-going" }
            for name in ["reconciliation.json", "agent-bills.json", "spend-cards.json"] {
                guard (try? JSONDocument(outcome.files[name] ?? [])) != nil else { return "\(name) is no JSON" }
            }
            guard outcome.files.values.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) else { return "a file is no UTF-8" }
            do throws(VerificationFault) { _ = try verifyRun(folder: out) } catch { return "is not consistent: \(error)" }
            return nil
        case 65, 66:
            // One line each, with the file and what is wrong.
            return outcome.messages.allSatisfy { $0.utf8.count > 20 } && !outcome.messages.isEmpty ? nil : "says only \(outcome.messages)"
        default: return "ended with \(outcome.code): \(outcome.messages)"
        }
    }

    private func difference(_ first: Outcome, _ second: Outcome) -> String {
        if first.code != second.code || first.messages != second.messages {
            return "\(first.code) \(first.messages) | \(second.code) \(second.messages)"
        }
        for name in Set(first.files.keys).union(second.files.keys).sorted() where first.files[name] != second.files[name] {
            let lines = [first, second].map { String(decoding: $0.files[name] ?? [], as: UTF8.self).split(separator: "\n") }
            let pair = zip(lines[0], lines[1]).first { $0 != $1 }
            return "\(name): \(pair.map { "\($0.0) | \($0.1)" } ?? "\(lines[0].count) | \(lines[1].count) lines")"
        }
        return "nothing that can be shown"
    }
}
