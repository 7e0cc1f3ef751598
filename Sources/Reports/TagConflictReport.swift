import Attribution
import Records
import Registry

/// `tag-conflicts.csv`: shares whose charge carries an element tag that its workload's registry entry contradicts. The workload counts; the bill's
/// tag or the registry is wrong, and somebody should say which.
struct TagConflictReport {
    private struct Key: PlacedKey {
        var workload: Int32
        var element: Int
        var tag: Name
        var account: Name
        var workspace: Name
        var platform: Platform
        var currency: Name

        func mixed(_ mix: Mixer) -> UInt64 {
            mix(packed(tag, workspace), packed(account, currency)) ^ UInt64(UInt32(bitPattern: workload)) << 8 ^ UInt64(element) << 4 ^ UInt64(platform.rawValue)
        }
    }

    private struct Sums: Summed {
        var shares = 1
        var cost: Amount
        var firstSeen: Instant
        var lastSeen: Instant

        static func += (a: inout Sums, b: Sums) {
            a.shares += b.shares
            a.cost += b.cost
            a.firstSeen = min(a.firstSeen, b.firstSeen)
            a.lastSeen = max(a.lastSeen, b.lastSeen)
        }
    }

    private let names: Names
    private let workloadIDs: [Name]
    private let workloads: [Workload]
    private let hierarchy: [String]
    private var sums = KeySums<Key, Sums>()
    /// How many shares are in conflict, in one element or several.
    private(set) var shareCount = 0

    init(_ attribution: Attribution, _ registry: Registry) {
        let ledger = attribution.ledger
        names = ledger.names
        workloadIDs = ledger.workloadIDs
        workloads = registry.workloads
        hierarchy = registry.hierarchy
        ledger.forEach { row, group in
            // What follows cost has the tags of the tax or credit, not of what it follows.
            guard row.workload >= 0, group.isUsage, !group.elements.areEmpty, !row.method.isSplit else { return }
            var isConflict = false
            for element in 0..<4 where !group.elements[element].isEmpty && !row.elements[element].isEmpty && group.elements[element] != row.elements[element] {
                isConflict = true
                sums.add(
                    Sums(cost: row.cost, firstSeen: group.start, lastSeen: group.start),
                    to: Key(
                        workload: row.workload, element: element, tag: group.elements[element], account: group.usageAccount, workspace: row.workspace,
                        platform: group.platform, currency: group.currency))
            }
            if isConflict { shareCount += 1 }
        }
    }

    func csv() -> [UInt8] {
        var table = Table([
            ("workload_id", .text), ("level", .text), ("bill_tag", .text), ("registry_element", .text), ("usage_account_id", .text), ("workspace_arn", .text),
            ("platform", .text), ("first_seen", .text), ("last_seen", .text), ("shares", .number), ("cost", .number), ("currency", .text),
        ])
        sums.forEach { key, sum in
            table.add([
                Array(names.bytes(workloadIDs[Int(key.workload)])), Array((key.element < hierarchy.count ? hierarchy[key.element] : "element\(key.element + 1)").utf8),
                Array(names.bytes(key.tag)), Array(workloads[Int(key.workload)].elements[key.element].utf8), Array(names.bytes(key.account)),
                Array(names.bytes(key.workspace)), Array(key.platform.text.utf8), Array(sum.firstSeen.text.utf8), Array(sum.lastSeen.text.utf8),
                Array(String(sum.shares).utf8), Array(sum.cost.text.utf8), Array(names.bytes(key.currency)),
            ])
        }
        table.sort()
        return table.csv()
    }
}
