import Records

/// Everything that the other files are compared with: the ledger's rows, added up by the keys of each file.
struct LedgerSums {
    // MARK: Keys

    struct InvoiceKey: Hashable {
        var payer: Name
        var invoice: Name
        var legalEntity: Name
        var currency: Name
    }

    /// Whose card, or bill, a row is on.
    enum Party: Hashable {
        case workload(Name), workspace(Name), account(Name), principal(Name)
    }

    /// What a spend card's `lines` are told apart by.
    struct CardLine: Hashable {
        var platform: LedgerPlatform
        var model: Name
        var tokenType: LedgerTokens
        var region: Name
    }

    /// The finest sums of which spend cards are made.
    struct CardCell: Hashable {
        var week: Int
        var currency: Name
        var isWorkspaceCard: Bool
        var party: Party
        var elements: ElementNames
        var line: CardLine
        var principal: Name
    }

    /// A line of an agent bill.
    struct BillLine: Hashable {
        var agent: Name
        var workspace: Name
        var platform: LedgerPlatform
        var model: Name
        var lineItemType: Name
        var level: LedgerLevel
        var method: LedgerMethod
    }

    struct BillKey: Hashable {
        var party: Party
        var isUnclaimed: Bool
        var payer: Name
        var currency: Name
    }

    struct BillLineKey: Hashable {
        var bill: BillKey
        var line: BillLine
    }

    struct BillDayKey: Hashable {
        var bill: BillKey
        var day: Int
    }

    struct GapKey: Hashable {
        var gap: LedgerGap
        var anchor: Party
        var account: Name
        var workspace: Name
        var platform: LedgerPlatform
        var currency: Name
    }

    // MARK: Sums

    struct CurrencySums {
        var total = ExactSum()
        var byLevel: [LedgerLevel: ExactSum] = [:]
        var byMethod: [LedgerMethod: ExactSum] = [:]
        var byLineItemType: [Name: ExactSum] = [:]
        var byPlatform: [LedgerPlatform: ExactSum] = [:]
        var byGap: [LedgerGap: ExactSum] = [:]
        var claudeUsage = ExactSum()
        var claudeUsageWithEvidence = ExactSum()
        /// Whether every row has an invoice id.
        var isInvoiced = true
    }

    struct InvoiceSums {
        var usage = ExactSum()
        var tax = ExactSum()
        var credit = ExactSum()
        var refund = ExactSum()
        var other = ExactSum()
    }

    struct GapSums {
        var firstSeen: Instant
        var lastSeen: Instant
        var sum = ShareSum()
    }

    let days: BillingDays
    private(set) var rowCount = 0
    private(set) var calls: Int128 = 0
    private(set) var currencies: [Name: CurrencySums] = [:]
    private(set) var invoices: [InvoiceKey: InvoiceSums] = [:]
    private(set) var cardCells: [CardCell: ShareSum] = [:]
    private(set) var billLines: [BillLineKey: ShareSum] = [:]
    private(set) var billDays: [BillDayKey: ShareSum] = [:]
    private(set) var gaps: [GapKey: GapSums] = [:]
    /// The latest end of a row of Usage.
    private(set) var latestUsageEnd: Instant?
    var agreement = LedgerAgreement()

    private let types: LineItemTypes

    init(_ month: Month, _ types: LineItemTypes) {
        days = BillingDays(month)
        self.types = types
    }

    // MARK: Adding

    mutating func add(_ row: LedgerRow) {
        rowCount += 1
        calls += Int128(row.calls)
        if row.lineItemType == types.usage { latestUsageEnd = max(latestUsageEnd ?? row.end, row.end) }
        let cost = Amount(atto: row.cost)
        add(cost, row)
        addInvoice(cost, row)
        let isTax = row.lineItemType == types.tax
        let whole = ShareSum(cost: row.cost, isTax: isTax, quantity: row.quantity, calls: row.calls)
        let bill = billKey(row)
        let line = BillLine(
            agent: row.principal, workspace: row.workspace, platform: row.platform, model: row.model, lineItemType: row.lineItemType,
            level: row.level, method: row.method)
        billLines[BillLineKey(bill: bill, line: line), default: ShareSum()] += whole
        addDays(row, bill, isTax, whole)
        if row.gap != .none { addGap(row, whole) }
    }

    private mutating func add(_ cost: Amount, _ row: LedgerRow) {
        // One look-up, then in place.
        var sums = currencies.removeValue(forKey: row.currency) ?? CurrencySums()
        sums.total += cost
        sums.byLevel[row.level, default: ExactSum()] += cost
        sums.byMethod[row.method, default: ExactSum()] += cost
        sums.byLineItemType[row.lineItemType, default: ExactSum()] += cost
        sums.byPlatform[row.platform, default: ExactSum()] += cost
        if row.gap != .none { sums.byGap[row.gap, default: ExactSum()] += cost }
        if row.platform == .claudePlatform && row.lineItemType == types.usage {
            sums.claudeUsage += cost
            if row.window != .none { sums.claudeUsageWithEvidence += cost }
        }
        if row.invoice.isEmpty { sums.isInvoiced = false }
        currencies[row.currency] = sums
    }

