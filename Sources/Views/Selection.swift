import Published

/// Which rows are shown, as the files' rows are asked.
struct Selection {
    let workload: Wanted
    let owner: Wanted
    let workspace: Wanted
    let principal: Wanted
    let platform: Wanted
    let gap: Wanted
    let currency: Wanted
    /// Days since 1970-01-01; none for the whole month.
    let weeks: [Range<Int>]
    let cardTypes: [String]
    let isFiltered: Bool

    init(_ request: ViewRequest, _ run: PublishedRun) throws(ViewFault) {
        func wanted(_ filter: Filter) -> Wanted { Wanted(request.filters[filter] ?? [], takesLastPart: filter.takesLastPart) }
        workload = wanted(.workload)
        owner = wanted(.owner)
        workspace = wanted(.workspace)
        principal = wanted(.principal)
        platform = wanted(.platform)
        gap = wanted(.gap)
        currency = wanted(.currency)
        var weeks: [Range<Int>] = []
        for text in request.filters[.week] ?? [] {
            let week = try Weeks(run.month).week(text)
            if !weeks.contains(week) { weeks.append(week) }
        }
        self.weeks = weeks.sorted { $0.lowerBound < $1.lowerBound }
        cardTypes = request.cardTypes ?? (request.view == .overview ? ["workload"] : ["workload", "workspace", "unallocated"])
        isFiltered = !request.filters.isEmpty
    }
}

/// The values of one filter.
struct Wanted {
    private let values: [[UInt8]]
    private let takesLastPart: Bool

    init(_ values: [String], takesLastPart: Bool) {
        self.values = values.map { Array($0.utf8) }
        self.takesLastPart = takesLastPart
    }

    /// Whether there is no filter, so that everything is wanted.
    var isAnything: Bool { values.isEmpty }

    /// Whether a cell's text is wanted.
    func holds(_ text: [UInt8]) -> Bool {
        if values.isEmpty { return true }
        return values.contains { value in
            if value == text { return true }
            guard takesLastPart, value.count < text.count, !value.isEmpty else { return false }
            return text[text.count - value.count - 1] == UInt8(ascii: "/") && text.suffix(value.count).elementsEqual(value)
        }
    }
}

/// The last part of an ARN: a role's name, a workspace's id; any other text as it is.
func lastPart(_ text: String) -> String {
    guard text.hasPrefix("arn:"), let slash = text.lastIndex(of: "/") else { return text }
    return String(text[text.index(after: slash)...])
}
