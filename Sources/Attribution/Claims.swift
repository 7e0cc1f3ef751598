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

    /// A claim on the sessions of a role.
    private struct SessionClaim {
        var role: [UInt8]
        var pattern: [UInt8]
        var span: Span
    }

    /// The claims on anchors. Every event and group asks, so an anchor is found by its number and not by a hash.
    private struct Anchors {
        /// For every name the place of its spans, counted from 1; 0 for none.
        private var places: [UInt32] = []
        private var spans: [[Span]] = []

        mutating func add(_ span: Span, to anchor: Name) {
            let index = Int(anchor.index)
            if places.count <= index { places.append(contentsOf: repeatElement(0, count: index + 1 - places.count)) }
            if places[index] == 0 {
                spans.append([])
                places[index] = UInt32(spans.count)
            }
            spans[Int(places[index]) - 1].append(span)
        }

        subscript(anchor: Name) -> [Span] {
            let index = Int(anchor.index)
            return index < places.count && places[index] > 0 ? spans[Int(places[index]) - 1] : []
        }
    }

    /// For every workload its id and elements as names.
    private(set) var ids: [Name] = []
    private(set) var elements: [Elements] = []
    private var byPrincipal = Anchors()
    private var byWorkspace = Anchors()
    /// In the order in which they are asked.
    private var sessions: [SessionClaim] = []
    /// How many names have been looked at.
    private var met = 0
    /// Whether a workload has a confirmed estimate for the month, by currency.
    private var confirmed: [[Name]] = []

    /// - Parameter names: Every text of the registry becomes one of them.
    init(_ registry: Registry, period: Month, names: inout Names) {
        for (index, workload) in registry.workloads.enumerated() {
            ids.append(names.name(workload.id))
            let values = workload.elements.map { names.name($0) }
            elements.append(Elements(values[0], values[1], values[2], values[3]))
            confirmed.append(workload.estimateCurrencies(period).map { names.name($0) })
            for claim in workload.claims {
                if case .session(let role, let pattern) = claim.anchor {
                    sessions.append(
                        SessionClaim(role: Array(role.utf8), pattern: Array(pattern.utf8), span: Span(from: claim.from, to: claim.to, workload: index)))
                    continue
                }
                let anchor = names.name(claim.anchor.text)
                let span = Span(from: claim.from, to: claim.to, workload: index)
                switch claim.anchor {
                case .principal: byPrincipal.add(span, to: anchor)
                case .workspace: byWorkspace.add(span, to: anchor)
                case .session: break
                }
            }
        }
        // An exact name before a pattern, a longer pattern before a shorter, then bytewise.
        func isExact(_ pattern: [UInt8]) -> Bool { !pattern.contains(UInt8(ascii: "*")) && !pattern.contains(UInt8(ascii: "?")) }
        sessions.sort { a, b in
            if isExact(a.pattern) != isExact(b.pattern) { return isExact(a.pattern) }
            if a.pattern.count != b.pattern.count { return a.pattern.count > b.pattern.count }
            return a.pattern.lexicographicallyPrecedes(b.pattern)
        }
        meet(&names)
    }

    /// Looks at the names that it has not met yet: gives every session that was told apart the claims that match it, and behind them those on its role.
    /// To be called before anything is asked about new names.
    mutating func meet(_ names: inout Names) {
        if sessions.isEmpty { return }
        let new = met..<names.count
        met = new.upperBound
        for index in new {
            let name = Name(index: UInt32(index))
            let text = Array(names.bytes(name))
            guard let session = SessionPatterns.session(of: text) else { continue }
            let role = canonicalPrincipal(text)
            for claim in sessions where claim.role == role && matchesPattern(session, claim.pattern) { byPrincipal.add(claim.span, to: name) }
            for span in byPrincipal[names.name(role)] { byPrincipal.add(span, to: name) }
        }
    }

    /// The workload whose claim on the principal is in force; nil for none.
    func workload(ofPrincipal principal: Name, at time: Instant) -> Int? {
        principal.isEmpty ? nil : byPrincipal[principal].first { $0.holds(time) }?.workload
    }

    func workload(ofWorkspace workspace: Name, at time: Instant) -> Int? {
        workspace.isEmpty ? nil : byWorkspace[workspace].first { $0.holds(time) }?.workload
    }

    /// The bytewise order of claimants: by principal, workload and model.
    func precedes(_ a: Claimant, _ b: Claimant, _ names: Names) -> Bool {
        if a.principal != b.principal { return names.precedes(a.principal, b.principal) }
        // No workload is the empty text, which comes before all.
        func id(_ claimant: Claimant) -> Name { claimant.workload < 0 ? .empty : ids[Int(claimant.workload)] }
        return a.workload != b.workload ? names.precedes(id(a), id(b)) : names.precedes(a.model, b.model)
    }

    func hasConfirmedEstimate(_ workload: Int, currency: Name) -> Bool { confirmed[workload].contains(currency) }
}
