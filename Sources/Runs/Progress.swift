import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A line on the terminal that says how far reading is: bytes, rate and time left. Where there is no terminal it is silent.
public final class Progress: Sendable {
    /// What a run is doing. Reading is measured in bytes; what comes after it takes a few moments.
    package enum Stage: Int, Sendable {
        case planning, trail, usageLog, bill, attribution, writing

        var text: String {
            switch self {
            case .planning: "looking for files"
            case .trail: "reading the trail"
            case .usageLog: "reading usage logs"
            case .bill: "reading the bill"
            case .attribution: "attributing"
            case .writing: "writing"
            }
        }
    }

    private let stage = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let total = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)
    private let shows: Bool
    private let drawn = DispatchSemaphore(value: 0)

    /// - Parameter isQuiet: never show anything.
    public init(isQuiet: Bool) {
        shows = !isQuiet && isatty(2) == 1
        guard shows else { return }
        DispatchQueue.global().async { [self] in
            let start = DispatchTime.now().uptimeNanoseconds
            while !isOver.load(ordering: .relaxed) {
                usleep(100_000)
                draw(DispatchTime.now().uptimeNanoseconds - start)
            }
            print("\r\u{1B}[K")
            drawn.signal()
        }
    }

    /// Bytes that will be read, on disk.
    package func expect(_ bytes: Int) { total.wrappingAdd(bytes, ordering: .relaxed) }
    /// Bytes that have been read.
    package func add(_ bytes: Int) { done.wrappingAdd(bytes, ordering: .relaxed) }

    package func enter(_ stage: Stage) { self.stage.store(stage.rawValue, ordering: .relaxed) }

    /// Clears the line, before anything else is written to the terminal.
    public func end() {
        guard shows, !isOver.exchange(true, ordering: .relaxed) else { return }
        drawn.wait()
    }

    private func draw(_ nanoseconds: UInt64) {
        let done = done.load(ordering: .relaxed)
        let total = max(total.load(ordering: .relaxed), 1)
        let millis = Int(nanoseconds / 1_000_000)
        guard millis > 300 else { return }  // A run that is over at once needs no bar.
        let percent = min(100, done * 100 / total)
        let filled = percent * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let rate = done / millis  // Bytes a millisecond are kilobytes a second.
        let left = rate > 0 ? (total - done) / rate / 1000 : 0
        let stage = Stage(rawValue: stage.load(ordering: .relaxed)) ?? .planning
        guard stage.rawValue < Stage.attribution.rawValue else { return print("\r\u{1B}[K\(bar) 100 %  \(stage.text)") }
        print("\r\u{1B}[K\(bar) \(percent) %  \(stage.text): \(done / 1_000_000) of \(total / 1_000_000) MB, \(rate / 1000) MB/s, \(left) s left")
    }

    private func print(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
