import Records
import Registry

/// How a charge came to its workspace. The order is bytewise by text.
public enum WorkspaceSource: UInt8, BitwiseCopyable, Sendable, CaseIterable, Comparable {
    case followsCost, none, resourceID, tag, tagMatch

    public var text: String {
        switch self {
        case .followsCost: "follows-cost"
        case .none: "none"
        case .resourceID: "resource-id"
        case .tag: "tag"
        case .tagMatch: "tag-match"
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A sum of charges that agree in everything that matters (specification, attribution §6).
public struct ChargeGroup: Sendable {
    public var platform: Platform
    public var payerAccount: Name
    public var usageAccount: Name
    /// The ARN, or empty.
    public var workspace: Name
    public var workspaceSource: WorkspaceSource
    public var start: Instant
    public var end: Instant
    public var region: Name
    public var lineItemType: Name
    public var isUsage: Bool
    public var usageType: Name
    /// Bedrock only: what its usage type says was counted.
    public var tokenType = TokenType.none
    public var operation: Name
    public var productCode: Name
    public var billingEntity: Name
    public var legalEntity: Name
    public var currency: Name
    public var invoice: Name
    public var elements: Elements
    /// Bedrock only.
    public var principal: Name
    public var model: Name
    public var cost: Amount
    public var quantity: Amount

    /// The interval in the grain of evidence: floored and raised to full hours.
    var hours: (start: Instant, end: Instant) { (start.flooredToHour, end.raisedToHour) }
}

/// Makes groups of what was read: finds workspaces and regions, and brings equal groups together.
struct GroupBuilder {
    private let names: Names
    private let workspaces: WorkspaceFinder
    private var regions: [Name: Name] = [:]

    /// `names` must hold every text of the registry already, and the regions of all workspaces' ARNs.
    init(names: Names, workspaces: WorkspaceFinder) {
        self.names = names
        self.workspaces = workspaces
    }

    /// Throws `SumFault` when a group's sum lies beyond ±10¹⁸ units.
    /// - Parameter map: How the tally's names lead to the builder's.
    func build(_ tally: consuming KeySums<ChargeKey, ChargeSums>, map: [Name]) throws(SumFault) -> [ChargeGroup] {
        var sums = KeySums<GroupKey, ChargeSums>(expecting: tally.count)
        tally.forEach { tallied, charge in
            let key = tallied.mapped(map)
            guard let platform = key.platform else { preconditionFailure("a row was left undecided") }
            var found: (workspace: Name, source: WorkspaceSource) = (.empty, .none)
            if platform == .claudePlatform { found = workspaces.find(key) }
            var region = key.region
            if region.isEmpty, !found.workspace.isEmpty { region = workspaces.region(of: found.workspace) }
            sums.add(charge, to: GroupKey(charge: key, platform: platform, workspace: found.workspace, source: found.source, region: region))
        }
        var tokenTypes: [Name: TokenType] = [:]
        var faults: [String] = []
        var groups: [ChargeGroup] = []
        groups.reserveCapacity(sums.count)
        sums.forEach { key, sum in
            guard let cost = sum.cost.amount, let quantity = sum.quantity.amount else {
                faults.append("--cur: the \(names.text(key.charge.lineItemType)) charges of account \(names.text(key.charge.usageAccount)) for \(names.text(key.charge.usageType)) from \(key.charge.start.text), in \(names.text(key.charge.currency)), add up to more than 10^18")
                return
            }
            var group = key.group(cost: cost, quantity: quantity)
            if group.platform == .bedrock {
                let type = tokenTypes[group.usageType] ?? TokenType(usageType: names.bytes(group.usageType))
                tokenTypes[group.usageType] = type
                group.tokenType = type
            }
            groups.append(group)
        }
        // Of several always the same one.
        if let first = faults.min(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { throw SumFault(what: first) }
        return groups
    }
}

/// A sum beyond ±10¹⁸ units: bad data (exit 65).
public struct SumFault: Error, Equatable, Sendable {
    public var what: String
}

private struct GroupKey: PlacedKey {
    var charge: ChargeKey
    var platform: Platform
    var workspace: Name
    var source: WorkspaceSource
    var region: Name

    init(charge: ChargeKey, platform: Platform, workspace: Name, source: WorkspaceSource, region: Name) {
        self.charge = charge
        self.platform = platform
        self.workspace = workspace
        self.source = source
        self.region = region
        // What led to the workspace and the region is settled and keeps no groups apart.
        self.charge.resourceID = .empty
        self.charge.workspaceTag = .empty
        self.charge.workspaceIDTag = .empty
        self.charge.region = .empty
        self.charge.hasPrincipalColumn = true
    }

    func mixed(_ mix: Mixer) -> UInt64 {
        mix(charge.mixed(mix) ^ packed(workspace, region), UInt64(source.rawValue))
    }

    func group(cost: Amount, quantity: Amount) -> ChargeGroup {
        ChargeGroup(
            platform: platform, payerAccount: charge.payerAccount, usageAccount: charge.usageAccount, workspace: workspace,
            workspaceSource: source, start: charge.start, end: charge.end, region: region, lineItemType: charge.lineItemType,
            isUsage: charge.isUsage, usageType: charge.usageType, operation: charge.operation, productCode: charge.productCode,
            billingEntity: charge.billingEntity, legalEntity: charge.legalEntity, currency: charge.currency,
            invoice: charge.invoice, elements: charge.elements, principal: charge.principal, model: charge.model, cost: cost,
            quantity: quantity)
    }
}
