import Attribution
import Bytes
import Records
import Registry
import Reports
import Runs

/// Everything that an inspection reads, and what a run with the registry at hand would make of it.
struct InspectionReading {
    let options: InspectionOptions
    let period: Month
    private let input: InputSurvey
    private let progress: Progress
    /// The deliveries that are read as bills; loose files come behind them.
    let sources: [Delivery]
    private(set) var bill: BillTally
    private(set) var trail: TrailTally
    /// What lies in folders that a run would not open: only its lateness is told, since none of it would count.
    private(set) var trailBeyondSlack: TrailTally
    private(set) var usage = UsageTally()
    private(set) var usageWorkspaces: [String: Int] = [:]
    private(set) var attribution: Attribution?
    private(set) var brokenFiles: [Finding] = []
    private var callsByCaller: [EvidenceTally.Caller: Int] = [:]
    private var callsByWorkspace: [Name: Int] = [:]

    init(options: InspectionOptions, period: Month, input: InputSurvey, progress: Progress) {
        self.options = options
        self.period = period
        self.input = input
        self.progress = progress
        sources = input.deliveries.filter { $0.period == period && $0.state == .newest && $0.wrongFormat == nil }
        bill = BillTally(period: period, unitPrice: options.registry.unitPrice)
        trail = TrailTally(period: period)
        trailBeyondSlack = trail
    }

    mutating func read() {
        readTrail()
        readUsageLogs()
        readBills()
        progress.enter(.attribution)
        bill.charges.settleCandidates()
        note(bill.charges.adoptedFaults, [])
        // Nothing is on disk, so nothing can fail to be read.
        try? trail.evidence.settle()
        try? trailBeyondSlack.evidence.settle()
        callsByCaller = trail.evidence.callsByCaller
        callsByWorkspace = trail.evidence.callsByWorkspace
        do throws(AttributionFault) {
            let month = AttributionOptions(period: period)
            let settled = try SettledEvidence(calls: trail.evidence, records: usage, registry: options.registry, rates: .standard, options: month)
            attribution = try attribute(charges: bill.charges, evidence: settled, registry: options.registry, options: month)
        } catch {
            let what = switch error {
            case .data(let what), .violation(let what): what
            case .spill(let fault): fault.what
            }
            brokenFiles.append(
                Finding(.problem, .sumTooLarge, what, follows: "A run of this month would fail.", remedy: "Look at these rows of the bill."))
        }
    }

    // MARK: Reading

    private func planned(_ kind: PlannedFile.Kind, _ files: [InputSurvey.File]) -> [PlannedFile] {
        progress.expect(files.reduce(0) { $0 + $1.sizeBytes })
        return files.map { PlannedFile(kind: kind, path: $0.path, sizeBytes: $0.sizeBytes, argument: 0) }
    }

    private mutating func readTrail() {
        progress.enter(.trail)
        // As a run does: nothing of the month lies in a folder of two days before it, and what was delivered too late is not opened.
        let lastDay = period.next.firstDay - 1 + options.trailSlackDays
        let files = input.trailFiles.filter { ($0.deliveryDay ?? .max) >= period.firstDay - 1 }
        let work = trailWork(files.filter { ($0.deliveryDay ?? .min) <= lastDay })
        trail = work.tally
        note(work.tally.faults, work.unopened)
        trailBeyondSlack = trailWork(files.filter { ($0.deliveryDay ?? .min) > lastDay }).tally
    }

    private func trailWork(_ files: [InputSurvey.File]) -> TallyWork<TrailTally> {
        let days = Dictionary(files.map { ($0.path, $0.deliveryDay) }, uniquingKeysWith: { first, _ in first })
        let reading = LogReading(period: period, maxInflatedBytes: options.maxInflatedBytes)
        let progress = progress
        return TallyWork.read(planned(.trail, files), TrailTally(period: period), threads: options.threads, goesOn: true) {
            (file, names, buffers, tally) throws(FileFault) in
            let day = days[file.path] ?? nil
            let order = file.order
            return try surveyTrailFile(path: file.path, reading: reading, names: &names, buffers: &buffers, progress: progress.add) { record, _ in
                tally.add(record, deliveryDay: day, order: order)
                return true
            }
        }
    }

    private mutating func readUsageLogs() {
        progress.enter(.usageLog)
        let reading = LogReading(period: period, maxInflatedBytes: options.maxInflatedBytes)
        let progress = progress
        let work = TallyWork.read(planned(.usageLog, input.usageLogs), UsageTally(), threads: options.threads, goesOn: true) {
            (file, names, buffers, tally) throws(FileFault) in
            try readUsageLogFile(path: file.path, reading: reading, names: &names, buffers: &buffers, progress: progress.add) { line, _ in
                tally.add(line, order: file.order)
                return true
            }
        }
        usage = work.tally
        usageWorkspaces = work.tally.recordsByWorkspace
        note(work.tally.faults, work.unopened)
    }

