/// One row of the bill that may be a charge, its texts as names of the reader's tally.
///
/// Columns are those of the Cost and Usage Report; see docs/formats.md for the page that defines each.
public struct LineItem: Sendable {
    public var payerAccount: Name
    public var usageAccount: Name
    public var lineItemType: Name
    public var usageType: Name
    public var operation: Name
    public var productCode: Name
    public var billingEntity: Name
    public var legalEntity: Name
    public var currency: Name
    public var invoice: Name
    /// The product's region; empty for many Marketplace rows.
    public var region: Name
    public var resourceID: Name
    /// The tags that may name a workspace.
    public var workspaceTag: Name
    public var workspaceIDTag: Name
    /// The element tags, in the order of the registry's `tagKeys`.
    public var elements: Elements
    /// Bedrock: the canonical principal of `line_item_iam_principal`.
    public var principal: Name
    /// Bedrock: `product['model']`, else the product's name without its edition.
    public var model: Name
    /// Whether the file has a principal column at all: an absent column and an empty cell are different findings.
    public var hasPrincipalColumn: Bool

    public var start: Instant
    public var end: Instant
    public var cost: Amount
    /// 0 unless the line item type is `Usage`.
    public var quantity: Amount
    public var isUsage: Bool
    /// How many of cost and quantity had more than 18 decimals.
    public var inexactAmounts: Int
}

/// Four element tags or values.
public struct Elements: Hashable, PlacedKey, BitwiseCopyable, Sendable {
    public var first: Name
    public var second: Name
    public var third: Name
    public var fourth: Name

    public init(_ first: Name, _ second: Name, _ third: Name, _ fourth: Name) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(packed(first, second))
        hasher.combine(packed(third, fourth))
    }

    public func mixed(_ mix: Mixer) -> UInt64 { mix(packed(first, second), packed(third, fourth)) }

    public static let none = Elements(.empty, .empty, .empty, .empty)
    public var areEmpty: Bool { self == .none }

    public subscript(index: Int) -> Name {
        switch index {
        case 0: first
        case 1: second
        case 2: third
        default: fourth
        }
    }

    public func mapped(_ names: [Name]) -> Elements {
        Elements(
            names[Int(first.index)], names[Int(second.index)], names[Int(third.index)], names[Int(fourth.index)])
    }
}

/// What one row of the bill turned out to be. Every row is exactly one of these, or one of several that are passed over.
public enum BillRow: Sendable {
    /// So many rows, one after the other, hold nothing that a rule of the profile looks for.
    case otherServices(rows: Int)
    /// No rule of the profile takes it. `nearMiss` says why it looks like Claude all the same.
    case otherService(nearMiss: NearMiss?)
    /// A rule takes it, but it belongs to another billing period.
    case otherPeriod
    case charge(Platform, LineItem)
    /// Tax, credit, refund or fee that no rule takes; it is adopted if its payer and product code are those of a charge.
    case candidate(Candidate)
    /// Its structure, or the content of a charge, is wrong.
    case fault(InputFault)
}

/// A row that only the whole bill can decide on.
public struct Candidate: Sendable {
    public enum Content: Sendable {
        case item(LineItem)
        case otherPeriod
        case fault(InputFault)
    }

    public var payerAccount: Name
    public var productCode: Name
    public var nearMiss: NearMiss?
    public var content: Content
}

/// The profile test that would take a row that looks like Claude.
public struct NearMiss: Hashable, Sendable {
    public var column: ProfileColumn
    public var comparison: PlatformProfile.Comparison
    public var text: Name
}
