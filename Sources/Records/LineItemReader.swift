import Bytes

/// What a reader of bills must know of the run.
public struct BillReading: Sendable {
    public var period: Month
    public var profile: PlatformProfile
    /// The four keys of the registry's `tagKeys`.
    public var tagKeys: [String]
    public var costBasis: CostBasis
    public var maxInflatedBytes: Int
    public var windowBytes: Int
    public var sessions: SessionPatterns
    /// What a row must hold for a rule of the profile to take it, or for it to be a near miss.
    let probe: RowProbe?

    public init(
        period: Month, profile: PlatformProfile, tagKeys: [String], costBasis: CostBasis = .unblended,
        sessions: SessionPatterns = SessionPatterns(), maxInflatedBytes: Int = ByteLimit.inflatedBytes, windowBytes: Int = ByteLimit.windowBytes
    ) {
        self.period = period
        self.profile = profile
        self.tagKeys = tagKeys
        self.costBasis = costBasis
        self.maxInflatedBytes = maxInflatedBytes
        self.windowBytes = windowBytes
        self.sessions = sessions
        probe = RowProbe((profile.rules.flatMap(\.any) + PlatformProfile.nearMisses).map(\.needle))
    }
}

/// Reads the rows of one bill file: platform first, so that a row of another service costs a few comparisons and nothing else.
///
/// The order is that of the specification, attribution §1: structure, platform, period, content.
struct LineItemReader: ~Copyable {
    let path: String
    let header: BillHeader
    let reading: BillReading
    /// Offset in the file's content of the window's first byte; set before a window's rows are read.
    var base = 0

    var cells = CSVCellReader()
    private var product = MapCell()
    private var resourceTags = MapCell()
    private var tags = MapCell()
    private var platforms: PlatformFinder
    /// Of each element tag, `workspace` and `workspace_id` the keys under which the maps may hold it.
    private let spellings: [(key: String, resourceTags: [[UInt8]], tags: [[UInt8]])]

    init(path: String, header: BillHeader, reading: BillReading) {
        self.path = path
        self.header = header
        self.reading = reading
        platforms = PlatformFinder(CompiledTests(reading.profile), header)
        spellings = (reading.tagKeys + ["workspace", "workspace_id"]).map { key in
            (
                key, ["user_", "user:", ""].map { Array(($0 + key).utf8) },
                ["resourceTags/user:", "resourceTags/"].map { Array(($0 + key).utf8) }
            )
        }
    }

    /// Whether the row is sound and of another service, without a look at what it says: it holds nothing that is probed for.
    @inline(__always)
    mutating func passes(_ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>) -> Bool {
        guard !row.mayMatter, row.fault == nil, row.cellCount == header.names.count, let index = header.index(.lineItemType) else { return false }
        return !isAdoptable(scanner.cell(index, of: row), bytes)
    }

    mutating func read(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, names: inout Names
    ) -> BillRow {
        if let fault = row.fault { return .fault(quoteFault(fault, row, scanner, bytes)) }
        if row.cellCount != header.names.count {
            return .fault(
                fault(row, "has \(row.cellCount) cells, its header \(header.names.count): the row is damaged; fetch the file again"))
        }
        product.isLoaded = false
        let (found, lineItemType) = platforms.find(row, scanner, bytes)
        if found.rule != .max, let platform = platforms.tests.tests[found.rule].platform {
            do throws(InputFault) {
                let start = try startIfInPeriod(row, scanner, bytes)
                guard let start else { return .otherPeriod }
                return .charge(platform, try item(row, scanner, bytes, start, platform, &names))
            } catch { return .fault(error) }
        }
        let nearMiss = found.nearMiss == .max ? nil : nearMiss(platforms.tests.tests[found.nearMiss], row, scanner, bytes, &names)
        guard isAdoptable(lineItemType, bytes) else { return .otherService(nearMiss: nearMiss) }
        let productCode = name(.productCode, row, scanner, bytes, &names)
        let payer = name(.payerAccountID, row, scanner, bytes, &names)
        guard !productCode.isEmpty else { return .otherService(nearMiss: nearMiss) }
        var content = Candidate.Content.otherPeriod
        do throws(InputFault) {
            if let start = try startIfInPeriod(row, scanner, bytes) {
                content = .item(try item(row, scanner, bytes, start, nil, &names))
            }
        } catch { content = .fault(error) }
        return .candidate(Candidate(payerAccount: payer, productCode: productCode, nearMiss: nearMiss, content: content))
    }

    // MARK: Other services

    /// Returns false when the cell is no map.
    private mutating func loadProduct(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        cells.text(bytes, range) { product.load($0) }
    }

