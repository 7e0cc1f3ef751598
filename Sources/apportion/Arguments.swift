import Bytes
import Records
import Registry

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where `-` in place of a file stands for a stream of the program.
enum StandardStream: Sendable {
    /// `-` reads standard input: pass the value to `readSmallInput`, and to `inputName` in messages.
    case input
    /// `-` writes standard output.
    case output
}

/// One option of a command, as `--help` and the parser know it.
struct OptionSpec: Sendable {
    enum Value: Sendable {
        case flag
        /// Exactly one value; the word stands for it in the help.
        case one(String)
        /// One or more values.
        case many(String)
        /// One of a few words.
        case choice([String])
    }

    var name: String
    var value: Value
    var help: String
    var isRequired = false
    /// Left out of the help: for tests.
    var isHidden = false
    /// Whether an option of one value may be given several times.
    var isRepeatable = false
    /// Whether the value may be `-`, and what it stands for then.
    var stream: StandardStream?

    /// `--cur PATH…`
    var usage: String {
        switch value {
        case .flag: name
        case .one(let word): "\(name) \(word)"
        case .many(let word): "\(name) \(word)…"
        case .choice(let words): "\(name) \(words.joined(separator: "|"))"
        }
    }
}

/// A subcommand: the one place from which its parser and its help are made.
struct Command: Sendable {
    var name: String
    var summary: String
    /// What stands without an option, such as `DIR`; nil for nothing.
    var operand: (word: String, help: String)?
    /// Whether the operand may be given more than once.
    var hasManyOperands = false
    /// What must stand behind the operand, such as `OBJECT`; nil for nothing.
    var second: (word: String, help: String)? = nil
    /// The words of which one may stand behind the operand; nil where none may.
    var choice: (words: [String], help: String)? = nil
    /// The words that the operand may be; empty for any.
    var operandChoices: [String] = []
    /// Whether the operand may be `-`, and what it stands for then.
    var operandStream: StandardStream?
    var options: [OptionSpec]
    /// A command line that works, and what it does.
    var example: String
    /// Returns the exit code.
    var run: @Sendable (Arguments) throws -> Int32
}

extension Command {
    /// `DIR`, or `PATH…` where there may be several.
    var operandUsage: String? { operand.map { hasManyOperands ? "\($0.word)…" : $0.word } }
    /// `[cards|bills]`
    var choiceUsage: String? { choice.map { "[\($0.words.joined(separator: "|"))]" } }
}

/// A wrong command line (exit 64).
struct UsageFault: Error {
    var message: String
}

/// What a command line says.
struct Arguments {
    /// The values of each option with their positions on the command line.
    private var values: [String: [(value: String, position: Int)]] = [:]
    private(set) var operands: [String] = []
    var operand: String? { operands.first }
    private(set) var choice: String?
    /// As given, without the program's name.
    let words: [String]

    /// Reads the words behind the command's name.
    init(_ words: [String], for command: Command) throws(UsageFault) {
        self.words = words
        var index = 0
        var optionsAreOver = false
        while index < words.count {
            var word = words[index]
            let position = index
            index += 1
            if word == "--" && !optionsAreOver {
                optionsAreOver = true
                continue
            }
            guard word.hasPrefix("-"), word != standardStream, !optionsAreOver else {
                try takeOperand(word, command)
                continue
            }
            var attached: String?
            if let equals = word.firstIndex(of: "=") {
                attached = String(word[word.index(after: equals)...])
                word = String(word[..<equals])
            }
            guard let option = command.options.first(where: { $0.name == word }) else {
                let names = command.options.filter { !$0.isHidden }.map(\.name)
                // -q for --quiet.
                let short = names.first { word.utf8.count == 2 && $0.hasPrefix("-" + word) }
                let near = (short ?? nearest(word, names)).map { "; did you mean \($0)?" } ?? ""
                throw UsageFault(message: "\(word): unknown option\(near)")
            }
            switch option.value {
            case .flag:
                if let attached { throw UsageFault(message: "\(word) takes no value, but has '\(attached)'") }
                values[word, default: []].append(("", position))
            case .one, .choice:
                guard values[word] == nil || option.isRepeatable else { throw UsageFault(message: "\(word) is given twice") }
                guard let value = attached ?? (index < words.count ? words[index] : nil) else {
                    throw UsageFault(message: "\(word) needs a value: \(option.usage)")
                }
                if attached == nil { index += 1 }
                if case .choice(let choices) = option.value, !choices.contains(value) {
                    let near = nearest(value, choices).map { "; did you mean \($0)?" } ?? "; it is one of \(choices.joined(separator: ", "))"
                    throw UsageFault(message: "\(word) '\(value)' is unknown\(near)")
                }
                values[word, default: []].append((value, position))
            case .many:
                if let attached {
                    values[word, default: []].append((attached, position))
                    continue
                }
                let before = values[word]?.count ?? 0
                while index < words.count, !words[index].hasPrefix("--") {
                    values[word, default: []].append((words[index], index))
                    index += 1
                }
                if values[word]?.count ?? 0 == before { throw UsageFault(message: "\(word) needs at least one value: \(option.usage)") }
            }
        }
        for option in command.options where option.isRequired && values[option.name] == nil {
            throw UsageFault(message: "\(option.name) is missing: \(option.usage), \(option.help)")
        }
        try checkOperand(command)
        try checkStreams(command)
    }

