/// One thing that is wrong with a registry or a rate card.
public struct RegistryFault: Error, Equatable, Sendable {
    /// Where, as a JSON path: `$.workloads[1].claims[0].from`.
    public var path: String
    /// 1-based.
    public var line: Int
    /// What is wrong, the values, and what to do.
    public var what: String

    package init(path: String, line: Int, what: String) {
        self.path = path
        self.line = line
        self.what = what
    }
}

/// All that is wrong with a file, in the order of the file.
public struct RegistryFaults: Error, Equatable, Sendable {
    public var file: String
    public var faults: [RegistryFault]

    package init(file: String, faults: [RegistryFault]) {
        self.file = file
        self.faults = faults.sorted { ($0.line, $0.path, $0.what) < ($1.line, $1.path, $1.what) }
    }

    /// One line for each.
    public var messages: [String] { faults.map { "\(file):\($0.line): \($0.path): \($0.what)" } }
}
