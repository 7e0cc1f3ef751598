import Records

/// What a row's own columns must say of each other (specification, attribution §2, §4 to §8).
///
/// A row of `Usage` is a share of its pool; any other either follows cost, was kept central by policy, or found nothing to follow:
///
///                        method                            window  weights   calls  gap
///     Usage, Claude      by level, see `checkLevel`        any     0 ⇔ none  ≥ 0    by claimant, see `checkGap`
///     Usage, Bedrock     cur-principal, tags, none         none    0         0      by claimant
///     other, follows     follows-cost                      none    > 0       0      by the claimant that is followed
///     other, kept        kept-central                      none    0         0      none
///     other, alone       workspace-claim, tags, none       none    0         0      no-usage
///
/// Which workload holds which claim, which patterns are shared roles, and which tags a charge had stand in the inputs, not in the run: they cannot be
/// checked from the files, only that rows agree where they must (`LedgerAgreement`).
struct LedgerRules {
    let usage: Name
    private var tokenTypes: [Name: LedgerTokens] = [:]
    /// Texts that are workspace ARNs.
    private var workspaces: Set<Name> = []

    init(usage: Name) { self.usage = usage }

    mutating func check(_ row: LedgerRow, _ table: borrowing CSVTable, _ names: Names) throws(VerificationFault) {
        func fault(_ what: String) -> VerificationFault { table.fault(what) }
        guard row.start <= row.end else { throw fault("usage_end \(row.end.text) lies before usage_start \(row.start.text)") }
        guard !row.currency.isEmpty else { throw fault("currency is empty") }
        guard row.weight <= row.weightTotal else { throw fault("weight \(row.weight) is more than weight_total \(row.weightTotal)") }
        if row.weight == 0 && row.weightTotal > 0 && (row.cost != 0 || row.quantity != 0) {
            throw fault("weight 0 of \(row.weightTotal) has a share: cost \(figure(row.cost)), quantity \(figure(row.quantity))")
        }
        try checkWorkspace(row, table, names)
        try checkTokens(row, table, names)
        if row.lineItemType == usage { try checkUsage(row, table) } else { try checkOther(row, table, names) }
        try checkLevel(row, table)
        try checkGap(row, table)
    }

    // MARK: Workspace and tokens

    private mutating func checkWorkspace(_ row: LedgerRow, _ table: borrowing CSVTable, _ names: Names) throws(VerificationFault) {
        guard (row.source == .followsCost) == (row.method == .followsCost) else {
            throw table.fault("workspace_source is \(row.source.rawValue), but method is \(row.method.rawValue)")
        }
        if row.source != .followsCost, row.workspace.isEmpty != (row.source == .none) {
            throw table.fault("workspace_source is \(row.source.rawValue), but workspace_arn is '\(names.text(row.workspace))'")
        }
        guard !row.workspace.isEmpty else { return }
        guard row.platform == .claudePlatform else {
            throw table.fault("platform is bedrock, but workspace_arn is '\(names.text(row.workspace))'")
        }
        if workspaces.contains(row.workspace) { return }
        guard isWorkspaceARN(names.bytes(row.workspace)) else {
            throw table.fault("workspace_arn is '\(names.text(row.workspace))', which is no workspace's ARN")
        }
        workspaces.insert(row.workspace)
    }

    private mutating func checkTokens(_ row: LedgerRow, _ table: borrowing CSVTable, _ names: Names) throws(VerificationFault) {
        var expected = LedgerTokens.none
        if row.platform == .bedrock {
            expected = tokenTypes[row.usageType] ?? LedgerTokens(usageType: names.bytes(row.usageType))
            tokenTypes[row.usageType] = expected
        }
        guard row.tokenType == expected else {
            throw table.fault(
                "token_type is '\(row.tokenType.rawValue)', but usage_type '\(names.text(row.usageType))' of \(row.platform.rawValue) says '\(expected.rawValue)'")
        }
    }

    // MARK: Weights, window and calls

    private func checkUsage(_ row: LedgerRow, _ table: borrowing CSVTable) throws(VerificationFault) {
        switch row.method {
        case .followsCost, .keptCentral: throw table.fault("method is \(row.method.rawValue), but line_item_type is Usage")
        default: break
        }
        if row.platform == .bedrock {
            guard row.window == .none, row.weightTotal == 0, row.calls == 0 else {
                throw table.fault(
                    "evidence_window \(row.window.rawValue), weight_total \(row.weightTotal) and calls \(row.calls) must be none, 0 and 0: bedrock names its principals")
            }
            return
        }
        guard (row.window == .none) == (row.weightTotal == 0) else {
            throw table.fault("evidence_window is \(row.window.rawValue), but weight_total is \(row.weightTotal)")
        }
        guard row.calls == 0 || row.window == .interval else {
            throw table.fault("calls is \(row.calls), but evidence_window is \(row.window.rawValue): only interval credits calls")
        }
        switch row.window {
        case .none:
            guard row.principal.isEmpty, row.model.isEmpty else {
                throw table.fault("evidence_window is none, but principal and model are filled: without evidence both are empty")
            }
        case .shared:
            guard row.workspace.isEmpty else { throw table.fault("evidence_window is shared, but workspace_arn is filled") }
        case .before:
            let hours = row.end.raisedToHour.microseconds - row.start.flooredToHour.microseconds
            guard hours < Instant.day else {
                throw table.fault("evidence_window is before, but \(row.start.text) to \(row.end.text) is not shorter than 24 hours")
            }
        case .interval:
            guard row.start.flooredToHour < row.end.raisedToHour else {
                throw table.fault("evidence_window is interval, but no time lies from \(row.start.text) to \(row.end.text)")
            }
        }
    }

