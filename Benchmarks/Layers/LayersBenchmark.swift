import Attribution
import Bytes
import Dispatch
import Records
import Registry
import Reports
import Runs
import Synchronization

/// One layer of a run alone, on the files that a run would read; each holds all the layers below it.
///
///     apportion-layers LAYER THREADS PERIOD REGISTRY PATH…
///
///     inflate    files → bytes
///     scan       … → rows and records, by their structure
///     decode     … → line items and events
///     attribute  … → the ledger
///     write      … → every file of a run, thrown away
///
/// Prints what it did and how long that took: of `attribute` and `write` the layer alone, of the others with all that lie below it.
@main
enum LayersBenchmark {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        guard words.count >= 5, let layer = Layer(rawValue: words[1]), let threads = Int(words[2]), threads > 0, let period = Month(Array(words[3].utf8).span)
        else {
            print("usage: apportion-layers inflate|scan|decode|attribute|write THREADS PERIOD REGISTRY PATH…")
            return
        }
        do {
            let run = try LayerRun(threads: threads, period: period, registry: words[4], paths: Array(words.dropFirst(4)))
            print(try run.measure(layer))
        } catch { print("\(error)") }
    }

    enum Layer: String { case inflate, scan, decode, attribute, write }
}

/// The inputs of a run, and its layers.
struct LayerRun {
    private let threads: Int
    private let period: Month
    private let registry: Registry
    private var bills: [PlannedFile] = []
    private var trail: [PlannedFile] = []

    init(threads: Int, period: Month, registry path: String, paths: [String]) throws {
        self.threads = threads
        self.period = period
        registry = try readRegistry(try readSmallFile(path), file: path)
        let survey = try surveyInputs(paths)
        for delivery in survey.deliveries where delivery.state == .newest && delivery.period == period {
            bills += delivery.files.map { PlannedFile(kind: .bill, path: $0, sizeBytes: fileIdentity($0)?.size ?? 0, argument: 0) }
        }
        trail = survey.trailFiles.map { PlannedFile(kind: .trail, path: $0.path, sizeBytes: $0.sizeBytes, argument: 0) }
    }

    func measure(_ layer: LayersBenchmark.Layer) throws -> String {
        let start = DispatchTime.now().uptimeNanoseconds
        var took: String { "in \((DispatchTime.now().uptimeNanoseconds - start) / 1_000_000) ms" }
        switch layer {
        case .inflate: return "\(each(trail, inflated) + each(bills, inflated)) bytes \(took)"
        case .scan: return "\(each(trail, records)) records, \(each(bills, rows)) rows \(took)"
        case .decode:
            let (evidence, charges) = decode()
            return "\(evidence.counts.read) records, \(charges.rows.read) rows \(took)"
        case .attribute:
            let (attribution, milliseconds) = try attributed()
            return "\(attribution.ledger.count) ledger rows in \(milliseconds) ms"
        case .write:
            let (attribution, _) = try attributed()
            let start = DispatchTime.now().uptimeNanoseconds
            let bytes = written(Reports(attribution, registry))
            return "\(bytes) bytes in \((DispatchTime.now().uptimeNanoseconds - start) / 1_000_000) ms"
        }
    }

    // MARK: Layers

    /// What `count` says of each file, added up; files in parallel, largest first.
    private func each(_ files: [PlannedFile], _ count: @Sendable (String, inout ReadBuffers) -> Int) -> Int {
        let ordered = files.sorted { $0.sizeBytes > $1.sizeBytes }
        let next = Atomic<Int>(0)
        let total = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var buffers = ReadBuffers()
            while true {
                let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard turn < ordered.count else { break }
                total.wrappingAdd(count(ordered[turn].path, &buffers), ordering: .relaxed)
            }
        }
        return total.load(ordering: .relaxed)
    }

    /// Slides through a file; `body` uses a window up and says from where it must be kept.
    private func slide(_ path: String, _ buffers: inout ReadBuffers, _ body: (borrowing ByteWindow, Bool) -> Int, _ shift: (Int) -> Void) -> Int {
        do {
            var window = ByteWindow(try InflatedFile(path: path), buffers: &buffers)
            while true {
                let kept = body(window, window.isComplete)
                if window.isComplete { break }
                shift(window.drop(before: kept))
                try window.fill()
            }
            let count = window.contentBytes
            window.giveBack(&buffers)
            return count
        } catch { return 0 }
    }

    private var inflated: @Sendable (String, inout ReadBuffers) -> Int { { slide($0, &$1, { window, _ in window.end }, { _ in }) } }

    private var rows: @Sendable (String, inout ReadBuffers) -> Int {
        { path, buffers in
            var own = ReadBuffers()
            var scanner = CSVScanner(buffers: &own)
            var count = 0
            _ = slide(
                path, &buffers,
                { window, isLast in
                    scanner.scan(window.bytes.span, end: window.end, isLast: isLast)
                    while scanner.nextRow(window.bytes.span) != nil { count += 1 }
                    return scanner.rowStart
                }, { scanner.shift(by: $0) })
            return count
        }
    }

    private var records: @Sendable (String, inout ReadBuffers) -> Int {
        { path, buffers in
            var own = ReadBuffers()
            var scanner = JSONRecordScanner(container: "Records", member: "eventSource", buffers: &own)
            var count = 0
            _ = slide(
                path, &buffers,
                { window, isLast in
                    scanner.scan(window.bytes.span, end: window.end, isLast: isLast)
                    do {
                        while case .record = try scanner.next(window.bytes.span, isLast: isLast) { count += 1 }
                    } catch { return window.end }
                    return scanner.keptFrom
                }, { scanner.shift(by: $0) })
            return count
        }
    }

    private func decode() -> (EvidenceTally, ChargeTally) {
        let trailReading = LogReading(period: period)
        let billReading = BillReading(period: period, profile: registry.profile, tagKeys: registry.tagKeys)
        let evidence = TallyWork.read(trail, EvidenceTally(), threads: threads, goesOn: true) { (file, names, buffers, tally) throws(FileFault) in
            let order = file.order
            return try readTrailFile(path: file.path, reading: trailReading, names: &names, buffers: &buffers) { record, _ in
                tally.add(record, order: order)
                return true
            }
        }
        let charges = TallyWork.read(bills, ChargeTally(unitPrice: registry.unitPrice), threads: threads, goesOn: true) {
            (file, names, buffers, tally) throws(FileFault) in
            let order = file.order
            return try readBillFile(path: file.path, reading: billReading, names: &names, buffers: &buffers) { row, names in
                tally.add(row, source: 0, names: names, order: order)
                return true
            }
        }
        return (evidence.tally, charges.tally)
    }

    private func attributed() throws -> (Attribution, milliseconds: Int) {
        let (evidence, read) = decode()
        var charges = read
        let start = DispatchTime.now().uptimeNanoseconds
        charges.settleCandidates()
        let options = AttributionOptions(period: period)
        let settled = try SettledEvidence(calls: evidence, records: UsageTally(), registry: registry, rates: .standard, options: options)
        let attribution = try attribute(charges: charges, evidence: settled, registry: registry, options: options)
        return (attribution, Int((DispatchTime.now().uptimeNanoseconds - start) / 1_000_000))
    }

    private func written(_ reports: Reports) -> Int {
        var bytes = 0
        reports.writeLedger { bytes += $0.count }
        reports.writeCards(Cards(reports.attribution, registry), runID: "") { bytes += $1.count }
        reports.writeAgentBills(runID: "") { bytes += $1.count }
        reports.writeFindings(runID: "", isPartial: false, costBasis: .unblended) { bytes += $1.count }
        return bytes
    }
}
