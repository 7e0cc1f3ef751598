/// The words of the ledger, as they are written (specification, attribution §1, §2, §4, §7 and §8, and outputs).

enum LedgerPlatform: String, CaseIterable { case claudePlatform = "claude-platform", bedrock }

enum LedgerLevel: String, CaseIterable { case workload, workspace, unallocated }

enum LedgerMethod: String, CaseIterable {
    case callWeighted = "call-weighted"
    case tokenWeighted = "token-weighted"
    case solePrincipal = "sole-principal"
    case curPrincipal = "cur-principal"
    case workspaceClaim = "workspace-claim"
    case workspaceTags = "workspace-tags"
    case registryTags = "registry-tags"
    case followsCost = "follows-cost"
    case keptCentral = "kept-central"
    case splitFixed = "split-fixed"
    case splitEven = "split-even"
    case splitDirect = "split-direct"
    case none

    /// Whether the registry's rule shared a claimant's share among workloads; which rule stands in the inputs, not in the run.
    var isSplit: Bool { self == .splitFixed || self == .splitEven || self == .splitDirect }
}

enum LedgerWindow: String, CaseIterable { case interval, shared, before, none }

enum LedgerSource: String, CaseIterable {
    case resourceID = "resource-id"
    case tag
    case tagMatch = "tag-match"
    case followsCost = "follows-cost"
    case none
}

enum LedgerGap: String, CaseIterable {
    case none = ""
    case sharedRole = "shared-role"
    case unclaimedPrincipal = "unclaimed-principal"
    case noEvidence = "no-evidence"
    case noEstimate = "no-estimate"
    case noUsage = "no-usage"
    /// Only in runs that had a decision log.
    case notApproved = "not-approved"
    case outOfScope = "out-of-scope"
}

enum LedgerTokens: String, CaseIterable {
    case none = ""
    case input, output
    case cacheRead = "cache-read"
    case cacheWrite = "cache-write"
    case cacheWrite1h = "cache-write-1h"

    /// What Bedrock's usage type says is counted: without `-` and `_`, without case, the first word of the list that is contained.
    init(usageType: ArraySlice<UInt8>) {
        let letters = usageType.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"): nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
            default: byte
            }
        }
        func holds(_ word: String) -> Bool {
            let wanted = Array(word.utf8)
            guard letters.count >= wanted.count else { return false }
            return (0...letters.count - wanted.count).contains { letters[$0..<$0 + wanted.count].elementsEqual(wanted) }
        }
        if holds("cacheread") {
            self = .cacheRead
        } else if holds("cachewrite1h") {
            self = .cacheWrite1h
        } else if holds("cachewrite") {
            self = .cacheWrite
        } else if holds("inputtoken") {
            self = .input
        } else {
            self = holds("outputtoken") ? .output : .none
        }
    }
}
