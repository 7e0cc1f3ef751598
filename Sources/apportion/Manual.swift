/// What a manual says besides the table of commands.
enum Manual {
    static let summary = "says who spent the Claude money on an AWS bill"

    static let description = [
        "Reads an AWS bill (Cost and Usage Report) and CloudTrail from local disk and says which workload, department and agent each dollar of Claude spend belongs to, exact to the last digit, with the evidence.",
        "A run is published as one folder, in one step or not at all. The same input gives the same bytes. It asks no service of AWS, and reads no environment variable and no clock that could change a result, but for decide, which notes when, and tables that say Today: both take --at or --as-of instead.",
        "Options may be written --option value or --option=value; those that take several values take all words up to the next option. Two hyphens alone end the options.",
        "Where an option or operand says so, a single hyphen in place of a file stands for standard input or output; each can be used once in a command line.",
    ]

    /// Errors, and how they look.
    static let diagnostics =
        "Errors go to standard error, one line each: apportion: error: FILE:LINE: what is wrong, the text that is wrong, and what to do. Warnings begin with apportion: warning: and change no exit code, except with --strict."

    /// The files of a run.
    static let files: [(name: String, what: String)] = [
        ("allocations.csv", "the ledger: one row for each share of each charge, with evidence and method"),
        ("spend-cards.csv, spend-cards.json", "weeks and month of every workload against its estimate to date"),
        ("agent-bills.csv, agent-bills.json", "who owes what, down to the agent, in cents"),
        ("gaps.csv", "money that somebody has still to answer for, and what to do"),
        ("reconciliation.json", "charged against allocated, by invoice, with every counter"),
        ("run.json", "how the run was made"),
        ("gap-register.csv, card-register.csv, tag-conflicts.csv", "gaps over their lives, where people stand on the cards, tags that contradict the registry; with --decisions, the first also with --previous"),
        ("rejected.csv", "what --keep-going set aside; only where something was"),
    ]

    static let seeAlso = [
        "aws(1)", "docs/formats.md for the inputs", "docs/outputs.md for the files of a run", "docs/errors.md for every message",
    ]

    /// A sentence for a code: `Done.`
    static func sentence(_ meaning: String) -> String { meaning.prefix(1).uppercased() + meaning.dropFirst() + "." }
}
