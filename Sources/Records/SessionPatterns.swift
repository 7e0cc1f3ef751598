/// Of which roles the sessions are told apart, and which: those that the registry claims by session (docs/attribution.md). Names of other
/// sessions are never kept.
public struct SessionPatterns: Sendable, Equatable {
    /// Of every role, as a canonical principal, the patterns of its sessions, bytewise.
    private var byRole: [[UInt8]: [[UInt8]]] = [:]

    public init() {}

    public var isEmpty: Bool { byRole.isEmpty }

    public mutating func add(role: String, session: String) {
        byRole[Array(role.utf8), default: []].append(Array(session.utf8))
        byRole[Array(role.utf8)]?.sort { $0.lexicographicallyPrecedes($1) }
    }

    /// All of them as texts, bytewise: what decides how a file is read.
    public var texts: [String] {
        byRole.flatMap { role, sessions in sessions.map { String(decoding: role, as: UTF8.self) + " " + String(decoding: $0, as: UTF8.self) } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The principal of a session that is told apart, `arn:{partition}:sts::{account}:assumed-role/{role}/{session}`; nil for any other caller.
    public func principal(of arn: [UInt8]) -> [UInt8]? {
        guard !byRole.isEmpty, let session = SessionPatterns.session(of: arn), let patterns = byRole[canonicalPrincipal(arn)],
            patterns.contains(where: { matchesPattern(session, $0) })
        else { return nil }
        return arn
    }

    /// The session's name of an `assumed-role` ARN: all behind the role's name; nil for any other text.
    public static func session(of arn: [UInt8]) -> [UInt8]? {
        guard let parts = ARN(arn), parts.service.elementsEqual("sts".utf8), parts.resource.starts(with: "assumed-role/".utf8) else { return nil }
        let segments = parts.resource.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard segments.count == 3, !segments[1].isEmpty, !segments[2].isEmpty else { return nil }
        return Array(segments[2])
    }
}
