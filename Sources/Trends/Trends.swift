import Bytes
import Published
import Records
import Registry

/// The course of spend over published months: where the last one is going, and what in it is unusual.
public struct Trends: Sendable {
    /// The last month, and those before it that were used, in a row.
    public let month: Month
    public let monthsBefore: [Month]
    /// Runs that were given and not used, as their month or one between it and the last is missing or not whole, each as it was given.
    public let leftOut: [String]
    /// Days of the last month that are complete.
    public let completeDays: Int
    /// The whole of each currency first, then workloads, dearest first.
    public let forecasts: [Forecast]
    /// In the order of their days.
    public let anomalies: [Anomaly]

    /// - Parameters:
    ///   - folders: Published runs, in any order, of different months.
    ///   - asOf: Only days before this one are looked at; nil for all that are complete.
    public init(folders: [String], rules: TrendRules = TrendRules(), asOf: Instant? = nil) throws(ViewFault) {
        var runs: [PublishedRun] = []
        for folder in folders {
            let run = try PublishedRun(folder: folder)
            if let other = runs.first(where: { $0.month == run.month }) {
                throw .usage("\(folder) and \(other.folder) are both of \(run.month.text); give one of them")
            }
            runs.append(run)
        }
        if let asOf { runs.removeAll { $0.month.start > asOf } }
        runs.sort { $0.month < $1.month }
        guard let last = runs.last else { throw .usage("no run of a month that had begun by then; give the folders of published runs, such as runs/2026-*") }
        // Days before a month that is missing say little of the days after it.
        var used = [last]
        for run in runs.dropLast().reversed() {
            guard run.month.next == used[0].month, run.dataThrough >= run.month.end else { break }
            used.insert(run, at: 0)
        }
        leftOut = runs.prefix(runs.count - used.count).map(\.folder)
        month = last.month
        monthsBefore = used.dropLast().map(\.month)
        let history = try SpendHistory(used, asOf: asOf)
        for run in used { try run.confirm() }
        completeDays = max(0, history.dayCount - history.monthStart)
        forecasts = history.costs.map { Forecast($0.key, $0.value, history) }.sorted { a, b in
            if a.key.currency != b.key.currency { return a.key < b.key }
            if a.key.workload.isEmpty != b.key.workload.isEmpty { return a.key.workload.isEmpty }
            return a.toDate != b.toDate ? a.toDate > b.toDate : a.key < b.key
        }
        anomalies = AnomalySearch(history, rules).found
    }
}
