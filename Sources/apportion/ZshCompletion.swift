/// The script for zsh: to be sourced, or to lie in `fpath` as `_apportion`.
enum ZshCompletion {
    static func script(_ commands: [Command]) -> String {
        let described = commands.map { "        \(shellQuoted("\($0.name):\($0.summary)"))" }
        let cases = commands.map { command in
            var specs = command.shownOptions.map(spec)
            specs.append(shellQuoted("(- *)--help[what it takes, with an example]"))
            specs += rest(command).map(shellQuoted)
            return "        \(command.name))\n            _arguments \\\n                \(specs.joined(separator: " \\\n                "))\n            ;;"
        }
        return """
            #compdef apportion
            # zsh completion for apportion. Load it behind compinit with:
            #   source <(apportion completions zsh)

            _apportion() {
                local -a commands
                commands=(
            \(described.joined(separator: "\n"))
                    'help:what a command takes'
                    'version:the version'
                )
                if ((CURRENT == 2)); then
                    _describe -t commands command commands
                    return
                fi
                local command=$words[2]
                shift words
                ((CURRENT--))
                case $command in
            \(cases.joined(separator: "\n"))
                    help)
                        _arguments '1:command:(\(commands.map(\.name).joined(separator: " ")))'
                        ;;
                esac
            }
            if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _apportion "$@"; else compdef _apportion apportion; fi

            """
    }

    private static func spec(_ option: OptionSpec) -> String {
        let help = escaped(option.help)
        let action = action(option.completion)
        return switch option.value {
        case .flag: shellQuoted("\(option.name)[\(help)]")
        case .one(let word): shellQuoted("\(option.name)=[\(help)]:\(word):\(action)")
        case .many(let word): shellQuoted("*\(option.name)=[\(help)]:\(word):\(action)")
        case .choice: shellQuoted("\(option.name)=[\(help)]:value:\(action)")
        }
    }

    /// What stands without an option. The further values of an option that takes many look like that too: told to belong to the option,
    /// they would keep zsh from offering the next one.
    private static func rest(_ command: Command) -> [String] {
        let takesMore = command.shownOptions.contains { option in
            switch option.completion {
            case .files, .folders: option.takesMany
            default: false
            }
        }
        if takesMore || command.hasManyOperands { return ["*:path:_files"] }
        let first = command.operand.map { "1:\($0.word):\(action(command.operandCompletion))" }
        let second = command.choice.map { "2::view:\(action(.words($0.words)))" }
        return [first, second].compactMap { $0 }
    }

    private static func action(_ completion: Completion) -> String {
        switch completion {
        case .nothing: " "
        case .files: "_files"
        case .folders: "_files -/"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
    }

    /// Brackets end a description, colons a part of a specification.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] })
    }
}
