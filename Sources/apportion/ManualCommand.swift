/// `apportion manual`: everything that `--help` says, as one page.
enum ManualCommand {
    static let command = Command(
        name: "manual",
        summary: "Prints the manual page of this program.",
        operand: nil,
        options: [OptionSpec(name: "--markdown", value: .flag, help: "as Markdown instead of a page for man")],
        example: "apportion manual > apportion.1 && man ./apportion.1",
        run: manual)

    private static func manual(_ arguments: Arguments) -> Int32 {
        Output.standard(arguments.has("--markdown") ? ManualMarkdown.text(Apportion.commands) : ManualPage.text(Apportion.commands))
        return 0
    }
}
