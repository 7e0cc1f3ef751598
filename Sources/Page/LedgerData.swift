import Published
import Records

/// The ledger as the page holds it: what many rows have in common is said once.
///
///     charges   distinct texts of the columns that come from the bill     one line each, cells as JSON
///     shares    distinct texts of the columns that say who and why
///     rows      for every row the number of its charge and of its share, then weight, weight total, calls, quantity and cost, as they are written
struct LedgerData {
    static let chargeColumns = [
        "usage_start", "usage_end", "platform", "payer_account_id", "usage_account_id", "region", "workspace_arn", "workspace_source",
        "line_item_type", "usage_type", "invoice_id", "token_type", "currency", "billing_entity", "legal_entity", "product_code", "operation",
    ]
    static let shareColumns = [
        "principal", "workload_id", "level", "method", "evidence_window", "model", "element1", "element2", "element3", "element4", "gap",
    ]
    static let amountColumns = ["weight", "weight_total", "calls", "quantity", "cost"]

    private var charges = Texts()
    private var shares = Texts()
    private var chargeNumbers: [UInt8] = []
    private var shareNumbers: [UInt8] = []
    private var amounts = [[UInt8]](repeating: [], count: amountColumns.count)
    private(set) var count = 0

    /// Distinct rows of texts, numbered as they first come.
    private struct Texts {
        private var numbers: [[UInt8]: Int] = [:]
        private(set) var json: [UInt8] = []

        /// - Parameter cells: In the order of the columns.
        mutating func number(_ cells: [[UInt8]]) -> (number: Int, isNew: Bool) {
            // No cell of a CSV file that was read as text can be mistaken for two: its length comes first.
            var key: [UInt8] = []
            for cell in cells {
                key.append(contentsOf: "\(cell.count):".utf8)
                key.append(contentsOf: cell)
            }
            if let known = numbers[key] { return (known, false) }
            let number = numbers.count
            numbers[key] = number
            json.append(contentsOf: (number == 0 ? "[" : ",\n[").utf8)
            for (place, cell) in cells.enumerated() {
                if place > 0 { json.append(UInt8(ascii: ",")) }
                JSONList.appendString(Array(String(decoding: cell, as: UTF8.self).utf8), to: &json)
            }
            json.append(UInt8(ascii: "]"))
            return (number, true)
        }
    }

    /// Takes a row.
    /// - Returns: The numbers of its charge and share, and whether each is new.
    mutating func add(charge: [[UInt8]], share: [[UInt8]], amounts cells: [[UInt8]]) -> (charge: (number: Int, isNew: Bool), share: (number: Int, isNew: Bool)) {
        let numbers = (charge: charges.number(charge), share: shares.number(share))
        func separate(_ bytes: inout [UInt8]) { if count > 0 { bytes.append(UInt8(ascii: ",")) } }
        separate(&chargeNumbers)
        chargeNumbers.append(contentsOf: String(numbers.charge.number).utf8)
        separate(&shareNumbers)
        shareNumbers.append(contentsOf: String(numbers.share.number).utf8)
        for place in amounts.indices {
            separate(&amounts[place])
            amounts[place].append(contentsOf: cells[place])
        }
        count += 1
        return numbers
    }

    /// The members of a JSON object. Numbers and amounts of all rows are one text a column: that is read fastest, and only when rows are asked for.
    func append(to bytes: inout [UInt8]) {
        func names(_ columns: [String]) -> String { "[" + columns.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        func member(_ name: String, _ text: [UInt8]) {
            bytes.append(contentsOf: ",\n\"\(name)\":\"".utf8)
            bytes.append(contentsOf: text)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(contentsOf: "\"count\":\(count),\"chargeColumns\":\(names(LedgerData.chargeColumns)),\"shareColumns\":\(names(LedgerData.shareColumns)),\"charges\":[".utf8)
        bytes.append(contentsOf: charges.json)
        bytes.append(contentsOf: "],\n\"shares\":[".utf8)
        bytes.append(contentsOf: shares.json)
        bytes.append(UInt8(ascii: "]"))
        member("charge", chargeNumbers)
        member("share", shareNumbers)
        for (place, name) in LedgerData.amountColumns.enumerated() { member(name, amounts[place]) }
    }
}
