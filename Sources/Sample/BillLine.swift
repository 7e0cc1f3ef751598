/// What differs from row to row of the same kind.
enum BillSlot: String, Sendable {
    case lineItemID, interval, start, end, resource, team, quantity, cost
}

/// One row of the bill.
struct BillLine: Sendable {
    let template: Template<BillSlot>
    let start: Moment
    let end: Moment
    /// In 10⁻¹⁰ units.
    let quantity: Int
    /// In 10⁻¹⁰ USD.
    let cost: Int
    /// Which of the many instances, buckets or functions of its kind.
    let resource: Int
    /// Whether the row is about Claude.
    let isCharge: Bool

    private static let teams = [
        "policy-admin", "billing", "portal", "data-platform", "claims-core", "network", "security",
    ]

    /// Writes the row. The line item id is drawn anew: it is unique within a file, and means nothing.
    func write(into text: inout Text, random: inout SeededRandom) {
        template.write(into: &text) { slot, text in
            switch slot {
            case .lineItemID: text.append(characters: 52, of: .lower, random: &random)
            case .interval:
                text.append(time: start)
                text.append("/")
                text.append(time: end)
            case .start: text.append(billTime: start)
            case .end: text.append(billTime: end)
            case .resource: text.append(hex: splitMix64(UInt64(resource)), digits: 16)
            case .team: text.append(Self.teams[resource % Self.teams.count])
            case .quantity: text.append(tenBillionths: quantity)
            case .cost: text.append(tenBillionths: cost)
            }
        }
    }
}

extension Text {
    /// `2026-10-05T14:00:00.000Z`, as CUR 2.0 writes its timestamps.
    fileprivate mutating func append(billTime moment: Moment) {
        append(date: moment)
        append("T")
        append(clock: moment)
        append(".000Z")
    }
}

/// One unit, or one US dollar, in the unit of `BillLine`.
let oneUnit = 10_000_000_000

/// The cells that every row of an account has.
func commonCells(of account: Account, type: String, from entity: String) -> [String: String] {
    let isMarketplace = entity != "Amazon Web Services, Inc."
    return [
        "bill_bill_type": "Anniversary",
        "bill_billing_entity": isMarketplace ? "AWS Marketplace" : "AWS",
        "bill_billing_period_start_date": "2026-10-01T00:00:00.000Z",
        "bill_billing_period_end_date": "2026-11-01T00:00:00.000Z",
        "bill_invoice_id": account.payer.invoiceID.isEmpty ? "" : account.payer.invoiceID + (isMarketplace ? "-M" : ""),
        "bill_invoicing_entity": "Amazon Web Services, Inc.",
        "bill_payer_account_id": account.payer.id,
        "bill_payer_account_name": account.payer.name,
        "identity_line_item_id": "<lineItemID>",
        "identity_time_interval": "<interval>",
        "line_item_currency_code": "USD",
        "line_item_legal_entity": entity,
        "line_item_line_item_type": type,
        "line_item_blended_cost": "<cost>",
        "line_item_net_unblended_cost": "<cost>",
        "line_item_unblended_cost": "<cost>",
        "line_item_usage_account_id": account.id,
        "line_item_usage_account_name": account.name,
        "line_item_usage_amount": "<quantity>",
        "line_item_usage_start_date": "<start>",
        "line_item_usage_end_date": "<end>",
        "pricing_currency": "USD",
    ]
}
