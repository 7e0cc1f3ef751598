import Records

/// What a worker has read of one kind of input. Merging in any order gives the same result.
public protocol InputTally: Sendable {
    /// The texts of everything in the tally. A reader takes them out while it reads and puts them back.
    var names: Names { get set }
    /// Faulty rows and records, each with its place among all.
    var faults: [(order: FaultOrder, fault: InputFault)] { get }

    mutating func absorb(_ other: Self)

    /// Puts on disk what has no room in memory, where the tally was given room there. To be called now and then while it grows.
    /// - Returns: False once that has failed, so that more is of no use.
    @discardableResult
    mutating func relieve(_ names: borrowing Names) -> Bool
}

extension InputTally {
    public mutating func relieve(_ names: borrowing Names) -> Bool { true }
}
