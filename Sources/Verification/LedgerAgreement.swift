import Records

/// What rows must agree in, wherever in the ledger they stand, because one entry of the registry says it for all of them.
struct LedgerAgreement {
    private struct Said<Value: Equatable> {
        var value: Value
        var line: Int
    }

    private struct WorkloadCurrency: Hashable {
        var workload: Name
        var currency: Name
    }

    private var elementsOfWorkload: [Name: Said<ElementNames>] = [:]
    private var elementsOfWorkspace: [Name: Said<ElementNames>] = [:]
    private var gapOfPrincipal: [Name: Said<LedgerGap>] = [:]
    private var estimates: [WorkloadCurrency: Said<Bool>] = [:]

    /// The elements that the ledger's rows give a workload.
    func elements(of workload: Name) -> ElementNames? { elementsOfWorkload[workload]?.value }

    /// Whether the rows of a workload say that it has a confirmed estimate in a currency; nil when no row does, because each has another gap.
    func hasEstimate(_ workload: Name, _ currency: Name) -> Bool? { estimates[WorkloadCurrency(workload: workload, currency: currency)]?.value }

    mutating func check(_ row: LedgerRow, _ table: borrowing CSVTable, _ names: Names) throws(VerificationFault) {
        func texts(_ elements: ElementNames) -> String { "'\(elements.list.map { names.text($0) }.joined(separator: " / "))'" }
        if !row.workload.isEmpty {
            let said = Said(value: row.elements, line: table.line)
            if let other = LedgerAgreement.conflict(said, &elementsOfWorkload, row.workload) {
                throw table.fault(
                    "elements of workload \(names.text(row.workload)) are \(texts(row.elements)), but \(texts(other.value)) in line \(other.line)")
            }
            if row.gap == .none || row.gap == .noEstimate {
                let key = WorkloadCurrency(workload: row.workload, currency: row.currency)
                let said = Said(value: row.gap == .none, line: table.line)
                if let other = LedgerAgreement.conflict(said, &estimates, key) {
                    throw table.fault(
                        "gap of workload \(names.text(row.workload)) in \(names.text(row.currency)) is '\(row.gap.rawValue)', but '\(other.value ? "" : LedgerGap.noEstimate.rawValue)' in line \(other.line)")
                }
            }
        }
        if row.method == .registryTags {
            let said = Said(value: row.elements, line: table.line)
            if let other = LedgerAgreement.conflict(said, &elementsOfWorkspace, row.workspace) {
                throw table.fault(
                    "elements of workspace \(names.text(row.workspace)) are \(texts(row.elements)), but \(texts(other.value)) in line \(other.line)")
            }
        }
        if row.gap == .sharedRole || row.gap == .unclaimedPrincipal {
            let said = Said(value: row.gap, line: table.line)
            if let other = LedgerAgreement.conflict(said, &gapOfPrincipal, row.principal) {
                throw table.fault(
                    "gap of principal \(names.text(row.principal)) is \(row.gap.rawValue), but \(other.value.rawValue) in line \(other.line)")
            }
        }
    }

    /// Notes what is said; returns what was said before when that is something else.
    private static func conflict<Key, Value>(_ said: Said<Value>, _ known: inout [Key: Said<Value>], _ key: Key) -> Said<Value>? {
        guard let before = known[key] else {
            known[key] = said
            return nil
        }
        return before.value == said.value ? nil : before
    }
}
