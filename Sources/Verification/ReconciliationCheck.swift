import Records

/// `reconciliation.json` against the ledger: every figure is the sum of its rows, with no key missing or extra.
struct ReconciliationCheck {
    private let facts: RunFacts
    private let sums: LedgerSums
    private var comparedCount = 0

    /// Returns how many figures were compared.
    static func check(
        _ json: borrowing JSONFile, _ facts: RunFacts, _ sums: LedgerSums, _ files: RunFiles, _ names: inout Names
    ) throws(VerificationFault) -> Int {
        var check = ReconciliationCheck(facts: facts, sums: sums)
        try json.requireMembers(
            [
                "run_id", "billing_period", "partial", "finality", "data_through", "cost_basis", "currencies", "by_invoice", "rows", "events",
                "usage_records",
            ], of: json.root)
        try check.currencies(json, &names)
        try check.invoices(json, &names)
        try check.finality(json)
        if files.toldDataThrough == false { try check.dataThrough(json) }
        return check.comparedCount
    }

    private init(facts: RunFacts, sums: LedgerSums) {
        self.facts = facts
        self.sums = sums
    }

    // MARK: Currencies

    private mutating func currencies(_ json: borrowing JSONFile, _ names: inout Names) throws(VerificationFault) {
        let node = try json.member("currencies", of: json.root)
        var seen: Set<Name> = []
        for member in try json.members(node) {
            let currency = names.name(unguarded(member.key))
            guard let expected = sums.currencies[currency] else {
                throw json.fault(member.value, "currencies has \(names.text(currency)), but no row of the ledger is in it")
            }
            seen.insert(currency)
            try self.currency(json, member.value, expected, names.text(currency), &names)
        }
        let missing = sums.currencies.keys.filter { !seen.contains($0) }.map { names.text($0) }.min(by: bytewise)
        if let missing { throw json.fault(node, "currencies lacks \(missing), in which the ledger has rows") }
    }

    private mutating func currency(
        _ json: borrowing JSONFile, _ node: Int, _ expected: LedgerSums.CurrencySums, _ currency: String, _ names: inout Names
    ) throws(VerificationFault) {
        try json.requireMembers(
            [
                "charged", "allocated", "difference", "coverage", "by_level", "by_method", "by_line_item_type", "by_platform", "by_gap",
            ], of: node)
        try expect(json, try json.member("charged", of: node), expected.total, "charged in \(currency)")
        try expect(json, try json.member("allocated", of: node), expected.total, "allocated in \(currency)")
        try expect(json, try json.member("difference", of: node), ExactSum(), "difference in \(currency)")
        try coverage(json, try json.member("coverage", of: node), expected, currency)
        try table(json, "by_level", node, Self.texts(expected.byLevel), currency)
        try table(json, "by_method", node, Self.texts(expected.byMethod), currency)
        var types: [[UInt8]: ExactSum] = [:]
        for (name, sum) in expected.byLineItemType { types[Array(names.bytes(name))] = sum }
        try table(json, "by_line_item_type", node, types, currency)
        try table(json, "by_platform", node, Self.texts(expected.byPlatform), currency)
        try table(json, "by_gap", node, Self.texts(expected.byGap), currency)
    }

    private static func texts<Word: RawRepresentable>(_ sums: [Word: ExactSum]) -> [[UInt8]: ExactSum] where Word.RawValue == String {
        var texts: [[UInt8]: ExactSum] = [:]
        for (word, sum) in sums { texts[Array(word.rawValue.utf8)] = sum }
        return texts
    }

    private mutating func table(
        _ json: borrowing JSONFile, _ key: StaticString, _ node: Int, _ expected: [[UInt8]: ExactSum], _ currency: String
    ) throws(VerificationFault) {
        let table = try json.member(key, of: node)
        var left = expected
        for member in try json.members(table) {
            guard let sum = left.removeValue(forKey: unguarded(member.key)) else {
                throw json.fault(member.value, "\(key) in \(currency) has \(quoted(member.key)), which no row of the ledger has")
            }
            try expect(json, member.value, sum, "\(key) of \(quoted(member.key)) in \(currency)")
        }
        if let missing = left.keys.min(by: { $0.lexicographicallyPrecedes($1) }) {
            throw json.fault(table, "\(key) in \(currency) lacks \(quoted(missing)), which rows of the ledger have")
        }
    }

    private mutating func expect(
        _ json: borrowing JSONFile, _ node: Int, _ sum: ExactSum, _ label: @autoclosure () -> String
    ) throws(VerificationFault) {
        comparedCount += 1
        let written = try json.amount(node, label())
        guard sum.amount?.atto == written else {
            throw json.fault(node, "\(label()) is \(figure(written)), but the ledger's rows add up to \(figure(sum))")
        }
    }

