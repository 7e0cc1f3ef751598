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
    inspection.periods = Set(input.deliveries.map(\.period)).sorted()
    let period = options.period ?? inspection.periods.last ?? looseMonth(input, options) ?? trailMonth(input)
    inspection.period = period
    inspection.trail.files = input.trailFiles.count
    inspection.usageLog.files = input.usageLogs.count
    guard let period else {
        inspection.findings = InputFindings(inspection, options).findings
        return inspection
    }
    var reading = InspectionReading(options: options, period: period, input: input, progress: progress)
    reading.read()
    reading.picture(&inspection)
    inspection.findings =
        InputFindings(inspection, options).findings + reading.brokenFiles + BillFindings(inspection, reading).findings
        + TrailFindings(inspection, reading).findings + UsageLogFindings(inspection).findings
    return inspection
}

/// The month of most rows of the first loose file.
private func looseMonth(_ input: InputSurvey, _ options: InspectionOptions) -> Month? {
    guard let first = input.looseBills.first else { return nil }
    var tally = BillTally(period: Month(year: 1970, month: 1), unitPrice: [:])
    var buffers = ReadBuffers()
    var names = Names()
    let reading = BillReading(
        period: Month(year: 1970, month: 1), profile: options.registry.profile, tagKeys: options.registry.tagKeys,
        maxInflatedBytes: options.maxInflatedBytes)
    do throws(FileFault) {
        _ = try surveyBillFile(path: first.path, reading: reading, names: &names, buffers: &buffers) { row, names in
            tally.add(row, source: 0, names: names) { FaultOrder(argument: 0, path: first.path, offset: $0) }
            return true
        }
    } catch { return nil }
    return tally.rowsByPeriod.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
}

private func trailMonth(_ input: InputSurvey) -> Month? {
    input.trailFiles.compactMap(\.deliveryDay).max().map { Month(containing: Instant(dayNumber: $0)) }
}
