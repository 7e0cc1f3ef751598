import Bytes
import Governance
import Published
import Records

/// The gaps of an earlier run, as `--previous` names it: history is an input like another.
struct PreviousRegister {
    static let name = "gap-register.csv"

    let records: [GapRecord]
    let month: Month
    /// The register's bytes, for the run's fingerprint.
    let text: [UInt8]

    /// Reads the register of a run, or of the latest run up to a month among the runs in a folder; nil where there is none yet.
    static func read(_ path: String, until month: Month) throws(RunFault) -> PreviousRegister? {
        guard pathKind(path) == .folder else { throw .input("\(path): is no folder; check --previous, which names a run or the folder that holds a run for each month") }
        if pathKind(joinedPath(path, "run.json")) == .file { return try register(path, until: month) }
        let names: [String]
        do { names = try folderNames(path) } catch { throw .input("\(path): cannot be read: \(error.reason); check --previous") }
        let months = names.compactMap { name in Month(Array(name.utf8).span).map { (month: $0, name: name) } }
            .filter { $0.month <= month && pathKind(joinedPath(joinedPath(path, $0.name), name)) == .file }
        guard let latest = months.max(by: { $0.month < $1.month }) else { return nil }
        return try register(joinedPath(path, latest.name), until: month)
    }

    private static func register(_ folder: String, until month: Month) throws(RunFault) -> PreviousRegister? {
        let path = joinedPath(folder, name)
        guard pathKind(path) == .file else { return nil }
        do throws(ViewFault) {
            let run = try PublishedRun(folder: folder)
            guard run.month <= month else { throw .damaged("\(folder): is a run of \(run.month.text), which is after \(month.text); check --previous") }
            let text: [UInt8]
            do throws(FileFault) { text = try readSmallFile(path) } catch { throw .damaged("\(path): cannot be read: \(error.reason)") }
            var table = try PublishedTable.open(path)
            var columns: [Int] = []
            for column in GapRegister.columns { columns.append(try table.column(column)) }
            var records: [GapRecord] = []
            var ids: Set<String> = []
            while try table.next() {
                let read = try record(table, columns)
                guard ids.insert(read.key.id).inserted else { throw table.fault("gap_id \(read.key.id) stands twice; was the file edited?") }
                guard read.firstSeen <= read.lastSeen else { throw table.fault("first_seen is after last_seen; was the file edited?") }
                records.append(read)
            }
            return PreviousRegister(records: records, month: run.month, text: text)
        } catch {
            switch error {
            case .missing(let what): throw .input(what + "; check --previous")
            case .damaged(let what): throw .data([what])
            default: throw .data(["\(path): cannot be read; check --previous"])
            }
        }
    }

    private static func record(_ table: borrowing PublishedTable, _ columns: [Int]) throws(ViewFault) -> GapRecord {
        let cells = columns.map { table.string($0) }
        func time(_ place: Int) throws(ViewFault) -> Instant {
            guard let time = Instant(Array(cells[place].utf8).span) else {
                throw table.fault("\(GapRegister.columns[place]) is '\(excerpt(Array(cells[place].utf8).span))', which is no time")
            }
            return time
        }
        func amount(_ place: Int) throws(ViewFault) -> Amount {
            do throws(AmountFault) { return try Amount.parse(Array(cells[place].utf8).span, limit: Amount.sumLimit).amount } catch {
                throw table.fault("\(GapRegister.columns[place]) is '\(excerpt(Array(cells[place].utf8).span))', which \(error.reason)")
            }
        }
        guard let state = GapState(rawValue: cells[1]) else { throw table.fault("state is '\(excerpt(Array(cells[1].utf8).span))', which is none of Active, Actioned, Resolved, Recalled") }
        var key = GapKey(gap: cells[3], anchor: cells[4], account: cells[5], workspace: cells[6], platform: cells[7], currency: cells[8])
        // A caller's own name may look as if it had been guarded.
        if key.id != cells[0] {
            var guarded = key
            guarded.anchor = "'" + key.anchor
            if guarded.id == cells[0] { key = guarded }
        }
        guard key.id == cells[0] else { throw table.fault("gap_id is '\(excerpt(Array(cells[0].utf8).span))', but what the row says makes \(key.id); was the file edited?") }
        return GapRecord(
            key: key, state: state, since: try time(2), firstSeen: try time(9), lastSeen: try time(10), recent: try amount(11), month: try amount(12), decision: cells[13],
            action: cells[14])
    }
}
