/// What a shell can offer for a word of the command line.
enum Completion {
    case nothing, files, folders
    case words([String])

    /// By what stands for the value in the help: the words that name paths are few.
    init(valueWord: String) {
        switch valueWord {
        case "DIR": self = .folders
        case "FILE", "PATH", "REGISTRY": self = .files
        default: self = .nothing
        }
    }
}

extension OptionSpec {
    /// What its value may be; nothing for a flag.
    var completion: Completion {
        switch value {
        case .flag: .nothing
        case .one(let word), .many(let word): Completion(valueWord: word)
        case .choice(let words): .words(words)
        }
    }

    var takesValue: Bool { if case .flag = value { false } else { true } }
    var takesMany: Bool { if case .many = value { true } else { false } }
}

extension Command {
    var shownOptions: [OptionSpec] { options.filter { !$0.isHidden } }
    var shownNames: [String] { shownOptions.map(\.name) + ["--help"] }

    var operandCompletion: Completion {
        operandChoices.isEmpty ? operand.map { Completion(valueWord: $0.word) } ?? .nothing : .words(operandChoices)
    }
}

/// A text as one word of a shell, whatever is in it.
func shellQuoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
