/// The script for fish.
enum FishCompletion {
    static func script(_ commands: [Command]) -> String {
        let first = "test (count (commandline -opc)) -eq 1"
        var lines = [
            "# fish completion for apportion. Load it with:", "#   apportion completions fish | source", "", "complete -c apportion -f",
            "complete -c apportion -n '\(first)' -l version -d 'the version'", "complete -c apportion -n '\(first)' -a help -d 'what a command takes'",
            "complete -c apportion -n '\(first)' -a version -d 'the version'",
            "complete -c apportion -n '__fish_seen_subcommand_from help' -a '\(commands.map(\.name).joined(separator: " "))'",
            "complete -c apportion -l help -d 'what it takes, with an example'",
        ]
        for command in commands {
            let seen = "-n '__fish_seen_subcommand_from \(command.name)'"
            lines += ["", "complete -c apportion -n '\(first)' -a \(command.name) -d \(quoted(command.summary))"]
            for option in command.shownOptions {
                let value = option.takesValue ? " \(values(option.completion))" : ""
                lines.append("complete -c apportion \(seen) -l \(option.name.dropFirst(2))\(value) -d \(quoted(option.help))")
                // Fish gives an option one value; the others are offered like operands.
                if option.takesMany, case .files = option.completion { lines.append("complete -c apportion \(seen) -F") }
                if option.takesMany, case .folders = option.completion { lines.append("complete -c apportion \(seen) -F") }
            }
            if let choice = command.choice { lines.append("complete -c apportion \(seen) -a '\(choice.words.joined(separator: " "))'") }
            switch command.operandCompletion {
            case .nothing: break
            case .files, .folders: lines.append("complete -c apportion \(seen) -F")
            case .words(let words): lines.append("complete -c apportion \(seen) -a '\(words.joined(separator: " "))'")
            }
        }
        return unique(lines).joined(separator: "\n") + "\n"
    }

    private static func values(_ completion: Completion) -> String {
        switch completion {
        case .nothing: "-x"
        case .files: "-r -F"
        case .folders: "-x -a '(__fish_complete_directories)'"
        case .words(let words): "-x -a '\(words.joined(separator: " "))'"
        }
    }

    /// Lines that say the same for several options of a command are needed once.
    private static func unique(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        return lines.filter { $0.isEmpty || seen.insert($0).inserted }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.flatMap { "'\\".contains($0) ? ["\\", $0] : [$0] } + "'"
    }
}
