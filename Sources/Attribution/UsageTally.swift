import Records

/// In which counter every usage record is.
public struct UsageCounts: Sendable, Equatable {
    public var read = 0
    public var rated = 0
    public var unrated = 0
    public var joined = 0
    public var ownEvidence = 0
    public var unmatched = 0
    public var duplicate = 0
    public var rejected = 0
}

/// What one worker has read of the usage logs. Tallies are merged in any order with the same result.
public struct UsageTally: InputTally {
    public var names = Names()
    public var counts = UsageCounts()
    public private(set) var faults: [(order: FaultOrder, fault: InputFault)] = []
    var records: PartedList<UsageRecord>

    /// - Parameter room: Where records go that have no room in memory; nil to hold them all.
    public init(_ room: SpillRoom? = nil) { records = PartedList(room) { UsageTally.key($0, $1) } }

    /// A record without a request is like no other, so any number will do.
    static func key(_ record: UsageRecord, _ names: borrowing Names) -> UInt64 {
        record.request.isEmpty ? Mixer.ofProcess(UInt64(bitPattern: record.time.microseconds), record.message.spread(names)) : record.request.spread(names)
    }

    public mutating func add(_ line: UsageLine, order: (Int) -> FaultOrder) {
        counts.read += 1
        switch line {
        case .record(let record): records.append(record)
        case .fault(let fault):
            counts.rejected += 1
            faults.append((order(fault.offset), fault))
        }
    }

    /// Of every workspace, as the log writes it, its records; for a tally without room on disk.
    public var recordsByWorkspace: [String: Int] {
        Dictionary(records.held.reduce(into: [Name: Int]()) { $0[$1.workspace, default: 0] += 1 }.map { (names.text($0.key), $0.value) }, uniquingKeysWith: +)
    }

    public mutating func absorb(_ other: UsageTally) {
        let map = names.absorb(other.names)
        counts.read += other.counts.read
        counts.rejected += other.counts.rejected
        faults.append(contentsOf: other.faults)
        records.absorb(other.records, map: map)
    }

    public mutating func relieve(_ names: borrowing Names) -> Bool { records.relieve(names) }
}

extension UsageCounts {
    /// Nothing counted yet.
    public static let none = UsageCounts()
}
