import Bytes
import Records
import Registry

/// Something that must be in place in AWS before usage can be governed and attributed.
public struct Prerequisite: Sendable {
    public enum State: String, Sendable { case met, missing, unknown }

    public var name: String
    public var state: State
    /// What the saved output says, or why nothing is known.
    public var found: String
    /// What to do, or how to find out; empty where it is met.
    public var action: String
}

/// What saved outputs of the AWS command line say of the prerequisites. Each is the text of one command's JSON; nil where it was not saved.
public struct PrerequisiteOutputs {
    /// `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=aws-external-anthropic.amazonaws.com`
    public var events: [UInt8]?
    /// `aws iam simulate-principal-policy --policy-source-arn ROLE --action-names aws-external-anthropic:AssumeConsole`
    public var consoleRight: [UInt8]?
    /// `aws cloudtrail get-event-selectors`, `describe-trails`, `get-trail-status`
    public var eventSelectors: [UInt8]?
    public var trails: [UInt8]?
    public var trailStatus: [UInt8]?
    /// `aws ce list-cost-allocation-tags --status Active`
    public var tags: [UInt8]?
    /// `aws bcm-data-exports get-export`, or `aws cur describe-report-definitions`
    public var export: [UInt8]?
    public var account = ""
    public var region = ""

    public init() {}

    private struct Unreadable: Error {
        var what: String
    }

    /// The five prerequisites, in the order in which they are needed.
    public func judged(_ registry: Registry) -> [Prerequisite] {
        [signUp, console, dataEvents, tagActivation(registry.tagKeys.filter { !$0.isEmpty }), exportSettings]
    }

    // MARK: Each of them

    private var signUp: Prerequisite {
        let how = "Sign up at console.aws.amazon.com/claude-platform; then save aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=aws-external-anthropic.amazonaws.com (--events)."
        return judge("sign-up", events, how) { (json) throws(Unreadable) in
            guard let list = json.member("Events", of: json.root) else { throw Unreadable(what: "has no 'Events'") }
            let count = json.elements(list).filter { json.string("EventSource", of: $0) == "aws-external-anthropic.amazonaws.com" }.count
            // No event proves nothing: they are kept for 90 days, in the region that was asked.
            return count > 0
                ? (.met, "\(counted(count, "event")) of the Claude Platform in CloudTrail's history")
                : (.unknown, "no event of the Claude Platform in CloudTrail's history of that region, which reaches back 90 days")
        }
    }

    private var console: Prerequisite {
        let how = "Allow aws-external-anthropic:AssumeConsole to the Cloud Engineers' role, without which task 1 cannot be done; then save aws iam simulate-principal-policy --policy-source-arn ROLE --action-names aws-external-anthropic:AssumeConsole (--console-right)."
        return judge("console right", consoleRight, how) { (json) throws(Unreadable) in
            guard let list = json.member("EvaluationResults", of: json.root) else { throw Unreadable(what: "has no 'EvaluationResults'") }
            let name = "aws-external-anthropic:AssumeConsole"
            let results = json.elements(list).filter { json.string("EvalActionName", of: $0)?.lowercased() == name.lowercased() }
            guard !results.isEmpty else { return (.unknown, "the simulation is of other actions") }
            let denied = results.map { json.string("EvalDecision", of: $0) ?? "" }.first { $0 != "allowed" }
            return denied.map { (.missing, "\(name) is \($0)") } ?? (.met, "\(name) is allowed")
        }
    }

    private var dataEvents: Prerequisite {
        let how = "Enable data events of \(TrailOutputs.resourceType), docs/howto/enable-data-events.md; then save aws cloudtrail get-event-selectors, describe-trails and get-trail-status (--event-selectors, --trails, --trail-status)."
        guard let eventSelectors, let trails else { return Prerequisite(name: "data events", state: .unknown, found: "not saved", action: how) }
        let outputs = TrailOutputs(eventSelectors: eventSelectors, trails: trails, status: trailStatus)
        do throws(TrailOutputs.Fault) {
            let capture = try outputs.captureOfAll(account: account, region: region)
            let isMet = capture == .captured
            return Prerequisite(name: "data events", state: isMet ? .met : .missing, found: "the trail \(isMet ? "logs the calls to every workspace" : capture.what)", action: isMet ? "" : how)
        } catch { return Prerequisite(name: "data events", state: .unknown, found: error.what, action: how) }
    }

    private func tagActivation(_ keys: [String]) -> Prerequisite {
        let how = "Activate \(keys.joined(separator: ", ")) as cost allocation tags in the payer account, docs/howto/activate-tags.md; then save aws ce list-cost-allocation-tags --status Active (--cost-allocation-tags)."
        return judge("tag activation", tags, how) { (json) throws(Unreadable) in
            guard let list = json.member("CostAllocationTags", of: json.root) else { throw Unreadable(what: "has no 'CostAllocationTags'") }
            let active = Set(json.elements(list).filter { json.string("Status", of: $0) == "Active" }.compactMap { json.string("TagKey", of: $0) })
            let missing = keys.filter { !active.contains($0) }
            return missing.isEmpty ? (.met, "\(keys.joined(separator: ", ")) are active") : (.missing, "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not active")
        }
    }