    private mutating func addInvoice(_ cost: Amount, _ row: LedgerRow) {
        let key = InvoiceKey(payer: row.payer, invoice: row.invoice, legalEntity: row.legalEntity, currency: row.currency)
        switch row.lineItemType {
        case types.usage: invoices[key, default: InvoiceSums()].usage += cost
        case types.tax: invoices[key, default: InvoiceSums()].tax += cost
        case types.credit: invoices[key, default: InvoiceSums()].credit += cost
        case types.refund: invoices[key, default: InvoiceSums()].refund += cost
        default: invoices[key, default: InvoiceSums()].other += cost
        }
    }

    private func billKey(_ row: LedgerRow) -> BillKey {
        let party: Party
        if !row.workload.isEmpty {
            party = .workload(row.workload)
        } else if !row.principal.isEmpty {
            party = .principal(row.principal)
        } else {
            party = row.workspace.isEmpty ? .account(row.account) : .workspace(row.workspace)
        }
        return BillKey(party: party, isUnclaimed: row.workload.isEmpty, payer: row.payer, currency: row.currency)
    }

    /// Spreads a row over its days: each counts on a bill's day, all of a week on that week's cards.
    private mutating func addDays(_ row: LedgerRow, _ bill: BillKey, _ isTax: Bool, _ whole: ShareSum) {
        let party: Party
        let isWorkspaceCard = row.workload.isEmpty && row.level == .workspace
        if !row.workload.isEmpty {
            party = .workload(row.workload)
        } else {
            party = isWorkspaceCard && !row.workspace.isEmpty ? .workspace(row.workspace) : .account(row.account)
        }
        var cell = CardCell(
            week: 0, currency: row.currency, isWorkspaceCard: isWorkspaceCard, party: party, elements: row.elements,
            line: CardLine(platform: row.platform, model: row.model, tokenType: row.tokenType, region: row.region),
            principal: row.principal)
        let spread = days.spread(from: row.start, to: row.end)
        if spread.count == 1 {
            cell.week = days.week(of: spread.lowerBound)
            cardCells[cell, default: ShareSum()] += whole
            billDays[BillDayKey(bill: bill, day: spread.lowerBound), default: ShareSum()] += whole
            return
        }
        for day in spread {
            let part = ShareSum(
                cost: BillingDays.part(row.cost, over: spread, on: day...day), isTax: isTax,
                quantity: BillingDays.part(row.quantity, over: spread, on: day...day),
                calls: day == spread.lowerBound ? row.calls : 0)
            cell.week = days.week(of: day)
            cardCells[cell, default: ShareSum()] += part
            billDays[BillDayKey(bill: bill, day: day), default: ShareSum()] += part
        }
    }

    private mutating func addGap(_ row: LedgerRow, _ whole: ShareSum) {
        let anchor: Party
        switch row.gap {
        case .sharedRole, .unclaimedPrincipal: anchor = .principal(row.principal)
        case .noEstimate: anchor = .workload(row.workload)
        case .notApproved, .outOfScope:
            anchor = !row.principal.isEmpty ? .principal(row.principal) : row.workspace.isEmpty ? .account(row.account) : .workspace(row.workspace)
        case .noEvidence, .noUsage, .none: anchor = row.workspace.isEmpty ? .account(row.account) : .workspace(row.workspace)
        }
        let key = GapKey(
            gap: row.gap, anchor: anchor, account: row.account, workspace: row.workspace, platform: row.platform, currency: row.currency)
        var sums = gaps[key] ?? GapSums(firstSeen: row.start, lastSeen: row.start)
        sums.firstSeen = min(sums.firstSeen, row.start)
        sums.lastSeen = max(sums.lastSeen, row.start)
        sums.sum += whole
        gaps[key] = sums
    }
}

/// The line item types that figures are told apart by.
struct LineItemTypes {
    let usage, tax, credit, refund: Name

    init(_ names: inout Names) {
        usage = names.name("Usage")
        tax = names.name("Tax")
        credit = names.name("Credit")
        refund = names.name("Refund")
    }
}

extension LedgerSums.Party {
    /// The text by which cards, gaps and bills name a party.
    func text(_ names: Names) -> [UInt8] {
        switch self {
        case .workload(let name), .workspace(let name), .principal(let name): Array(names.bytes(name))
        case .account(let name): Array("account:".utf8) + names.bytes(name)
        }
    }
}
