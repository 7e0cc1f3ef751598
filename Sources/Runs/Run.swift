import Attribution
import Bytes
import Governance
import Page
import Published
import Records
import Registry
import Reports
import Synchronization

/// What a run has published, for the command line to tell.
public struct RunResult: Sendable {
    public var runID: String
    public var folder: String
    public var period: Month
    public var summary: [CurrencySummary]
    /// Dearest first.
    public var workloads: [WorkloadSummary]
    /// What is open, dearest first.
    public var gaps: [GapSummary]
    public var warnings: [String]
    /// How many rows and records were set aside.
    public var setAside: Int
    public var dataThrough: Instant
    public var ledgerRows: Int
}

/// One run, from paths to a published folder.
///
///     registry, decisions, rates ─▶ plan files ─▶ lock ─▶ trail ─▶ usage logs ─▶ bills ─▶ attribute ─▶ check ─▶ write ─▶ publish
///
/// Nothing is seen in the output folder before the last step.
/// - Parameter isTold: Whether the result lists workloads and gaps, which only people look at.
public func run(_ options: RunOptions, progress: Progress, isTold: Bool = false) throws(RunFault) -> RunResult {
    var clock = StageClock()
    let (loaded, planned) = atOnce {
        Result { () throws(RunFault) in (try loadRegistry(options), try loadRates(options.rates)) }
    } beside: {
        Result { () throws(RunFault) in try PlannedInputs(options) }
    }
    let (governed, (rates, ratesText)) = try loaded.get()
    let registry = governed.registry
    let inputs = try planned.get()
    if let folder = options.cache { try CacheFolder.check(folder, isNotIn: options.out) }
    var publication = try Publication.begin(options.out, known: Set(Reports.fileNames + Reports.optionalFileNames))
    let history = try options.previous.flatMap { (path) throws(RunFault) in try PreviousRegister.read(path, until: options.attribution.period) }
    let previous = PreviousRun(folder: publication.folder, shown: options.out)
    progress.expect(inputs.files.reduce(0) { $0 + $1.sizeBytes })
    clock.mark("plan")

    var cache: CacheFolder?
    var cacheFault: String?
    if let folder = options.cache {
        // Without its cache a run takes longer, and that is all.
        do throws(RunFault) { cache = try CacheFolder(folder, options: options) } catch {
            cacheFault = error.messages.first
        }
    }
    let spill = SpillFile(path: publication.spillPath)
    let room = SpillRoom(file: spill, maxMemory: options.maxMemoryBytes, workers: options.threads)
    var reader = InputReader(options: options, progress: progress, cache: cache, room: room, sessions: registry.sessionPatterns)
    progress.enter(.trail)
    let calls = reader.trail(inputs.trail)
    clock.mark("trail")
    progress.enter(.usageLog)
    let records = reader.usageLogs(inputs.usageLogs)
    clock.mark("usage_log")
    // A run that has failed already reads on only to see whether an earlier fault stands in the bill.
    let settling: Started<Result<SettledEvidence, AttributionFault>>? = reader.end != nil || spill.fault != nil ? nil
        : Started(with: (calls: consume calls, records: consume records)) { read in
            // Taken out of what was handed over: whoever still held the calls would have them copied.
            var (calls, records) = (EvidenceTally(), UsageTally())
            swap(&calls, &read.calls)
            swap(&records, &read.records)
            return Result { () throws(AttributionFault) in
                try SettledEvidence(
                    calls: calls, records: records, registry: registry, rates: rates, options: options.attribution, room: room)
            }
        }
    progress.enter(.bill)
    let billReading = BillReading(
        period: options.attribution.period, profile: registry.profile, tagKeys: registry.tagKeys, costBasis: options.costBasis,
        sessions: registry.sessionPatterns, maxInflatedBytes: options.maxInflatedBytes, windowBytes: options.windowBytes)
    var charges = reader.bills(inputs.bills, billReading, unitPrice: registry.unitPrice)
    let settled = settling?.value()
    clock.mark("bill")
    var cacheReport = reader.cacheReport
    if var report = cacheReport {
        cache?.bound(&report)
        cacheReport = report
        cacheFault = report.fault
    }
    progress.enter(.attribution)
    if reader.end == nil { charges.settleCandidates() }
    reader.addAdopted(charges.adoptedFaults)
    if let end = reader.end { throw .data([end.message ?? end.fault?.message() ?? "a file cannot be read"]) }
    if let double = charges.payerInTwoSources() {
        let places = double.sources.map { inputs.plan.sources[$0].place }.joined(separator: " and ")
        let payer = double.payer.isEmpty ? "a bill without payer account ids" : "payer \(double.payer)"
        throw .data(["\(payer) has charges of \(options.attribution.period.text) in \(places), which would count every dollar twice; pick one with --report"])
    }
    if let fault = spill.fault { throw .output(fault.what) }
    guard let settled else { preconditionFailure("a run without fault has its evidence settled") }
    let nearMisses = charges.nearMissCounts
    let setAside = reader.setAside.map(\.fault)
    let isPartial = !setAside.isEmpty
    let facts = reader.facts
    let fingerprint = Started { runFingerprint(options, facts, governed, history?.text, ratesText, isPartial: isPartial) }

    let attribution: Attribution
    do {
        attribution = try attribute(
            charges: consume charges, evidence: try settled.get(), registry: registry, options: options.attribution, room: room)
    } catch {
        switch error {
        case .data(let what): throw .data([what + "; check the bill"])
        case .spill(let fault): throw .output(fault.what)
        case .violation(let what):
            throw .bug("\(what). This is a bug of apportion: nothing was published; please report it with the output of --version")
        }
    }
    clock.mark("attribute")
    progress.enter(.writing)
    let files = try RunFiles(publication)
    let reports = Reports(attribution, registry)
    let runID = fingerprint.value()
    let cards = Mutex<Cards?>(nil)
    let summary = Mutex<[CurrencySummary]>([])
    let inputFacts = Mutex<[UInt8]>([])
    // The longest first, so that the threads end together.
    let written = allAtOnce([
        { @Sendable in
            Result { () throws(RunFault) in
                try reports.writeLedger { (piece) throws(RunFault) in try files.write("allocations.csv", piece) }
                try files.sync(["allocations.csv"])
            }
        },
        { @Sendable in
            Result { () throws(RunFault) in
                let made = Cards(attribution, registry)
                cards.withLock { $0 = made }
                try reports.writeCards(made, runID: runID, to: files.write)
                try files.sync(["spend-cards.csv", "spend-cards.json"])
            }
        },
        { @Sendable in
            Result { () throws(RunFault) in
                try reports.writeAgentBills(runID: runID, to: files.write)
                try files.sync(["agent-bills.csv", "agent-bills.json"])
            }
        },
        { @Sendable in
            Result { () throws(RunFault) in
                let made = try reports.writeFindings(runID: runID, isPartial: isPartial, costBasis: options.costBasis, to: files.write)
                summary.withLock { $0 = made }
                try files.sync(["gaps.csv", "reconciliation.json"])
            }
        },
        { @Sendable in
            let made = RunReport.inputs(facts)
            inputFacts.withLock { $0 = made }
            return .success(())
        },
    ])
    for result in written { try result.get() }
    // Reports end early where the ledger cannot be read.
    if let fault = attribution.ledger.fault { throw .output(fault.what) }
    try previous.check(attribution, summary.withLock { $0 }, accepts: options.acceptsDrop)
    if isPartial { try publication.write("rejected.csv", Reports.rejected(setAside)) }
    var warnings = RunWarnings(inputs, nearMisses, attribution, setAside: setAside.count, hasRegistry: options.registry != nil).lines
    warnings += governed.remarks
    if options.decisions != nil || options.previous != nil {
        let conflicts = try writeRegisters(reports, cards.withLock { $0 } ?? Cards(attribution, registry), governed, history, options, to: publication)
        if conflicts > 0 {
            warnings.append("\(conflicts) \(conflicts == 1 ? "share has" : "shares have") tags on the bill that contradict the registry: see tag-conflicts.csv")
        }
    }
    if let cacheFault { warnings.append("--cache: \(cacheFault); the run is whole, but the next one will read these files again") }
    clock.mark("write")
    let report = RunReport(
        options: options, runID: runID, inputs: inputs, inputFacts: inputFacts.withLock { $0 }, clock: clock, warnings: warnings, attribution: attribution,
        cache: cacheReport, spilledBytes: spill.byteCount)
    try publication.write("run.json", report.json())
    // The page is made of the files as they are published, and of nothing else.
    if options.writesPage { try publication.write("report.html", page(publication.staging)) }
    try publication.publish()
    progress.end()
    return RunResult(
        runID: runID, folder: options.out, period: options.attribution.period, summary: summary.withLock { $0 },
        workloads: isTold ? cards.withLock { $0.map(reports.workloads) } ?? [] : [], gaps: isTold ? reports.openGaps() : [], warnings: warnings,
        setAside: setAside.count, dataThrough: attribution.dataThrough, ledgerRows: attribution.ledger.count)
}

