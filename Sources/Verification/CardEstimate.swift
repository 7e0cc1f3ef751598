import Records

/// Whether and how far a card's spend is off its estimate.
enum CardBand: String {
    case noEstimate = "no-estimate"
    case notStarted = "not-started"
    case onPlan = "on-plan"
    case under, over
    case farOver = "far-over"
}

/// What a card says beside its sums, recomputed from the month's estimate (specification, outputs, spend cards).
///
/// Cents of a week are the difference of two rounded parts of the month, so that weeks add up to the rounded month whatever is rounded.
struct CardEstimate {
    private(set) var estimate: Int128?
    private(set) var toDate: Int128?
    private(set) var variance: Int128?
    private(set) var variancePercent: Int128?
    private(set) var band = CardBand.noEstimate

    init(monthly: Int128?, week: Int?, days: BillingDays, through: Instant, actual: Int128) {
        guard let monthly else { return }
        let span = week.map { days.weeks[$0] } ?? 0..<days.dayCount
        let hoursThrough = Int((through.microseconds - days.month.start.microseconds) / Instant.hour)
        func part(_ count: Int, of whole: Int) -> Int128? {
            let cent = Amount.unit / 100
            let cents = ExactQuotient.halfEven(monthly, times: UInt128(count), by: UInt128(whole) * UInt128(cent))
            return cents.map { $0 * cent }
        }
        func between(_ first: Int, _ second: Int, of whole: Int) -> Int128? {
            guard let from = part(first, of: whole), let to = part(second, of: whole) else { return nil }
            return to - from
        }
        let hours = days.dayCount * 24
        if week == nil {
            estimate = monthly
            toDate = hoursThrough >= hours ? monthly : part(hoursThrough, of: hours)
        } else {
            estimate = between(span.lowerBound, span.upperBound, of: days.dayCount)
            toDate = between(min(span.lowerBound * 24, hoursThrough), min(span.upperBound * 24, hoursThrough), of: hours)
        }
        judge(actual, hasStarted: span.lowerBound * 24 < hoursThrough)
    }

    private mutating func judge(_ actual: Int128, hasStarted: Bool) {
        guard hasStarted else {
            band = .notStarted
            return
        }
        guard let toDate, toDate != 0 else { return }
        let off = actual - toDate
        variance = off
        variancePercent = ExactQuotient.ratio(off, of: toDate, times: 100, decimals: 2)
        // The ratio of a negative estimate has the other sign.
        let isAbove = (off > 0) == (toDate > 0)
        // Neither figure is beyond 2 · 10³⁶ atto, so fifty times that fits.
        if off.magnitude * 50 <= toDate.magnitude {
            band = .onPlan
        } else if !isAbove {
            band = .under
        } else {
            band = off.magnitude * 10 <= toDate.magnitude ? .over : .farOver
        }
    }
}

extension BillingDays {
    /// The first instant behind a week, or behind the month.
    func end(of week: Int?) -> Instant { Instant(dayNumber: firstDay + (week.map { weeks[$0].upperBound } ?? dayCount)) }
}