    private func checkOperand(_ command: Command) throws(UsageFault) {
        if let operand, let word = command.operand?.word, !command.operandChoices.isEmpty, !command.operandChoices.contains(operand) {
            let near = nearest(operand, command.operandChoices).map { "; did you mean \($0)?" } ?? "; it is one of \(command.operandChoices.joined(separator: ", "))"
            throw UsageFault(message: "\(word) '\(operand)' is unknown\(near)")
        }
        if operands.count == 1, let second = command.second { throw UsageFault(message: "\(second.word) is missing: \(second.help)") }
        guard operand == nil, let wanted = command.operand else { return }
        // An option that takes many values may have taken the operand too.
        let taker = command.options.first { $0.takesMany && has($0.name) }
        throw UsageFault(
            message: "\(wanted.word) is missing: \(wanted.help)" + (taker.map { "; put it before \($0.name), which takes all words behind it" } ?? ""))
    }

    /// Each stream can be had once: the first reader would leave nothing to the second.
    private func checkStreams(_ command: Command) throws(UsageFault) {
        var input: [String] = []
        var output: [String] = []
        func add(_ name: String, _ stream: StandardStream?) {
            switch stream {
            case .input: input.append(name)
            case .output: output.append(name)
            case nil: break
            }
        }
        if let word = command.operand?.word, operand == standardStream { add(word, command.operandStream) }
        for option in command.options {
            for value in many(option.name) where value.value == standardStream { add(option.name, option.stream) }
        }
        if input.count > 1 { throw UsageFault(message: "\(input.joined(separator: " and ")) are both -, but standard input can be read once") }
        if output.count > 1 { throw UsageFault(message: "\(output.joined(separator: " and ")) are both -, but only one can be standard output") }
    }

    private mutating func takeOperand(_ word: String, _ command: Command) throws(UsageFault) {
        if word.isEmpty { throw UsageFault(message: "\(command.operand?.word ?? "an operand") is empty; is a variable unset?") }
        if operand != nil, choice == nil, let words = command.choice?.words {
            guard words.contains(word) else {
                let near = nearest(word, words).map { "; did you mean \($0)?" } ?? "; it is one of \(words.joined(separator: ", "))"
                throw UsageFault(message: "'\(word)' is unknown\(near)")
            }
            choice = word
            return
        }
        guard command.operand != nil, operand == nil || command.hasManyOperands || (command.second != nil && operands.count < 2) else {
            throw UsageFault(message: "'\(word)' is unexpected: \(command.operand == nil ? "this command takes only options" : "only one \(command.operand?.word ?? "") is taken")")
        }
        operands.append(word)
    }

    func has(_ name: String) -> Bool { values[name] != nil }
    func one(_ name: String) -> String? { values[name]?.first?.value }
    func many(_ name: String) -> [(value: String, position: Int)] { values[name] ?? [] }

    /// A whole number of at least `least`.
    func number(_ name: String, least: Int) throws(UsageFault) -> Int? {
        guard let text = one(name) else { return nil }
        guard let number = Int(text), number >= least else {
            throw UsageFault(message: "\(name) '\(text)' is no whole number of at least \(least)")
        }
        return number
    }

    /// Workers: as told, else one a core.
    func threads() throws(UsageFault) -> Int {
        try number("--threads", least: 1) ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// How late after the month a trail folder may be dated, in days.
    func trailSlackDays() throws(UsageFault) -> Int {
        let days = try number("--trail-slack", least: 0) ?? 7
        guard days <= 3650 else { throw UsageFault(message: "--trail-slack \(days) is more than ten years") }
        return days
    }

    /// A time, or the midnight of a date.
    func time(_ name: String) throws(UsageFault) -> Instant? {
        guard let text = one(name) else { return nil }
        guard let time = Instant(Array(text.utf8).span) ?? Instant(date: Array(text.utf8).span) else {
            throw UsageFault(message: "\(name) '\(text)' is no time such as 2026-11-10T07:30:00Z")
        }
        return time
    }

    /// A number of bytes: `1048576`, `64MiB`, `2GB`.
    func size(_ name: String) throws(UsageFault) -> Int? {
        guard let text = one(name) else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20,
            "GiB": 1 << 30, "TiB": 1 << 40,
        ]
        guard let number = Int(digits), number > 0, let unit = units[String(text.dropFirst(digits.count))] else {
            throw UsageFault(message: "\(name) '\(text)' is no size such as 64GiB, 500MB or 1048576")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { throw UsageFault(message: "\(name) '\(text)' is too large") }
        return bytes
    }
}
