import Bytes

/// The canonical form of an ARN of a caller: a session becomes its role, and the path of a role or user is dropped, because names are
/// unique in an account.
///
///     arn:aws:sts::111122223333:assumed-role/agent-a/session   →  arn:aws:iam::111122223333:role/agent-a
///     arn:aws:iam::111122223333:role/service-role/agent-a      →  arn:aws:iam::111122223333:role/agent-a
///     arn:aws:iam::111122223333:user/ops/alice                 →  arn:aws:iam::111122223333:user/alice
///
/// Any other text stays as it is. Source: IAM User Guide, "IAM identifiers".
public func canonicalPrincipal(_ arn: [UInt8]) -> [UInt8] {
    guard let parts = ARN(arn) else { return arn }
    let resource = parts.resource
    func iam(_ kind: String, _ name: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.append(contentsOf: "arn:".utf8)
        result.append(contentsOf: parts.partition)
        result.append(contentsOf: ":iam::".utf8)
        result.append(contentsOf: parts.account)
        result.append(contentsOf: ":\(kind)/".utf8)
        result.append(contentsOf: name)
        return result
    }
    let segments = resource.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard segments.count >= 2, let last = segments.last, !last.isEmpty else { return arn }
    if parts.service.elementsEqual("sts".utf8), segments[0].elementsEqual("assumed-role".utf8), !segments[1].isEmpty {
        return iam("role", segments[1])
    }
    guard parts.service.elementsEqual("iam".utf8) else { return arn }
    if segments[0].elementsEqual("role".utf8) { return iam("role", last) }
    if segments[0].elementsEqual("user".utf8) { return iam("user", last) }
    return arn
}

/// The parts of `arn:partition:service:region:account:resource`.
public struct ARN: Sendable {
    public var partition: ArraySlice<UInt8>
    public var service: ArraySlice<UInt8>
    public var region: ArraySlice<UInt8>
    public var account: ArraySlice<UInt8>
    public var resource: ArraySlice<UInt8>

    public init?(_ text: [UInt8]) {
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].elementsEqual("arn".utf8), !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty
        else { return nil }
        partition = parts[1]
        service = parts[2]
        region = parts[3]
        account = parts[4]
        resource = parts[5]
    }

    /// Whether this is `arn:{partition}:aws-external-anthropic:{region}:{account}:workspace/{id}`.
    public var isWorkspace: Bool {
        service.elementsEqual("aws-external-anthropic".utf8) && !region.isEmpty && !account.isEmpty
            && resource.starts(with: "workspace/".utf8) && resource.count > 10
            && !resource.dropFirst(10).contains(UInt8(ascii: "/"))
    }

    /// A workspace's id, `wrkspc_…`.
    public var workspaceID: ArraySlice<UInt8> { resource.dropFirst(10) }
}