private func page(_ folder: String) throws(RunFault) -> [UInt8] {
    do throws(ViewFault) { return try Page(folder: folder).html() } catch .damaged(let what) {
        throw .data(["--html: \(what)"])
    } catch {
        throw .bug("report.html cannot be made of the run: \(error). This is a bug of apportion: nothing was published; please report it with the output of --version")
    }
}

/// The staged files of a run, by name. Each is written by one thread.
private struct RunFiles: Sendable {
    private let files: [String: StagedFile]

    init(_ publication: borrowing Publication) throws(RunFault) {
        var files: [String: StagedFile] = [:]
        for name in Reports.fileNames where name != "run.json" { files[name] = try publication.file(name) }
        self.files = files
    }

    func write(_ name: String, _ piece: [UInt8]) throws(RunFault) {
        guard let file = files[name] else { preconditionFailure("\(name) is no file of a run") }
        try file.write(piece)
    }

    /// Returns when the files are whole and on disk.
    func sync(_ names: [String]) throws(RunFault) { for name in names { try files[name]?.sync() } }
}

/// A registry and what was decided beside it.
private struct GovernedRegistry: Sendable {
    /// With the decisions in it.
    var registry = Registry()
    /// Nil without decisions.
    var governance: Governance?
    var text: [UInt8] = []
    var decisionText: [UInt8]?
    /// What stands in the decisions, but should be looked at.
    var remarks: [String] = []
}

