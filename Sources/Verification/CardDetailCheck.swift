import Records

/// `spend-cards.json`: the same cards in the same order with the same values, and lines and agents that are the ledger's.
struct CardDetailCheck {
    private let cards: CardCheck

    /// Returns how many lines and agents were compared.
    static func check(_ path: String, _ cards: CardCheck, _ names: inout Names) throws(VerificationFault) -> Int {
        let json = try JSONFile.read(path)
        try json.requireMembers(["run_id", "cards"], of: json.root)
        let list = try json.elements(try json.member("cards", of: json.root))
        guard list.count == cards.rows.count else {
            throw json.fault(json.root, "has \(list.count) cards, but \(RunFiles.File.cards.rawValue) has \(cards.rows.count)")
        }
        let check = CardDetailCheck(cards: cards)
        var compared = 0
        for (card, node) in zip(cards.rows, list) {
            try check.compareValues(json, node, card)
            compared += try check.compareLines(json, node, card, &names)
            compared += try check.compareAgents(json, node, card, &names)
        }
        return compared
    }

    private func describe(_ card: CardCheck.Card) -> String {
        "the card of \(RunFiles.File.cards.rawValue):\(card.line)"
    }

    private func compareValues(_ json: borrowing JSONFile, _ node: Int, _ card: CardCheck.Card) throws(VerificationFault) {
        var members: [[UInt8]: Int] = [:]
        for member in try json.members(node) { members[member.key] = member.value }
        // The columns, lines and agents; no key repeats.
        guard members.count == CardColumn.header.count + 2 else {
            throw json.fault(node, "has \(members.count) members, but a card has \(CardColumn.header.count + 2)")
        }
        for column in CardColumn.allCases {
            let (name, kind) = CardColumn.header[column.rawValue]
            guard let value = members[Array(name.utf8)] else { throw json.fault(node, "has no member \(name)") }
            let wanted = card.row.text(column.rawValue)
            let isSame: Bool
            if column == .calls {
                isSame = Array(String(try json.count("calls", of: node)).utf8) == wanted
            } else if kind == .number && wanted.isEmpty {
                isSame = json.kind(value) == .null
            } else {
                isSame = unguarded(try json.string(value)) == wanted
            }
            guard isSame else { throw json.fault(value, "\(name) is \(json.raw(value)), but \(quoted(wanted)) on \(describe(card))") }
        }
    }

    private func compareLines(
        _ json: borrowing JSONFile, _ node: Int, _ card: CardCheck.Card, _ names: inout Names
    ) throws(VerificationFault) -> Int {
        var left = cards.sums.index[card.key].map { cards.sums.lines[$0] } ?? [:]
        let list = try json.member("lines", of: node)
        let elements = try json.elements(list)
        for element in elements {
            try json.requireMembers(["platform", "model", "token_type", "region", "actual", "tax", "quantity", "calls"], of: element)
            let platform = String(decoding: try json.string("platform", of: element), as: UTF8.self)
            let tokens = String(decoding: try json.string("token_type", of: element), as: UTF8.self)
            let model = try json.name("model", of: element, &names)
            let region = try json.name("region", of: element, &names)
            let label = "line (\(platform), \(names.text(model)), \(tokens), \(names.text(region)))"
            guard let platform = LedgerPlatform(rawValue: platform), let tokens = LedgerTokens(rawValue: tokens),
                let sum = left.removeValue(
                    forKey: LedgerSums.CardLine(platform: platform, model: model, tokenType: tokens, region: region))
            else { throw json.fault(element, "\(label) of \(describe(card)) has no share in the ledger, or stands twice") }
            try compare(json, element, sum, label, card)
        }
        if !left.isEmpty { throw json.fault(list, "lines of \(describe(card)) lack \(left.count) that have shares in the ledger") }
        return elements.count
    }

    private func compareAgents(
        _ json: borrowing JSONFile, _ node: Int, _ card: CardCheck.Card, _ names: inout Names
    ) throws(VerificationFault) -> Int {
        var left = cards.sums.index[card.key].map { cards.sums.agents[$0] } ?? [:]
        let list = try json.member("agents", of: node)
        let elements = try json.elements(list)
        for element in elements {
            try json.requireMembers(["principal", "actual", "tax", "quantity", "calls"], of: element)
            let principal = try json.name("principal", of: element, &names)
            let label = "agent \(names.text(principal))"
            guard let sum = left.removeValue(forKey: principal) else {
                throw json.fault(element, "\(label) of \(describe(card)) has no share in the ledger, or stands twice")
            }
            try compare(json, element, sum, label, card)
        }
        if !left.isEmpty { throw json.fault(list, "agents of \(describe(card)) lack \(left.count) that have shares in the ledger") }
        return elements.count
    }

    private func compare(
        _ json: borrowing JSONFile, _ node: Int, _ sum: ShareSum, _ label: @autoclosure () -> String, _ card: CardCheck.Card
    ) throws(VerificationFault) {
        func expect(_ key: StaticString, _ expected: ExactSum) throws(VerificationFault) {
            let written = try json.amount(key, of: node)
            guard expected.amount?.atto == written else {
                throw json.fault(
                    node, "\(key) of \(label()) of \(describe(card)) is \(figure(written)), but the ledger's rows add up to \(figure(expected))")
            }
        }
        try expect("actual", sum.actual)
        try expect("tax", sum.tax)
        try expect("quantity", sum.quantity)
        let calls = try json.count("calls", of: node)
        guard Int128(calls) == sum.calls else {
            throw json.fault(node, "calls of \(label()) of \(describe(card)) is \(calls), but the ledger's rows add up to \(sum.calls)")
        }
    }
}
