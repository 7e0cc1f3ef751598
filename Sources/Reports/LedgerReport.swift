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
    private let cells: Cells
    private let workloadIDs: Cells
    private let words = LedgerWords()
    private let period: [UInt8]
    /// Of which group, workspace and source `front` is, and of which group `back`.
    private var group: Int32 = -1
    private var workspace = Name.empty
    private var source = WorkspaceSource.none
    /// From `billing_period` to `invoice_id`, and from `billing_entity` on, with the row's end.
    private var front: [UInt8] = []
    private var back: [UInt8] = []
    /// What the weights of the row before add up to, and its cell with both its commas; those of one charge share it.
    private var weightTotal: UInt128 = 0
    private var total = Array(",0,".utf8)
    /// The four elements of the row before; rows of few workloads take turns, so of each workload, from −1, too.
    private var elements: [(of: Elements, text: [UInt8])] = []

    init(_ ledger: Ledger, _ period: Month) {
        let names = ledger.names
        cells = Cells(0..<names.count) { Array(names.bytes(Name(index: UInt32($0)))) }
        workloadIDs = Cells(ledger.workloadIDs.indices) { Array(names.bytes(ledger.workloadIDs[$0])) }
        self.period = Array(period.text.utf8)
    }

    mutating func append(_ row: LedgerRow, _ group: ChargeGroup, to writer: inout CSVWriter) {
        if row.group != self.group || row.workspace != workspace || row.workspaceSource != source { render(row, group) }
        if row.weightTotal != weightTotal { renderTotal(row.weightTotal) }
        let place = elementsPlace(row)
        writer.raw { bytes in
            append(front, to: &bytes)
            cells.append(row.principal, to: &bytes)
            if row.workload < 0 { bytes.append(UInt8(ascii: ",")) } else { workloadIDs.append(Int(row.workload), to: &bytes) }
            words.levels.append(Int(row.level.rawValue), to: &bytes)
            words.methods.append(Int(row.method.rawValue), to: &bytes)
            words.windows.append(Int(row.window.rawValue), to: &bytes)
            cells.append(row.model, to: &bytes)
            words.tokenTypes.append(Int(group.tokenType.rawValue), to: &bytes)
            append(elements[place].text, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            appendDecimal(row.weight, to: &bytes)
            append(total, to: &bytes)
            appendDecimal(UInt128(row.calls), to: &bytes)
            bytes.append(UInt8(ascii: ","))
            row.quantity.append(to: &bytes)
            bytes.append(UInt8(ascii: ","))
            row.cost.append(to: &bytes)
            cells.append(group.currency, to: &bytes)
            words.gaps.append(Int(row.gap.rawValue), to: &bytes)
            append(back, to: &bytes)
        }
    }

    @inline(__always)
    private func append(_ text: borrowing [UInt8], to bytes: inout [UInt8]) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func renderTotal(_ weightTotal: UInt128) {
        self.weightTotal = weightTotal
        total = [UInt8(ascii: ",")]
        appendDecimal(weightTotal, to: &total)
        total.append(UInt8(ascii: ","))
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

/// The words of the ledger as cells, each at the place of its case.
private struct LedgerWords {
    let levels = Cells(Level.allCases) { Array($0.text.utf8) }
    let methods = Cells(Method.allCases) { Array($0.text.utf8) }
    let windows = Cells(EvidenceWindow.allCases) { Array($0.text.utf8) }
    let tokenTypes = Cells(TokenType.allCases) { Array($0.text.utf8) }
    let gaps = Cells(Gap.allCases) { Array($0.text.utf8) }
}

/// Texts as cells of CSV, guarded and quoted where they must be, each with the comma before it: a few thousand texts stand in millions of cells.
///
/// They lie in one piece of memory, as a reference counted for every cell would cost more than the cell.
private struct Cells {
    private var texts: [UInt8] = []
    private var ends = [0]

    init<Source: Sequence>(_ source: Source, _ text: (Source.Element) -> [UInt8]) {
        for element in source {
            var writer = CSVWriter()
            writer.text(text(element))
            texts.append(UInt8(ascii: ","))
            texts.append(contentsOf: writer.bytes)
            ends.append(texts.count)
        }
    }

    @inline(__always)
    func append(_ name: Name, to bytes: inout [UInt8]) { append(Int(name.index), to: &bytes) }

    @inline(__always)
    func append(_ place: Int, to bytes: inout [UInt8]) {
        let range = ends[place]..<ends[place + 1]
        unsafe texts.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
