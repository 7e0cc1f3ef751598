import Bytes
import Records

/// Whether CloudTrail logs who calls a workspace, as saved CLI outputs tell.
public enum TrailCapture: String, Sendable, CaseIterable {
    case captured
    /// A selector takes Claude Platform events, but of other workspaces only.
    case otherARNs = "other-arns"
    /// A selector takes Claude Platform events and leaves this workspace's out.
    case excluded
    case notLogging = "not-logging"
    /// The trail logs another region only.
    case otherRegion = "other-region"
    /// The trail is of another account, and not of its organization.
    case otherAccount = "other-account"
    /// The trail has selectors of the older kind, which cannot take these events.
    case basicSelectors = "basic-selectors"
    /// The trail's selectors take other data events only, or none.
    case notSelected = "not-selected"

    /// A sentence's end: "the trail …".
    public var what: String {
        switch self {
        case .captured: "logs its calls"
        case .otherARNs: "logs other workspaces only; add this ARN to the selector, or leave the field resources.ARN out"
        case .excluded: "leaves its calls out by a selector; take the exclusion away"
        case .notLogging: "is not logging; start it"
        case .otherRegion: "logs another region only; make it a multi-region trail, or add one in this region"
        case .otherAccount: "is of another account, and no trail of the organization; add one in this account"
        case .basicSelectors: "has basic event selectors, which cannot take these events; replace them by advanced ones"
        case .notSelected: "has no selector for AWS::AWSExternalAnthropic::Workspace; add one"
        }
    }
}

/// What saved outputs of `aws cloudtrail` say of a trail.
///
/// Shapes: docs.aws.amazon.com/cli/latest/reference/cloudtrail/get-event-selectors.html, …/describe-trails.html, …/get-trail-status.html
public struct TrailOutputs {
    /// The resource type of a workspace's data events (docs.aws.amazon.com/claude-platform/latest/userguide/monitoring.html).
    public static let resourceType = "AWS::AWSExternalAnthropic::Workspace"

    /// Events of calls that are billed (docs.aws.amazon.com/claude-platform/latest/userguide/iam-actions.html).
    private static let billableEvents = ["CreateInference", "CreateBatchInference", "CreateSession", "UpdateSession", "ProcessEnvironmentWork"]

    private let eventSelectors: [UInt8]
    private let trails: [UInt8]
    private let status: [UInt8]?

    /// - Parameters:
    ///   - eventSelectors: What `get-event-selectors` printed.
    ///   - trails: What `describe-trails` printed.
    ///   - status: What `get-trail-status` printed; nil to take the trail as logging.
    public init(eventSelectors: [UInt8], trails: [UInt8], status: [UInt8]?) {
        self.eventSelectors = eventSelectors
        self.trails = trails
        self.status = status
    }

    /// Why the outputs tell nothing.
    public struct Fault: Error, Equatable {
        public var what: String
    }

    /// Whether the trail logs the calls of a scope's function to a workspace.
    public func capture(of workspace: String, by scope: Scope) throws(Fault) -> TrailCapture {
        // A function's session has its name.
        let caller = "arn:aws:sts::\(scope.account):assumed-role/\(scope.roleName)/\(scope.functionName)"
        return try capture(of: workspace, caller: caller, account: scope.account, region: scope.regions[0])
    }

    /// Whether the trail logs all calls to all workspaces; of an account and a region, where these are not empty.
    func captureOfAll(account: String, region: String) throws(Fault) -> TrailCapture { try capture(of: nil, caller: nil, account: account, region: region) }

