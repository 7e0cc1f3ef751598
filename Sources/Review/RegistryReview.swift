import Records
import Registry

/// What somebody who reviews a registry should look at, in the order of the file.
///
/// - Parameters:
///   - registry: What was read from `text` without a fault.
///   - asOf: Until when claims count as current; nil for not asking. There is no clock here: the same file gives the same remarks.
///   - claimedElsewhere: Workloads that decisions claim for.
public func review(_ registry: Registry, text: [UInt8], asOf: Instant? = nil, claimedElsewhere: Set<String> = []) -> [Remark] {
    var review = RegistryReview(registry, RegistryPlaces(text), claimedElsewhere)
    for number in registry.workloads.indices { review.lookAtWorkload(number) }
    for number in registry.workspaces.indices { review.lookAtWorkspace(number) }
    review.lookAtClaims(asOf)
    review.lookAtSpellings()
    return review.remarks.sorted(by: Remark.comesBefore)
}

private struct RegistryReview {
    private let registry: Registry
    private let places: RegistryPlaces
    private let claimedElsewhere: Set<String>
    private(set) var remarks: [Remark] = []

    init(_ registry: Registry, _ places: RegistryPlaces, _ claimedElsewhere: Set<String>) {
        self.registry = registry
        self.places = places
        self.claimedElsewhere = claimedElsewhere
    }

    private mutating func remark(_ kind: Remark.Kind, _ path: String, _ what: String) {
        remarks.append(Remark(kind: kind, path: path, line: places.line(path), what: what))
    }

    // MARK: Workloads

    mutating func lookAtWorkload(_ number: Int) {
        let workload = registry.workloads[number]
        let path = "$.workloads[\(number)]"
        if workload.owner.isEmpty {
            remark(.workloadWithoutOwner, path, "has no owner, so the cards and bills of '\(workload.id)' name nobody; add \"owner\"")
        }
        if workload.claims.isEmpty, !claimedElsewhere.contains(workload.id) {
            remark(
                .workloadWithoutClaim, path,
                "has no claim, so no spend ever reaches '\(workload.id)'; claim a principal or a workspace, or remove the workload")
        }
        let empty = registry.hierarchy.indices.prefix(4).filter { workload.elements[$0].isEmpty }
        if !empty.isEmpty {
            let levels = empty.map { "'\(registry.hierarchy[$0])'" }.joined(separator: ", ")
            remark(
                .elementEmpty, "\(path).elements",
                "leaves \(levels) of '\(workload.id)' empty, so its spend rolls up under (none) there; fill the element")
        }
        for (key, value) in [
            ("id", workload.id), ("name", workload.name), ("owner", workload.owner), ("costCenter", workload.costCenter),
            ("glAccount", workload.glAccount),
        ] { lookForSpace(value, "\(path).\(key)") }
        lookAtEstimates(workload, path)
    }

    private mutating func lookAtEstimates(_ workload: Workload, _ path: String) {
        var confirmed: [String: Int] = [:]
        for (index, estimate) in workload.estimates.enumerated() {
            let place = "\(path).estimates[\(index)]"
            let what = "\(estimate.month.text) (\(estimate.amount.text) \(estimate.currency))"
            lookForSpace(estimate.confirmedBy, "\(place).confirmedBy")
            if !isCurrencyCode(estimate.currency) {
                remark(
                    .estimateCurrency, "\(place).currency",
                    "is '\(estimate.currency)', which no bill is in, so it is never compared; write three capital letters such as USD")
            }
            if estimate.confirmedBy.isEmpty {
                remark(
                    .estimateUnconfirmed, place,
                    "is unconfirmed: \(what) of '\(workload.id)' does not count; have finance fill \"confirmedBy\"")
            } else if let first = confirmed["\(estimate.month.text) \(estimate.currency)"] {
                remark(
                    .estimateTwice, place,
                    "is a second confirmed estimate of '\(workload.id)' for \(what), which is added to \(path).estimates[\(first)]; keep one if it was meant to replace it")
            } else {
                confirmed["\(estimate.month.text) \(estimate.currency)"] = index
            }
            let month = ClaimSpan(estimate.month.start, estimate.month.end)
            if !workload.claims.isEmpty, !workload.claims.contains(where: { ClaimSpan($0).overlaps(month) }) {
                remark(
                    .estimateOutsideClaims, place,
                    "is for \(estimate.month.text), when no claim of '\(workload.id)' is in force, so nothing can be spent against it; correct the month or the claims")
            }
        }
    }

