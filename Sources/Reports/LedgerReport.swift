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
///
/// Every piece but the first of a row begins with the comma before it.
private struct RowText {
    private let cells: RenderedNames
    /// The cell of every workload's id, from −1, which is none.
    private let workloadIDs: [[UInt8]]
    private let period: [UInt8]
    /// Of which group, workspace and source `front` is, and of which group `back`.
    private var group: Int32 = -1
    private var workspace = Name.empty
    private var source = WorkspaceSource.none
    /// From `billing_period` to `invoice_id`, and from `billing_entity` on, with the row's end.
    private var front: [UInt8] = []
    private var back: [UInt8] = []
    /// The four elements of the row before; rows of few workloads take turns, so of each workload, from −1, too.
    private var elements: [(of: Elements, text: [UInt8])] = []
    private let words = LedgerWords()

    init(_ ledger: Ledger, _ period: Month) {
        cells = RenderedNames(ledger.names)
        var ids = [Array(",".utf8)]
        for id in ledger.workloadIDs {
            ids.append([])
            cells.append(id, to: &ids[ids.count - 1])
        }
        workloadIDs = ids
        self.period = Array(period.text.utf8)
    }

    mutating func append(_ row: LedgerRow, _ group: ChargeGroup, to writer: inout CSVWriter) {
        if row.group != self.group || row.workspace != workspace || row.workspaceSource != source { render(row, group) }
        let place = elementsPlace(row)
        writer.raw { bytes in
            bytes.append(contentsOf: front)
            cells.append(row.principal, to: &bytes)
            bytes.append(contentsOf: workloadIDs[Int(row.workload) + 1])
            bytes.append(contentsOf: words.levels[Int(row.level.rawValue)])
            bytes.append(contentsOf: words.methods[Int(row.method.rawValue)])
            bytes.append(contentsOf: words.windows[Int(row.window.rawValue)])
            cells.append(row.model, to: &bytes)
            bytes.append(contentsOf: words.tokenTypes[Int(group.tokenType.rawValue)])
            bytes.append(contentsOf: elements[place].text)
            bytes.append(UInt8(ascii: ","))
            appendDecimal(row.weight, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            appendDecimal(row.weightTotal, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            appendDecimal(UInt128(row.calls), to: &bytes)
            bytes.append(UInt8(ascii: ","))
            row.quantity.append(to: &bytes)
            bytes.append(UInt8(ascii: ","))
            row.cost.append(to: &bytes)
            cells.append(group.currency, to: &bytes)
            bytes.append(contentsOf: words.gaps[Int(row.gap.rawValue)])
            bytes.append(contentsOf: back)
        }
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
        func comma() { front.append(UInt8(ascii: ",")) }
        func word(_ text: String) {
            comma()
            front.append(contentsOf: text.utf8)
        }
        comma()
        group.start.append(to: &front)
        comma()
        group.end.append(to: &front)
        word(group.platform.text)
        cells.append(group.payerAccount, to: &front)
        cells.append(group.usageAccount, to: &front)
        cells.append(group.region, to: &front)
        cells.append(row.workspace, to: &front)
        word(row.workspaceSource.text)
        cells.append(group.lineItemType, to: &front)
        cells.append(group.usageType, to: &front)
        cells.append(group.invoice, to: &front)
        back = []
        cells.append(group.billingEntity, to: &back)
        cells.append(group.legalEntity, to: &back)
        cells.append(group.productCode, to: &back)
        cells.append(group.operation, to: &back)
        back.append(0x0A)
        self.group = row.group
        workspace = row.workspace
        source = row.workspaceSource
    }
}

/// The words of the ledger as cells, each at the place of its case, with the comma before it.
private struct LedgerWords {
    let levels = Level.allCases.map { Array(",\($0.text)".utf8) }
    let methods = Method.allCases.map { Array(",\($0.text)".utf8) }
    let windows = EvidenceWindow.allCases.map { Array(",\($0.text)".utf8) }
    let tokenTypes = TokenType.allCases.map { Array(",\($0.text)".utf8) }
    let gaps = Gap.allCases.map { Array(",\($0.text)".utf8) }
}

/// Every name as a cell of CSV, guarded and quoted where it must be, with the comma before it: a few thousand names stand in millions of cells.
private struct RenderedNames {
    private var texts: [UInt8] = []
    private var ends: [Int] = []

    init(_ names: Names) {
        for index in 0..<names.count {
            var writer = CSVWriter()
            writer.text(names.bytes(Name(index: UInt32(index))))
            texts.append(UInt8(ascii: ","))
            texts.append(contentsOf: writer.bytes)
            ends.append(texts.count)
        }
    }

    @inline(__always)
    func append(_ name: Name, to bytes: inout [UInt8]) {
        let index = Int(name.index)
        let range = (index == 0 ? 0 : ends[index - 1])..<ends[index]
        // A slice would count a reference for every cell.
        unsafe texts.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