    private func capture(of workspace: String?, caller: String?, account: String, region: String) throws(Fault) -> TrailCapture {
        let selectors = try TrailOutputs.document(eventSelectors, "the event selectors")
        guard let trailARN = selectors.string("TrailARN", of: selectors.root) else {
            throw Fault(what: "the event selectors have no 'TrailARN'; save what aws cloudtrail get-event-selectors prints, as JSON")
        }
        let described = try TrailOutputs.document(trails, "the trails")
        guard let list = described.member("trailList", of: described.root) else {
            throw Fault(what: "the trails have no 'trailList'; save what aws cloudtrail describe-trails prints, as JSON")
        }
        guard let trail = described.elements(list).first(where: { described.string("TrailARN", of: $0) == trailARN }) else {
            throw Fault(what: "the trails do not list \(trailARN), whose selectors these are; save describe-trails of the same account and region")
        }
        if let status {
            let saved = try TrailOutputs.document(status, "the trail's status")
            guard let isLogging = saved.member("IsLogging", of: saved.root) else {
                throw Fault(what: "the trail's status has no 'IsLogging'; save what aws cloudtrail get-trail-status prints, as JSON")
            }
            if saved.kind(isLogging) != .yes { return .notLogging }
        }
        let isOfOrganization = described.member("IsOrganizationTrail", of: trail).map { described.kind($0) == .yes } ?? false
        if !isOfOrganization, !account.isEmpty, let arn = ARN(Array(trailARN.utf8)), !arn.account.elementsEqual(account.utf8) { return .otherAccount }
        let isMultiRegion = described.member("IsMultiRegionTrail", of: trail).map { described.kind($0) == .yes } ?? false
        if !isMultiRegion, !region.isEmpty, described.string("HomeRegion", of: trail) != region { return .otherRegion }
        let advanced = selectors.member("AdvancedEventSelectors", of: selectors.root).map { selectors.elements($0) } ?? []
        let basic = selectors.member("EventSelectors", of: selectors.root).map { selectors.elements($0) } ?? []
        if advanced.isEmpty { return basic.isEmpty ? .notSelected : .basicSelectors }
        let results = advanced.compactMap { TrailOutputs.take(workspace, caller, $0, selectors) }
        for result in [TrailCapture.captured, .excluded, .otherARNs] where results.contains(result) { return result }
        return .notSelected
    }

    private static func document(_ text: [UInt8], _ name: String) throws(Fault) -> JSONDocument {
        do throws(ByteFault) { return try JSONDocument(text) } catch { throw Fault(what: "\(name) are no JSON: \(error.what)") }
    }

    /// What one advanced selector does with calls of a workspace; nil where it is about something else. All its fields must agree.
    ///
    /// Without a workspace or caller, a field on either leaves some out.
    private static func take(_ workspace: String?, _ caller: String?, _ selector: JSONDocument.Value, _ json: borrowing JSONDocument) -> TrailCapture? {
        let fields = json.member("FieldSelectors", of: selector).map { json.elements($0) } ?? []
        var isOfType = false
        var result = TrailCapture.captured
        for field in fields {
            let values: [(String, String)] = [
                ("eventCategory", "Data"), ("resources.type", resourceType), ("resources.ARN", workspace ?? ""), ("eventName", ""),
                ("eventSource", "aws-external-anthropic.amazonaws.com"), ("readOnly", "false"), ("eventType", "AwsApiCall"),
                ("sessionCredentialFromConsole", "false"),
                ("userIdentity.arn", caller ?? ""),
            ]
            let name = json.string("Field", of: field) ?? ""
            guard let value = values.first(where: { $0.0 == name })?.1 else {
                // A field that is not known here may leave calls out.
                result = .excluded
                continue
            }
            if name == "eventName" {
                // Every call that costs something, or some of it has no evidence.
                let isWhole = billableEvents.allSatisfy { event in
                    let (isTaken, isLeftOut) = test(event, field, json)
                    return isTaken && !isLeftOut
                }
                if !isWhole { result = .excluded }
                continue
            }
            let (isTaken, isLeftOut) = test(value, field, json)
            switch name {
            case "eventCategory": if !isTaken || isLeftOut { return nil }
            case "resources.type":
                if !isTaken || isLeftOut { return nil }
                isOfType = true
            case "resources.ARN" where workspace == nil: result = .otherARNs
            case "userIdentity.arn" where caller == nil: result = .excluded
            case "resources.ARN":
                if isLeftOut { result = .excluded } else if !isTaken, result == .captured { result = .otherARNs }
            default: if !isTaken || isLeftOut { result = .excluded }
            }
        }
        return isOfType ? result : nil
    }

    /// Whether a field's positive operators take the value (any of all their values), and whether a negative one leaves it out.
    private static func test(_ value: String, _ field: JSONDocument.Value, _ json: borrowing JSONDocument) -> (isTaken: Bool, isLeftOut: Bool) {
        var positives = 0
        var isTaken = false
        var isLeftOut = false
        for (key, matches) in [
            ("Equals", { (a: String, b: String) in a == b }), ("StartsWith", { $0.hasPrefix($1) }), ("EndsWith", { $0.hasSuffix($1) }),
        ] {
            for texts in json.member(key, of: field).map({ json.elements($0) }) ?? [] {
                positives += 1
                if let text = json.string(texts), matches(value, text) { isTaken = true }
            }
            for texts in json.member("Not" + key, of: field).map({ json.elements($0) }) ?? [] {
                if let text = json.string(texts), matches(value, text) { isLeftOut = true }
            }
        }
        return (isTaken || positives == 0, isLeftOut)
    }
}
