import Attribution
import Records

/// What people should know about a run though it went well.
struct RunWarnings {
    let lines: [String]

    init(_ inputs: PlannedInputs, _ nearMisses: NearMissCounts, _ attribution: Attribution, setAside: Int, hasRegistry: Bool) {
        var lines = inputs.plan.notes
        if !hasRegistry {
            lines.append("no --registry is given, so nobody has claimed anything; apportion inspect PATH… --draft-registry FILE writes one to begin with")
        }
        if setAside > 0 { lines.append("\(RunWarnings.counted(setAside, "row, record or rest of a file was", "rows, records or rests of files were")) set aside: see rejected.csv; the figures are partial") }
        if attribution.ledger.groups.isEmpty {
            lines.append("no charge of \(attribution.period.text) was found: the files were read, but no row is of the Claude Platform or of Bedrock")
        }
        for miss in nearMisses.prefix(10) {
            lines.append(
                "\(RunWarnings.counted(miss.rows, "row looks", "rows look")) like Claude but no rule takes \(miss.rows == 1 ? "it" : "them"); this test in the registry's profile.platforms would: {\"column\": \"\(miss.column.text)\", \"\(miss.comparison.rawValue)\": \"\(RunWarnings.escaped(miss.text))\"}")
        }
        if nearMisses.count > 10 { lines.append("\(nearMisses.count - 10) more kinds of rows look like Claude") }
        if attribution.rows.priceMismatch > 0 {
            lines.append("\(RunWarnings.counted(attribution.rows.priceMismatch, "row costs", "rows cost")) other than quantity times unit price; the bill's cost is taken")
        }
        if attribution.rows.inexactAmounts > 0 {
            lines.append("\(RunWarnings.counted(attribution.rows.inexactAmounts, "amount", "amounts")) had more than 18 decimals and \(attribution.rows.inexactAmounts == 1 ? "was" : "were") rounded half-even")
        }
        for model in attribution.unknownModels.prefix(10) {
            let what = model.isEmpty ? "the usage log has records without a model" : "the rate card does not know the model '\(model)' of the usage log"
            lines.append("\(what), so their calls weigh the mean; \(model.isEmpty ? "log the model" : "give a newer card with --rates")")
        }
        if attribution.events.unused > 0 {
            lines.append("\(RunWarnings.counted(attribution.events.unused, "call", "calls")) fell in no hour with a charge: calls without money, such as usage not billed yet")
        }
        let unreadable = inputs.unreadable
        for entry in unreadable.prefix(10) { lines.append("\(entry.path): left out: \(entry.reason)") }
        if unreadable.count > 10 { lines.append("\(unreadable.count - 10) more paths were left out; run.json lists them") }
        self.lines = lines
    }

    /// `1 row`, `2 rows`.
    private static func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

    /// As a JSON string would hold it.
    private static func escaped(_ text: String) -> String {
        text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
