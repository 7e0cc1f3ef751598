import Foundation
import TestSupport
import Testing

/// What the program says of itself: help, manual, and the page that is made of it.
@Suite struct ManualTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The names of the commands, as `--help` lists them.
    static let commands: [String] = Program.run(["--help"], in: "/").output.split(separator: "\n").compactMap { line in
        line.hasPrefix("  ") ? line.split(separator: " ").first.map(String.init) : nil
    }

    @Test func theCommandLinePageIsCurrent() {
        let page = text(of: Self.root + "/docs/cli.md")
        #expect(page == Program.run(["manual", "--markdown"], in: "/").output, "docs/cli.md is stale: make docs-write")
    }

    @Test(.enabled(if: Tool.isInstalled("groff"), "groff is not installed"))
    func groffRendersTheManual() throws {
        let place = TemporaryFolder()
        place.write("apportion.1", Program.run(["manual"], in: "/").output)
        // Devices are a package of their own: without the one for terminals the page is still read and checked.
        let devices = try Tool.run("groff", ["-Tutf8", "/dev/null"], in: place.path).code == 0
        let outcome = try Tool.run("groff", ["-mandoc", devices ? "-Tutf8" : "-Tascii", "-ww", "-P-c", "apportion.1"], in: place.path)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let plain = outcome.text.replacingOccurrences(of: ".\u{8}", with: "", options: .regularExpression)
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "FILES", "DIAGNOSTICS", "EXAMPLES", "SEE ALSO"] {
            #expect(plain.contains("\n\(section)\n"), "\(section)")
        }
        #expect(plain.contains("--weights auto|calls|tokens") && plain.contains("--cur PATH"), "\(plain)")
    }

    @Test(arguments: commands) func everyCommandHasHelp(command: String) {
        let help = Program.run([command, "--help"], in: "/")
        #expect(help.code == 0 && help.errors.isEmpty)
        #expect(help.output.contains("\nusage: apportion \(command)") && help.output.contains("\nexample:\n"))
        for words in [[command, "-h"], ["help", command], [command, "help"], ["--help", command]] { #expect(Program.run(words, in: "/") == help, "\(words)") }
    }

    @Test func theProgramHasHelp() {
        let help = Program.run(["--help"], in: "/")
        #expect(help.code == 0 && Self.commands.count >= 6)
        for words in [["-h"], ["help"], ["help", "help"]] { #expect(Program.run(words, in: "/") == help, "\(words)") }
        let version = Program.run(["--version"], in: "/")
        #expect(version.code == 0 && version.output.hasPrefix("apportion "))
        #expect(Program.run(["version"], in: "/") == version)
    }
}
