/// The texts of `--help`, made from the table of commands.
enum Help {
    static func program(_ commands: [Command]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        let lines = commands.map { "  \($0.name.padded(to: width))  \($0.summary)" }
        return """
            Says who spent the Claude money on an AWS bill, exact to the last digit.

            usage: apportion COMMAND …

            \(lines.joined(separator: "\n"))

            apportion COMMAND --help   what a command takes, with an example
            apportion --version        the version

            Exit codes: 0 done; 1 a --fail-if rule holds; 2 done, but partial; 64 usage; 65 bad data; 66 input missing;
            70 a bug; 73 cannot write; 75 another run holds the output.

            """
    }

    static func command(_ command: Command) -> String {
        let shown = command.options.filter { !$0.isHidden }
        let required = shown.filter(\.isRequired).map(\.usage).joined(separator: " ")
        let choice = command.choice.map { "[\($0.words.joined(separator: "|"))]" }
        let operand = (command.operand.map { " \($0.word)" } ?? "") + (choice.map { " " + $0 } ?? "")
        var text = "\(command.summary)\n\nusage: apportion \(command.name)\(operand)\(required.isEmpty ? "" : " " + required)"
        text += shown.contains { !$0.isRequired } ? " [options]\n\n" : "\n\n"
        let width = min(shown.map(\.usage.count).max() ?? 0, 34)
        if let operand = command.operand { text += "  \(operand.word.padded(to: width))  \(operand.help)\n" }
        if let choice, let help = command.choice?.help { text += "  \(choice.padded(to: width))  \(help)\n" }
        for option in shown { text += "  \(option.usage.padded(to: width))  \(option.help)\(option.isRequired ? " (required)" : "")\n" }
        text += "\nexample:\n"
        for line in command.example.split(separator: "\n") { text += "  \(line)\n" }
        return text
    }
}

extension String {
    /// Filled up with spaces to a width in characters.
    func padded(to width: Int) -> String { count < width ? self + String(repeating: " ", count: width - count) : self }
    /// The same, text to the right.
    func paddedLeft(to width: Int) -> String { count < width ? String(repeating: " ", count: width - count) + self : self }
}
