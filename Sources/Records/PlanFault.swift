import Bytes

/// Why a run cannot begin to read: what is wrong with the set of files, before any row is looked at.
public struct PlanFault: Error, Equatable, Sendable {
    public enum Kind: Sendable {
        /// The files contradict each other or their manifest (exit 65).
        case data
        /// A path given on the command line is missing or holds nothing usable (exit 66).
        case input
    }

    public var kind: Kind
    /// Path first, then what is wrong and what to do.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    init(_ fault: FileFault) {
        self.init(.input, "\(fault.path): cannot be read: \(fault.reason)")
    }
}