    private func checkOther(_ row: LedgerRow, _ table: borrowing CSVTable, _ names: Names) throws(VerificationFault) {
        let type = names.text(row.lineItemType)
        guard row.window == .none, row.calls == 0, row.quantity == 0 else {
            throw table.fault(
                "evidence_window \(row.window.rawValue), calls \(row.calls) and quantity \(figure(row.quantity)) must be none, 0 and 0 for line_item_type \(type)")
        }
        switch row.method {
        case .followsCost:
            guard row.weightTotal > 0 else { throw table.fault("weight_total is 0, but method is follows-cost") }
            return
        case .keptCentral: break
        case .workspaceClaim, .workspaceTags, .registryTags, .none:
            guard row.gap == .noUsage else {
                throw table.fault("gap is '\(row.gap.rawValue)', where no-usage must stand: line_item_type \(type) with method \(row.method.rawValue)")
            }
        case .callWeighted, .tokenWeighted, .solePrincipal, .curPrincipal, .splitFixed, .splitEven, .splitDirect:
            throw table.fault("method is \(row.method.rawValue), but line_item_type is \(type)")
        }
        guard row.weightTotal == 0, row.principal.isEmpty, row.model.isEmpty else {
            throw table.fault("principal, model and weight_total must be empty, empty and 0 for line_item_type \(type) with method \(row.method.rawValue)")
        }
    }

    // MARK: Level and gap

    private func checkLevel(_ row: LedgerRow, _ table: borrowing CSVTable) throws(VerificationFault) {
        func fault(_ what: String) -> VerificationFault {
            table.fault("level is \(row.level.rawValue) and method \(row.method.rawValue), but \(what)")
        }
        let level: LedgerLevel?
        switch row.method {
        case .callWeighted, .tokenWeighted, .solePrincipal:
            guard row.platform == .claudePlatform, row.window != .none else { throw fault("there is no evidence") }
            guard row.method != .solePrincipal || row.window == .interval else { throw fault("evidence_window is \(row.window.rawValue)") }
            level = .workload
        case .curPrincipal:
            guard row.platform == .bedrock else { throw fault("platform is \(row.platform.rawValue)") }
            level = .workload
        case .workspaceClaim: level = .workspace
        case .workspaceTags: level = .workspace
        case .registryTags: level = .workspace
        case .keptCentral, .none: level = .unallocated
        case .followsCost: level = nil
        case .splitFixed, .splitEven, .splitDirect:
            guard row.level != .unallocated, !row.workload.isEmpty else { throw fault("a rule gives to workloads") }
            level = nil
        }
        if let level, level != row.level { throw fault("that method makes level \(level.rawValue)") }
        switch row.level {
        case .workload:
            guard !row.workload.isEmpty, !row.principal.isEmpty else { throw fault("workload_id or principal is empty") }
        case .workspace:
            if row.method == .workspaceClaim || row.method == .registryTags {
                guard !row.workspace.isEmpty else { throw fault("workspace_arn is empty") }
            }
            if row.method != .followsCost, !row.method.isSplit {
                guard row.workload.isEmpty == (row.method != .workspaceClaim) else {
                    throw fault("workload_id is \(row.workload.isEmpty ? "empty" : "filled")")
                }
            }
            guard !row.workload.isEmpty || !row.elements.areEmpty else { throw fault("neither workload_id nor an element is filled") }
        case .unallocated:
            guard row.workload.isEmpty, row.elements.areEmpty else { throw fault("workload_id or an element is filled") }
        }
    }

    private func checkGap(_ row: LedgerRow, _ table: borrowing CSVTable) throws(VerificationFault) {
        let isShare = row.lineItemType == usage || row.method == .followsCost
        let allowed: [LedgerGap]
        // What was approved stands in the inputs, not in the run.
        let approval = row.gap == .notApproved || row.gap == .outOfScope ? [row.gap] : []
        if row.method == .keptCentral {
            allowed = [.none]
        } else if !isShare {
            allowed = [.noUsage]
        } else if row.level != .workload && !row.principal.isEmpty {
            allowed = [.sharedRole, .unclaimedPrincipal] + approval
        } else if !row.workload.isEmpty {
            allowed = [.none, .noEstimate] + approval
        } else {
            allowed = [.noEvidence] + approval
        }
        guard allowed.contains(row.gap) else {
            let words = allowed.map { $0.rawValue.isEmpty ? "nothing" : $0.rawValue }.joined(separator: " or ")
            throw table.fault("gap is '\(row.gap.rawValue)', where \(words) must stand by its level, principal and workload_id")
        }
    }
}

/// Whether a text is `arn:{partition}:aws-external-anthropic:{region}:{account}:workspace/{id}`.
func isWorkspaceARN(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].elementsEqual("arn".utf8), parts[2].elementsEqual("aws-external-anthropic".utf8) else { return false }
    return parts[5].starts(with: "workspace/".utf8) && parts[5].count > "workspace/".utf8.count
}
