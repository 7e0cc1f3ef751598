/// One thing that was found, what follows from it for attribution, and what to do.
public struct Finding: Sendable, Equatable {
    public enum Severity: String, Sendable {
        /// A run fails, or money cannot be attributed that could be.
        case problem
        /// Good to know.
        case notice
    }

    /// Always the same word for the same kind, such as `trail-gap`.
    public var kind: String
    public var severity: Severity
    public var what: String
    public var follows: String
    public var remedy: String

    init(_ severity: Severity, _ kind: String, _ what: String, follows: String, remedy: String) {
        self.kind = kind
        self.severity = severity
        self.what = what
        self.follows = follows
        self.remedy = remedy
    }
}

/// `1 row`, `2 rows`.
func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

/// `a`, `a and b`, `a, b and 3 more`.
func listed(_ texts: [String], most: Int = 5) -> String {
    if texts.count > most { return texts[..<most].joined(separator: ", ") + " and \(texts.count - most) more" }
    guard texts.count > 1, let last = texts.last else { return texts.first ?? "" }
    return texts.dropLast().joined(separator: ", ") + " and " + last
}
