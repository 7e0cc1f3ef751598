import Attribution
import Records

/// Which line of a card a share stands on.
struct CardLine: PlacedKey {
    var platform: Platform
    var model: Name
    var tokenType: TokenType
    var region: Name

    func mixed(_ mix: Mixer) -> UInt64 { mix(packed(model, region), UInt64(tokenType.rawValue) << 8 | UInt64(platform.rawValue)) }
}

/// The ledger added up by what cards and their parts are told apart by, so that each row is looked at once and each card is made of few sums.
struct CardCells {
    /// Who answers for a share: what decides on which cards it stands.
    struct Owner: PlacedKey {
        /// Workload, workspace or unallocated.
        var type: CardType
        /// Workload, workspace or usage account.
        var id: Name
        var isAccount: Bool
        var workload: Int32
        var currency: Name
        var elements: Elements

        func mixed(_ mix: Mixer) -> UInt64 {
            mix(packed(id, currency), UInt64(UInt32(bitPattern: workload)) << 8 | UInt64(type.rawValue) << 1 | (isAccount ? 1 : 0)) ^ elements.mixed(mix)
        }
    }

    struct Cell: PlacedKey {
        /// Place of its owner, and of its line.
        var owner: UInt32
        var line: UInt32
        var principal: Name
        var week: UInt32

        func mixed(_ mix: Mixer) -> UInt64 { mix(UInt64(owner) << 32 | UInt64(line), packed(principal, Name(index: week))) }
    }

    private(set) var owners = KeyPlaces<Owner>()
    private(set) var lines = KeyPlaces<CardLine>()
    private var cells = KeySums<Cell, Spend>()

    /// What the rows of one group have in common, which come one after the other.
    private struct GroupFacts {
        var group: Int32
        var isTax: Bool
        var days: Range<Int>
        var weeks: ClosedRange<Int>
    }

    init(_ ledger: Ledger, _ days: MonthDays) {
        var facts: GroupFacts?
        ledger.forEach { row, group in
            if facts?.group != row.group {
                let spread = days.days(of: group)
                facts = GroupFacts(
                    group: row.group, isTax: ledger.names.bytes(group.lineItemType).elementsEqual("Tax".utf8), days: spread,
                    weeks: days.week(ofDay: spread.lowerBound)...days.week(ofDay: spread.upperBound - 1))
            }
            if let facts { add(row, group, facts, ledger, days) }
        }
    }

    private static func owner(_ row: LedgerRow, _ group: ChargeGroup, _ ledger: Ledger) -> Owner {
        var owner = Owner(
            type: .unallocated, id: group.usageAccount, isAccount: true, workload: row.workload, currency: group.currency, elements: row.elements)
        if row.workload >= 0 {
            (owner.type, owner.id, owner.isAccount) = (.workload, ledger.workloadID(row), false)
        } else if row.level == .workspace {
            owner.type = .workspace
            if !row.workspace.isEmpty { (owner.id, owner.isAccount) = (row.workspace, false) }
        }
        return owner
    }

    private mutating func add(_ row: LedgerRow, _ group: ChargeGroup, _ facts: GroupFacts, _ ledger: Ledger, _ days: MonthDays) {
        let line = CardLine(platform: group.platform, model: row.model, tokenType: group.tokenType, region: group.region)
        let (owner, place) = (UInt32(owners.place(of: CardCells.owner(row, group, ledger))), UInt32(lines.place(of: line)))
        for week in facts.weeks {
            let part = facts.days.clamped(to: days.weeks[week])
            let cost = MonthDays.part(of: row.cost, days: facts.days, falling: part)
            cells.add(
                Spend(
                    actual: facts.isTax ? .zero : cost, tax: facts.isTax ? cost : .zero,
                    quantity: MonthDays.part(of: row.quantity, days: facts.days, falling: part),
                    calls: part.lowerBound == facts.days.lowerBound ? row.calls : 0),
                to: Cell(owner: owner, line: place, principal: row.principal, week: UInt32(week)))
        }
    }

    /// Hands over every cell with what it adds up to, in no order that means anything.
    func forEach(_ body: (Cell, Spend) -> Void) { cells.forEach(body) }
}
