import Bytes

/// One difference in meaning between two registries.
public struct RegistryChange: Equatable, Sendable {
    /// What changed: `workload`, `claim`, `estimate`, `workspace`, or the key of a rule of the house such as `policy.tax`.
    public var what: String
    /// How: `added`, `removed`, `changed`, `moved`, `extended`, `shortened`, `confirmed`.
    public var how: String
    /// Whose: a workload's id, a principal, a workspace's ARN; empty for rules of the house.
    public var subject: String
    /// From what to what.
    public var detail: String

    init(_ what: String, _ how: String, _ subject: String, _ detail: String) {
        self.what = what
        self.how = how
        self.subject = subject
        self.detail = detail
    }

    /// One line.
    public var text: String { ["\(what) \(how)", subject, detail].filter { !$0.isEmpty }.joined(separator: ": ") }
}
