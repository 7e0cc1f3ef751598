import Bytes

/// The columns that Apportion reads, whatever a bill calls them.
enum BillColumn: Int, CaseIterable {
    case billingPeriodStart, payerAccountID, billingEntity, invoiceID
    case usageAccountID, lineItemType, usageStart, usageEnd, productCode, usageType, operation, usageAmount, currencyCode
    case unblendedCost, netUnblendedCost, resourceID, legalEntity, description, iamPrincipal
    case productName, productFamily, region, regionCode, model
    case productMap, resourceTagsMap, tagsMap

    /// The name in a CUR 2.0 export; a legacy name is brought to this form by `snakeCase`.
    var name: String {
        switch self {
        case .billingPeriodStart: "bill_billing_period_start_date"
        case .payerAccountID: "bill_payer_account_id"
        case .billingEntity: "bill_billing_entity"
        case .invoiceID: "bill_invoice_id"
        case .usageAccountID: "line_item_usage_account_id"
        case .lineItemType: "line_item_line_item_type"
        case .usageStart: "line_item_usage_start_date"
        case .usageEnd: "line_item_usage_end_date"
        case .productCode: "line_item_product_code"
        case .usageType: "line_item_usage_type"
        case .operation: "line_item_operation"
        case .usageAmount: "line_item_usage_amount"
        case .currencyCode: "line_item_currency_code"
        case .unblendedCost: "line_item_unblended_cost"
        case .netUnblendedCost: "line_item_net_unblended_cost"
        case .resourceID: "line_item_resource_id"
        case .legalEntity: "line_item_legal_entity"
        case .description: "line_item_line_item_description"
        case .iamPrincipal: "line_item_iam_principal"
        case .productName: "product_product_name"
        case .productFamily: "product_product_family"
        case .region: "product_region"
        case .regionCode: "product_region_code"
        case .model: "product_model"
        case .productMap: "product"
        case .resourceTagsMap: "resource_tags"
        case .tagsMap: "tags"
        }
    }

    /// The name in a legacy report, of those that are needed.
    var legacyName: String {
        let parts = name.split(separator: "_")
        // `line_item_usage_account_id` → `lineItem/UsageAccountId`
        return "lineItem/" + parts.dropFirst(2).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Without these no row can be read.
    static let needed: [BillColumn] = [
        .lineItemType, .usageType, .unblendedCost, .usageAmount, .usageStart, .usageAccountID, .currencyCode,
    ]
}

/// Where a file's columns are. Read from the first row of every file, because columns may be missing, reordered or renamed by the export.
struct BillHeader {
    /// The names as written in the file.
    var names: [String] = []
    private var indices = [Int](repeating: -1, count: BillColumn.allCases.count)
    /// For each element tag, then `workspace` and `workspace_id`: its own columns, in the order in which they are asked.
    var tagColumns: [[Int]] = []

    init(names: [String], tagKeys: [String]) {
        self.names = names
        let positions = Dictionary(BillColumn.allCases.map { ($0.name, $0.rawValue) }, uniquingKeysWith: { first, _ in first })
        for (index, name) in names.enumerated() {
            if let column = positions[snakeCase(name)], indices[column] < 0 { indices[column] = index }
        }
        tagColumns = tagKeys.map { key in
            ["resourceTags/user:", "resource_tags_user_"].compactMap { prefix in
                // Byte for byte: texts that only look the same are other keys.
                names.firstIndex { $0.utf8.elementsEqual((prefix + key).utf8) }
            }
        }
    }

    @inline(__always)
    func index(_ column: BillColumn) -> Int? {
        let index = indices[column.rawValue]
        return index >= 0 ? index : nil
    }

    /// The name of the first needed column that is missing.
    func missing(_ basis: CostBasis) -> BillColumn? {
        let needed = basis == .net ? BillColumn.needed + [.netUnblendedCost] : BillColumn.needed
        return needed.first { index($0) == nil }
    }
}

/// `lineItem/UnblendedCost` → `line_item_unblended_cost`. Names already in snake case stay.
func snakeCase(_ name: String) -> String {
    var result: [UInt8] = []
    var previousIsLower = false
    for byte in name.utf8 {
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        if byte == UInt8(ascii: "/") {
            result.append(UInt8(ascii: "_"))
        } else {
            if isUpper && previousIsLower { result.append(UInt8(ascii: "_")) }
            result.append(foldedCase(byte))
        }
        previousIsLower = !isUpper && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "_")
    }
    return String(decoding: result, as: UTF8.self)
}

/// Which cost of a row is attributed.
public enum CostBasis: String, Sendable, CaseIterable { case unblended, net }
