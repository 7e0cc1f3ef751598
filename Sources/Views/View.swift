import Published
import Terminal

/// A view on a published run.
public enum View: String, CaseIterable, Sendable {
    /// The workloads' cards of the month, the total, the gaps.
    case overview
    case cards, bills, gaps, ledger

    /// Which filters it has: those that a column of its file can answer.
    public var filters: [Filter] {
        switch self {
        case .overview, .cards: [.workload, .owner, .workspace, .week, .currency]
        case .bills: [.workload, .owner, .workspace, .principal, .platform, .currency]
        case .gaps: [.workload, .workspace, .principal, .platform, .gap, .currency]
        case .ledger: [.workload, .workspace, .principal, .platform, .week, .gap, .currency]
        }
    }

    /// Whose rows it shows.
    var file: PublishedRun.File {
        switch self {
        case .overview, .cards: .cards
        case .bills: .bills
        case .gaps: .gaps
        case .ledger: .allocations
        }
    }
}

/// A filter: rows that agree with any of its values are shown.
public enum Filter: String, CaseIterable, Sendable {
    case workload, owner, workspace, principal, platform, week, gap, currency

    public var option: String { "--\(rawValue)" }

    /// Whether a value may be the last part of an ARN in place of the whole: a role's name, a workspace's id.
    var takesLastPart: Bool { self == .workspace || self == .principal }
}

/// What is to be shown.
public struct ViewRequest: Sendable {
    /// The folder of a published run.
    public var folder: String
    public var view: View
    /// Values by filter; a filter without values takes everything.
    public var filters: [Filter: [String]] = [:]
    /// Of the cards those of these types; nil for the view's own choice.
    public var cardTypes: [String]?
    /// How many rows of the ledger a terminal is shown at most.
    public var limit = 50

    public init(folder: String, view: View) {
        self.folder = folder
        self.view = view
    }

    /// The types of card that there are.
    public static let cardTypes = ["workload", "workspace", "unallocated", "element1", "element2", "element3", "element4", "total"]
}

/// Takes the next bytes of an output; false when its reader has gone away, and no more is wanted.
public typealias ByteSink = ([UInt8]) throws(ViewFault) -> Bool

/// A view as it is carried out.
protocol RunView {
    /// For a terminal of `width` columns.
    func lines(width: Int) throws(ViewFault) -> [StyledText]
    /// The rows that were chosen, as they stand in the file, behind its header.
    func writeCSV(to sink: @escaping ByteSink) throws(ViewFault)
    /// The same as a list of objects.
    func writeJSON(to sink: @escaping ByteSink) throws(ViewFault)
}

extension ViewRequest {
    /// The view in lines of at most `width` columns, as far as its figures fit.
    public func lines(width: Int) throws(ViewFault) -> [StyledText] { try carriedOut().lines(width: width) }

    /// The rows that were chosen exactly as they stand in the run's CSV file, header first. Memory does not grow with the ledger.
    public func writeCSV(to sink: @escaping ByteSink) throws(ViewFault) { try carriedOut().writeCSV(to: sink) }

    /// The same as a list of objects: cards and bills as they stand in the run's JSON files, gaps and ledger with every column as text but `calls`.
    public func writeJSON(to sink: @escaping ByteSink) throws(ViewFault) { try carriedOut().writeJSON(to: sink) }

    private func carriedOut() throws(ViewFault) -> any RunView {
        try checkFilters()
        let run = try PublishedRun(folder: folder)
        try KnownValues.check(filters, run)
        let selection = try Selection(self, run)
        switch view {
        case .overview, .cards: return CardsView(run: run, selection: selection, isOverview: view == .overview)
        case .bills: return BillsView(run: run, selection: selection)
        case .gaps: return GapsView(run: run, selection: selection)
        case .ledger: return LedgerView(run: run, selection: selection, limit: limit)
        }
    }

    private func checkFilters() throws(ViewFault) {
        for filter in Filter.allCases where filters[filter] != nil && !view.filters.contains(filter) {
            let others = View.allCases.filter { $0 != .overview && $0.filters.contains(filter) }.map(\.rawValue)
            throw .usage(
                "\(filter.option) does not apply to \(view == .overview ? "cards" : view.rawValue): \(view.file.rawValue) does not say it; it applies to \(others.joined(separator: ", "))"
            )
        }
        if cardTypes != nil && view != .cards { throw .usage("--kind applies to cards alone") }
    }
}
