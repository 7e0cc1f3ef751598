/// The rows of the bill that are about Claude, in the shapes that `docs/formats.md` describes.
enum ClaudeRows {
    private static let anthropic = "Anthropic, PBC"
    private static let platformCode = "8x1kq0ccuexample"
    private static let platformMap = "{\"product_name\":\"Claude Platform on AWS\"}"

    /// An hour of CCU. The resource is the workspace's ARN or empty, the tags are those activated for cost allocation.
    static func platformUsage(_ workspace: Workspace, resource: String, tags: String) -> Template<BillSlot> {
        var cells = commonCells(of: workspace.account, type: "Usage", from: anthropic)
        cells["line_item_product_code"] = platformCode
        cells["line_item_usage_type"] = workspace.usageType
        cells["line_item_resource_id"] = resource
        cells["line_item_line_item_description"] =
            "AWS Marketplace software usage|Claude Consumption Units|$0.01 per Unit"
        cells["line_item_unblended_rate"] = "0.01"
        cells["line_item_blended_rate"] = "0.01"
        cells["line_item_net_unblended_rate"] = "0.01"
        cells["pricing_unit"] = "Units"
        cells["pricing_term"] = "OnDemand"
        cells["pricing_public_on_demand_cost"] = "<cost>"
        cells["pricing_public_on_demand_rate"] = "0.01"
        cells["product"] = platformMap
        cells["product_region_code"] = workspace.region
        cells["resource_tags"] = tags
        return BillColumns.row(of: workspace.account.payer, cells)
    }

    /// The month's sales tax names the product by its code only.
    static func tax(_ account: Account) -> Template<BillSlot> {
        var cells = commonCells(of: account, type: "Tax", from: anthropic)
        cells["line_item_product_code"] = platformCode
        cells["line_item_line_item_description"] = "Tax for product code \(platformCode) usage type MP:ccu-Units"
        cells["line_item_tax_type"] = "SalesTax"
        cells["product"] = "{}"
        return BillColumns.row(of: account.payer, cells)
    }

    /// A credit or a refund: what it is called, and the workspace it stands on if it names one.
    static func correction(
        _ account: Account, type: String, description: String, resource: String
    ) -> Template<BillSlot> {
        var cells = commonCells(of: account, type: type, from: anthropic)
        cells["line_item_product_code"] = platformCode
        cells["line_item_usage_type"] = "MP:ccu-Units"
        cells["line_item_resource_id"] = resource
        cells["line_item_line_item_description"] = description
        cells["product"] = platformMap
        return BillColumns.row(of: account.payer, cells)
    }

    /// An hour of a Claude model on Bedrock, billed through Marketplace too. The product code is opaque.
    static func bedrockUsage(_ account: Account, usageType: String, principal: String) -> Template<BillSlot> {
        var cells = commonCells(of: account, type: "Usage", from: anthropic)
        cells["line_item_product_code"] = "7zgyu5r4bexample"
        cells["line_item_usage_type"] = usageType
        cells["line_item_operation"] = "Usage"
        cells["line_item_line_item_description"] = "AWS Marketplace software usage|us-east-1|Thousand tokens"
        cells["line_item_iam_principal"] = principal
        cells["pricing_unit"] = "Units"
        cells["pricing_term"] = "OnDemand"
        cells["product"] =
            "{\"product_name\":\"Claude Sonnet 4.6 (Amazon Bedrock Edition)\",\"model\":\"Claude Sonnet 4.6\"}"
        cells["product_region_code"] = "us-east-1"
        return BillColumns.row(of: account.payer, cells)
    }

    /// A seat subscription that a wide rule would take for usage: the run counts it as a near miss.
    static func subscription(_ account: Account) -> Template<BillSlot> {
        var cells = commonCells(of: account, type: "Fee", from: anthropic)
        cells["line_item_product_code"] = "5seatsubscrexample"
        cells["line_item_usage_type"] = "MP:Seats-Monthly"
        cells["line_item_line_item_description"] = "Claude team seats, monthly"
        cells["product"] = "{\"product_name\":\"Claude seats\"}"
        return BillColumns.row(of: account.payer, cells)
    }
}

/// The three meters of a model on Bedrock that the sample shows.
enum BedrockMeter: CaseIterable, Sendable {
    case input, cacheRead, output

    var usageType: String {
        switch self {
        case .input: "USE1-MP:USE1_InputTokenCount-Units"
        case .cacheRead: "USE1-MP:USE1_CacheReadInputTokenCount-Units"
        case .output: "USE1-MP:USE1_OutputTokenCount-Units"
        }
    }

    /// For a thousand tokens, in 10⁻¹⁰ USD.
    var price: Int {
        switch self {
        case .input: 30_000_000
        case .cacheRead: 3_000_000
        case .output: 150_000_000
        }
    }

    /// Thousands of tokens in an hour.
    var thousands: ClosedRange<Int> {
        switch self {
        case .input: 800...2_400
        case .cacheRead: 1_000...6_000
        case .output: 60...240
        }
    }
}