    /// The test that would take such rows.
    private mutating func nearMiss(
        _ test: CompiledTests.Test, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) -> NearMiss {
        if test.column == .productName {
            return NearMiss(column: .productName, comparison: .equals, text: names.name(productText(.productName, row, scanner, bytes)))
        }
        return NearMiss(column: test.column, comparison: test.comparison, text: names.name(Array(platforms.tests.needle(test))))
    }

    private mutating func isAdoptable(_ lineItemType: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        cells.text(bytes, lineItemType) { text in
            // No other type that AWS documents has so few letters.
            text.count <= 6 && (sameBytes(text, "Tax") || sameBytes(text, "Credit") || sameBytes(text, "Refund") || sameBytes(text, "Fee"))
        }
    }

    // MARK: Period

    /// The usage start, or nil when the row belongs to another period. `missing` start is only allowed when the period is written out.
    private mutating func startIfInPeriod(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) throws(InputFault) -> Instant? {
        if let period = try instant(.billingPeriodStart, row, scanner, bytes) {
            guard Month(containing: period) == reading.period else { return nil }
            return try start(row, scanner, bytes)
        }
        let start = try start(row, scanner, bytes)
        return Month(containing: start) == reading.period ? start : nil
    }

    private mutating func start(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) throws(InputFault) -> Instant {
        guard let start = try instant(.usageStart, row, scanner, bytes) else {
            throw cellFault(.usageStart, row, "is empty, but a charge needs its usage start; fetch the file again")
        }
        return start
    }

    // MARK: Content

    private mutating func item(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ start: Instant, _ platform: Platform?,
        _ names: inout Names
    ) throws(InputFault) -> LineItem {
        let end: Instant
        if let written = try instant(.usageEnd, row, scanner, bytes) {
            end = written
        } else {
            end = start.flooredToHour.adding(Instant.hour)
        }
        guard end >= start else {
            throw cellFault(.usageEnd, row, "is \(end.text), before the usage start \(start.text); fetch the file again")
        }
        try loadMaps(row, scanner, bytes)
        let lineItemType = try text(.lineItemType, row, scanner, bytes, &names)
        let isUsage = names.bytes(lineItemType).elementsEqual("Usage".utf8)
        let costColumn = reading.costBasis == .net ? BillColumn.netUnblendedCost : .unblendedCost
        let cost = try amount(costColumn, row, scanner, bytes, emptyIsZero: false)
        let quantity = isUsage ? try amount(.usageAmount, row, scanner, bytes, emptyIsZero: true) : (Amount.zero, true)
        let currency = try text(.currencyCode, row, scanner, bytes, &names)
        guard !currency.isEmpty else {
            throw cellFault(.currencyCode, row, "is empty, but money needs a currency; fetch the file again")
        }
        var elements: [Name] = []
        for key in 0..<4 { elements.append(try tag(key, row, scanner, bytes, &names)) }
        return LineItem(
            payerAccount: try text(.payerAccountID, row, scanner, bytes, &names),
            usageAccount: try text(.usageAccountID, row, scanner, bytes, &names),
            lineItemType: lineItemType,
            usageType: try text(.usageType, row, scanner, bytes, &names),
            operation: try text(.operation, row, scanner, bytes, &names),
            productCode: try text(.productCode, row, scanner, bytes, &names),
            billingEntity: try text(.billingEntity, row, scanner, bytes, &names),
            legalEntity: try text(.legalEntity, row, scanner, bytes, &names),
            currency: currency,
            invoice: try text(.invoiceID, row, scanner, bytes, &names),
            region: try region(row, scanner, bytes, &names),
            resourceID: platform == .bedrock ? .empty : try workspaceID(row, scanner, bytes, &names),
            workspaceTag: platform == .bedrock ? .empty : try tag(4, row, scanner, bytes, &names),
            workspaceIDTag: platform == .bedrock ? .empty : try tag(5, row, scanner, bytes, &names),
            elements: Elements(elements[0], elements[1], elements[2], elements[3]),
            principal: platform == .claudePlatform ? .empty : try principal(row, scanner, bytes, &names),
            model: platform == .claudePlatform ? .empty : try model(row, scanner, bytes, &names),
            hasPrincipalColumn: header.index(.iamPrincipal) != nil,
            start: start, end: end, cost: cost.0, quantity: quantity.0, isUsage: isUsage,
            inexactAmounts: (cost.1 ? 0 : 1) + (quantity.1 ? 0 : 1))
    }

    private mutating func loadMaps(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) throws(InputFault) {
        if let index = header.index(.productMap) {
            let range = scanner.cell(index, of: row)
            if !loadProduct(range, bytes) { throw mapFault(index, range, row, bytes) }
        }
        if let index = header.index(.resourceTagsMap) {
            let range = scanner.cell(index, of: row)
            let isMap = cells.text(bytes, range) { resourceTags.load($0) }
            if !isMap { throw mapFault(index, range, row, bytes) }
        }
        if let index = header.index(.tagsMap) {
            let range = scanner.cell(index, of: row)
            let isMap = cells.text(bytes, range) { tags.load($0) }
            if !isMap { throw mapFault(index, range, row, bytes) }
        }
    }

