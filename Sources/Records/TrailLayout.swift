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
            let endings = suffixes + suffixes.map { $0 + ".gz" }
            for file in found.files {
                let name = file.relativePath
                guard endings.contains(where: { name.utf8.ends(with: $0) }) else { continue }
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
    let bytes = Array(path.utf8)
    var start = path == root ? bytes.count : root.utf8.count
    if path == root { while start > 0, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 } }
    while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
        let part = bytes.span.extracting(start..<end)
        if end == bytes.count { return holds(part, "Digest") }
        if sameBytes(part, "CloudTrail-Digest") || sameBytes(part, "CloudTrail-Insight") || begins(part, "CloudTrail-Aggregated") { return true }
        start = end + 1
    }
    return false
}

private func begins(_ text: Span<UInt8>, _ start: StaticString) -> Bool {
    text.count >= start.utf8CodeUnitCount && sameBytes(text.extracting(0..<start.utf8CodeUnitCount), start)
}

private func holds(_ text: Span<UInt8>, _ part: StaticString) -> Bool {
    let first = unsafe part.utf8Start[0]
    var at = 0
    while at + part.utf8CodeUnitCount <= text.count {
        if text[at] == first, sameBytes(text.extracting(at..<at + part.utf8CodeUnitCount), part) { return true }
        at += 1
    }
    return false
}

/// The day of the last `/YYYY/MM/DD/` in a path; nil when there is none.
///
/// In the part that the user gave (`root`) only a date right before the file's name counts: `backup/2026/12/24/trail` is no delivery.
func deliveryDay(_ path: String, below root: String) -> Int? {
    let bytes = Array(path.utf8)
    let slash = UInt8(ascii: "/")
    let given = root.utf8.count
    // The date is `YYYY/MM/DD/` at `at`; a relative path may begin with the year.
    var at = bytes.count - 11
    var isLast = true
    // Whether there is a slash behind the date's own.
    for index in max(0, at + 11)..<bytes.count where bytes[index] == slash { isLast = false }
    while at >= 0 {
        if bytes[at + 4] == slash, bytes[at + 7] == slash, bytes[at + 10] == slash, at == 0 || bytes[at - 1] == slash,
            at + 10 > given || isLast, let day = slashedDay(bytes.span, at)
        {
            return day
        }
        if bytes[at + 10] == slash { isLast = false }
        at -= 1
    }
    return nil
}

/// The day number of the date `YYYY/MM/DD` at `at`, nil when no such day exists.
private func slashedDay(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard let high = twoDigits(text, at), let low = twoDigits(text, at + 2), let month = twoDigits(text, at + 5), let day = twoDigits(text, at + 8)
    else { return nil }
    return dayNumber(year: high * 100 + low, month: month, day: day)
}

extension String.UTF8View {
    /// Byte for byte, as file names are.
    func ends(with ending: String) -> Bool { count >= ending.utf8.count && suffix(ending.utf8.count).elementsEqual(ending.utf8) }
}
