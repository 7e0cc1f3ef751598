import Reports

/// What usage logs say, and whether they speak of the same calls as the trail.
struct UsageLogFindings {
    private(set) var findings: [Finding] = []

    init(_ inspection: Inspection) {
        let counts = inspection.usageLog.counts
        guard inspection.usageLog.files > 0, counts.read > 0 else { return }
        let known = Set(inspection.workspaces.filter { $0.calls > 0 || !$0.costs.isEmpty }.map(\.arn))
        let foreign = inspection.usageLog.workspaces.filter { entry in
            !entry.workspace.isEmpty && !known.contains { $0 == entry.workspace || $0.hasSuffix("/" + entry.workspace) }
        }
        if !foreign.isEmpty {
            let records = foreign.reduce(0) { $0 + $1.records }
            findings.append(
                Finding(
                    counts.joined == 0 ? .problem : .notice, .usageLogOfAnotherWorkspace,
                    "\(records) of \(counted(counts.read, "usage record", "usage records")) speak of \(listed(foreign.map(\.workspace))), which neither the bill nor the trail of this month knows.",
                    follows: "They weigh nothing.", remedy: "Sync the log of the workspaces that spend, or the bill and the trail of this one."))
        } else if counts.joined == 0 {
            findings.append(
                Finding(
                    .problem, .usageLogUnmatched, "None of \(counted(counts.read, "usage record", "usage records")) has the aws_request_id of a call in the trail.",
                    follows: "Shares are by calls, not by tokens.", remedy: "Log the response's x-amzn-requestid as aws_request_id."))
        }
        let calls = inspection.trail.events.evidence
        if counts.joined > 0, calls > 0 {
            findings.append(
                Finding(
                    .notice, .usageLogCoverage, "\(counts.joined) usage records join calls of the trail, of which there are \(calls).",
                    follows: "An hour is shared by tokens where at least 95 % of its calls are rated, else by calls.",
                    remedy: counts.unmatched > 0 ? "\(counts.unmatched) records join nothing; --trust-usage-log lets them be evidence of their own." : "Nothing to do."))
        }
    }
}