/// What goes on from run to run: gaps over their lives, and where people stand on the cards. Returns how many shares have tags in conflict.
private func writeRegisters(
    _ reports: Reports, _ cards: Cards, _ governed: GovernedRegistry, _ history: PreviousRegister?, _ options: RunOptions, to publication: borrowing Publication
) throws(RunFault) -> Int {
    let facts = reports.gapEntries().map { entry in
        GapFact(
            key: GapKey(
                gap: entry.gap, anchor: entry.anchor, account: entry.account, workspace: entry.workspace, platform: entry.platform, currency: entry.currency),
            firstSeen: entry.firstSeen, lastSeen: entry.lastSeen, isRecent: entry.isRecent, recent: entry.recent, month: entry.cost, action: entry.action)
    }
    let register = GapRegister(
        facts, previous: history.map { ($0.records, $0.month) }, governed.governance, month: options.attribution.period, reach: reports.reach)
    try publication.write(PreviousRegister.name, register.csv)
    guard let governance = governed.governance else { return 0 }
    let cardFacts = reports.workloadCards(cards).map { CardFact(start: $0.start, workload: $0.workload, currency: $0.currency, actual: $0.actual) }
    try publication.write("card-register.csv", CardRegister(cardFacts, governance, tolerance: governed.registry.governance.cardTolerance).csv)
    let conflicts = reports.tagConflicts()
    try publication.write("tag-conflicts.csv", conflicts.csv)
    return conflicts.shares
}

