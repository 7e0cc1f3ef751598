import Attribution
import Bytes
import Records

/// A file to be read.
package struct PlannedFile: Sendable {
    package enum Kind: String, Sendable { case bill = "cur", trail = "cloudtrail", usageLog = "usage-log" }

    package var kind: Kind
    package var path: String
    package var sizeBytes: Int
    /// Position of its PATH on the command line.
    package var argument: Int
    /// Number of its bill, for bills.
    package var source = 0

    package init(kind: Kind, path: String, sizeBytes: Int, argument: Int, source: Int = 0) {
        self.kind = kind
        self.path = path
        self.sizeBytes = sizeBytes
        self.argument = argument
        self.source = source
    }

    /// Where a fault at an offset stands among all.
    package func order(_ offset: Int) -> FaultOrder { FaultOrder(argument: argument, path: path, offset: offset) }
}

/// A fault that ends a run, with its place among all and its words.
package struct RunEnd: Sendable {
    package var order: FaultOrder
    package var fault: InputFault?
    /// For a file that cannot be opened.
    package var message: String?

    package init(order: FaultOrder, fault: InputFault? = nil, message: String? = nil) {
        self.order = order
        self.fault = fault
        self.message = message
    }
}

/// What was read of one kind of input: all its files in parallel, largest first, every worker with a tally of its own; then the tallies are
/// merged.
package struct TallyWork<Tally: InputTally>: Sendable {
    package private(set) var tally: Tally
    package private(set) var facts: [FileFacts] = []
    package private(set) var unopened: [RunEnd] = []
    private var buffers = ReadBuffers()

    /// Gives the tally of one file alone, by reading it or otherwise.
    package typealias Kept = @Sendable (PlannedFile, (inout Tally) throws(FileFault) -> FileFacts) throws(FileFault) -> (Tally, FileFacts)

    private init(_ tally: Tally) { self.tally = tally }

    /// - Parameters:
    ///   - goesOn: Whether files behind a fault are still read.
    ///   - kept: Gives a file's own tally, which it may have from elsewhere than by the reading handed to it; nil to read all.
    ///   - readFile: Reads one file into a worker's tally. The names are the tally's, taken out while it is read.
    package static func read(
        _ planned: [PlannedFile], _ empty: Tally, threads: Int, goesOn: Bool, kept: Kept? = nil,
        _ readFile: @Sendable (PlannedFile, inout Names, inout ReadBuffers, inout Tally) throws(FileFault) -> FileFacts
    ) -> TallyWork {
        let files = planned.sorted { $0.order(0) < $1.order(0) }
        guard !files.isEmpty else { return TallyWork(empty) }
        var works = ParallelFiles.read(sizes: files.map(\.sizeBytes), threads: threads, make: { TallyWork(empty) }) { index, idleThreads, work in
            let file = files[index]
            work.buffers.idleThreads = idleThreads
            let faultsBefore = work.tally.faults.count
            func read(_ tally: inout Tally) throws(FileFault) -> FileFacts {
                var names = Names()
                swap(&names, &tally.names)
                defer { swap(&names, &tally.names) }
                return try readFile(file, &names, &work.buffers, &tally)
            }
            do throws(FileFault) {
                if let kept {
                    let (tally, facts) = try kept(file, read)
                    work.tally.absorb(tally)
                    let names = work.tally.names
                    work.tally.relieve(names)
                    work.facts.append(facts)
                } else {
                    var tally = empty
                    swap(&tally, &work.tally)
                    defer { swap(&tally, &work.tally) }
                    work.facts.append(try read(&tally))
                }
            } catch {
                work.unopened.append(
                    RunEnd(order: file.order(0), message: "\(error.path): cannot be read: \(error.reason); check its rights"))
                return false
            }
            let newFaults = work.tally.faults[faultsBefore...]
            return newFaults.isEmpty || (goesOn && !newFaults.contains { $0.fault.endsRun })
        }
        var merged = works.removeFirst()
        // Each is let go as soon as it is taken in: together they hold all events of the month.
        while !works.isEmpty {
            let work = works.removeFirst()
            merged.tally.absorb(work.tally)
            merged.facts.append(contentsOf: work.facts)
            merged.unopened.append(contentsOf: work.unopened)
        }
        return merged
    }
}
