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
        for column in columns { writer.text(column) }
        writer.endRow()
        let periodText = Array(period.text.utf8)
        let cells = RenderedNames(ledger.names)
        try ledger.forEach { (row, group) throws(Failure) in
            write(row, group, ledger, cells, periodText, &writer)
            if writer.bytes.count > 1 << 20 { try sink(writer.flush()) }
        }
        try sink(writer.flush())
    }

    private static func write(
        _ row: LedgerRow, _ group: ChargeGroup, _ ledger: Ledger, _ cells: RenderedNames, _ period: [UInt8],
        _ writer: inout CSVWriter
    ) {
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
        name(row.principal)
        name(ledger.workloadID(row))
        word(row.level.text)
        word(row.method.text)
        word(row.window.text)
        name(row.model)
        word(group.tokenType.text)
        for index in 0..<4 { name(row.elements[index]) }
        writer.number { appendDecimal(row.weight, to: &$0) }
        writer.number { appendDecimal(row.weightTotal, to: &$0) }
        writer.number { appendDecimal(UInt128(row.calls), to: &$0) }
        writer.number { row.quantity.append(to: &$0) }
        writer.number { row.cost.append(to: &$0) }
        name(group.currency)
        word(row.gap.text)
        name(group.billingEntity)
        name(group.legalEntity)
        name(group.productCode)
        name(group.operation)
        writer.endRow()
    }
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
