import Records

/// What people have said of a workload's spend card.
///
///     OPEN ─accept─▶ ACCEPTED ─approve─▶ APPROVED           Product Owner, then Portfolio Owner
///        └─dispute─▶ DISPUTED ─resolve─▶ RESOLVED           either may be REJECTED, which opens the card again
public struct CardCase: Sendable {
    public enum Status: String, Sendable, CaseIterable { case open = "OPEN", accepted = "ACCEPTED", disputed = "DISPUTED", approved = "APPROVED", rejected = "REJECTED", resolved = "RESOLVED" }

    /// Which card: the first day of its week, or its month, its workload and its currency.
    public struct Key: Hashable, Sendable {
        public var start: String
        public var workload: String
        public var currency: String

        public init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 3, let first = parts.first, let last = parts.last, isCurrency(last),
                Instant(date: Array(first.utf8).span) != nil || Month(Array(first.utf8).span) != nil
            else { return nil }
            if let day = Instant(date: Array(first.utf8).span) {
                // Weeks begin on Sunday, or with the month.
                guard weekday(dayNumber: day.dayNumber) == 0 || civilDate(dayNumber: day.dayNumber).day == 1 else { return nil }
            }
            start = first
            workload = parts[1..<(parts.count - 1)].joined(separator: "/")
            currency = last
        }

        public var text: String { "\(start)/\(workload)/\(currency)" }

        /// Of its week or month.
        var firstDay: Instant { Instant(date: Array(start.utf8).span) ?? Month(Array(start.utf8).span)?.start ?? Instant(seconds: 0) }
    }

    public var key: Key
    public private(set) var status = Status.open
    /// What the card said when it was last decided on.
    public private(set) var amount = Amount.zero
    /// All that was decided, oldest first.
    public private(set) var history: [(status: Status, mark: Scope.Mark, amount: Amount, reason: String)] = []

    init(key: Key) { self.key = key }

    /// The status behind a verb; nil where it is illegal.
    static func status(after status: Status, _ verb: Verb) -> Status? {
        switch (status, verb) {
        case (.open, .acceptCard), (.rejected, .acceptCard): .accepted
        case (.open, .disputeCard), (.rejected, .disputeCard): .disputed
        case (.accepted, .approveCard): .approved
        case (.accepted, .rejectCard), (.disputed, .rejectCard): .rejected
        case (.disputed, .resolveCard): .resolved
        default: nil
        }
    }

    /// Whether a card now says another amount than the one that was decided on, by more than is borne.
    public func isLeft(by actual: Amount, _ tolerance: Amount) -> Bool {
        !history.isEmpty && (actual.atto - amount.atto).magnitude > tolerance.atto.magnitude
    }

    /// - Parameter tolerance: Nil for what was decided under another one, perhaps: then either reading will do.
    mutating func take(_ decision: Decision, tolerance: Amount?) throws(Governance.Illegal) {
        let amount = decision.amount ?? .zero
        // The bill was restated: the card is open again.
        let before = isLeft(by: amount, tolerance ?? .zero) ? Status.open : status
        guard let next = CardCase.status(after: before, decision.verb) ?? (tolerance == nil ? CardCase.status(after: status, decision.verb) : nil) else {
            let verbs: [Verb] = [.acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard]
            let legal = verbs.filter { CardCase.status(after: before, $0) != nil }.map { "\($0.rawValue) (\($0.role.rawValue))" }
            throw Governance.Illegal(
                "is '\(key.text)', which is \(before.rawValue)\(before == status ? "" : " again, as it was \(status.rawValue) over \(self.amount.text) and now says \(amount.text)"), so '\(decision.verb.rawValue)' is illegal; "
                    + (legal.isEmpty ? "it is closed until the bill is restated" : "legal are: \(legal.joined(separator: ", "))"))
        }
        status = next
        self.amount = amount
        history.append((next, Scope.Mark(decision), amount, decision.reason))
    }
}
