import Bytes
import Records

/// A run as it lies in its folder: which files, of which run, of which month.
package struct PublishedRun {
    /// The files of every run.
    package enum File: String, CaseIterable {
        case allocations = "allocations.csv"
        case cards = "spend-cards.csv"
        case cardDetails = "spend-cards.json"
        case billLines = "agent-bills.csv"
        case bills = "agent-bills.json"
        case gaps = "gaps.csv"
        case reconciliation = "reconciliation.json"
        case run = "run.json"
    }

    package let folder: String
    package let runID: String
    package let month: Month
    /// Until when the bill is complete: `complete`, or `data through …`.
    package let state: String
    /// The same as a time.
    package let dataThrough: Instant
    /// Whether the run set something aside.
    package let isPartial: Bool

    /// Looks whether `folder` holds all files of one run.
    package init(folder: String) throws(ViewFault) {
        self.folder = folder
        guard pathKind(folder) == .folder else { throw .missing("\(folder): is no folder; give the folder that --out named") }
        for file in File.allCases where pathKind(joinedPath(folder, file.rawValue)) != .file {
            throw .missing("\(folder): holds no run, for it has no \(file.rawValue)\(PublishedRun.runBelow(folder))")
        }
        runID = try PublishedRun.commonRunID(folder)
        let path = joinedPath(folder, File.reconciliation.rawValue)
        let reconciliation = try PublishedJSON.read(path)
        let period = try reconciliation.bytes("billing_period", of: reconciliation.root)
        guard let month = Month(period.span) else {
            throw .damaged("\(path): billing_period is '\(excerpt(period.span))', which is no month like 2026-11")
        }
        self.month = month
        let through = try reconciliation.string("data_through", of: reconciliation.root)
        guard let time = Instant(Array(through.utf8).span) else { throw .damaged("\(path): data_through is '\(through)', which is no time") }
        dataThrough = time
        state = through == month.end.text ? "complete" : "data through \(through)"
        isPartial = try reconciliation.isTrue("partial", of: reconciliation.root)
    }

    package func path(_ file: File) -> String { joinedPath(folder, file.rawValue) }

    /// Looks again, after files have been read or opened: a run that was published meanwhile would be mixed into this one.
    package func confirm() throws(ViewFault) {
        let now = try PublishedRun.commonRunID(folder)
        guard now == runID else { throw .damaged("\(folder): was replaced by run \(now) while it was read; try again") }
    }

    /// The `run_id` that all JSON files carry.
    private static func commonRunID(_ folder: String) throws(ViewFault) -> String {
        var first: (id: String, file: String)?
        for file in [File.run, .reconciliation, .cardDetails, .bills] {
            let path = joinedPath(folder, file.rawValue)
            let id = try RunID.read(path)
            if let first, first.id != id {
                throw .damaged("\(path): run_id is '\(id)', but '\(first.id)' in \(first.file): the files are of different runs")
            }
            first = first ?? (id, file.rawValue)
        }
        return first?.id ?? ""
    }

    /// `; did you mean runs/2026-10?` when a folder of runs was given for one of them.
    private static func runBelow(_ folder: String) -> String {
        let names = (try? folderNames(folder)) ?? []
        guard
            let name = names.last(where: { !$0.hasPrefix(".") && pathKind(joinedPath(joinedPath(folder, $0), File.run.rawValue)) == .file })
        else { return "" }
        return "; did you mean \(joinedPath(folder, name))?"
    }
}

/// The `run_id` of a JSON file, which is its first member, so that a large file need not be read for it.
package enum RunID {
    package static func read(_ path: String) throws(ViewFault) -> String {
        let start: [UInt8]
        do throws(FileFault) {
            var buffers = ReadBuffers()
            var window = ByteWindow(try InflatedFile(path: path), windowBytes: 4096, buffers: &buffers)
            do throws(ByteFault) { try window.fill() } catch { throw FileFault(path: path, reason: error.what) }
            start = Array(window.bytes[window.start..<window.end])
        } catch { throw .damaged("\(path): \(error.reason)") }
        if let id = firstMember(start) { return id }
        let json = try PublishedJSON.read(path)
        return try json.string("run_id", of: json.root)
    }

    /// `{ "run_id": "…"`, nil where a file begins otherwise.
    private static func firstMember(_ text: [UInt8]) -> String? {
        var rest = text[...]
        func takes(_ word: String) -> Bool {
            rest = rest.drop { $0 == 0x20 || $0 == 0x0A }
            guard rest.starts(with: word.utf8) else { return false }
            rest = rest.dropFirst(word.utf8.count)
            return true
        }
        guard takes("{"), takes("\"run_id\""), takes(":"), takes("\"") else { return nil }
        let id = rest.prefix { $0 != UInt8(ascii: "\"") }
        guard id.count < rest.count, !id.isEmpty, !id.contains(UInt8(ascii: "\\")) else { return nil }
        return String(decoding: id, as: UTF8.self)
    }
}
