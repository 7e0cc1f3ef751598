import Attribution
import Bytes
import Records
import Reports

/// The run that a new one would replace, as far as it matters: a good run is not replaced by an empty or a blind one.
struct PreviousRun {
    private let folder: String
    private var period: String?
    private var coverage: [String: Amount] = [:]

    /// Reads the folder's reconciliation. A folder without one, or with one that cannot be read, holds no good run to protect.
    /// - Parameter shown: The folder as the user named it.
    init(folder: String, shown: String) {
        self.folder = shown
        let path = joinedPath(folder, "reconciliation.json")
        guard let text = try? readSmallFile(path), let json = try? JSONDocument(text) else { return }
        period = json.string("billing_period", of: json.root)
        guard let currencies = json.member("currencies", of: json.root) else { return }
        for member in json.members(currencies) {
            if let text = json.string("coverage", of: member.value), let parsed = try? Amount.parse(Array(text.utf8).span) {
                coverage[member.key] = parsed.amount
            }
        }
    }

    /// Refuses (65) a run without charges, or one whose evidence covers over 20 points less, unless that is accepted.
    func check(_ attribution: Attribution, _ summary: [CurrencySummary], accepts: Bool) throws(RunFault) {
        guard !accepts, period == attribution.period.text else { return }
        if attribution.ledger.groups.isEmpty {
            throw .data(["\(folder): holds a run of \(attribution.period.text), but this one found no charge, and would replace it; check --cur, or accept it with --accept-drop"])
        }
        for currency in coverage.keys.sorted(by: bytewiseLess) {
            guard let old = coverage[currency] else { continue }
            let now = summary.first { $0.currency == currency }
            let new = (now?.coverage).flatMap { try? Amount.parse(Array($0.utf8).span).amount } ?? .zero
            // A coverage is 0…1, so 20 points are a fifth.
            if old.atto - new.atto > Amount.unit / 5 {
                throw .data([
                    "\(folder): evidence covered \(old.text) of the usage in \(currency) in the run that is there, and would now cover \(new.text); check --cloudtrail, or accept it with --accept-drop"
                ])
            }
        }
    }
}