    private mutating func readBills() {
        var files: [PlannedFile] = []
        for (number, source) in sources.enumerated() {
            for path in source.files {
                files.append(PlannedFile(kind: .bill, path: path, sizeBytes: fileIdentity(path)?.size ?? 0, argument: number, source: number))
            }
        }
        // Loose files are one source for each PATH.
        let roots = Set(input.looseBills.map(\.root)).sorted(by: bytewiseLess)
        for file in input.looseBills {
            let source = sources.count + (roots.firstIndex(of: file.root) ?? 0)
            files.append(PlannedFile(kind: .bill, path: file.path, sizeBytes: file.sizeBytes, argument: source, source: source))
        }
        progress.expect(files.reduce(0) { $0 + $1.sizeBytes })
        progress.enter(.bill)
        let reading = BillReading(
            period: period, profile: options.registry.profile, tagKeys: options.registry.tagKeys, maxInflatedBytes: options.maxInflatedBytes)
        let progress = progress
        let work = TallyWork.read(files, bill, threads: options.threads, goesOn: true) { (file, names, buffers, tally) throws(FileFault) in
            try surveyBillFile(path: file.path, reading: reading, names: &names, buffers: &buffers, progress: progress.add) { row, names in
                tally.add(row, source: file.source, names: names, order: file.order)
                return true
            }
        }
        bill = work.tally
        note(work.tally.faults, work.unopened)
    }

    /// Faults end a run, so the first few are told, in the order in which a run would meet them.
    private mutating func note(_ faults: [(order: FaultOrder, fault: InputFault)], _ unopened: [RunEnd]) {
        let all = (faults.map { RunEnd(order: $0.order, fault: $0.fault) } + unopened).sorted { $0.order < $1.order }
        // A message reads the file again up to its line, so only those that are shown are made.
        for message in all.prefix(3).map({ $0.message ?? $0.fault?.message() ?? "" }) {
            brokenFiles.append(
                Finding(
                    .problem, .brokenFile, message, follows: "A run of this month ends here with exit code 65; --keep-going would set it aside.",
                    remedy: "Fetch the file again."))
        }
        if all.count > 3 {
            brokenFiles.append(
                Finding(
                    .problem, .brokenFile, "\(counted(all.count - 3, "more fault", "more faults")) of this kind.", follows: "Each ends a run.",
                    remedy: "Fetch the files again."))
        }
    }

    // MARK: Pictures

    func picture(_ inspection: inout Inspection) {
        let names = bill.charges.names
        inspection.bill.rows = bill.charges.rows
        inspection.bill.charges = bill.charges.chargedCells.map { ($0.platform.text, $0.lineItemType, $0.currency, $0.rows, $0.cost) }
        let cells = bill.charges.chargedCells
        var other: [String: ExactSum] = [:]
        for (currency, sum) in bill.totals { other[names.text(currency), default: ExactSum()] += sum }
        for cell in cells { other[cell.currency, default: ExactSum()] += Amount(atto: -(cell.cost?.atto ?? 0)) }
        // What is left where a sum is beyond all bounds means nothing.
        let wrong = Set(cells.filter { $0.cost == nil }.map(\.currency))
        inspection.bill.otherServices = other.keys.filter { !wrong.contains($0) }.sorted(by: bytewiseLess).compactMap { currency in
            other[currency]?.amount.map { (currency, $0) }
        }
        inspection.bill.otherRows = bill.rowsOfMonth - cells.reduce(0) { $0 + $1.rows }
        inspection.bill.nearMisses = bill.charges.nearMissCounts.map { ($0.column.text, $0.comparison.rawValue, $0.text, $0.rows) }
        inspection.trail = trailPicture()
        inspection.usageLog.files = input.usageLogs.count
        inspection.usageLog.workspaces = usageWorkspaces.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        guard let attribution else { return }
        inspection.bill.dataThrough = attribution.dataThrough
        inspection.usageLog.counts = attribution.usage
        inspection.trail.events = attribution.events
        let money = MoneyPicture(attribution, sharedRole: options.registry.isSharedRole)
        inspection.bill.accounts = money.accounts
        inspection.bill.coverage = Reports(attribution, options.registry).summary.map {
            ($0.currency, $0.claudeUsage == .zero ? nil : CurrencySummary.percent($0.claudeUsageWithEvidence, of: $0.claudeUsage))
        }
        let trailNames = trail.evidence.names
        inspection.workspaces = money.workspaces(calls: callsByWorkspace.map { (trailNames.text($0.key), $0.value) })
        inspection.callers = money.callers(
            calls: callsByCaller.map { (trailNames.text($0.key.principal), trailNames.text($0.key.account), $0.value) },
            apiKeyCalls: Dictionary(trail.apiKeyCalls.map { (trailNames.text($0.key), $0.value) }, uniquingKeysWith: +))
    }

    private func trailPicture() -> Inspection.TrailPicture {
        let names = trail.evidence.names
        var picture = Inspection.TrailPicture()
        picture.files = input.trailFiles.count
        picture.events = trail.evidence.counts
        picture.kinds = trail.kinds.map { (names.text($0.key.source), names.text($0.key.event), names.text($0.key.category), $0.value) }
            .sorted { a, b in a.3 != b.3 ? a.3 > b.3 : (a.0, a.1, a.2) < (b.0, b.1, b.2) }
        picture.places = trail.days.map { place, counts in
            let days = counts.keys.sorted()
            let (first, last) = (days.first ?? 0, days.last ?? 0)
            return Inspection.TrailPicture.Place(
                account: names.text(place.account), region: names.text(place.region), records: counts.values.reduce(0, +), firstDay: first,
                lastDay: last, missingDays: (first...last).filter { counts[$0] == nil })
        }
        .sorted { ($0.account, $0.region) < ($1.account, $1.region) }
        return picture
    }
}
