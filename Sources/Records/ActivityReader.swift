import Bytes

/// Reads CloudTrail records of the Claude Platform; everything else is told apart by its source and not looked at.
struct ActivityReader: ~Copyable {
    private let path: String
    /// Events from 24 hours before the month count, because usage is metered late.
    private let first: Instant
    private let end: Instant
    private let sessions: SessionPatterns
    private var tape = JSONTape()
    private var values = [Int](repeating: -1, count: Member.allCases.count)
    private var identityValues = [Int](repeating: -1, count: 3)

    /// The members of a record that matter, all found in one pass.
    private enum Member: Int, CaseIterable {
        case eventCategory, eventID, eventTime, eventName, addendum, errorCode, userIdentity, requestParameters, requestID
        case sharedEventID, resources, recipientAccountID

        static let keys = JSONKeys([
            "eventCategory", "eventID", "eventTime", "eventName", "addendum", "errorCode", "userIdentity", "requestParameters",
            "requestID", "sharedEventID", "resources", "recipientAccountId",
        ])
    }

    /// The members of a `userIdentity` that tell most callers.
    private static let identityKeys = JSONKeys(["type", "sessionContext", "accountId"])

    init(path: String, period: Month, sessions: SessionPatterns) {
        self.path = path
        self.sessions = sessions
        first = period.start.adding(-Instant.day)
        end = period.end
    }

    mutating func read(
        _ record: JSONRecordScanner.Record, _ scanner: borrowing JSONRecordScanner, _ bytes: Span<UInt8>, base: Int, names: inout Names
    ) -> TrailRecord {
        let offset = base + record.range.lowerBound
        guard record.isObject else {
            return fault(offset, "has '\(excerpt(bytes.extracting(record.range)))' where a record must stand, which is no JSON object; fetch the file again")
        }
        do throws(ByteFault) {
            if let source = record.value {
                guard try isOurs(source, bytes) else { return .otherSource }
                try scanner.read(record, bytes, into: &tape)
                return read(0, bytes, offset, &names)
            }
            return try unwrapped(record.range, bytes, offset, &names)
        } catch {
            return .fault(
                InputFault(path: path, offset: base + error.offset, place: .content, hasLines: false, what: error.what + "; fetch the file again"))
        }
    }

    private func isOurs(_ source: Range<Int>, _ bytes: Span<UInt8>) throws(ByteFault) -> Bool {
        let raw = bytes.extracting(source)
        if sameBytes(raw, ClaudePlatformTrail.source) { return true }
        var hasEscape = false
        for index in 0..<raw.count where raw[index] == UInt8(ascii: "\\") { hasEscape = true }
        guard hasEscape else { return false }
        var one = JSONTape()
        try one.read(bytes, source.lowerBound - 1..<source.upperBound + 1)
        return one.matches(0, ClaudePlatformTrail.source, in: bytes)
    }

    /// An object without a source may carry the record: EventBridge in `detail`, LookupEvents as text in `CloudTrailEvent`.
    private mutating func unwrapped(
        _ range: Range<Int>, _ bytes: Span<UInt8>, _ offset: Int, _ names: inout Names
    ) throws(ByteFault) -> TrailRecord {
        do throws(ByteFault) { try tape.read(bytes, range) } catch {
            // A wrapper that cannot be read is none of our business, unless our source is named in it.
            if holdsSource(bytes.extracting(range)) { throw error }
            return .otherSource
        }
        if let text = tape.member("CloudTrailEvent", of: 0, in: bytes), tape[text].kind == .string {
            let inner = tape.string(text, in: bytes)
            do throws(ByteFault) { try tape.read(inner.span, 0..<inner.count) } catch {
                return fault(offset, "holds a CloudTrailEvent that is no JSON: byte \(error.offset) of it \(error.what); fetch the file again")
            }
            guard tape[0].kind == .object else {
                return fault(offset, "holds a CloudTrailEvent that is no JSON object; fetch the file again")
            }
            return readIfOurs(0, inner.span, offset, &names)
        }
        if let detail = tape.member("detail", of: 0, in: bytes), tape[detail].kind == .object {
            return readIfOurs(detail, bytes, offset, &names)
        }
        return .otherSource
    }

    private func holdsSource(_ text: Span<UInt8>) -> Bool {
        let source = ClaudePlatformTrail.source
        var at = 0
        while at + source.utf8CodeUnitCount <= text.count {
            if text[at] == UInt8(ascii: "a"), sameBytes(text.extracting(at..<at + source.utf8CodeUnitCount), source) { return true }
            at += 1
        }
        return false
    }

