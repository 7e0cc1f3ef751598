/// The script for bash, 3.2 and later, without the package bash-completion.
enum BashCompletion {
    static func script(_ commands: [Command]) -> String {
        let names = commands.map(\.name) + ["help", "version", "--help", "--version"]
        var kinds: [String] = []
        for command in commands {
            for option in command.shownOptions where option.takesValue {
                kinds.append(
                    "            '\(command.name) \(option.name)') reach=\(option.takesMany ? 999 : 1) \(assignment(option.completion, nothing: "none")) ;;")
            }
        }
        let operands = commands.map { command in
            "        \(command.name)) options='\(command.shownNames.joined(separator: " "))' \(assignment(command.operandCompletion, nothing: "''"))"
                + (command.choice.map { " choice='\($0.words.joined(separator: " "))'" } ?? "") + " ;;"
        }
        return """
            # bash completion for apportion. Load it with:
            #   source <(apportion completions bash)

            _apportion() {
                local word index reach kind values options choice='' cur=''
                local -a line=()
                COMPREPLY=()
                # Bash takes the = of --option=value for a word of its own.
                for ((index = 0; index <= COMP_CWORD; index++)); do
                    word=${COMP_WORDS[index]}
                    if [[ $word != '=' ]]; then line+=("$word"); elif ((index == COMP_CWORD)); then line+=(''); fi
                done
                local last=$((${#line[@]} - 1))
                cur=${line[last]}
                if ((last == 1)); then
                    COMPREPLY=($(compgen -W '\(names.joined(separator: " "))' -- "$cur"))
                    return
                fi

                kind='' values='' options=''
                case ${line[1]} in
            \(operands.joined(separator: "\n"))
                    help) kind=words values='\(commands.map(\.name).joined(separator: " "))' ;;
                    *) return ;;
                esac
                if [[ $cur == --* ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$cur"))
                    return
                fi
                # Behind the first operand stands one of a few words.
                if [[ -n $choice && ${line[2]} != -* ]] && ((last > 2)); then kind=words values=$choice; fi
                # The last option before the cursor says what its values are, as far as it reaches.
                for ((index = last - 1; index > 1; index--)); do
                    [[ ${line[index]} == --* ]] || continue
                    local operandKind=$kind operandValues=$values
                    reach=0
                    case "${line[1]} ${line[index]}" in
            \(kinds.joined(separator: "\n"))
                    esac
                    if ((last - index > reach)); then kind=$operandKind values=$operandValues; fi
                    break
                done

                case $kind in
                    words) COMPREPLY=($(compgen -W "$values" -- "$cur")) ;;
                    files | folders)
                        compopt -o filenames 2>/dev/null
                        while IFS= read -r word; do
                            COMPREPLY+=("$word")
                        done < <(if [[ $kind == files ]]; then compgen -f -- "$cur"; else compgen -d -- "$cur"; fi)
                        ;;
                    none) ;;
                    *) if [[ -z $cur || $cur == - ]]; then COMPREPLY=($(compgen -W "$options" -- "$cur")); fi ;;
                esac
            }
            complete -F _apportion apportion

            """
    }

    /// `kind` says what is offered: for an option nothing, for a command without operand its options.
    private static func assignment(_ completion: Completion, nothing: String) -> String {
        switch completion {
        case .nothing: "kind=\(nothing) values=''"
        case .files: "kind=files values=''"
        case .folders: "kind=folders values=''"
        case .words(let words): "kind=words values='\(words.joined(separator: " "))'"
        }
    }
}
