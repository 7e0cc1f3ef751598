import Dispatch
import Synchronization

/// Does `work` here and `other` on another thread, and returns when both are done.
public func atOnce<First, Second: Sendable>(_ work: () -> First, beside other: @escaping @Sendable () -> Second) -> (First, Second) {
    let other = Started(other)
    let first = work()
    return (first, other.value())
}

/// Work that another thread does while this one goes on.
public final class Started<Value: Sendable>: Sendable {
    private let done = DispatchGroup()
    private let result = Mutex<Value?>(nil)

    public init(_ work: @escaping @Sendable () -> Value) {
        // A queue of its own has a thread at once; the common ones wait until one of theirs is free.
        DispatchQueue(label: "beside").async(group: done) {
            let value = work()
            self.result.withLock { $0 = value }
        }
    }

    /// - Parameter given: What the work is for, handed over for good, so that nobody else holds it.
    public convenience init<Given: Sendable>(with given: consuming Given, _ work: @escaping @Sendable (inout Given) -> Value) {
        let handed = Mutex<Given?>(given)
        self.init {
            guard var given = handed.withLock({ $0.take() }) else { preconditionFailure("work is done once") }
            return work(&given)
        }
    }

    /// What the work came to, as soon as it is done; to be asked once, as it is handed over for good.
    public func value() -> Value {
        done.wait()
        guard let value = result.withLock({ $0.take() }) else { preconditionFailure("work is asked once for what it came to") }
        return value
    }
}

/// Does several works on as many threads as the machine has for them, each thread the next of those left, and returns when all are done.
public func allAtOnce<Value: Sendable>(_ works: [@Sendable () -> Value]) -> [Value] {
    let values = Mutex([Value?](repeating: nil, count: works.count))
    DispatchQueue.concurrentPerform(iterations: works.count) { index in
        let value = works[index]()
        values.withLock { $0[index] = value }
    }
    return values.withLock { $0.compactMap { $0 } }
}
