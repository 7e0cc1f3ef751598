/// `apportion completions`: what makes a shell complete command lines of this program.
enum CompletionsCommand {
    static let command = Command(
        name: "completions",
        summary: "Prints a script that makes a shell complete commands, options, their values and paths.",
        operand: ("SHELL", "bash, zsh or fish"),
        operandChoices: ["bash", "zsh", "fish"],
        options: [],
        example: "source <(apportion completions bash)",
        run: completions)

    private static func completions(_ arguments: Arguments) -> Int32 {
        switch arguments.operand {
        case "zsh": Output.standard(ZshCompletion.script(Apportion.commands))
        case "fish": Output.standard(FishCompletion.script(Apportion.commands))
        default: Output.standard(BashCompletion.script(Apportion.commands))
        }
        return 0
    }
}
