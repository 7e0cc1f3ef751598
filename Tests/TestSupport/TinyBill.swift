/// A bill of a few rows, as text. Columns are named as in a CUR 2.0 export; a cell that is not given has the value of `usual`.
public struct TinyBill: Sendable {
    public var columns: [String]
    public var rows: [[String: String]] = []

    /// An ordinary Claude Platform Usage row of November 2026.
    public static let usual: [String: String] = [
        "bill_billing_period_start_date": "2026-11-01T00:00:00Z", "bill_payer_account_id": "111122223333",
        "bill_billing_entity": "AWS Marketplace", "line_item_usage_account_id": "111122223333", "line_item_line_item_type": "Usage",
        "line_item_usage_start_date": "2026-11-03T14:00:00Z", "line_item_usage_end_date": "2026-11-03T15:00:00Z",
        "line_item_product_code": "claudecode1", "line_item_usage_type": "MP:ccu-Units", "line_item_usage_amount": "10",
        "line_item_currency_code": "USD", "line_item_unblended_cost": "0.1", "line_item_legal_entity": "Anthropic, PBC",
        "product_product_name": "Claude Platform on AWS",
    ]

    public static let usualColumns = [
        "bill_billing_period_start_date", "bill_payer_account_id", "bill_billing_entity", "bill_invoice_id",
        "line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_start_date", "line_item_usage_end_date",
        "line_item_product_code", "line_item_usage_type", "line_item_operation", "line_item_usage_amount", "line_item_currency_code",
        "line_item_unblended_cost", "line_item_net_unblended_cost", "line_item_resource_id", "line_item_legal_entity",
        "line_item_line_item_description", "line_item_iam_principal", "product_product_name", "product_product_family",
        "product_region", "resource_tags_user_element1", "resource_tags_user_element2", "resource_tags_user_element3",
        "resource_tags_user_element4", "resource_tags_user_workspace", "resource_tags_user_workspace_id",
    ]

    public init(columns: [String] = TinyBill.usualColumns, _ rows: [[String: String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    public var text: [UInt8] {
        var lines = [columns.map(TinyBill.cell).joined(separator: ",")]
        for row in rows { lines.append(columns.map { TinyBill.cell(row[$0] ?? TinyBill.usual[$0] ?? "") }.joined(separator: ",")) }
        return bytes(lines.joined(separator: "\n") + "\n")
    }

    private static func cell(_ text: String) -> String {
        let mustQuote = text.utf8.contains { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }
        return mustQuote ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
