import Attribution
import Records
import Registry
import Reports

/// What the bill says: columns, tags, currencies, prices.
struct BillFindings {
    private(set) var findings: [Finding] = []
    private let inspection: Inspection
    private let reading: InspectionReading

    init(_ inspection: Inspection, _ reading: InspectionReading) {
        self.inspection = inspection
        self.reading = reading
        guard inspection.bill.rows.read > 0 else { return }
        charges()
        claudePlatform()
        bedrock()
        money()
    }

    private mutating func charges() {
        // Where the month has no row at all, there is no bill for it, which is another finding.
        if inspection.bill.rows.charges == 0, let rows = reading.bill.rowsByPeriod[reading.period] {
            findings.append(
                Finding(
                    .problem, .noCharges, "None of \(counted(rows, "row", "rows")) of \(reading.period.text) is a charge of the Claude Platform or of Bedrock.",
                    follows: "There is nothing to attribute.", remedy: "Check the month and the payer; if Claude is billed under another name, a rule in the registry's profile takes it."))
        }
        for miss in inspection.bill.nearMisses.prefix(5) {
            findings.append(
                Finding(
                    .notice, .nearMiss, "\(counted(miss.rows, "row looks", "rows look")) like Claude, but no rule takes \(miss.rows == 1 ? "it" : "them"): \(miss.column) \(miss.comparison) '\(miss.text)'.",
                    follows: "What \(miss.rows == 1 ? "it costs" : "they cost") is not attributed.",
                    remedy: "If it belongs, add to a rule of the registry's profile.platforms: {\"column\": \"\(miss.column)\", \"\(miss.comparison)\": \"\(miss.text)\"}."))
        }
        if let double = reading.bill.charges.payerInTwoSources() {
            findings.append(
                Finding(
                    .problem, .payerTwice, "Payer \(double.payer) has charges in more than one report or export.",
                    follows: "Every dollar would count twice; a run refuses.", remedy: "Pick one with --report."))
        }
    }

    private mutating func claudePlatform() {
        guard let fill = reading.bill.fills[.claudePlatform], fill.rows > 0 else { return }
        let withID = fill.filled[.resourceID] ?? 0
        if withID < fill.rows {
            let isAbsent = fill.present[.resourceID] == nil
            findings.append(
                Finding(
                    withID == 0 ? .problem : .notice, .noResourceIDs,
                    isAbsent
                        ? "The bill has no resource id column, so none of \(counted(fill.rows, "Claude Platform usage row", "Claude Platform usage rows")) names its workspace."
                        : "\(fill.rows - withID) of \(counted(fill.rows, "Claude Platform usage row has", "Claude Platform usage rows have")) no resource id.",
                    follows: "Their workspace must come from tags; where it cannot, all callers of the account share the money.",
                    remedy: "Include resource ids in the export (docs/howto/export-a-bill.md); it does not work backwards."))
        }
        let keys = reading.options.registry.tagKeys
        let named = SurveyedColumns.elements.enumerated().filter { $0.offset < keys.count && !keys[$0.offset].isEmpty }
        let absent = named.filter { fill.present[$0.element] == nil }.map { keys[$0.offset] }
        let unfilled = named.filter { fill.present[$0.element] != nil && fill.filled[$0.element] == nil }.map { keys[$0.offset] }
        if !named.isEmpty, absent.count + unfilled.count == named.count {
            findings.append(tags(.problem, "no Claude Platform usage row carries any of the tags \(listed(keys.filter { !$0.isEmpty }))"))
        } else if !absent.isEmpty || !unfilled.isEmpty {
            findings.append(tags(.notice, "no Claude Platform usage row carries the \(absent.count + unfilled.count == 1 ? "tag" : "tags") \(listed(absent + unfilled))"))
        }
    }

    private func tags(_ severity: Finding.Severity, _ what: String) -> Finding {
        Finding(
            severity, .tagsNotActivated, what.prefix(1).uppercased() + what.dropFirst() + ".",
            follows: "Money without a claimed caller cannot go to a department by the bill's tags; only the registry's tags of a workspace remain.",
            remedy: "Tag the workspaces and activate the keys as cost allocation tags (docs/howto/activate-tags.md); it takes a day or two and does not work backwards. Other keys are named in the registry's tagKeys.")
    }

    private mutating func bedrock() {
        guard let fill = reading.bill.fills[.bedrock], fill.rows > 0 else { return }
        let present = fill.present[.iamPrincipal] ?? 0
        let filled = fill.filled[.iamPrincipal] ?? 0
        if present < fill.rows {
            findings.append(
                Finding(
                    .problem, .noPrincipalColumn, "\(fill.rows - present) of \(counted(fill.rows, "Bedrock usage row comes", "Bedrock usage rows come")) from a bill without line_item_iam_principal.",
                    follows: "Nobody can be said to have spent that money: for Bedrock the bill itself names the caller.",
                    remedy: "Include IAM principal data in a CUR 2.0 export (docs/howto/export-a-bill.md)."))
        }
        if filled < present {
            findings.append(
                Finding(
                    .notice, .principalNotFilled, "\(present - filled) of \(counted(present, "Bedrock usage row has", "Bedrock usage rows have")) an empty line_item_iam_principal.",
                    follows: "That money has no caller.", remedy: "Look at who calls Bedrock in these accounts; AWS fills the column since 2026-04-08."))
        }
    }

    private mutating func money() {
        let priced = Set(reading.options.registry.unitPrice.keys)
        let foreign = Set(inspection.bill.charges.map(\.currency)).subtracting(priced).sorted()
        if !foreign.isEmpty {
            findings.append(
                Finding(
                    .notice, .foreignCurrency, "Charges are also in \(listed(foreign)), for which there is no unit price.",
                    follows: "Currencies are never added: each has its own totals, cards and bills. Prices of these rows are not checked, and an estimate counts only in its own currency.",
                    remedy: "Write estimates with \"currency\", and add the price to the registry's profile.unitPrice if you know it."))
        }
        let mismatches = inspection.bill.rows.priceMismatch
        if mismatches > 0 {
            let prices = reading.options.registry.unitPrice.sorted { $0.key < $1.key }.map { "\($0.value.text) \($0.key)" }
            findings.append(
                Finding(
                    .notice, .priceMismatch, "\(counted(mismatches, "Claude Platform usage row costs", "Claude Platform usage rows cost")) other than its quantity times \(listed(prices)).",
                    follows: "The bill's cost is attributed as it is.", remedy: "Ask billing whether the price has changed; then correct profile.unitPrice in the registry."))
        }
        if inspection.bill.rows.inexactAmounts > 0 {
            findings.append(
                Finding(
                    .notice, .inexactAmounts, "\(counted(inspection.bill.rows.inexactAmounts, "amount has", "amounts have")) more than 18 decimals.",
                    follows: "Each is rounded half-even to 18.", remedy: "Nothing to do."))
        }
    }
}
