/// The manual page, in the man macros.
enum ManualPage {
    static func text(_ commands: [Command]) -> String {
        var lines = [".TH APPORTION 1 \"\" \(quoted("apportion \(Version.text)")) \"User Commands\"", ".SH NAME"]
        lines.append(escaped("apportion") + " \\- " + escaped(Manual.summary))
        lines += [".SH SYNOPSIS"]
        for command in commands { lines += [".PP", "\\fB\(escaped("apportion \(command.name)"))\\fR\(escaped(tail(command)))"] }
        lines += [".SH DESCRIPTION"] + paragraphs(Manual.description)
        lines += [".SH COMMANDS"]
        for command in commands {
            lines += [".SS \(quoted(command.name))", escaped(command.summary)]
            for operand in Help.operands(command) { lines += item("\\fI\(escaped(operand.word))\\fR", operand.meaning) }
            for option in command.shownOptions { lines += item(term(option), Help.optionText(option)) }
        }
        lines += [".SH \"EXIT STATUS\""]
        for entry in Help.exitCodes { lines += item("\\fB\(entry.code)\\fR", Manual.sentence(entry.meaning)) }
        lines += [".SH FILES", "A run's folder holds"]
        for file in Manual.files { lines += item("\\fI\(escaped(file.name))\\fR", file.what) }
        lines += [".SH DIAGNOSTICS"] + paragraphs([Manual.diagnostics]) + [".SH EXAMPLES"]
        for command in commands {
            lines += [".PP", escaped(command.summary), ".PP", ".nf", ".RS 4"]
            lines += command.example.split(separator: "\n").map { escaped(String($0)) } + [".RE", ".fi"]
        }
        lines += [".SH \"SEE ALSO\"", escaped(Manual.seeAlso.joined(separator: ", "))]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What stands behind a command's name in the synopsis.
    private static func tail(_ command: Command) -> String { String(Help.usage(command).dropFirst("apportion \(command.name)".count)) }

    private static func term(_ option: OptionSpec) -> String {
        let name = "\\fB\(escaped(option.name))\\fR"
        return switch option.value {
        case .flag: name
        case .one(let word): "\(name) \\fI\(escaped(word))\\fR"
        case .many(let word): "\(name) \\fI\(escaped(word))\\fR\(escaped("…"))"
        case .choice(let words): "\(name) " + words.map { "\\fB\(escaped($0))\\fR" }.joined(separator: "|")
        }
    }

    private static func item(_ term: String, _ text: String) -> [String] { [".TP", term, escaped(text)] }
    private static func paragraphs(_ texts: [String]) -> [String] { texts.flatMap { [".PP", escaped($0)] } }

    /// An argument of a macro.
    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// Text that roff prints as it is: ASCII alone, so that no encoding has to be guessed.
    private static func escaped(_ text: String) -> String {
        var result = text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\"": result += "\\(dq"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            }
        }
        return result
    }
}
