import Bytes
import TestSupport

@testable import Records

/// A bill that was read, with the names of its rows.
struct ReadBill {
    var rows: [BillRow] = []
    var names = Names()
    var facts: FileFacts?
    let folder = TemporaryFolder()

    init(
        _ content: [UInt8], name: String = "bill.csv", costBasis: CostBasis = .unblended,
        tagKeys: [String] = ["element1", "element2", "", ""],
        profile: PlatformProfile = .standard, windowBytes: Int = ByteLimit.windowBytes
    ) throws {
        let reading = BillReading(
            period: Month(year: 2026, month: 11), profile: profile, tagKeys: tagKeys, costBasis: costBasis, windowBytes: windowBytes)
        var rows: [BillRow] = []
        var buffers = ReadBuffers()
        facts = try readBillFile(path: folder.write(name, content), reading: reading, names: &names, buffers: &buffers) { row, _ in
            if case .otherServices(let count) = row {
                for _ in 0..<count { rows.append(.otherService(nearMiss: nil)) }
            } else {
                rows.append(row)
            }
            return true
        }
        self.rows = rows
    }

    init(_ bill: TinyBill, costBasis: CostBasis = .unblended, tagKeys: [String] = ["element1", "element2", "", ""]) throws {
        try self.init(bill.text, costBasis: costBasis, tagKeys: tagKeys)
    }

    /// One row that is like the usual one but for some cells.
    static func row(
        _ cells: [String: String], columns: [String] = TinyBill.usualColumns, costBasis: CostBasis = .unblended
    ) throws -> ReadBill {
        try ReadBill(TinyBill(columns: columns, [cells]), costBasis: costBasis)
    }

    var first: BillRow? { rows.first }

    var item: LineItem? {
        switch rows.first {
        case .charge(_, let item): item
        case .candidate(let candidate): if case .item(let item) = candidate.content { item } else { nil }
        default: nil
        }
    }

    var fault: InputFault? {
        switch rows.first {
        case .fault(let fault): fault
        case .candidate(let candidate): if case .fault(let fault) = candidate.content { fault } else { nil }
        default: nil
        }
    }

    var platform: Platform? { if case .charge(let platform, _) = rows.first { platform } else { nil } }

    var nearMiss: NearMiss? { if case .otherService(let miss) = rows.first { miss } else { nil } }

    func text(_ name: Name?) -> String? { name.map { names.text($0) } }

    /// In one word what every row is.
    var kinds: [String] {
        rows.map { row in
            switch row {
            case .otherServices, .otherService(nil): "other"
            case .otherService: "near-miss"
            case .otherPeriod: "other-period"
            case .charge(let platform, _): platform.text
            case .candidate(let candidate):
                switch candidate.content {
                case .item: "candidate"
                case .otherPeriod: "candidate-other-period"
                case .fault: "candidate-fault"
                }
            case .fault: "fault"
            }
        }
    }
}

/// The columns of an export that says product and tags in maps.
let mapColumns =
    TinyBill.usualColumns.filter { !$0.hasPrefix("product_product") && !$0.hasPrefix("resource_tags_user") && $0 != "product_region" }
    + ["product", "resource_tags", "tags"]
