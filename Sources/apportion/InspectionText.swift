import Inspection
import Records
import Reports
import Terminal

/// What an inspection says to people: the month, what is there, and what stands in the way, each with what follows and what to do.
struct InspectionText {
    private let inspection: Inspection
    private let paths: [String]
    private let width: Int

    init(_ inspection: Inspection, width: Int) {
        self.inspection = inspection
        self.width = min(width, 140)
        paths = inspection.paths
    }

    /// - Parameters:
    ///   - draft: Where a draft of a registry was written.
    ///   - registry: The registry that was used.
    func lines(draft: String?, registry: String?) -> [StyledText] {
        var lines: [StyledText] = [title()]
        lines += bill()
        lines += trail()
        lines += callers()
        lines += findings()
        lines += others()
        lines += next(draft, registry)
        return lines
    }

    // MARK: What is there

    private func title() -> StyledText {
        var line = StyledText(inspection.period?.text ?? "no month", .strong)
        line.append(" · \(paths.joined(separator: ", "))", .plain)
        let others = inspection.periods.filter { $0 != inspection.period }
        if !others.isEmpty { line.append(" · also there: \(others.map(\.text).joined(separator: ", "))", .faint) }
        return line
    }

    private func heading(_ text: String) -> [StyledText] { [StyledText(), StyledText(text, .strong)] }

    private func bill() -> [StyledText] {
        let picture = inspection.bill
        var lines = heading("Bill")
        let ofMonth = inspection.input.deliveries.filter { $0.period == inspection.period }
        for delivery in ofMonth where delivery.state != .replaced {
            let replaced = ofMonth.filter { $0.state == .replaced && $0.name == delivery.name }.count
            var text = "  \(delivery.name) (\(delivery.kind)): \(count(delivery.files.count, "file", "files"))"
            if !delivery.missing.isEmpty { text += ", \(delivery.missing.count) missing" }
            if replaced > 0 { text += ", newest of \(replaced + 1) deliveries" }
            lines.append(StyledText(text))
        }
        if !inspection.input.looseBills.isEmpty {
            lines.append(StyledText("  \(count(inspection.input.looseBills.count, "CSV file", "CSV files")) without a manifest"))
        }
        guard picture.rows.read > 0 else { return lines + [StyledText("  nothing that can be read", .faint)] }
        var table = TextTable([
            .init("platform", .left, .cut(.end, least: 8)), .init("line item type", .left, .cut(.end, least: 6)), .init("rows", .right),
            .init("cost", .right), .init("", .left),
        ])
        for cell in picture.charges {
            table.add([
                .text(StyledText(cell.platform)), .text(StyledText(cell.lineItemType)), .text(StyledText(String(cell.rows))),
                .text(StyledText(cell.cost.map(CurrencySummary.cents) ?? "too large")), .text(StyledText(cell.currency)),
            ])
        }
        for (place, other) in picture.otherServices.enumerated() where picture.otherRows > 0 {
            table.add([
                .text(StyledText("other services", .faint)), .text(StyledText()),
                .text(StyledText(place == 0 ? String(picture.otherRows) : "", .faint)),
                .text(StyledText(CurrencySummary.cents(other.cost), .faint)), .text(StyledText(other.currency, .faint)),
            ])
        }
        lines += table.lines(width: width)
        var notes: [String] = []
        if let through = picture.dataThrough { notes.append("usage is billed through \(through.text)") }
        if picture.rows.otherPeriod > 0 { notes.append("\(count(picture.rows.otherPeriod, "row", "rows")) of other months") }
        for entry in picture.coverage {
            if let share = entry.share { notes.append("evidence for \(share) of Claude Platform usage in \(entry.currency)") }
        }
        lines += wrapped(notes.joined(separator: "; "), indent: 2, .faint)
        return lines
    }

    private func trail() -> [StyledText] {
        var lines = heading("Trail")
        let picture = inspection.trail
        guard picture.files > 0 else { return lines + [StyledText("  no CloudTrail logs", .faint)] }
        var table = TextTable([
            .init("account", .left), .init("region", .left, .cut(.end, least: 6)), .init("records", .right), .init("days", .left),
            .init("without any record", .left, .cut(.end, least: 10)),
        ])
        for place in picture.places {
            table.add([
                .text(StyledText(place.account.isEmpty ? "unknown" : place.account)), .text(StyledText(place.region)),
                .text(StyledText(String(place.records))),
                .text(StyledText("\(day(place.firstDay)) – \(day(place.lastDay))")),
                .text(StyledText(place.missingDays.map(day).joined(separator: " "), .notable)),
            ])
        }
        lines += table.lines(width: width)
        let calls = picture.events
        lines += wrapped(
            "\(count(picture.files, "file", "files")), \(count(calls.read, "record", "records")), \(count(calls.evidence, "billable call", "billable calls")) of the Claude Platform",
            indent: 2, .faint)
        // `s3 GetObject 111`: events of several services may have one name.
        let byName = Dictionary(picture.kinds.map { ("\($0.source.prefix { $0 != "." }) \($0.event)", $0.records) }, uniquingKeysWith: +)
        let most = byName.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { "\($0.key) \($0.value)" }
        if !most.isEmpty { lines += wrapped("most: \(most.joined(separator: ", "))", indent: 2, .faint) }
        if inspection.usageLog.files > 0 {
            let counts = inspection.usageLog.counts
            lines += wrapped(
                "usage log: \(count(inspection.usageLog.files, "file", "files")), \(count(counts.read, "record", "records")), \(counts.joined) of them of calls in the trail",
                indent: 2, .faint)
        }
        return lines
    }

