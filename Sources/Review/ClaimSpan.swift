import Records
import Registry

/// When a claim is in force: a half-open interval of time, open ends included.
struct ClaimSpan: Hashable {
    /// Inclusive; the first of all times for a claim that was always in force.
    var start: Instant
    /// Exclusive; the last of all times for a claim that never ends.
    var end: Instant

    static let beginning = Instant(microseconds: .min)
    static let never = Instant(microseconds: .max)

    init(_ start: Instant, _ end: Instant) {
        self.start = start
        self.end = end
    }

    init(_ claim: Claim) { self.init(claim.from ?? Self.beginning, claim.to ?? Self.never) }

    func overlaps(_ other: ClaimSpan) -> Bool { start < other.end && other.start < end }
    func covers(_ other: ClaimSpan) -> Bool { start <= other.start && other.end <= end }

    /// `from 2026-10-16 on`, `to 2026-10-16`, `from 2026-10-16 to 2026-11-01`, `always`.
    var text: String {
        let from = start == Self.beginning ? nil : "from \(dateText(dayNumber: start.dayNumber))"
        let to = end == Self.never ? nil : "to \(dateText(dayNumber: end.dayNumber))"
        return switch (from, to) {
        case (nil, nil): "always"
        case (let from?, nil): "\(from) on"
        case (nil, let to?): to
        case (let from?, let to?): "\(from) \(to)"
        }
    }
}

/// One claim of a registry, with its place.
struct PlacedClaim {
    var claim: Claim
    var span: ClaimSpan
    /// Number of its workload in the registry.
    var workload: Int
    var path: String
}

/// All claims of a registry, in the order of the file.
func placedClaims(_ registry: Registry) -> [PlacedClaim] {
    registry.workloads.enumerated().flatMap { number, workload in
        workload.claims.enumerated().map { index, claim in
            PlacedClaim(claim: claim, span: ClaimSpan(claim), workload: number, path: "$.workloads[\(number)].claims[\(index)]")
        }
    }
}