    private func isCurrencyCode(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
    }

    /// Texts are compared byte for byte, so a space that nobody sees makes another text.
    private mutating func lookForSpace(_ text: String, _ path: String) {
        guard trimmed(text) != text else { return }
        remark(.surroundingSpace, path, "is '\(text)', with space around it, which makes it another text wherever it is compared; remove the space")
    }

    // MARK: Workspaces

    mutating func lookAtWorkspace(_ number: Int) {
        let workspace = registry.workspaces[number]
        let path = "$.workspaces[\(number)]"
        lookForSpace(workspace.name, "\(path).name")
        if workspace.elements.allSatisfy(\.isEmpty) {
            remark(
                .elementEmpty, path,
                "has no tags, so what '\(workspace.name.isEmpty ? workspace.id : workspace.name)' spends without a claim has no element to roll up under; add \"tags\"")
        }
        let account = ARN(Array(workspace.arn.utf8)).map { String(decoding: $0.account, as: UTF8.self) }
        if places.holds("\(path).billedTo"), workspace.billedTo == account {
            remark(
                .needlessBilledTo, "\(path).billedTo",
                "is '\(workspace.billedTo)', the account of the workspace itself, which is the default; remove it")
        }
    }

    // MARK: Claims

    mutating func lookAtClaims(_ asOf: Instant?) {
        let claims = placedClaims(registry)
        let listed = Set(registry.workspaces.map(\.arn))
        for claim in claims {
            switch claim.claim.anchor {
            case .principal(let principal) where registry.isSharedRole(Array(principal.utf8)):
                remark(
                    .sharedRoleClaimed, claim.path,
                    "claims '\(principal)', which a shared-role pattern matches: '\(id(claim))' would pay for everybody who uses the role; give the workload a role of its own")
            case .workspace(let arn) where !listed.contains(arn):
                remark(
                    .workspaceUnlisted, claim.path,
                    "claims '\(arn)', which is not in $.workspaces, so rows of the bill that give only its id, name or tags do not find it; add it there")
            default: break
            }
        }
        for (_, group) in Dictionary(grouping: claims, by: \.claim.anchor) { lookAtAnchor(group, asOf) }
    }

    /// The claims on one anchor, whoever makes them: which is needless, and where nobody claims it.
    private mutating func lookAtAnchor(_ claims: [PlacedClaim], _ asOf: Instant?) {
        for (index, claim) in claims.enumerated() {
            let cover = claims.enumerated().first { other in
                other.offset != index && other.element.workload == claim.workload && other.element.span.covers(claim.span)
                    && (other.element.span != claim.span || other.offset < index)
            }
            guard let cover else { continue }
            remark(
                .claimCovered, claim.path,
                "claims '\(claim.claim.anchor.text)' \(claim.span.text), which \(cover.element.path) does already; remove one of them")
        }
        var end: PlacedClaim?
        for claim in claims.sorted(by: { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }) {
            if let last = end, last.span.end < claim.span.start {
                remark(
                    .claimHole, claim.path,
                    "claims '\(claim.claim.anchor.text)' \(claim.span.text), but \(last.path) ends earlier: nobody claims it \(ClaimSpan(last.span.end, claim.span.start).text); let one follow the other")
            }
            if end.map({ $0.span.end < claim.span.end }) ?? true { end = claim }
        }
        if let last = end, let asOf, last.span.end <= asOf {
            remark(
                .claimEnded, last.path,
                "claims '\(last.claim.anchor.text)' \(last.span.text), and nobody claims it since: what it spends now is unclaimed; let a claim follow, unless it is gone")
        }
    }

    private func id(_ claim: PlacedClaim) -> String { registry.workloads[claim.workload].id }

    // MARK: Elements

    mutating func lookAtSpellings() {
        var spellings = ElementSpellings()
        for (number, workload) in registry.workloads.enumerated() {
            for (level, text) in workload.elements.enumerated() {
                spellings.add(text, level: level, path: "$.workloads[\(number)].elements[\(level)]")
            }
        }
        for (number, workspace) in registry.workspaces.enumerated() {
            for (level, text) in workspace.elements.enumerated() {
                spellings.add(text, level: level, path: "$.workspaces[\(number)].tags.\(registry.tagKeys[level])")
            }
        }
        for odd in spellings.odd() { remark(odd.kind, odd.path, odd.what) }
    }
}
