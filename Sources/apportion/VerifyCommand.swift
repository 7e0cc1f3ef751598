import Verification

/// `apportion verify`: whether a published run is consistent in itself.
enum VerifyCommand {
    static let command = Command(
        name: "verify",
        summary: "Rechecks a published run from its files alone, by other code than wrote them.",
        operand: ("DIR", "the folder of a run, such as runs/2026-10"),
        options: [
            OptionSpec(name: "--quiet", value: .flag, help: "print nothing but the first contradiction")
        ],
        example: "apportion verify runs/2026-10",
        run: verify)

    private static func verify(_ arguments: Arguments) throws -> Int32 {
        let summary: VerificationSummary
        do throws(VerificationFault) {
            summary = try verifyRun(folder: arguments.operand ?? "")
        } catch {
            switch error {
            case .missing(let what):
                Output.fault(what)
                return 66
            case .contradiction(let what):
                Output.fault(what)
                return 65
            }
        }
        guard !arguments.has("--quiet") else { return 0 }
        var lines = ["\(summary.period) · run \(summary.runID) · consistent"]
        for check in summary.checks { lines.append("  \(check.name.padded(to: 44)) \(String(check.comparedCount).paddedLeft(to: 10))") }
        Output.standard(lines.joined(separator: "\n") + "\n")
        return 0
    }
}
