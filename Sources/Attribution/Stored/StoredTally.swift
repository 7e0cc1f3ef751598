import Records

/// A tally that can be kept for the next run: what one file says, before registry and rates.
///
/// Reading it back gives the tally that reading the file again would give. Names are the tally's own.
public protocol StoredTally: InputTally {
    /// Whether the tally can be stored. One with a fault is not, as the fault's words and place belong to the run that met it; nor is one too
    /// large for memory.
    var isStorable: Bool { get }

    /// Writes the tally, which is storable.
    func store(in bytes: inout StoredBytes)

    /// Takes in what was stored; `self` is empty. Throws when the bytes are not what `store` writes; `self` is then of no use.
    /// - Parameter source: Number of the bill, for bills.
    mutating func take(_ stored: inout StoredReader, source: Int) throws(StoredFault)
}
