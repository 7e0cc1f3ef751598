import Bytes
import Dispatch
import Synchronization

/// Files read in parallel: each worker takes the largest file that is left, and keeps what it reads to itself.
///
/// There are no locks: a worker writes only to its own slot, and slots are read when all workers are done. One that finds no file left offers
/// its thread to those that still read a large one.
enum ParallelFiles {
    /// - Parameters:
    ///   - sizes: Bytes of each file; the order of the list is that in which faults are reported.
    ///   - make: An empty tally.
    ///   - read: Reads file number i into a worker's tally, with the help of idle threads; returns false when it met a fault that ends the run, after
    ///     which files later in the list need not be read.
    static func read<Tally: Sendable>(
        sizes: [Int], threads: Int, make: () -> Tally, _ read: @Sendable (_ file: Int, IdleThreads, inout Tally) -> Bool
    ) -> [Tally] {
        let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
        let workers = max(1, min(threads, sizes.count))
        var tallies = (0..<workers).map { _ in make() }
        let idleThreads = IdleThreads(threads - workers)
        let next = Atomic<Int>(0)
        // The first file, in the order of the list, that ends the run.
        let firstBad = Atomic<Int>(Int.max)
        unsafe tallies.withUnsafeMutableBufferPointer { slots in
            nonisolated(unsafe) let base = unsafe slots
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                while true {
                    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard turn < order.count else { break }
                    let file = order[turn]
                    if file > firstBad.load(ordering: .relaxed) { continue }
                    if unsafe !read(file, idleThreads, &base[worker]) { firstBad.min(file, ordering: .relaxed) }
                }
                idleThreads.giveBack()
            }
        }
        return tallies
    }
}
