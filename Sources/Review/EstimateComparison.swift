import Bytes
import Records
import Registry

/// What a workload is expected to cost in a month and currency: what counts, and what nobody has confirmed.
private struct Expectation: Equatable {
    var confirmed: ExactSum?
    var unconfirmed: ExactSum?
    var confirmedBy: Set<String> = []

    mutating func add(_ estimate: Estimate) {
        if estimate.confirmedBy.isEmpty {
            unconfirmed = sum(unconfirmed, estimate.amount)
        } else {
            confirmed = sum(confirmed, estimate.amount)
            confirmedBy.insert(estimate.confirmedBy)
        }
    }

    private func sum(_ sum: ExactSum?, _ amount: Amount) -> ExactSum {
        var result = sum ?? ExactSum()
        result += amount
        return result
    }

    func text(_ currency: String) -> String {
        func money(_ sum: ExactSum) -> String { "\(sum.amount?.text ?? "more than 10^18") \(currency)" }
        let parts = [
            confirmed.map { "\(money($0)) confirmed by \(confirmedBy.sorted(by: bytewiseLess).joined(separator: ", "))" },
            unconfirmed.map { "\(money($0)) unconfirmed" },
        ]
        return parts.compactMap { $0 }.joined(separator: " and ")
    }
}

private struct ExpectationKey: Hashable {
    var workload: String
    var month: Month
    var currency: String
}

/// How the estimates of two registries differ, by workload, month and currency.
func estimateChanges(_ old: Registry, _ new: Registry) -> [RegistryChange] {
    pairs(expectations(old), expectations(new)).compactMap { key, pair in
        let subject = "\(key.workload) \(key.month.text)"
        switch pair {
        case (nil, let now?): return RegistryChange("estimate", "added", subject, now.text(key.currency))
        case (let was?, nil): return RegistryChange("estimate", "removed", subject, was.text(key.currency))
        case (let was?, let now?) where was != now:
            let isConfirmed = was.confirmed == nil && now.unconfirmed == nil && was.unconfirmed == now.confirmed
            return isConfirmed
                ? RegistryChange("estimate", "confirmed", subject, now.text(key.currency))
                : RegistryChange("estimate", "changed", subject, "\(was.text(key.currency)) → \(now.text(key.currency))")
        default: return nil
        }
    }
}

private func expectations(_ registry: Registry) -> [ExpectationKey: Expectation] {
    var result: [ExpectationKey: Expectation] = [:]
    for workload in registry.workloads {
        for estimate in workload.estimates {
            result[ExpectationKey(workload: workload.id, month: estimate.month, currency: estimate.currency), default: Expectation()]
                .add(estimate)
        }
    }
    return result
}
