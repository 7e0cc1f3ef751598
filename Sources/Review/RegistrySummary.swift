import Bytes
import Records
import Registry

/// How much a registry holds, and how much of it is money.
public struct RegistrySummary: Sendable {
    /// The confirmed estimates of a month in a currency.
    public struct EstimateSum: Sendable {
        public var month: Month
        public var currency: String
        /// Exact; nil beyond ±10¹⁸.
        public var amount: Amount?
        /// How many workloads have one.
        public var workloads: Int
    }

    public var workloads: Int
    public var principalClaims: Int
    public var workspaceClaims: Int
    public var workspaces: Int
    public var estimates: Int
    public var confirmedEstimates: Int
    /// By month, then by currency bytewise.
    public var estimateSums: [EstimateSum]

    public init(_ registry: Registry) {
        let claims = registry.workloads.flatMap(\.claims)
        workloads = registry.workloads.count
        principalClaims = claims.count { if case .workspace = $0.anchor { false } else { true } }
        workspaceClaims = claims.count - principalClaims
        workspaces = registry.workspaces.count
        estimates = registry.workloads.reduce(0) { $0 + $1.estimates.count }
        var sums: [Month: [String: (sum: ExactSum, workloads: Set<Int>)]] = [:]
        var confirmed = 0
        for (number, workload) in registry.workloads.enumerated() {
            for estimate in workload.estimates where !estimate.confirmedBy.isEmpty {
                confirmed += 1
                var entry = sums[estimate.month]?[estimate.currency] ?? (ExactSum(), [])
                entry.sum += estimate.amount
                entry.workloads.insert(number)
                sums[estimate.month, default: [:]][estimate.currency] = entry
            }
        }
        confirmedEstimates = confirmed
        estimateSums = sums.sorted { $0.key < $1.key }.flatMap { month, currencies in
            currencies.sorted { bytewiseLess($0.key, $1.key) }.map { currency, entry in
                EstimateSum(month: month, currency: currency, amount: entry.sum.amount, workloads: entry.workloads.count)
            }
        }
    }
}
