import Synchronization

/// How many threads have nothing left to do, for readers of large files, who may take one to inflate what is left of theirs.
public final class IdleThreads: Sendable {
    private let count: Atomic<Int>

    public init(_ count: Int = 0) { self.count = Atomic(count) }

    /// One more has nothing to do.
    public func giveBack() { count.add(1, ordering: .relaxed) }

    /// Takes one; false when there is none.
    func take() -> Bool {
        var seen = count.load(ordering: .relaxed)
        while seen > 0 {
            let (exchanged, now) = count.compareExchange(expected: seen, desired: seen - 1, ordering: .relaxed)
            if exchanged { return true }
            seen = now
        }
        return false
    }
}
