/// The texts of `--help`, made from the table of commands.
enum Help {
    /// What asks for help in place of a command.
    static let words = ["help", "--help", "-h"]

    /// What each exit code means, after sysexits.h.
    static let exitCodes: [(code: Int, meaning: String)] = [
        (0, "done"), (1, "done, but a --fail-if rule holds or --strict has warnings"), (2, "done, but partial"), (64, "usage"),
        (65, "bad data"), (66, "input missing"), (70, "a bug"), (73, "cannot write"), (75, "another run holds the output"),
    ]

    static func program(_ commands: [Command]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        let lines = commands.map { "  \($0.name.padded(to: width))  \($0.summary)" }
        return """
            Says who spent the Claude money on an AWS bill, exact to the last digit.

            usage: apportion COMMAND …

            \(lines.joined(separator: "\n"))

            apportion COMMAND --help   what a command takes, with an example
            apportion --version        the version

            \(wrapped("Exit codes: " + exitCodes.map { "\($0.code) \($0.meaning)" }.joined(separator: "; ") + ".", to: 110))

            """
    }

    static func command(_ command: Command) -> String {
        let shown = command.options.filter { !$0.isHidden }
        var text = "\(command.summary)\n\nusage: \(usage(command))\n\n"
        let width = min(shown.map(\.usage.count).max() ?? 0, 34)
        for (word, meaning) in operands(command) { text += "  \(word.padded(to: width))  \(meaning)\n" }
        for option in shown { text += "  \(option.usage.padded(to: width))  \(optionText(option))\n" }
        text += "\nexample:\n"
        for line in command.example.split(separator: "\n") { text += "  \(line)\n" }
        return text
    }

    /// `apportion verify DIR [options]`
    static func usage(_ command: Command) -> String {
        let shown = command.options.filter { !$0.isHidden }
        var words = ["apportion", command.name]
        words += operands(command).map(\.word)
        words += shown.filter(\.isRequired).map(\.usage)
        if shown.contains(where: { !$0.isRequired }) { words.append("[options]") }
        return words.joined(separator: " ")
    }

    /// What stands without an option, as it is written, and what it is.
    static func operands(_ command: Command) -> [(word: String, meaning: String)] {
        let first = command.operand.map { (command.operandUsage ?? $0.word, $0.help + streamText(command.operandStream)) }
        let choice = command.choice.map { (command.choiceUsage ?? "", $0.help) }
        return [first, command.second.map { ($0.word, $0.help) }, choice].compactMap { $0 }
    }

    /// What an option does, with what follows from the table.
    static func optionText(_ option: OptionSpec) -> String {
        option.help + streamText(option.stream) + (option.isRequired ? " (required)" : "")
    }

    private static func streamText(_ stream: StandardStream?) -> String {
        switch stream {
        case .input: "; - for standard input"
        case .output: "; - for standard output"
        case nil: ""
        }
    }

    /// Broken at spaces into lines of at most `width` characters, where words allow.
    private static func wrapped(_ text: String, to width: Int) -> String {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty { lines[lines.count - 1] = String(word) } else if line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// Filled up with spaces to a width in characters.
    func padded(to width: Int) -> String { count < width ? self + String(repeating: " ", count: width - count) : self }
    /// The same, text to the right.
    func paddedLeft(to width: Int) -> String { count < width ? String(repeating: " ", count: width - count) + self : self }
}
