import Records

/// What a card says beside its sums: the estimate, how far it should have come, and how far off the spend is.
struct CardEstimate {
    var estimate: Amount?
    var toDate: Amount?
    var variance: Amount?
    var band: Band
    var isComplete: Bool

    /// - Parameter estimate: the confirmed estimate of the month, nil when there is none or the card is no workload's.
    init(_ card: Card, days: MonthDays, estimate monthly: Amount?, dataThrough: Instant) {
        let span = card.week.map { days.weeks[$0] } ?? 0..<days.dayCount
        let monthStart = days.month.start
        let throughHours = Int((dataThrough.microseconds - monthStart.microseconds) / Instant.hour)
        isComplete = span.upperBound * 24 <= throughHours
        guard let monthly else {
            band = .noEstimate
            return
        }
        let hours = Int128(days.dayCount * 24)
        func cents(_ part: Int, of whole: Int128) -> Int128 { Rounding.halfEven(monthly.atto * Int128(part), whole * Amount.cent) }
        let toDate: Amount
        if card.week == nil {
            estimate = monthly
            toDate = isComplete ? monthly : Amount(atto: cents(throughHours, of: hours) * Amount.cent)
        } else {
            let whole = Int128(days.dayCount)
            estimate = Amount(atto: (cents(span.upperBound, of: whole) - cents(span.lowerBound, of: whole)) * Amount.cent)
            let (from, to) = (min(span.lowerBound * 24, throughHours), min(span.upperBound * 24, throughHours))
            toDate = Amount(atto: (cents(to, of: hours) - cents(from, of: hours)) * Amount.cent)
        }
        self.toDate = toDate
        if span.lowerBound * 24 >= throughHours {
            band = .notStarted
        } else if toDate == .zero {
            band = .noEstimate
        } else {
            let off = card.spend.actual - toDate
            variance = off
            // By the exact ratio: 2 % is a fiftieth, 10 % a tenth.
            if off.atto.magnitude * 50 <= toDate.atto.magnitude {
                band = .onPlan
            } else if off.atto < 0 {
                band = .under
            } else {
                band = off.atto.magnitude * 10 <= toDate.atto.magnitude ? .over : .farOver
            }
        }
    }
}
