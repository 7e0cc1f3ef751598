import Records
import Registry

/// How who owns what, and when, differs between two registries.
///
/// A registry says for every anchor and every instant which workload owns it, if any. Both sayings are laid on one axis, cut wherever
/// either changes, and each piece on which they differ is told:
///
///     old   │── a ──────────────────────│
///     new   │── a ─────│── b ───────────────────────│
///                      └─ moved a → b ──└─ added b ─┘
func claimChanges(_ old: Registry, _ new: Registry) -> [RegistryChange] {
    pairs(owners(old), owners(new)).flatMap { anchor, pair in anchorChanges(anchor, pair.0 ?? [], pair.1 ?? []) }
}

/// A workload's id, and when it owns an anchor.
private typealias Ownership = (span: ClaimSpan, workload: String)

private func owners(_ registry: Registry) -> [Claim.Anchor: [Ownership]] {
    Dictionary(grouping: placedClaims(registry), by: \.claim.anchor).mapValues { claims in
        claims.map { ($0.span, registry.workloads[$0.workload].id) }
    }
}

private func anchorChanges(_ anchor: Claim.Anchor, _ old: [Ownership], _ new: [Ownership]) -> [RegistryChange] {
    let cuts = Set((old + new).flatMap { [$0.span.start, $0.span.end] }).sorted()
    var pieces: [(span: ClaimSpan, was: String?, now: String?)] = []
    for (start, end) in zip(cuts, cuts.dropFirst()) {
        let was = old.first { $0.span.start <= start && start < $0.span.end }?.workload
        let now = new.first { $0.span.start <= start && start < $0.span.end }?.workload
        if let last = pieces.last, last.span.end == start, last.was == was, last.now == now {
            pieces[pieces.count - 1].span.end = end
        } else {
            pieces.append((ClaimSpan(start, end), was, now))
        }
    }
    return pieces.compactMap { span, was, now in
        switch (was, now) {
        case (let was?, let now?) where was != now: RegistryChange("claim", "moved", anchor.text, "\(was) → \(now), \(span.text)")
        case (nil, let now?):
            RegistryChange("claim", old.contains { $0.workload == now } ? "extended" : "added", anchor.text, "for \(now), \(span.text)")
        case (let was?, nil):
            RegistryChange("claim", new.contains { $0.workload == was } ? "shortened" : "removed", anchor.text, "for \(was), \(span.text)")
        default: nil
        }
    }
}
