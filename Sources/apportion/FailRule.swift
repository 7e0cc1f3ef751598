import Attribution
import Records
import Reports

/// A rule of `--fail-if`, such as `unallocated>5%` or `coverage<90%`.
struct FailRule {
    enum Measure: String, CaseIterable { case unallocated, coverage }

    var text: String
    private var measure: Measure
    private var failsAbove: Bool
    /// The limit in percent.
    private var percent: Amount

    init(_ text: String) throws(UsageFault) {
        self.text = text
        let fault = UsageFault(message: "--fail-if '\(text)' is no rule such as unallocated>5% or coverage<90%")
        guard let sign = text.firstIndex(where: { $0 == "<" || $0 == ">" }), text.hasSuffix("%"),
            let measure = Measure(rawValue: String(text[..<sign]).filter { $0 != " " })
        else { throw fault }
        let number = text[text.index(after: sign)...].dropLast().filter { $0 != " " }
        do {
            percent = try Amount.parse(Array(number.utf8).span).amount
        } catch { throw fault }
        self.measure = measure
        failsAbove = text[sign] == ">"
    }

    /// Whether the rule holds in any currency. Where there is nothing to measure it does not hold.
    func holds(_ summary: [CurrencySummary]) -> Bool {
        summary.contains { figures in
            let (part, whole) =
                measure == .unallocated
                ? (figures.unallocated, figures.charged) : (figures.claudeUsageWithEvidence, figures.claudeUsage)
            guard let order = compareShare(part, of: whole, percent: percent) else { return false }
            return failsAbove ? order > 0 : order < 0
        }
    }
}
