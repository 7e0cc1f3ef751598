import Bytes

/// Where a run puts what has no room in memory, and how much each kind of thing may take there.
public struct SpillRoom: Sendable {
    public let file: SpillFile
    /// Calls or usage records that one list holds before it goes to disk, in bytes.
    let listBytes: Int
    /// Ledger rows that a run holds, in bytes.
    let ledgerBytes: Int

    /// What a run needs whatever it reads: the program, its buffers, the registry.
    private static let fixedBytes = 64 << 20

    /// - Parameters:
    ///   - maxMemory: What the whole process should stay within, in bytes.
    ///   - workers: How many lists grow at once while files are read.
    public init(file: SpillFile, maxMemory: Int, workers: Int) {
        self.file = file
        // Less than the program itself needs is still possible, for tests.
        let free = max(1, maxMemory > 2 * SpillRoom.fixedBytes ? maxMemory - SpillRoom.fixedBytes : maxMemory / 2)
        // An array that grows is held twice for a moment, and lists are put together before their copies are dropped.
        listBytes = free / 8 / max(1, workers)
        ledgerBytes = free / 2
    }

    /// How many elements fit; never so few that nothing is gained.
    static func count<Element>(_ bytes: Int, of type: Element.Type) -> Int { max(16, bytes / MemoryLayout<Element>.stride) }
}
