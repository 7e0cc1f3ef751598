import Attribution
import Bytes
import Records

/// A path of the command line, and its place among all of them: of several faults the first is reported.
public struct InputPath: Sendable {
    public var path: String
    public var position: Int

    public init(path: String, position: Int) {
        self.path = path
        self.position = position
    }
}

/// Everything that `apportion attribute` is told.
public struct RunOptions: Sendable {
    public var cur: [InputPath] = []
    public var cloudTrail: [InputPath] = []
    public var usageLog: [InputPath] = []
    /// Nil for an empty one.
    public var registry: String?
    /// The decisions that stand beside the registry; nil for none.
    public var decisions: String?
    /// A run, or a folder of runs, whose register of gaps this one goes on with; nil for none.
    public var previous: String?
    public var rates: String?
    public var reports: [String] = []
    public var out: String = ""
    public var attribution: AttributionOptions
    public var costBasis: CostBasis = .unblended
    /// How long after the month's end a trail folder may be dated and still be read, in days.
    public var trailSlackDays = 7
    public var maxInflatedBytes = ByteLimit.inflatedBytes
    public var windowBytes = ByteLimit.windowBytes
    public var threads = 1
    /// What the process should stay within; evidence and ledger rows beyond it go to disk. In bytes.
    public var maxMemoryBytes = 512 << 20
    /// Sets faulty rows and records aside instead of failing.
    public var keepsGoing = false
    /// Publishes even when the run that is replaced was better.
    public var acceptsDrop = false
    /// A folder for what files said, so that the next run reads only what is new; nil for none.
    public var cache: String?
    /// What that folder may hold, in bytes.
    public var cacheSizeBytes = 4 << 30
    /// Whether `report.html` is published with the run.
    public var writesPage = false
    /// As given, for `run.json`.
    public var arguments: [String] = []
    public var version = ""

    public init(period: Month) { attribution = AttributionOptions(period: period) }
}

/// Why a run ended without publishing, each with its exit code (sysexits.h).
public enum RunFault: Error, Sendable {
    /// 65: bad data, in the words of one or several lines.
    case data([String])
    /// 66: an input path is missing or holds nothing usable.
    case input(String)
    /// 70: a bug of this program.
    case bug(String)
    /// 73: the output cannot be written.
    case output(String)
    /// 75: another run holds the output.
    case locked(String)

    public var exitCode: Int32 {
        switch self {
        case .data: 65
        case .input: 66
        case .bug: 70
        case .output: 73
        case .locked: 75
        }
    }

    public var messages: [String] {
        switch self {
        case .data(let lines): lines
        case .input(let line), .bug(let line), .output(let line), .locked(let line): [line]
        }
    }
}
