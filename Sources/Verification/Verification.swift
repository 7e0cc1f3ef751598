/// Rechecks a published run from its files alone, by other code than wrote them.
///
/// What is checked, in this order; the first contradiction is the one that is reported, whatever the machine:
///
/// 1. *files* (`RunFiles`): every file is there; the JSON files are JSON, carry one `run_id` and repeat no key; `partial` and `rejected.csv`
///    go together.
/// 2. *counters* (`CounterCheck`): rows, events and usage records add up; `rejected.csv` has as many rows as were rejected.
/// 3. *ledger rows* (`LedgerRules`), row by row from the top: form, order, words, and what a row's columns say of each other.
/// 4. *splits* (`UsageSplits`, `FollowedSplits`), as each group of rows ends: shares are in proportion to their weights.
/// 5. *reconciliation* (`ReconciliationCheck`): every figure is the sum of the ledger's rows.
/// 6. *spend cards* (`CardCheck`, `CardEstimate`), then *spend card details* (`CardDetailCheck`).
/// 7. *agent bills* (`BillLineCheck`), then *amounts due* (`BillCheck`, `DueCents`).
/// 8. *gaps* (`GapCheck`), and *register of gaps* (`RegisterCheck`) where there is one.
///
/// The ledger is read once and never held: sums are kept per key. Of the other CSV files a row is held at a time, but for the cards, which are
/// compared with their JSON; a JSON file is held whole.
import Bytes
import Records

/// What was checked of a run that holds together.
public struct VerificationSummary: Sendable {
    /// One kind of check.
    public struct Check: Sendable, Equatable {
        public var name: String
        /// How many figures or rows it compared.
        public var comparedCount: Int
    }

    /// `2026-11`
    public var period: String
    public var runID: String
    /// Whether the run set something aside (`rejected.csv`).
    public var isPartial = false
    public var ledgerRows = 0
    /// Rows of `spend-cards.csv`.
    public var cards = 0
    /// Bills in `agent-bills.json`: one for each id, payer and currency.
    public var bills = 0
    /// Rows of `gaps.csv`.
    public var gaps = 0
    /// In the order in which they were made.
    public var checks: [Check] = []
}

/// Why a run could not be confirmed.
public enum VerificationFault: Error, Equatable, Sendable {
    /// The folder or one of its files is not there or cannot be read (exit 66).
    case missing(String)
    /// The first contradiction (exit 65): a sentence that names file and line, the key and both figures.
    case contradiction(String)

    static func at(_ file: String, _ line: Int, _ what: String) -> VerificationFault { .contradiction("\(file):\(line): \(what)") }
}

/// Verifies the run in `folder`.
///
/// Reads every file of the run and nothing else; writes nothing. Any content whatever ends in a summary or a fault. Time is linear in the
/// files' size: about four microseconds a ledger row.
public func verifyRun(folder: String) throws(VerificationFault) -> VerificationSummary {
    let files = try RunFiles(folder: folder)
    var checks: [VerificationSummary.Check] = []
    func passed(_ name: String, _ count: Int) { checks.append(.init(name: name, comparedCount: count)) }

    let runID = try files.checkJSON()
    let reconciliation = try JSONFile.read(files.path(.reconciliation))
    let facts = try RunFacts(reconciliation)
    try files.check(facts)
    passed("files", RunFiles.File.allCases.count)
    passed("counters", try CounterCheck.check(reconciliation, facts, files))

    var names = Names()
    let ledger = try LedgerReading.read(files.path(.allocations), facts, &names)
    passed("ledger rows", ledger.sums.rowCount)
    passed("splits", ledger.splitCount)
    passed("reconciliation", try ReconciliationCheck.check(reconciliation, facts, ledger.sums, files, &names))

    let cards = try CardCheck.check(files.path(.cards), facts, ledger.sums, &names)
    passed("spend cards", cards.rows.count)
    passed("spend card details", try CardDetailCheck.check(files.path(.cardDetails), cards, &names))

    let bills = BillSums(ledger.sums, &names)
    passed("agent bills", try BillLineCheck.check(files.path(.billLines), bills, cards.owners, &names))
    let billCount = try BillCheck.check(files.path(.bills), bills, cards.owners, facts, &names)
    passed("amounts due", billCount)

    let gapCount = try GapCheck.check(files.path(.gaps), ledger.sums, &names)
    passed("gaps", gapCount)
    // Only runs with decisions or a run before them have one.
    let register = joinedPath(folder, "gap-register.csv")
    if pathKind(register) == .file { passed("register of gaps", try RegisterCheck.check(register, ledger.sums, &names)) }
    return VerificationSummary(
        period: facts.period.text, runID: runID, isPartial: facts.isPartial, ledgerRows: ledger.sums.rowCount, cards: cards.rows.count,
        bills: billCount, gaps: gapCount, checks: checks)
}
