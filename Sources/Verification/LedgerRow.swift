import Records

/// The columns of `allocations.csv`, in their order.
enum LedgerColumn: Int, CaseIterable {
    case billingPeriod, usageStart, usageEnd, platform, payer, account, region, workspace, source, lineItemType, usageType, invoice,
        principal, workload, level, method, window, model, tokenType, element1, element2, element3, element4, weight, weightTotal, calls,
        quantity, cost, currency, gap, billingEntity, legalEntity, productCode, operation

    /// Their names in the header, and whether they hold numbers.
    static let header: [(name: String, kind: CSVTable.Kind)] = [
        ("billing_period", .text), ("usage_start", .text), ("usage_end", .text), ("platform", .text), ("payer_account_id", .text),
        ("usage_account_id", .text), ("region", .text), ("workspace_arn", .text), ("workspace_source", .text), ("line_item_type", .text),
        ("usage_type", .text), ("invoice_id", .text), ("principal", .text), ("workload_id", .text), ("level", .text), ("method", .text),
        ("evidence_window", .text), ("model", .text), ("token_type", .text), ("element1", .text), ("element2", .text),
        ("element3", .text), ("element4", .text), ("weight", .number), ("weight_total", .number), ("calls", .number),
        ("quantity", .number), ("cost", .number), ("currency", .text), ("gap", .text), ("billing_entity", .text),
        ("legal_entity", .text), ("product_code", .text), ("operation", .text),
    ]
}

/// Four element values.
struct ElementNames: Hashable {
    var first = Name.empty
    var second = Name.empty
    var third = Name.empty
    var fourth = Name.empty

    var areEmpty: Bool { self == ElementNames() }
    var list: [Name] { [first, second, third, fourth] }
}

/// One row of the ledger.
struct LedgerRow {
    var start = Instant(microseconds: 0)
    var end = Instant(microseconds: 0)
    var platform = LedgerPlatform.claudePlatform
    var payer = Name.empty
    var account = Name.empty
    var region = Name.empty
    var workspace = Name.empty
    var source = LedgerSource.none
    var lineItemType = Name.empty
    var usageType = Name.empty
    var invoice = Name.empty
    var principal = Name.empty
    var workload = Name.empty
    var level = LedgerLevel.unallocated
    var method = LedgerMethod.none
    var window = LedgerWindow.none
    var model = Name.empty
    var tokenType = LedgerTokens.none
    var elements = ElementNames()
    var weight: UInt128 = 0
    var weightTotal: UInt128 = 0
    var calls = 0
    var quantity: Int128 = 0
    var cost: Int128 = 0
    var currency = Name.empty
    var gap = LedgerGap.none
    var billingEntity = Name.empty
    var legalEntity = Name.empty
    var productCode = Name.empty
    var operation = Name.empty

    /// Takes over what the row does not repeat from the one above, which this value still holds.
    mutating func read(_ table: borrowing CSVTable, _ period: Name, _ names: inout Names) throws(VerificationFault) {
        for column in LedgerColumn.allCases where !table.isRepeated[column.rawValue] {
            try read(column, table, period, &names)
        }
    }

    private mutating func read(
        _ column: LedgerColumn, _ table: borrowing CSVTable, _ period: Name, _ names: inout Names
    ) throws(VerificationFault) {
        let cell = column.rawValue
        switch column {
        case .billingPeriod:
            guard try table.name(cell, &names) == period else {
                throw table.fault(cell, "but the run's billing_period is \(names.text(period))")
            }
        case .usageStart: start = try table.instant(cell)
        case .usageEnd: end = try table.instant(cell)
        case .platform: platform = try table.word(cell, LedgerPlatform.self)
        case .payer: payer = try table.name(cell, &names)
        case .account: account = try table.name(cell, &names)
        case .region: region = try table.name(cell, &names)
        case .workspace: workspace = try table.name(cell, &names)
        case .source: source = try table.word(cell, LedgerSource.self)
        case .lineItemType: lineItemType = try table.name(cell, &names)
        case .usageType: usageType = try table.name(cell, &names)
        case .invoice: invoice = try table.name(cell, &names)
        case .principal: principal = try table.name(cell, &names)
        case .workload: workload = try table.name(cell, &names)
        case .level: level = try table.word(cell, LedgerLevel.self)
        case .method: method = try table.word(cell, LedgerMethod.self)
        case .window: window = try table.word(cell, LedgerWindow.self)
        case .model: model = try table.name(cell, &names)
        case .tokenType: tokenType = try table.word(cell, LedgerTokens.self)
        case .element1: elements.first = try table.name(cell, &names)
        case .element2: elements.second = try table.name(cell, &names)
        case .element3: elements.third = try table.name(cell, &names)
        case .element4: elements.fourth = try table.name(cell, &names)
        case .weight: weight = try table.weight(cell)
        case .weightTotal: weightTotal = try table.weight(cell)
        case .calls: calls = try table.count(cell)
        case .quantity: quantity = try table.amount(cell)
        case .cost: cost = try table.amount(cell)
        case .currency: currency = try table.name(cell, &names)
        case .gap: gap = try table.word(cell, LedgerGap.self)
        case .billingEntity: billingEntity = try table.name(cell, &names)
        case .legalEntity: legalEntity = try table.name(cell, &names)
        case .productCode: productCode = try table.name(cell, &names)
        case .operation: operation = try table.name(cell, &names)
        }
    }
}
