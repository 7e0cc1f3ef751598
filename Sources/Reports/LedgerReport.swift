import Attribution
import Records

/// `allocations.csv`: the ledger, one row per share.
enum LedgerReport {
    static let columns = [
        "billing_period", "usage_start", "usage_end", "platform", "payer_account_id", "usage_account_id", "region", "workspace_arn",
        "workspace_source", "line_item_type", "usage_type", "invoice_id", "principal", "workload_id", "level", "method",
        "evidence_window", "model", "token_type", "element1", "element2", "element3", "element4", "weight", "weight_total", "calls",
        "quantity", "cost", "currency", "gap", "billing_entity", "legal_entity", "product_code", "operation",
    ]

    /// Hands the file over in pieces of about a mebibyte, so that memory does not grow with the ledger.
    static func write<Failure: Error>(_ ledger: Ledger, period: Month, to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var piece: [UInt8] = []
        piece.reserveCapacity(1 << 20 + 1 << 16)
        piece.append(contentsOf: (columns.joined(separator: ",") + "\n").utf8)
        var row = RowText(ledger, period)
        try ledger.forEach { (share, group) throws(Failure) in
            row.append(share, group, to: &piece)
            guard piece.count > 1 << 20 else { return }
            try sink(piece)
            piece.removeAll(keepingCapacity: true)
        }
        try sink(piece)
    }
}

/// Writes rows. Those of one group come one after the other and have most of their columns in common: these are rendered once.
///
/// Every piece but the first of a row begins with the comma before it.
private struct RowText: ~Copyable {
    private let cells: CellTexts
    private let workloadIDs: CellTexts
    private let words = LedgerWords()
    private let period: [UInt8]
    /// Of which group, workspace and source `front` is, and of which group `back`.
    private var group: Int32 = -1
    private var workspace = Name.empty
    private var source = WorkspaceSource.none
    /// From `billing_period` to `invoice_id`, and from `billing_entity` on, with the row's end.
    private var front: [UInt8] = []
    private var back: [UInt8] = []
    /// What the weights of the row before add up to, and its cell with both its commas; those of one charge share it.
    private var weightTotal: UInt128 = 0
    private var total = Array(",0,".utf8)
    /// The four elements of the row before; rows of few workloads take turns, so of each workload, from −1, too.
    private var elements: [(of: Elements, text: [UInt8])] = []

    init(_ ledger: Ledger, _ period: Month) {
        let names = ledger.names
        cells = CellTexts(0..<names.count) { Array(names.bytes(Name(index: UInt32($0)))) }
        workloadIDs = CellTexts(ledger.workloadIDs.indices) { Array(names.bytes(ledger.workloadIDs[$0])) }
        self.period = Array(period.text.utf8)
    }

    mutating func append(_ row: LedgerRow, _ group: ChargeGroup, to bytes: inout [UInt8]) {
        if row.group != self.group || row.workspace != workspace || row.workspaceSource != source { render(row, group) }
        if row.weightTotal != weightTotal { renderTotal(row.weightTotal) }
        let place = elementsPlace(row)
        // Beside the texts there are words of the ledger, commas, and four numbers.
        let texts = front.count + back.count + total.count + elements[place].text.count
        let own = cells.length(row.principal) + cells.length(row.model) + cells.length(group.currency)
        let workload = row.workload < 0 ? 1 : workloadIDs.length(Int(row.workload))
        let most = texts + own + workload + words.longest + 8 + 4 * TextRoom.mostOfAmount
        bytes.appendText(most: most) { text in
            text.append(front)
            cells.append(row.principal, to: &text)
            if row.workload < 0 { text.append(UInt8(ascii: ",")) } else { workloadIDs.append(Int(row.workload), to: &text) }
            words.levels.append(Int(row.level.rawValue), to: &text)
            words.methods.append(Int(row.method.rawValue), to: &text)
            words.windows.append(Int(row.window.rawValue), to: &text)
            cells.append(row.model, to: &text)
            words.tokenTypes.append(Int(group.tokenType.rawValue), to: &text)
            text.append(elements[place].text)
            text.append(UInt8(ascii: ","))
            text.appendDecimal(row.weight)
            text.append(total)
            text.appendDecimal(UInt128(row.calls))
            text.append(UInt8(ascii: ","))
            text.append(row.quantity)
            text.append(UInt8(ascii: ","))
            text.append(row.cost)
            cells.append(group.currency, to: &text)
            words.gaps.append(Int(row.gap.rawValue), to: &text)
            text.append(back)
        }
    }

    private mutating func renderTotal(_ weightTotal: UInt128) {
        self.weightTotal = weightTotal
        total = [UInt8(ascii: ",")]
        appendDecimal(weightTotal, to: &total)
        total.append(UInt8(ascii: ","))
    }

    /// Where the row's elements lie rendered.
    private mutating func elementsPlace(_ row: LedgerRow) -> Int {
        let place = Int(row.workload) + 1
        while elements.count <= place { elements.append((.none, Array(",,,,".utf8))) }
        if elements[place].of != row.elements {
            var text: [UInt8] = []
            for index in 0..<4 { cells.append(row.elements[index], to: &text) }
            elements[place] = (row.elements, text)
        }
        return place
    }

    private mutating func render(_ row: LedgerRow, _ group: ChargeGroup) {
        front = period
        front.append(UInt8(ascii: ","))
        group.start.append(to: &front)
        front.append(UInt8(ascii: ","))
        group.end.append(to: &front)
        words.platforms.append(Int(group.platform.rawValue), to: &front)
        for name in [group.payerAccount, group.usageAccount, group.region, row.workspace] { cells.append(name, to: &front) }
        words.sources.append(Int(row.workspaceSource.rawValue), to: &front)
        for name in [group.lineItemType, group.usageType, group.invoice] { cells.append(name, to: &front) }
        back = []
        for name in [group.billingEntity, group.legalEntity, group.productCode, group.operation] { cells.append(name, to: &back) }
        back.append(0x0A)
        self.group = row.group
        workspace = row.workspace
        source = row.workspaceSource
    }
}
