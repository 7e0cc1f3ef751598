#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Mutation fuzz of whole runs, in process:
///
///     apportion-fuzz [--rounds N] [--seed S]      rounds S, S + 1, …
///     apportion-fuzz --only ROUNDSEED             one round, told in full; its damaged files are kept
///
/// Every round must end with a result, or with a typed fault of exit code 65 or 66; a trap ends the program, and the file named in the
/// first line then holds the seed of the round. Every 20th round runs twice, with other threads and another window, to the same bytes.
@main
enum Fuzz {
    static func main() {
        let (rounds, seed, only) = arguments()
        let folder = Files.temporaryFolder()
        let seedFile = folder + "/round"
        say(only == nil ? "seed \(seed), \(rounds) rounds; the round under way stands in \(seedFile)" : "round \(seed)")
        let fuzz: Rounds
        do { fuzz = try Rounds(in: folder) } catch {
            say("the sample cannot be made: \(error)")
            exit(1)
        }
        let whole = fuzz.wholeOutcome()
        guard whole.code == 0 else {
            say("the undamaged sample ends with \(whole.code): \(whole.messages)")
            exit(1)
        }
        if only != nil {
            let (outcome, wrong) = fuzz.play(seed, comparesAgain: true, keeps: true, tell: say)
            say("code \(outcome.code)")
            for message in outcome.messages { say(message) }
            say(wrong ?? "nothing is wrong")
            say("kept in \(folder)/inputs and \(folder)/out")
            exit(wrong == nil ? 0 : 1)
        }
        var codes: [Int32: Int] = [:]
        var failed = 0
        for round in 0..<rounds {
            let roundSeed = seed &+ UInt64(round)
            Files.write(seedFile, Array("\(roundSeed)\n".utf8))
            let (outcome, wrong) = fuzz.play(roundSeed, comparesAgain: round % 20 == 0)
            codes[outcome.code, default: 0] += 1
            if let wrong {
                failed += 1
                if failed <= 20 { say("FAILED --only \(roundSeed): \(wrong)") }
            }
        }
        Files.remove(folder)
        say("codes: " + codes.keys.sorted().map { "\($0): \(codes[$0] ?? 0)" }.joined(separator: ", "))
        let succeeded = (codes[0] ?? 0) + (codes[2] ?? 0)
        // A fuzz that damages nothing, or everything, tests nothing.
        let isVacuous = succeeded * 20 < rounds || (rounds - succeeded) * 20 < rounds
        if isVacuous { say("vacuous: \(succeeded) of \(rounds) rounds succeeded, and both kinds must make up 5 %") }
        say("\(rounds - failed) passed, \(failed) failed")
        exit(failed == 0 && !isVacuous ? 0 : 1)
    }

    private static func arguments() -> (rounds: Int, seed: UInt64, only: UInt64?) {
        var words = Array(CommandLine.arguments.dropFirst())
        var rounds = 10_000
        var seed = UInt64.random(in: 0...UInt64(UInt32.max))
        var only: UInt64?
        while words.count >= 2 {
            let (name, value) = (words.removeFirst(), words.removeFirst())
            switch (name, UInt64(value)) {
            case ("--rounds", let number?): rounds = Int(clamping: number)
            case ("--seed", let number?): seed = number
            case ("--only", let number?): only = number
            default: words = [name]
            }
            if words == [name] { break }
        }
        guard words.isEmpty else {
            say("usage: apportion-fuzz [--rounds N] [--seed S] [--only ROUNDSEED]")
            exit(64)
        }
        return (rounds, only ?? seed, only)
    }

    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