    private func callers() -> [StyledText] {
        let shown = inspection.callers.filter { !$0.principal.isEmpty }
        guard !shown.isEmpty else { return [] }
        var table = TextTable([
            .init("caller", .left, .cut(.middle, least: 16)), .init("account", .left, rank: 2), .init("calls", .right), .init("spent", .right),
            .init("", .left), .init("", .left, .cut(.end, least: 6), rank: 1),
        ])
        for caller in shown.prefix(12) {
            let name = caller.principal.hasSuffix("/") ? caller.principal : caller.principal.split(separator: "/").last.map(String.init) ?? caller.principal
            var kind = caller.isShared ? "shared role" : ""
            if caller.apiKeyCalls > 0 { kind = caller.apiKeyCalls == caller.calls ? "API key" : "\(caller.apiKeyCalls) by API key" }
            let first = caller.costs.first
            table.add([
                .text(StyledText(name)), .text(StyledText(caller.account, .faint)), .text(StyledText(String(caller.calls))),
                .text(StyledText(first.map { CurrencySummary.cents($0.cost) } ?? "–")), .text(StyledText(first?.currency ?? "")),
                .text(StyledText(kind, .notable)),
            ])
        }
        var lines = heading("Callers, most money first") + table.lines(width: width)
        if shown.count > 12 { lines.append(StyledText("  and \(shown.count - 12) more", .faint)) }
        return lines
    }

    // MARK: What it means

    private func findings() -> [StyledText] {
        let problems = inspection.findings.filter { $0.severity == .problem }
        let notices = inspection.findings.filter { $0.severity == .notice }
        guard !inspection.findings.isEmpty else { return heading("Nothing stands in the way") }
        var lines: [StyledText] = []
        for (title, list, style) in [("Problems", problems, Style.bad), ("Good to know", notices, Style.notable)] where !list.isEmpty {
            lines += heading(title)
            for finding in list {
                var first = true
                for line in paragraph(finding.what, width: width - 4) {
                    var text = StyledText(first ? "  ● " : "    ", style)
                    text.append(line, .plain)
                    lines.append(text)
                    first = false
                }
                lines += labelled("so", finding.follows)
                if finding.remedy != "Nothing to do." { lines += labelled("do", finding.remedy) }
            }
        }
        return lines
    }

    private func labelled(_ label: String, _ text: String) -> [StyledText] {
        guard !text.isEmpty else { return [] }
        return paragraph(text, width: width - 8).enumerated().map { place, line in
            var styled = StyledText(place == 0 ? "    \(label)  " : "        ", .faint)
            styled.append(line, .plain)
            return styled
        }
    }

    /// What was found and is nothing that is read.
    private func others() -> [StyledText] {
        let unknown = inspection.input.unknown
        guard !unknown.isEmpty else { return [] }
        let some = unknown.prefix(3).joined(separator: ", ")
        return [StyledText()] + wrapped("Not looked at: \(count(unknown.count, "file", "files")) that look like nothing that is read, such as \(some)", indent: 0, .faint)
    }

    private func next(_ draft: String?, _ registry: String?) -> [StyledText] {
        guard let period = inspection.period, inspection.bill.rows.charges > 0 else { return [] }
        var lines = heading("Next")
        let blocking = inspection.findings.filter { $0.severity == .problem && InspectionText.blocking.contains($0.kind) }
        if !blocking.isEmpty { lines += wrapped("A run will fail until these are mended: \(Set(blocking.map(\.kind.rawValue)).sorted().joined(separator: ", ")).", indent: 2, .bad) }
        if registry != nil, draft != nil {
            lines += wrapped("\(draft ?? "") has what the registry lacks; once they are one, run", indent: 2, .plain)
        } else if registry != nil {
            lines += wrapped("the same month as a run:", indent: 2, .plain)
        } else if let draft {
            lines += wrapped("\(draft) is a registry to begin with; fill in owners, then run", indent: 2, .plain)
        } else {
            lines += wrapped("--draft-registry FILE writes a registry to begin with; a first result without one:", indent: 2, .plain)
        }
        var command = "    apportion attribute --cur \(Shell.quoted(InputFolders.bills(inspection)))"
        let (trail, usageLogs) = (InputFolders.trail(inspection), InputFolders.usageLogs(inspection))
        if !trail.isEmpty { command += " --cloudtrail \(Shell.quoted(trail))" }
        if !usageLogs.isEmpty { command += " --usage-log \(Shell.quoted(usageLogs))" }
        if let path = registry ?? draft { command += " --registry \(Shell.quoted([path]))" }
        lines.append(StyledText(command + " --period \(period.text) --out runs/\(period.text)"))
        return lines
    }

    /// Kinds of findings that end a run.
    private static let blocking: Set<Finding.Kind> = [.missingFile, .ambiguousDelivery, .brokenFile, .payerTwice, .sumTooLarge, .noSuchMonth]

    // MARK: Texts

    private func wrapped(_ text: String, indent: Int, _ style: Style) -> [StyledText] {
        guard !text.isEmpty else { return [] }
        return paragraph(text, width: width - indent).map { StyledText(String(repeating: " ", count: indent) + $0, style) }
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

    /// `10-19`: the month is in the title.
    private func day(_ number: Int) -> String { String(dateText(dayNumber: number).dropFirst(5)) }
}

/// Words fit for a shell.
enum Shell {
    static func quoted(_ words: [String]) -> String {
        words.map { word in
            // A path that begins like an option would be taken for one.
            let word = word.hasPrefix("-") ? "./" + word : word
            let isPlain = word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "/._-=+:@%".utf8.contains(byte)
            }
            return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
        }
        .joined(separator: " ")
    }
}