    /// What part of the Claude Platform's Usage has evidence, null where there is none.
    private mutating func coverage(
        _ json: borrowing JSONFile, _ node: Int, _ expected: LedgerSums.CurrencySums, _ currency: String
    ) throws(VerificationFault) {
        comparedCount += 1
        guard let part = expected.claudeUsageWithEvidence.amount, let whole = expected.claudeUsage.amount else {
            throw json.fault(node, "the ledger's Usage in \(currency) adds up to more than 10^18")
        }
        let ratio = ExactQuotient.ratio(part.atto, of: whole.atto, decimals: 4)
        let written = json.kind(node) == .null ? nil : try json.amount(node, "coverage in \(currency)")
        guard written == ratio else {
            throw json.fault(
                node,
                "coverage in \(currency) is \(json.raw(node)), but \(part.text) of \(whole.text) is \(ratio.map { figure($0) } ?? "null")")
        }
    }

    // MARK: Invoices

    private mutating func invoices(_ json: borrowing JSONFile, _ names: inout Names) throws(VerificationFault) {
        let list = try json.member("by_invoice", of: json.root)
        var left = sums.invoices
        var last: [[UInt8]] = []
        for node in try json.elements(list) {
            try json.requireMembers(
                [
                    "payer_account_id", "invoice_id", "legal_entity", "currency", "usage", "tax", "credit", "refund", "other", "total",
                ], of: node)
            let texts = [
                try json.string("payer_account_id", of: node), try json.string("invoice_id", of: node),
                try json.string("legal_entity", of: node), try json.string("currency", of: node),
            ]
            let label = "by_invoice of \(texts.map { quoted($0) }.joined(separator: ", "))"
            guard last.isEmpty || last.lexicographicallyPrecedes(texts, by: { $0.lexicographicallyPrecedes($1) }) else {
                throw json.fault(node, "\(label) stands behind \(last.map { quoted($0) }.joined(separator: ", ")): entries are sorted bytewise")
            }
            last = texts
            let key = LedgerSums.InvoiceKey(
                payer: names.name(unguarded(texts[0])), invoice: names.name(unguarded(texts[1])),
                legalEntity: names.name(unguarded(texts[2])), currency: names.name(unguarded(texts[3])))
            guard let sums = left.removeValue(forKey: key) else { throw json.fault(node, "\(label) is on no row of the ledger") }
            var total = sums.usage
            for part in [sums.tax, sums.credit, sums.refund, sums.other] { total += part }
            try expect(json, try json.member("usage", of: node), sums.usage, "usage \(label)")
            try expect(json, try json.member("tax", of: node), sums.tax, "tax \(label)")
            try expect(json, try json.member("credit", of: node), sums.credit, "credit \(label)")
            try expect(json, try json.member("refund", of: node), sums.refund, "refund \(label)")
            try expect(json, try json.member("other", of: node), sums.other, "other \(label)")
            try expect(json, try json.member("total", of: node), total, "total \(label)")
        }
        let missing = left.keys.map { key in
            [key.payer, key.invoice, key.legalEntity, key.currency].map { quoted(Array(names.bytes($0))) }.joined(separator: ", ")
        }
        if let first = missing.min(by: bytewise) { throw json.fault(list, "by_invoice lacks \(first), which rows of the ledger have") }
    }

    // MARK: The whole bill

    private mutating func finality(_ json: borrowing JSONFile) throws(VerificationFault) {
        comparedCount += 1
        let node = try json.member("finality", of: json.root)
        let isInvoiced = !sums.currencies.isEmpty && sums.currencies.values.allSatisfy(\.isInvoiced)
        let expected = isInvoiced ? "invoiced" : "open"
        guard try json.string(node) == Array(expected.utf8) else {
            throw json.fault(node, "finality is \(json.raw(node)), but by the ledger's invoice ids it is \(expected)")
        }
    }

    /// Without `--as-of` the bill is complete until the latest end of its Usage, raised to the hour, within the month.
    private mutating func dataThrough(_ json: borrowing JSONFile) throws(VerificationFault) {
        comparedCount += 1
        let seen = sums.latestUsageEnd?.raisedToHour ?? facts.period.start
        let expected = min(max(seen, facts.period.start), facts.period.end)
        guard facts.dataThrough == expected else {
            throw json.fault(
                try json.member("data_through", of: json.root),
                "data_through is \(facts.dataThrough.text), but the latest usage_end of Usage makes it \(expected.text)")
        }
    }
}

/// Bytewise order of texts.
func bytewise(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
