import Registry

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The command line: picks the command and turns what it throws into an exit code.
@main
enum Apportion {
    /// The one table of commands.
    static let commands = [
        AttributeCommand.command,
        InspectCommand.command,
        CheckCommand.command,
        ShowCommand.command,
        ReportCommand.command,
        TrendsCommand.command,
        VerifyCommand.command,
        StatusCommand.command,
        DecideCommand.command,
        ModelsCommand.command,
        TasksCommand.command,
        StackCommand.command,
        PlatformsCommand.command,
        PrerequisitesCommand.command,
        SampleCommand.command,
        CompletionsCommand.command,
        ManualCommand.command,
    ]

    static func main() {
        // A reader that goes away must end a write, not the program.
        signal(SIGPIPE, SIG_IGN)
        // So must a limit on the size of files: it is told like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        exit(Output.exitCode(run(Array(CommandLine.arguments.dropFirst()))))
    }

    private static func run(_ words: [String]) -> Int32 {
        guard let name = words.first else {
            Output.error(Help.program(commands))
            return 64
        }
        if Help.words.contains(name) { return help(words.dropFirst().first) }
        if name == "--version" || name == "version" {
            Output.standard("apportion \(Version.text)\n")
            return 0
        }
        guard let command = commands.first(where: { $0.name == name }) else { return unknown(name) }
        let rest = Array(words.dropFirst())
        if rest.contains("--help") || rest.contains("-h") || rest == ["help"] {
            Output.standard(Help.command(command))
            return 0
        }
        do {
            return try command.run(Arguments(rest, for: command))
        } catch let fault as UsageFault {
            Output.fault("\(fault.message)\(fault.message.hasSuffix("?") ? " See" : "; see") apportion \(name) --help")
            return 64
        } catch {
            Output.fault("\(error). This is a bug of apportion; please report it")
            return 70
        }
    }

    /// `help`, or `help COMMAND`.
    private static func help(_ name: String?) -> Int32 {
        guard let name, !Help.words.contains(name) else {
            Output.standard(Help.program(commands))
            return 0
        }
        guard let command = commands.first(where: { $0.name == name }) else { return unknown(name) }
        Output.standard(Help.command(command))
        return 0
    }

    private static func unknown(_ name: String) -> Int32 {
        let near = nearest(name, commands.map(\.name)).map { "; did you mean '\($0)'?" } ?? "; see apportion --help"
        Output.fault("'\(name)' is no command\(near)")
        return 64
    }
}
