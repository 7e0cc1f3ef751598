import Bytes

/// The log files found below the paths given, and what was left out.
public struct LogPlan: Sendable {
    public struct File: Sendable {
        public var path: String
        public var argument: Int
        public var sizeBytes: Int
    }

    /// In the order of arguments, then bytewise.
    public var files: [File] = []
    /// Files that are no logs of API calls: digests, insights, aggregations.
    public var skippedFiles = 0
    /// Files whose folder's date cannot hold events of the month.
    public var outOfPeriodFiles = 0
    /// What could not be followed or looked at, with the reason.
    public var unreadable: [(path: String, reason: String)] = []

    public init() {}
}

/// Finds CloudTrail's files (specification, inputs §2), and passes over those that were delivered too early or too late for the month.
///
/// docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html names the folders.
public func planTrail(_ paths: [String], period: Month, slackDays: Int) throws(PlanFault) -> LogPlan {
    // An event reaches the log within minutes, so nothing of the month lies in a folder of two days before it.
    let firstDay = period.firstDay - 1
    let lastDay = period.next.firstDay - 1 + slackDays
    return try planLogs(paths, option: "--cloudtrail", suffixes: [".json"]) { path, root in
        if isOtherTrailFile(path, below: root) { return .skipped }
        guard let day = deliveryDay(path, below: root) else { return .read }
        return day >= firstDay && day <= lastDay ? .read : .outOfPeriod
    }
}

/// Finds usage logs (specification, inputs §4).
public func planUsageLogs(_ paths: [String]) throws(PlanFault) -> LogPlan {
    try planLogs(paths, option: "--usage-log", suffixes: [".jsonl", ".ndjson", ".log", ".json"]) { _, _ in .read }
}

private enum Verdict { case read, skipped, outOfPeriod }

private func planLogs(
    _ paths: [String], option: String, suffixes: [String], _ judge: (_ path: String, _ root: String) -> Verdict
) throws(PlanFault) -> LogPlan {
    var plan = LogPlan()
    var seen: Set<FileIdentity> = []
    for (argument, path) in paths.enumerated() {
        var logs = 0
        func take(_ file: String, _ identity: FileIdentity) {
            let verdict = judge(file, path)
            if verdict != .skipped { logs += 1 }
            guard seen.insert(identity).inserted else { return }
            switch verdict {
            case .read: plan.files.append(LogPlan.File(path: file, argument: argument, sizeBytes: identity.size))
            case .skipped: plan.skippedFiles += 1
            case .outOfPeriod: plan.outOfPeriodFiles += 1
            }
        }
        switch pathKind(path) {
        case .missing: throw PlanFault(.input, "\(path): is missing; check \(option)")
        case .other: throw PlanFault(.input, "\(path): is neither a file nor a folder; check \(option)")
        case .file: if let identity = fileIdentity(path) { take(path, identity) }
        case .folder:
            let found: (files: [FoundFile], leftOut: [(path: String, reason: String)])
            do { found = try filesBelow(path) } catch { throw PlanFault(error) }
            plan.unreadable.append(contentsOf: found.leftOut.map { (joinedPath(path, $0.path), $0.reason) })
            for file in found.files {
                let name = file.relativePath
                guard suffixes.contains(where: { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }) else { continue }
                take(joinedPath(path, name), file.identity)
            }
        }
        if logs == 0 {
            let wanted = suffixes.map { "*\($0)" }.joined(separator: ", ")
            throw PlanFault(.input, "\(path): holds no log file (\(wanted), also with .gz); check \(option)")
        }
    }
    return plan
}

/// Digests, insights and aggregations lie beside the logs and have other content.
func isOtherTrailFile(_ path: String, below root: String) -> Bool {
    // What the user named itself is not judged, but for a file's own name.
    let parts = path == root ? path.split(separator: "/").suffix(1) : path.dropFirst(root.count).split(separator: "/")[...]
    if parts.last?.contains("Digest") == true { return true }
    return parts.dropLast().contains { $0 == "CloudTrail-Digest" || $0 == "CloudTrail-Insight" || $0.hasPrefix("CloudTrail-Aggregated") }
}

/// The day of the last `/YYYY/MM/DD/` in a path; nil when there is none.
///
/// In the part that the user gave (`root`) only a date right before the file's name counts: `backup/2026/12/24/trail` is no delivery.
func deliveryDay(_ path: String, below root: String) -> Int? {
    // A relative path may begin with the year.
    let bytes = Array("/".utf8) + path.utf8
    let given = root.utf8.count + 1
    var at = bytes.count - 12
    while at >= 0 {
        if bytes[at] == UInt8(ascii: "/"), bytes[at + 5] == UInt8(ascii: "/"), bytes[at + 8] == UInt8(ascii: "/"),
            bytes[at + 11] == UInt8(ascii: "/")
        {
            var date = Array(bytes[at + 1..<at + 11])
            date[4] = UInt8(ascii: "-")
            date[7] = UInt8(ascii: "-")
            let isBelow = at + 11 > given
            let isLast = !bytes[(at + 12)...].contains(UInt8(ascii: "/"))
            if isBelow || isLast, let day = parsedDay(date.span, 0) { return day }
        }
        at -= 1
    }
    return nil
}
