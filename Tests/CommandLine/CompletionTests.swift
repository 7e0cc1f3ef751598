import TestSupport
import Testing

/// The scripts of `apportion completions`, asked as the shells ask them.
@Suite struct CompletionTests {
    /// A folder with the script and something to complete.
    private func place(_ shell: String) -> TemporaryFolder {
        let place = TemporaryFolder()
        let outcome = Program.run(["completions", shell], in: place.path)
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        place.write("script", outcome.output)
        place.write("bills/one.csv", "")
        place.write("a file.json", "{}")
        return place
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func hiddenOptionsAreNotOffered(shell: String) {
        let outcome = Program.run(["completions", shell], in: "/")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("weights") && !outcome.output.contains("--window"))
    }

    @Test(.enabled(if: Tool.isInstalled("bash"), "bash is not installed"), arguments: [
        (["attr"], "attribute"), (["ver"], "verify version"), (["help", "che"], "check"), (["--ver"], "--version"), (["nothing", ""], ""),
        (["attribute", "--w"], "--weights"), (["attribute", "--weights", ""], "auto calls tokens"), (["attribute", "--weights", "t"], "tokens"),
        (["attribute", "--weights", "=", "t"], "tokens"), (["attribute", "--weights", "="], "auto calls tokens"),
        (["attribute", "--cost", "n"], "net"), (["attribute", "--cur", "b"], "bills"), (["attribute", "--cur", "x", "y", "bills/"], "bills/one.csv"),
        (["attribute", "--registry", "a"], "a file.json"), (["attribute", "--out", ""], "bills"), (["attribute", "--period", "b"], ""),
        (["attribute", "--cur", "x", "--regi"], "--registry"), (["attribute", "--quiet", "--ke"], "--keep-going"), (["attribute", "--windo"], ""),
        (["verify", "b"], "bills"), (["verify", "--quiet", "b"], "bills"), (["completions", ""], "bash zsh fish"), (["completions", "f"], "fish"),
        (["check", "a"], "a file.json"), (["check", "x", "--against", "a"], "a file.json"), (["check", "--against", "x", "a"], "a file.json"),
        (["check", "x", "--runs", "r", "b"], "bills"), (["manual", ""], "--markdown --help"), (["sample", "--seed", ""], ""),
    ]) func bashCompletes(words: [String], offered: String) throws {
        let place = place("bash")
        let line = (["apportion"] + words).map { "'\($0)'" }.joined(separator: " ")
        let outcome = try Tool.run(
            "bash",
            ["--norc", "-c", "source ./script && COMP_WORDS=(\(line)) && COMP_CWORD=\(words.count) && _apportion; echo \"${COMPREPLY[*]}\""],
            in: place.path)
        #expect(outcome.code == 0)
        #expect(outcome.text.split(separator: "\n").map { $0.split(separator: " ").sorted() } == [offered.split(separator: " ").sorted()].filter { !$0.isEmpty }, "\(outcome.text)")
    }

    @Test(.enabled(if: Tool.isInstalled("bash"), "bash is not installed"))
    func bashReadsItsScript() throws {
        let place = place("bash")
        let outcome = try Tool.run("bash", ["-n", "script"], in: place.path)
        #expect(outcome.code == 0 && outcome.text.isEmpty && outcome.errors.isEmpty, "\(outcome)")
        let registered = try Tool.run("bash", ["--norc", "-c", "source ./script && complete -p apportion"], in: place.path)
        #expect(registered.text == "complete -F _apportion apportion\n")
    }

    @Test(.enabled(if: Tool.isInstalled("zsh"), "zsh is not installed"))
    func zshReadsItsScript() throws {
        let place = place("zsh")
        let outcome = try Tool.run("zsh", ["-n", "script"], in: place.path)
        #expect(outcome.code == 0 && outcome.text.isEmpty && outcome.errors.isEmpty, "\(outcome)")
        // Loaded as an autoloaded function it defines itself; sourced it registers.
        let loaded = try Tool.run(
            "zsh", ["-f", "-c", "autoload -U compinit && compinit -u -D && source ./script && echo $_comps[apportion]"], in: place.path)
        #expect(loaded.code == 0 && loaded.text == "_apportion\n", "\(loaded.text)")
    }

    @Test(.enabled(if: Tool.isInstalled("fish"), "fish is not installed"), arguments: [
        ("attr", ["attribute"]), ("attribute --w", ["--weights"]), ("attribute --weights ", ["auto", "calls", "tokens"]),
        ("attribute --weights=t", ["--weights=tokens"]), ("completions z", ["zsh"]), ("help ver", ["verify"]), ("check a", ["a file.json"]),
        ("attribute --cur b", ["bills/"]), ("attribute --cur x b", ["bills/"]), ("attribute --period b", []), ("verify b", ["bills/"]),
    ]) func fishCompletes(line: String, offered: [String]) throws {
        let place = place("fish")
        let outcome = try Tool.run("fish", ["--no-config", "-c", "source script; complete -C 'apportion \(line)'"], in: place.path)
        let words = outcome.text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
        #expect(outcome.code == 0 && words == offered, "\(outcome.text)")
    }

    @Test(.enabled(if: Tool.isInstalled("fish"), "fish is not installed"))
    func fishReadsItsScript() throws {
        let place = place("fish")
        let outcome = try Tool.run("fish", ["-n", "script"], in: place.path)
        #expect(outcome.code == 0 && outcome.text.isEmpty && outcome.errors.isEmpty, "\(outcome)")
    }
}
