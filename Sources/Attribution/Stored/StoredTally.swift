import Records

/// A tally that can be kept for the next run: what one file says, before registry and rates.
///
/// Reading it back gives the tally that reading the file again would give. Names are the tally's own.
public protocol StoredTally: InputTally {
    /// Whether reading met any fault: such a tally is not stored, as the fault's words and place belong to the run that met it.
    var hasFaults: Bool { get }

    /// Writes the tally, which has no faults and is held whole.
    func store(in bytes: inout StoredBytes)

    /// Takes in what was stored; `self` is empty. Throws when the bytes are not what `store` writes; `self` is then of no use.
    /// - Parameter source: Number of the bill, for bills.
    mutating func take(_ stored: inout StoredReader, source: Int) throws(StoredFault)
}
