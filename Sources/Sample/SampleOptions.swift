/// What `apportion sample DIR [--seed N] [--scale BYTES [--events N]]` writes.
///
/// Without `scaleBytes` it is the small sample: one month of Example Insurance, about 1 MB, in which every
/// situation that attribution knows occurs at least once. With it the same world is grown for benchmarks.
public struct SampleOptions: Sendable, Equatable {
    /// Chooses the numbers. The same seed and scale give the same text on every machine, whatever its threads.
    public var seed: UInt64 = 1

    /// Uncompressed bytes of bill to write, and as many of trail. `nil` is the small sample.
    public var scaleBytes: Int?

    /// How many records the trail of a grown sample holds, all of them of Claude Platform and some delivered twice. `nil` for as many bytes of trail
    /// as of bill, one record in five of Claude Platform.
    public var events: Int?

    /// The defaults: the small sample, seed 1.
    public init(seed: UInt64 = 1, scaleBytes: Int? = nil, events: Int? = nil) {
        self.seed = seed
        self.scaleBytes = scaleBytes
        self.events = events
    }
}

/// What was written.
public struct SampleSummary: Sendable, Equatable {
    /// Rows of the bill, headers not counted.
    public var rows = 0
    /// Those of them that are about Claude: what the default profile takes and what it adopts.
    public var charges = 0
    /// Trail records, copies of the same event included.
    public var events = 0
    /// Those of them whose source is `aws-external-anthropic.amazonaws.com`.
    public var relevantEvents = 0
    /// Files of every kind.
    public var files = 0
    /// Bytes of text before compression.
    public var inflatedBytes = 0
    /// Bytes on disk.
    public var compressedBytes = 0

    /// Nothing written yet.
    public init() {}

    static func += (left: inout SampleSummary, right: SampleSummary) {
        left.rows += right.rows
        left.charges += right.charges
        left.events += right.events
        left.relevantEvents += right.relevantEvents
        left.files += right.files
        left.inflatedBytes += right.inflatedBytes
        left.compressedBytes += right.compressedBytes
    }
}

/// Why a sample could not be written.
public enum SampleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The directory holds something other than a `README.md`; a sample never mixes with files of others.
    case directoryNotEmpty(path: String, entry: String)
    /// The system refused an operation on a path.
    case system(operation: String, path: String, reason: String)
    /// A scale of zero bytes or less.
    case scaleNotPositive(Int)

    /// One line that names the path, the reason and the remedy.
    public var description: String {
        switch self {
        case .directoryNotEmpty(let path, let entry):
            "\(path): is not empty (it holds \(entry)); give a new or an empty directory"
        case .system(let operation, let path, let reason):
            "\(path): cannot \(operation): \(reason)"
        case .scaleNotPositive(let bytes):
            "--scale \(bytes): the scale is a number of bytes above 0"
        }
    }
}
