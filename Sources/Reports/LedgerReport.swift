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
        var writer = CSVWriter()
        writer.reserve(1 << 20 + 1 << 16)
        for column in columns { writer.text(column) }
        writer.endRow()
        var row = RowText(ledger, period)
        try ledger.forEach { (share, group) throws(Failure) in
            row.append(share, group, to: &writer)
            if writer.bytes.count > 1 << 20 { try writer.flush(to: sink) }
        }
        try writer.flush(to: sink)
    }
}

/// Writes rows. Those of one group come one after the other and have most of their columns in common: these are rendered once.
private struct RowText {
    private let workloads: Ledger
    private let cells: RenderedNames
    private let period: [UInt8]
    /// Of which group, workspace and source `front` is, and of which group `back`.
    private var group: Int32 = -1
    private var workspace = Name.empty
    private var source = WorkspaceSource.none
    /// From `billing_period` to `invoice_id`, and from `billing_entity` on.
    private var front: [UInt8] = []
    private var back: [UInt8] = []
    private let words = LedgerWords()

    init(_ ledger: Ledger, _ period: Month) {
        workloads = ledger
        cells = RenderedNames(ledger.names)
        self.period = Array(period.text.utf8)
    }

    mutating func append(_ row: LedgerRow, _ group: ChargeGroup, to writer: inout CSVWriter) {
        if row.group != self.group || row.workspace != workspace || row.workspaceSource != source { render(row, group) }
        func name(_ name: Name) { writer.number { cells.append(name, to: &$0) } }
        func word(_ text: [UInt8]) { writer.number { $0.append(contentsOf: text) } }
        word(front)
        name(row.principal)
        name(workloads.workloadID(row))
        word(words.levels[Int(row.level.rawValue)])
        word(words.methods[Int(row.method.rawValue)])
        word(words.windows[Int(row.window.rawValue)])
        name(row.model)
        word(words.tokenTypes[Int(group.tokenType.rawValue)])
        for index in 0..<4 { name(row.elements[index]) }
        writer.number { appendDecimal(row.weight, to: &$0) }
        writer.number { appendDecimal(row.weightTotal, to: &$0) }
        writer.number { appendDecimal(UInt128(row.calls), to: &$0) }
        writer.number { row.quantity.append(to: &$0) }
        writer.number { row.cost.append(to: &$0) }
        name(group.currency)
        word(words.gaps[Int(row.gap.rawValue)])
        word(back)
        writer.endRow()
    }

    private mutating func render(_ row: LedgerRow, _ group: ChargeGroup) {
        var writer = CSVWriter()
        func name(_ name: Name) { writer.number { cells.append(name, to: &$0) } }
        func word(_ text: String) { writer.number { $0.append(contentsOf: text.utf8) } }
        writer.number { $0.append(contentsOf: period) }
        writer.number { group.start.append(to: &$0) }
        writer.number { group.end.append(to: &$0) }
        word(group.platform.text)
        name(group.payerAccount)
        name(group.usageAccount)
        name(group.region)
        name(row.workspace)
        word(row.workspaceSource.text)
        name(group.lineItemType)
        name(group.usageType)
        name(group.invoice)
        front = writer.bytes
        writer = CSVWriter()
        name(group.billingEntity)
        name(group.legalEntity)
        name(group.productCode)
        name(group.operation)
        back = writer.bytes
        self.group = row.group
        workspace = row.workspace
        source = row.workspaceSource
    }
}

/// The words of the ledger as bytes, each at the place of its case.
private struct LedgerWords {
    let levels = Level.allCases.map { Array($0.text.utf8) }
    let methods = Method.allCases.map { Array($0.text.utf8) }
    let windows = EvidenceWindow.allCases.map { Array($0.text.utf8) }
    let tokenTypes = TokenType.allCases.map { Array($0.text.utf8) }
    let gaps = Gap.allCases.map { Array($0.text.utf8) }
}

/// Every name as a cell of CSV, guarded and quoted where it must be: a few thousand names stand in millions of cells.
private struct RenderedNames {
    private var texts: [UInt8] = []
    private var ends: [Int] = []

    init(_ names: Names) {
        for index in 0..<names.count {
            var writer = CSVWriter()
            writer.text(names.bytes(Name(index: UInt32(index))))
            texts.append(contentsOf: writer.bytes)
            ends.append(texts.count)
        }
    }

    @inline(__always)
    func append(_ name: Name, to bytes: inout [UInt8]) {
        let index = Int(name.index)
        let start = index == 0 ? 0 : ends[index - 1]
        if start < ends[index] { bytes.append(contentsOf: texts[start..<ends[index]]) }
    }
}