    private mutating func readIfOurs(_ node: Int, _ bytes: Span<UInt8>, _ offset: Int, _ names: inout Names) -> TrailRecord {
        guard let source = tape.member("eventSource", of: node, in: bytes), tape[source].kind == .string,
            tape.matches(source, ClaudePlatformTrail.source, in: bytes)
        else { return .otherSource }
        return read(node, bytes, offset, &names)
    }

    /// Reads the record that is `node` of the tape, known to be of our source.
    private mutating func read(_ node: Int, _ bytes: Span<UInt8>, _ offset: Int, _ names: inout Names) -> TrailRecord {
        tape.members(Member.keys, of: node, in: bytes, into: &values)
        if let category = text(.eventCategory),
            ClaudePlatformTrail.summaries.contains(where: { tape.matches(category, $0, in: bytes) })
        {
            return .summary
        }
        let id = recordID(.eventID, bytes, &names)
        guard !id.isEmpty else {
            return fault(offset, "has a Claude Platform record without eventID, by which copies are told apart; fetch the file again")
        }
        guard let instant = instant(bytes) else {
            guard text(.eventTime) != nil else {
                return fault(offset, "has a Claude Platform record without eventTime, by which it is put in its hour; fetch the file again")
            }
            let time = string(.eventTime, bytes)
            return fault(
                offset, "has a Claude Platform record with eventTime '\(excerpt(time.span))', which is no time such as 2026-11-01T00:00:00Z; fetch the file again")
        }
        guard instant >= first, instant < end else { return .otherPeriod }
        guard let name = text(.eventName), ClaudePlatformTrail.billable.contains(where: { tape.matches(name, $0, in: bytes) }) else {
            return .notBillable
        }
        let replaces = replacedEvent(bytes, &names)
        if let error = value(.errorCode), tape[error].kind != .null {
            let isEmpty = tape[error].kind == .string && tape[error].start == tape[error].end
            if !isEmpty { return .failed(replaces: replaces) }
        }
        let caller = caller(bytes, &names)
        let event = ActivityEvent(
            time: instant, id: id, request: recordID(.requestID, bytes, &names),
            shared: recordID(.sharedEventID, bytes, &names), principal: caller.principal,
            model: value(.requestParameters).map { interned(member("model", $0, bytes), bytes, &names) } ?? .empty,
            workspace: workspace(bytes, &names), recipientAccount: interned(text(.recipientAccountID), bytes, &names),
            identityAccount: caller.account)
        return .call(event, replaces: replaces)
    }

    /// The canonical principal and the account of the record's `userIdentity`, each empty where there is none.
    private mutating func caller(_ bytes: Span<UInt8>, _ names: inout Names) -> (principal: Name, account: Name) {
        guard let identity = value(.userIdentity) else { return (.empty, .empty) }
        tape.members(ActivityReader.identityKeys, of: identity, in: bytes, into: &identityValues)
        let (type, session, accountID) = (identityValues[0], identityValues[1], identityValues[2])
        let account = accountID >= 0 && tape[accountID].kind == .string ? interned(accountID, bytes, &names) : .empty
        if !sessions.isEmpty, let arn = member("arn", identity, bytes), let principal = sessions.principal(of: tape.string(arn, in: bytes)) {
            return (names.name(principal), account)
        }
        // The same text of the identity's issuer under the same type means the same caller.
        if type >= 0, session >= 0, tape.matches(type, "AssumedRole", in: bytes), let issuer = tape.member("sessionIssuer", of: session, in: bytes) {
            let role = names.related(interned(member("arn", issuer, bytes), bytes, &names), .role) { arn in
                let principal = canonicalPrincipal(arn)
                return isIAM(principal, "role/") ? principal : []
            }
            if !role.isEmpty { return (role, account) }
        }
        return (names.name(callerPrincipal(identity, tape, bytes)), account)
    }

    /// The event that this record corrects: `addendum` with the reason `UPDATED_DATA`.
    private func replacedEvent(_ bytes: Span<UInt8>, _ names: inout Names) -> RecordID {
        guard let addendum = value(.addendum), let reason = member("reason", addendum, bytes),
            tape.matches(reason, "UPDATED_DATA", in: bytes)
        else { return .empty }
        return RecordID(string("originalEventID", addendum, bytes), names: &names)
    }

    /// The first ARN among the record's resources that is a workspace's.
    private func workspace(_ bytes: Span<UInt8>, _ names: inout Names) -> Name {
        guard let resources = value(.resources), tape[resources].kind == .array else { return .empty }
        var resource = resources + 1
        while resource < Int(tape[resources].next) {
            for key: StaticString in ["ARN", "arn"] {
                let name = interned(member(key, resource, bytes), bytes, &names)
                let workspace = names.related(name, .workspace) { ARN($0)?.isWorkspace == true ? $0 : [] }
                if !workspace.isEmpty { return workspace }
            }
            resource = Int(tape[resource].next)
        }
        return .empty
    }