    private var exportSettings: Prerequisite {
        let how = "Export a CUR 2.0, hourly, with resource ids and IAM principal data, as gzipped CSV, docs/howto/export-a-bill.md; then save aws bcm-data-exports get-export (--export)."
        return judge("export settings", export, how) { (json) throws(Unreadable) in
            if let export = json.member("Export", of: json.root) { return try PrerequisiteOutputs.dataExport(export, json) }
            guard let list = json.member("ReportDefinitions", of: json.root) else { throw Unreadable(what: "has neither 'Export' nor 'ReportDefinitions'") }
            return PrerequisiteOutputs.legacyReports(list, json)
        }
    }

    /// docs.aws.amazon.com/cli/latest/reference/bcm-data-exports/get-export.html
    private static func dataExport(_ export: JSONDocument.Value, _ json: borrowing JSONDocument) throws(Unreadable) -> (Prerequisite.State, String) {
        let query = json.member("DataQuery", of: export)
        let tables = query.flatMap { json.member("TableConfigurations", of: $0) }
        guard let settings = tables.flatMap({ json.member("COST_AND_USAGE_REPORT", of: $0) }) else { throw Unreadable(what: "is no export of COST_AND_USAGE_REPORT") }
        func setting(_ key: String) -> String { json.string(key, of: settings) ?? "" }
        let output = json.member("DestinationConfigurations", of: export).flatMap { json.member("S3Destination", of: $0) }.flatMap { json.member("S3OutputConfigurations", of: $0) }
        func file(_ key: String) -> String { output.flatMap { json.string(key, of: $0) } ?? "" }
        var wrong: [String] = []
        if setting("TIME_GRANULARITY") != "HOURLY" { wrong.append("TIME_GRANULARITY is '\(setting("TIME_GRANULARITY"))', so evidence is pooled by day") }
        if setting("INCLUDE_RESOURCES") != "TRUE" { wrong.append("INCLUDE_RESOURCES is not TRUE, so rows name no workspace") }
        if setting("INCLUDE_IAM_PRINCIPAL_DATA") != "TRUE" { wrong.append("INCLUDE_IAM_PRINCIPAL_DATA is not TRUE, so Bedrock's rows name no caller") }
        let statement = query.flatMap { json.string("QueryStatement", of: $0) } ?? "*"
        for column in ["line_item_resource_id", "line_item_iam_principal"] where !statement.contains("*") && !statement.contains(column) {
            wrong.append("the query does not select \(column)")
        }
        if file("Format") == "TEXT_OR_CSV", !["", "GZIP"].contains(file("Compression")) { wrong.append("the compression is '\(file("Compression"))', but gzip is read") }
        if file("Format") != "TEXT_OR_CSV" { wrong.append("the format is '\(file("Format"))', but CSV is read") }
        return wrong.isEmpty ? (.met, "hourly, with resource ids and IAM principal data, as CSV") : (.missing, wrong.joined(separator: "; "))
    }

    /// docs.aws.amazon.com/cli/latest/reference/cur/describe-report-definitions.html
    private static func legacyReports(_ list: JSONDocument.Value, _ json: borrowing JSONDocument) -> (Prerequisite.State, String) {
        let reports = json.elements(list)
        let fits = reports.contains { report in
            let elements = json.member("AdditionalSchemaElements", of: report).map { json.elements($0).compactMap { json.string($0) } } ?? []
            return json.string("TimeUnit", of: report) == "HOURLY" && json.string("Format", of: report) == "textORcsv" && elements.contains("RESOURCES")
        }
        return (.missing, fits ? "a CUR of the older kind, which serves the Claude Platform but never names Bedrock's callers" : "\(counted(reports.count, "CUR")) of the older kind, none of them hourly, with resource ids, as CSV")
    }

    // MARK: One output

    private func judge(
        _ name: String, _ text: [UInt8]?, _ how: String, _ read: (borrowing JSONDocument) throws(Unreadable) -> (Prerequisite.State, String)
    ) -> Prerequisite {
        guard let text else { return Prerequisite(name: name, state: .unknown, found: "not saved", action: how) }
        let json: JSONDocument
        do throws(ByteFault) { json = try JSONDocument(text) } catch { return Prerequisite(name: name, state: .unknown, found: "what was saved is no JSON: \(error.what)", action: how) }
        do throws(Unreadable) {
            let (state, found) = try read(json)
            return Prerequisite(name: name, state: state, found: found, action: state == .met ? "" : how)
        } catch { return Prerequisite(name: name, state: .unknown, found: "what was saved \(error.what)", action: how) }
    }
}
