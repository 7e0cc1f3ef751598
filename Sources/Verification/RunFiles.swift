import Bytes

/// The files of a run, where they lie, and whether they belong together.
struct RunFiles {
    /// The files of every run. `rejected.csv` is only part of a partial one.
    enum File: String, CaseIterable {
        case allocations = "allocations.csv"
        case cards = "spend-cards.csv"
        case cardDetails = "spend-cards.json"
        case billLines = "agent-bills.csv"
        case bills = "agent-bills.json"
        case gaps = "gaps.csv"
        case reconciliation = "reconciliation.json"
        case run = "run.json"
    }

    let folder: String
    let hasRejected: Bool
    /// Whether the run was told until when the bill is complete (`--as-of`), nil when `run.json` does not list its arguments.
    let toldDataThrough: Bool?
    /// How many records the inputs of each kind have, nil when `run.json` does not list its inputs.
    let inputRecords: [String: Int128]?

    init(folder: String) throws(VerificationFault) {
        self.folder = folder
        guard pathKind(folder) == .folder else { throw .missing("\(folder): is no folder; give the folder that --out named") }
        for file in File.allCases where pathKind(joinedPath(folder, file.rawValue)) != .file {
            throw .missing("\(joinedPath(folder, file.rawValue)): is not there, but every run has it")
        }
        let rejected = pathKind(joinedPath(folder, RunFiles.rejected))
        guard rejected == .missing || rejected == .file else { throw .missing("\(joinedPath(folder, RunFiles.rejected)): is no file") }
        hasRejected = rejected == .file
        let run = try JSONFile.read(joinedPath(folder, File.run.rawValue))
        toldDataThrough = try RunFiles.toldDataThrough(run)
        inputRecords = try RunFiles.inputRecords(run)
    }

    static let rejected = "rejected.csv"

    func path(_ file: File) -> String { joinedPath(folder, file.rawValue) }
    var rejectedPath: String { joinedPath(folder, RunFiles.rejected) }

    /// Reads every JSON file for the first time; returns the `run_id` that all of them carry.
    func checkJSON() throws(VerificationFault) -> String {
        var first: (id: [UInt8], path: String)?
        for file in [File.bills, .cardDetails, .reconciliation, .run] {
            let json = try JSONFile.read(path(file))
            try json.rejectRepeatedKeys()
            let node = try json.member("run_id", of: json.root)
            let id = try json.string(node)
            guard !id.isEmpty else { throw json.fault(node, "run_id is empty") }
            if let first, first.id != id {
                throw json.fault(
                    node, "run_id is \(quoted(id)), but \(quoted(first.id)) in \(first.path): the files are of different runs")
            }
            first = first ?? (id, path(file))
        }
        return String(decoding: first?.id ?? [], as: UTF8.self)
    }

    /// `partial` and `rejected.csv` go together; the other files name no other period.
    func check(_ facts: RunFacts) throws(VerificationFault) {
        if facts.isPartial != hasRejected {
            let path = path(.reconciliation)
            throw .contradiction(
                hasRejected
                    ? "\(path): partial is false, but there is a \(RunFiles.rejected)"
                    : "\(path): partial is true, but there is no \(RunFiles.rejected)")
        }
        let run = try JSONFile.read(path(.run))
        if let node = run.optionalMember("billing_period", of: run.root) {
            let period = try run.string(node)
            guard period == Array(facts.period.text.utf8) else {
                throw run.fault(node, "billing_period is \(quoted(period)), but \(facts.period.text) in \(RunFiles.File.reconciliation.rawValue)")
            }
        }
    }

    private static func toldDataThrough(_ json: borrowing JSONFile) throws(VerificationFault) -> Bool? {
        guard let arguments = json.optionalMember("arguments", of: json.root), json.kind(arguments) == .array else { return nil }
        for node in try json.elements(arguments) {
            if try json.string(node).starts(with: "--as-of".utf8) { return true }
        }
        return false
    }

    /// Sums of the inputs' records by their kind.
    private static func inputRecords(_ json: borrowing JSONFile) throws(VerificationFault) -> [String: Int128]? {
        guard let inputs = json.optionalMember("inputs", of: json.root) else { return nil }
        var sums: [String: Int128] = [:]
        for input in try json.elements(inputs) {
            let kind = String(decoding: try json.string("kind", of: input), as: UTF8.self)
            sums[kind, default: 0] += Int128(try json.count("records", of: input))
        }
        return sums
    }
}
