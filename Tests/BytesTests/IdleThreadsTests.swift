import Dispatch
import Synchronization
import Testing

@testable import Bytes

@Suite struct IdleThreadsTests {
    @Test func noMoreAreTakenThanWereGiven() {
        let idle = IdleThreads(3)
        let taken = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { worker in
            for turn in 0..<200 {
                if turn % 4 == worker % 4 { idle.giveBack() }
                if idle.take() { taken.wrappingAdd(1, ordering: .relaxed) }
            }
        }
        while idle.take() { taken.wrappingAdd(1, ordering: .relaxed) }
        #expect(taken.load(ordering: .relaxed) == 3 + 8 * 50)
    }
}
