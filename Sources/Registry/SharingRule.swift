import Records

/// How cost that no claim gives to a workload is shared among several: by the house's own rule, not by evidence (docs/attribution.md, "Splits").
public struct SharingRule: Sendable, Equatable {
    public enum Anchor: Hashable, Sendable {
        /// A canonical principal.
        case principal(String)
        /// A workspace's ARN.
        case workspace(String)
        /// What nothing is known of, of one platform or of both.
        case unallocated(Platform?)
    }

    public enum Basis: Sendable, Equatable {
        /// Of every workload its percentage; they add up to 100.
        case percent([String: Amount])
        case even([String])
        /// In proportion to what the workloads cost by claims in the month, in each currency; of all workloads where the list is empty.
        case direct([String])
    }

    public var anchor: Anchor
    public var basis: Basis
    /// Inclusive; nil means always before.
    public var from: Instant?
    /// Exclusive; nil means always after.
    public var to: Instant?

    public init(anchor: Anchor, basis: Basis, from: Instant? = nil, to: Instant? = nil) {
        self.anchor = anchor
        self.basis = basis
        self.from = from
        self.to = to
    }

    public func isInForce(at time: Instant) -> Bool { Claim.isInForce(from: from, to: to, at: time) }

    func overlaps(_ other: SharingRule) -> Bool {
        let anchor = Claim.Anchor.principal("")
        return Claim(anchor: anchor, from: from, to: to).overlaps(Claim(anchor: anchor, from: other.from, to: other.to))
    }
}