    /// Element tag 0…3, `workspace` (4) or `workspace_id` (5), in the spelling that is filled first (specification, inputs §1).
    private mutating func tag(
        _ key: Int, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        if spellings[key].key.isEmpty { return .empty }
        for index in header.tagColumns[key] {
            let name = try text(index, row, scanner, bytes, &names)
            if !name.isEmpty { return name }
        }
        if header.index(.resourceTagsMap) != nil {
            for spelling in spellings[key].resourceTags {
                let value = resourceTags.value(spelling)
                if !value.isEmpty { return names.name(value) }
            }
        }
        if header.index(.tagsMap) != nil {
            for spelling in spellings[key].tags {
                let value = tags.value(spelling)
                if !value.isEmpty { return names.name(value) }
            }
        }
        return .empty
    }

    /// The resource id where it may name a workspace: other services' are as many as their resources, and lead nowhere.
    private mutating func workspaceID(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        guard let index = header.index(.resourceID) else { return .empty }
        let mayBe = cells.text(bytes, scanner.cell(index, of: row)) { text in
            // What is no UTF-8 is a fault, whatever it may name.
            holdsFolded(text, LineItemReader.workspaceMark.span) || text.count >= 7 && standsFolded(text, 0, LineItemReader.workspacePrefix.span)
                || !isUTF8(text)
        }
        return mayBe ? try text(index, row, scanner, bytes, &names) : .empty
    }

    private static let workspaceMark = Array("aws-external-anthropic".utf8)
    private static let workspacePrefix = Array("wrkspc_".utf8)

    private mutating func region(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        for column in [BillColumn.region, .regionCode] {
            let name = try text(column, row, scanner, bytes, &names)
            if !name.isEmpty { return name }
        }
        guard header.index(.productMap) != nil else { return .empty }
        let region = product.value(Array("region_code".utf8))
        return names.name(region.isEmpty ? product.value(Array("region".utf8)) : region)
    }

    private mutating func model(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        if header.index(.productMap) != nil {
            let model = product.value(Array("model".utf8))
            if !model.isEmpty { return names.name(model) }
        }
        let column = try text(.model, row, scanner, bytes, &names)
        if !column.isEmpty { return column }
        var product = productText(.productName, row, scanner, bytes)
        guard isUTF8(product.span) else {
            throw cellFault(.productName, row, "is '\(excerpt(product.span))', which is no UTF-8 text; fetch the file again")
        }
        let edition = Array(" (Amazon Bedrock Edition)".utf8)
        // Any other product name, such as `Amazon Bedrock`, names no model.
        guard product.count >= edition.count, product.suffix(edition.count).elementsEqual(edition) else { return .empty }
        product.removeLast(edition.count)
        return names.name(product)
    }

    private mutating func principal(
        _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>, _ names: inout Names
    ) throws(InputFault) -> Name {
        guard let index = header.index(.iamPrincipal) else { return .empty }
        let written = cells.text(bytes, scanner.cell(index, of: row)) { copied($0) }
        guard isUTF8(written.span) else { return try text(index, row, scanner, bytes, &names) }
        // The text as it is written may name a session that nobody claims, and is not kept.
        return names.name(reading.sessions.principal(of: written) ?? canonicalPrincipal(written))
    }

    /// A column's text, or the product map's.
    private mutating func productText(
        _ column: ProfileColumn, _ row: CSVScanner.Row, _ scanner: borrowing CSVScanner, _ bytes: Span<UInt8>
    ) -> [UInt8] {
        if let index = header.index(column.billColumn) {
            let text = cells.text(bytes, scanner.cell(index, of: row)) { copied($0) }
            if !text.isEmpty { return text }
        }
        guard let key = column.mapKey, let map = header.index(.productMap) else { return [] }
        if !product.isLoaded { _ = loadProduct(scanner.cell(map, of: row), bytes) }
        return product.value(Array("\(key)".utf8))
    }
}

extension ProfileColumn {
    /// The key under which CUR 2.0's `product` map may hold it.
    var mapKey: StaticString? {
        switch self {
        case .productName: "product_name"
        case .productFamily: "product_family"
        default: nil
        }
    }

    var billColumn: BillColumn {
        switch self {
        case .productName: .productName
        case .productFamily: .productFamily
        case .productCode: .productCode
        case .usageType: .usageType
        case .legalEntity: .legalEntity
        case .billingEntity: .billingEntity
        case .operation: .operation
        case .resourceID: .resourceID
        case .description: .description
        }
    }
}
