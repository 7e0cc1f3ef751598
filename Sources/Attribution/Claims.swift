import Records
import Registry

/// The registry as the run asks it: claims by anchor and time, in the run's names.
struct Claims {
    /// When a workload's claim is in force; small, because every event is held against it.
    private struct Span {
        var from: Instant?
        var to: Instant?
        var workload: Int

        func holds(_ time: Instant) -> Bool { Claim.isInForce(from: from, to: to, at: time) }
    }

    /// For every workload its id and elements as names.
    private(set) var ids: [Name] = []
    private(set) var elements: [Elements] = []
    private var byPrincipal: [Name: [Span]] = [:]
    private var byWorkspace: [Name: [Span]] = [:]
    /// Whether a workload has a confirmed estimate for the month, by currency.
    private var confirmed: [Set<Name>] = []

    init(_ registry: Registry, period: Month, names: inout Names) {
        for (index, workload) in registry.workloads.enumerated() {
            ids.append(names.name(workload.id))
            let values = workload.elements.map { names.name($0) }
            elements.append(Elements(values[0], values[1], values[2], values[3]))
            confirmed.append(Set(workload.estimateCurrencies(period).map { names.name($0) }))
            for claim in workload.claims {
                let anchor = names.name(claim.anchor.text)
                let span = Span(from: claim.from, to: claim.to, workload: index)
                switch claim.anchor {
                case .principal: byPrincipal[anchor, default: []].append(span)
                case .workspace: byWorkspace[anchor, default: []].append(span)
                }
            }
        }
    }

    /// The workload whose claim on the principal is in force; nil for none.
    func workload(ofPrincipal principal: Name, at time: Instant) -> Int? {
        principal.isEmpty ? nil : byPrincipal[principal]?.first { $0.holds(time) }?.workload
    }

    func workload(ofWorkspace workspace: Name, at time: Instant) -> Int? {
        workspace.isEmpty ? nil : byWorkspace[workspace]?.first { $0.holds(time) }?.workload
    }

    func hasConfirmedEstimate(_ workload: Int, currency: Name) -> Bool { confirmed[workload].contains(currency) }
}
