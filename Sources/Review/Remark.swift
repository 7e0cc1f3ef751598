/// Something in a registry that is allowed, but that somebody who reviews it should look at.
public struct Remark: Equatable, Sendable {
    /// What kind of thing it is, as `--json` prints it.
    public enum Kind: String, Sendable, CaseIterable {
        case claimCovered = "claim-covered"
        case claimEnded = "claim-ended"
        case claimHole = "claim-hole"
        case claimUnused = "claim-unused"
        case elementEmpty = "element-empty"
        case elementSpelling = "element-spelling"
        case estimateCurrency = "estimate-currency"
        case estimateOutsideClaims = "estimate-outside-claims"
        case estimateTwice = "estimate-twice"
        case estimateUnconfirmed = "estimate-unconfirmed"
        case needlessBilledTo = "needless-billed-to"
        case sharedRoleClaimed = "shared-role-claimed"
        case surroundingSpace = "surrounding-space"
        case workloadWithoutClaim = "workload-without-claim"
        case workloadWithoutOwner = "workload-without-owner"
        case workspaceUnlisted = "workspace-unlisted"
    }

    public var kind: Kind
    /// Where, as a JSON path.
    public var path: String
    /// 1-based.
    public var line: Int
    /// What is there, what follows from it, and what to do.
    public var what: String

    /// In the order of the file.
    static func comesBefore(_ a: Remark, _ b: Remark) -> Bool {
        (a.line, a.path, a.kind.rawValue, a.what) < (b.line, b.path, b.kind.rawValue, b.what)
    }
}
