import Published

/// The holders that a chart tells apart by colour: the dearest workloads, and what is left.
struct Series {
    static let colourCount = 6

    struct Entry {
        var name: String
        /// Of the style sheet: `s0` … `s5`, `rest`, `level`, `open`.
        var style: String
        var holders: [CurrencySums.Holder]
    }

    let entries: [Entry]

    init(_ sums: CurrencySums) {
        let workloads = sums.workloads
        var entries: [Entry] = []
        for (place, id) in workloads.prefix(Series.colourCount).enumerated() {
            entries.append(Entry(name: id, style: "s\(place)", holders: [.workload(id)]))
        }
        let others = workloads.dropFirst(Series.colourCount)
        if !others.isEmpty {
            entries.append(
                Entry(name: "\(others.count) other \(others.count == 1 ? "workload" : "workloads")", style: "rest", holders: others.map { .workload($0) }))
        }
        if sums.byDay[.workspace] != nil {
            entries.append(Entry(name: "by workspace only", style: "level", holders: [.workspace]))
        }
        if sums.byDay[.unallocated] != nil {
            entries.append(Entry(name: "unattributed", style: "open", holders: [.unallocated]))
        }
        self.entries = entries
    }

    /// Cost of an entry by day.
    func days(_ entry: Entry, _ sums: CurrencySums) -> [Int128] {
        var days = [Int128](repeating: 0, count: sums.days)
        for holder in entry.holders { for (day, cost) in (sums.byDay[holder] ?? []).enumerated() { days[day] += cost } }
        return days
    }
}
