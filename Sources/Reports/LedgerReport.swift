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
        for row in ledger.rows {
            write(row, ledger.names, periodText, &writer)
            if writer.bytes.count > 1 << 20 { try sink(writer.flush()) }
        }
        try sink(writer.flush())
    }

    private static func write(_ row: LedgerRow, _ names: Names, _ period: [UInt8], _ writer: inout CSVWriter) {
        func name(_ name: Name) { writer.text(names.bytes(name)) }
        func word(_ text: String) { writer.number { $0.append(contentsOf: text.utf8) } }
        writer.number { $0.append(contentsOf: period) }
        writer.number { row.start.append(to: &$0) }
        writer.number { row.end.append(to: &$0) }
        word(row.platform.text)
        name(row.payerAccount)
        name(row.usageAccount)
        name(row.region)
        name(row.workspace)
        word(row.workspaceSource.text)
        name(row.lineItemType)
        name(row.usageType)
        name(row.invoice)
        name(row.principal)
        name(row.workloadID)
        word(row.level.text)
        word(row.method.text)
        word(row.window.text)
        name(row.model)
        word(row.tokenType.text)
        for index in 0..<4 { name(row.elements[index]) }
        writer.number { appendDecimal(row.weight, to: &$0) }
        writer.number { appendDecimal(row.weightTotal, to: &$0) }
        writer.number { appendDecimal(UInt128(row.calls), to: &$0) }
        writer.number { row.quantity.append(to: &$0) }
        writer.number { row.cost.append(to: &$0) }
        name(row.currency)
        word(row.gap.text)
        name(row.billingEntity)
        name(row.legalEntity)
        name(row.productCode)
        name(row.operation)
        writer.endRow()
    }
}
