import Attribution
import Bytes
import Records
import Registry
import Runs

/// Looks at folders that nobody has described: what is there, what a run would make of it, and what stands in its way.
///
/// All files are read to their end, whatever is wrong with some of them; nothing is written. Throws `PlanFault` (66) for a path that is missing.
public func inspect(_ options: InspectionOptions, progress: Progress) throws(PlanFault) -> Inspection {
    let input = try surveyInputs(options.paths)
    var inspection = Inspection(paths: options.paths, input: input)
    let loose = looseMonths(input, options)
    inspection.periods = Set(input.deliveries.map(\.period)).union(loose.keys).sorted()
    // Of loose files the month of most rows: a few may be of the next.
    let ofLoose = loose.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    let period = options.period ?? input.deliveries.map(\.period).max() ?? ofLoose ?? trailMonth(input)
    inspection.period = period
    inspection.trail.files = input.trailFiles.count
    inspection.usageLog.files = input.usageLogs.count
    // Where nothing tells a month, files are read all the same, for what is wrong with them.
    var reading = InspectionReading(options: options, period: period ?? Month(year: 1970, month: 1), input: input, progress: progress)
    reading.read()
    guard period != nil else {
        inspection.findings = InputFindings(inspection, options).findings + reading.brokenFiles
        return inspection
    }
    reading.picture(&inspection)
    inspection.findings =
        InputFindings(inspection, options).findings + reading.brokenFiles + BillFindings(inspection, reading).findings
        + TrailFindings(inspection, reading).findings + UsageLogFindings(inspection).findings
    return inspection
}

/// The months of which loose files have rows, with how many.
private func looseMonths(_ input: InputSurvey, _ options: InspectionOptions) -> [Month: Int] {
    let reading = BillReading(
        period: Month(year: 1970, month: 1), profile: options.registry.profile, tagKeys: options.registry.tagKeys,
        maxInflatedBytes: options.maxInflatedBytes)
    let files = input.looseBills.map { PlannedFile(kind: .bill, path: $0.path, sizeBytes: $0.sizeBytes, argument: 0) }
    let work = TallyWork.read(files, BillTally(period: reading.period, unitPrice: [:]), threads: options.threads, goesOn: true) {
        (file, names, buffers, tally) throws(FileFault) in
        let order = file.order
        return try surveyBillFile(path: file.path, reading: reading, names: &names, buffers: &buffers) { row, names in
            tally.add(row, source: 0, names: names, order: order)
            return true
        }
    }
    return work.tally.rowsByPeriod
}

/// The month in which most of the trail's days lie: the folder of a day may hold records of the day before, and a month's last ones lie in the next.
private func trailMonth(_ input: InputSurvey) -> Month? {
    let months = Set(input.trailFiles.compactMap(\.deliveryDay)).map { Month(containing: Instant(dayNumber: $0)) }
    return Dictionary(months.map { ($0, 1) }, uniquingKeysWith: +).max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
}