private func loadRegistry(_ options: RunOptions) throws(RunFault) -> GovernedRegistry {
    guard let path = options.registry else { return GovernedRegistry() }
    let text = try loadText(path, "--registry")
    let decisionText = try options.decisions.map { (log) throws(RunFault) in try loadText(log, "--decisions") }
    do throws(RegistryFaults) {
        let registry = try readRegistry(text, file: inputName(path))
        guard let log = options.decisions, let decisionText else { return GovernedRegistry(registry: registry, text: text) }
        let governance = try Governance(
            readDecisions(decisionText, file: inputName(log)), registry, file: inputName(log), registryFile: inputName(path))
        return GovernedRegistry(
            registry: governance.foldedRegistry, governance: governance, text: text, decisionText: decisionText,
            remarks: governance.remarks.map { "\(inputName(log)):\($0.line): \($0.what)" })
    } catch { throw .data(error.messages) }
}

private func loadRates(_ path: String?) throws(RunFault) -> (RateCard, [UInt8]) {
    guard let path else { return (.standard, []) }
    let text = try loadText(path, "--rates")
    do { return (try RateCard.read(text, file: inputName(path)), text) } catch { throw .data(error.messages) }
}

private func loadText(_ path: String, _ option: String) throws(RunFault) -> [UInt8] {
    do { return try readSmallInput(path) } catch { throw .input("\(inputName(path)): cannot be read: \(error.reason); check \(option)") }
}

/// All files of a run, found before the first is opened.
struct PlannedInputs {
    var plan = BillPlan()
    var bills: [PlannedFile] = []
    var trail: [PlannedFile] = []
    var usageLogs: [PlannedFile] = []
    var trailPlan = LogPlan()
    var usagePlan = LogPlan()

    var files: [PlannedFile] { bills + trail + usageLogs }

    /// Paths that could not be followed or looked at.
    var unreadable: [(path: String, reason: String)] { plan.unreadable + trailPlan.unreadable + usagePlan.unreadable }

    init(_ options: RunOptions) throws(RunFault) {
        let period = options.attribution.period
        do throws(PlanFault) {
            plan = try planBills(options.cur.map(\.path), period: period, reports: options.reports)
            trailPlan = try planTrail(options.cloudTrail.map(\.path), period: period, slackDays: options.trailSlackDays)
            usagePlan = try planUsageLogs(options.usageLog.map(\.path))
        } catch {
            switch error.kind {
            case .data: throw .data([error.message])
            case .input: throw .input(error.message)
            }
        }
        for (number, source) in plan.sources.enumerated() {
            for path in source.files {
                bills.append(
                    PlannedFile(
                        kind: .bill, path: path, sizeBytes: fileIdentity(path)?.size ?? 0,
                        argument: options.cur[source.argument].position, source: number))
            }
        }
        trail = trailPlan.files.map {
            PlannedFile(kind: .trail, path: $0.path, sizeBytes: $0.sizeBytes, argument: options.cloudTrail[$0.argument].position)
        }
        usageLogs = usagePlan.files.map {
            PlannedFile(kind: .usageLog, path: $0.path, sizeBytes: $0.sizeBytes, argument: options.usageLog[$0.argument].position)
        }
    }
}

/// What identifies a run: the content of everything it read, and the options that change its result.
///
/// Names, places, times and the number of threads are not in it, so that the same data gives the same id on any machine.
private func runFingerprint(
    _ options: RunOptions, _ facts: [(kind: PlannedFile.Kind, facts: FileFacts)], _ governed: GovernedRegistry, _ history: [UInt8]?,
    _ rates: [UInt8],
    isPartial: Bool
) -> String {
    var print = Fingerprint()
    print.add("apportion \(options.version)")
    let contents = facts.map { "\($0.kind.rawValue) \($0.facts.contentCRC) \($0.facts.contentBytes)" }
    for content in contents.sorted(by: bytewiseLess) { print.add(content) }
    print.add(governed.text)
    for (name, text) in [("decisions", governed.decisionText), ("previous", history)] {
        guard let text else { continue }
        print.add(name)
        print.add(text)
    }
    print.add(rates)
    print.add(options.attribution.period.text)
    print.add(options.attribution.weighing.rawValue)
    print.add(options.costBasis.rawValue)
    print.add(options.attribution.asOf?.text ?? "")
    print.add(options.attribution.trustsUsageLog ? "trusted" : "")
    print.add(isPartial ? "partial" : "")
    return String(print.hex().prefix(32))
}
