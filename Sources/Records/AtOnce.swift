import Dispatch
import Synchronization

/// Does `work` here and `other` on another thread, and returns when both are done.
public func atOnce<First, Second: Sendable>(_ work: () -> First, beside other: @escaping @Sendable () -> Second) -> (First, Second) {
    let done = DispatchGroup()
    let result = Outcome<Second>()
    DispatchQueue.global().async(group: done) {
        let value = other()
        result.value.withLock { $0 = value }
    }
    let first = work()
    done.wait()
    guard let second = result.value.withLock({ $0 }) else { preconditionFailure("work that is done has a result") }
    return (first, second)
}

private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
