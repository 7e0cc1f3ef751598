/// The manual as the page docs/cli.md.
enum ManualMarkdown {
    static func text(_ commands: [Command]) -> String {
        var lines = ["# Command line", "", "`apportion` \(Manual.summary).", ""]
        lines += ["This page is made by `make docs-write` from the table of commands; a test fails when it is stale.", ""]
        lines += Manual.description.flatMap { [escaped($0), ""] }
        lines += ["| command | |", "|---|---|"]
        lines += commands.map { "| [`\($0.name)`](#\($0.name)) | \(escaped($0.summary)) |" }
        lines += ["", "`apportion COMMAND --help` and `apportion help COMMAND` show what a command takes; `apportion version` the version.", ""]
        for command in commands { lines += section(command) }
        lines += ["## Exit codes", "", "| code | |", "|---|---|"]
        lines += Help.exitCodes.map { "| \($0.code) | \(escaped(Manual.sentence($0.meaning))) |" }
        lines += ["", escaped(Manual.diagnostics) + " [errors](errors.md) lists them.", "", "## Files of a run", "", "| file | |", "|---|---|"]
        lines += Manual.files.map { "| `\($0.name)` | \(escaped($0.what)) |" }
        lines += ["", "[outputs](outputs.md) has every column.", "", "## In a shell", ""]
        lines += ["```sh", "source <(apportion completions bash)     # or zsh; for fish: apportion completions fish | source"]
        lines += ["apportion manual > apportion.1 && man ./apportion.1", "```"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ command: Command) -> [String] {
        var lines = ["## \(command.name)", "", escaped(command.summary), "", "    \(Help.usage(command))", ""]
        var rows: [String] = []
        func row(_ word: String, _ meaning: String) -> String { "| `\(word.split(separator: "|").joined(separator: "\\|"))` | \(escaped(meaning)) |" }
        rows += Help.operands(command).map { row($0.word, $0.meaning) }
        rows += command.shownOptions.map { row($0.usage, Help.optionText($0)) }
        if !rows.isEmpty { lines += ["| | |", "|---|---|"] + rows + [""] }
        return lines + ["```sh"] + command.example.split(separator: "\n").map(String.init) + ["```", ""]
    }

    /// Text that Markdown prints as it is.
    private static func escaped(_ text: String) -> String { String(text.flatMap { "|<>*_".contains($0) ? ["\\", $0] : [$0] }) }
}