    /// The name of a string; without escapes nothing is copied.
    private func interned(_ node: Int?, _ bytes: Span<UInt8>, _ names: inout Names) -> Name {
        guard let node else { return .empty }
        let string = tape[node]
        guard !string.hasEscapes else { return names.name(tape.string(node, in: bytes)) }
        return names.name(bytes.extracting(Int(string.start)..<Int(string.end)))
    }

    private func recordID(_ member: Member, _ bytes: Span<UInt8>, _ names: inout Names) -> RecordID {
        guard let node = text(member) else { return .empty }
        let string = tape[node]
        guard !string.hasEscapes else { return RecordID(tape.string(node, in: bytes), names: &names) }
        return RecordID(bytes.extracting(Int(string.start)..<Int(string.end)), names: &names)
    }

    private func instant(_ bytes: Span<UInt8>) -> Instant? {
        guard let node = text(.eventTime) else { return nil }
        let string = tape[node]
        guard !string.hasEscapes else { return Instant(tape.string(node, in: bytes).span) }
        return Instant(bytes.extracting(Int(string.start)..<Int(string.end)))
    }

    /// The value of a member, nil when it is absent.
    private func value(_ member: Member) -> Int? { values[member.rawValue] < 0 ? nil : values[member.rawValue] }

    /// The same when it is a string.
    private func text(_ member: Member) -> Int? { value(member).flatMap { tape[$0].kind == .string ? $0 : nil } }

    private func string(_ member: Member, _ bytes: Span<UInt8>) -> [UInt8] { text(member).map { tape.string($0, in: bytes) } ?? [] }

    /// The string member `key`, nil when it is absent or no string.
    private func member(_ key: StaticString, _ node: Int, _ bytes: Span<UInt8>) -> Int? {
        guard let value = tape.member(key, of: node, in: bytes), tape[value].kind == .string else { return nil }
        return value
    }

    private func string(_ key: StaticString, _ node: Int, _ bytes: Span<UInt8>) -> [UInt8] {
        member(key, node, bytes).map { tape.string($0, in: bytes) } ?? []
    }

    private func fault(_ offset: Int, _ what: String) -> TrailRecord {
        .fault(InputFault(path: path, offset: offset, place: .content, hasLines: false, what: what))
    }
}

/// The canonical principal of a `userIdentity` (specification, attribution §3), or empty.
///
/// docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
func callerPrincipal(_ identity: Int, _ tape: borrowing JSONTape, _ bytes: Span<UInt8>) -> [UInt8] {
    func string(_ key: StaticString, _ node: Int?) -> [UInt8] {
        guard let node, let value = tape.member(key, of: node, in: bytes), tape[value].kind == .string else { return [] }
        return tape.string(value, in: bytes)
    }
    func labelled(_ label: String, _ value: [UInt8]) -> [UInt8] { value.isEmpty ? [] : Array(label.utf8) + value }
    let type = String(decoding: string("type", identity), as: UTF8.self)
    let arn = string("arn", identity)
    let issuerNode = tape.member("sessionContext", of: identity, in: bytes).flatMap {
        tape.member("sessionIssuer", of: $0, in: bytes)
    }
    let issuer = string("arn", issuerNode)
    var found: [UInt8] = []
    switch type {
    case "AssumedRole", "Role":
        found = [issuer, arn].map(canonicalPrincipal).first { isIAM($0, "role/") } ?? []
    case "IAMUser":
        found = isIAM(canonicalPrincipal(arn), "user/") ? canonicalPrincipal(arn) : []
    case "Root":
        if let parts = ARN(arn), !parts.account.isEmpty {
            found = Array("arn:".utf8) + parts.partition + Array(":iam::".utf8) + parts.account + Array(":root".utf8)
        }
    case "FederatedUser": found = issuer.isEmpty ? arn : canonicalPrincipal(issuer)
    case "AWSService": found = labelled("service:", string("invokedBy", identity))
    case "": found = labelled("service:", string("invokedBy", identity))
    case "AWSAccount": found = labelled("account:", string("accountId", identity))
    case "IdentityCenterUser":
        let user = string("userId", tape.member("onBehalfOf", of: identity, in: bytes))
        found = labelled("identity-center:", user.isEmpty ? string("principalId", identity) : user)
    default: break
    }
    if !found.isEmpty { return found }
    return arn.isEmpty ? labelled("principal:", string("principalId", identity)) : canonicalPrincipal(arn)
}

private func isIAM(_ arn: [UInt8], _ resource: String) -> Bool {
    guard let parts = ARN(arn) else { return false }
    return parts.service.elementsEqual("iam".utf8) && parts.resource.starts(with: resource.utf8)
}
