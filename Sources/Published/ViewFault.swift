/// Why a run cannot be shown as asked.
public enum ViewFault: Error, Equatable, Sendable {
    /// The folder is not there, or holds no run (exit 66).
    case missing(String)
    /// A file of the run cannot be read, or is of another run than the rest (exit 65).
    case damaged(String)
    /// A filter or option that this view does not have (exit 64).
    case usage(String)
    /// A filter's value that is nowhere in the run (exit 64): `no workload 'claims-triag' in this run`; `known` is what it could have been.
    case unknownValue(String, value: String, known: [String])
    /// The output cannot be written (exit 73), with the system's reason.
    case unwritten(String)
}
