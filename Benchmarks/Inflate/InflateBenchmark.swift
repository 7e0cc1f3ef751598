import Bytes
import Dispatch
import Synchronization

/// The yardstick of every measurement: inflating the given files and doing nothing else, on as many threads as told.
///
///     apportion-inflate THREADS PATH…
@main
enum InflateBenchmark {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        guard let first = words.first, let threads = Int(first), threads > 0, words.count > 1 else {
            print("usage: apportion-inflate THREADS PATH…")
            return
        }
        do {
            var files: [(path: String, size: Int)] = []
            for path in words.dropFirst() {
                if pathKind(path) == .file {
                    files.append((path, fileIdentity(path)?.size ?? 0))
                } else {
                    for file in try filesBelow(path).files where file.relativePath.hasSuffix(".gz") {
                        files.append((joinedPath(path, file.relativePath), file.identity.size))
                    }
                }
            }
            print(inflate(files.sorted { $0.size > $1.size }.map(\.path), threads: threads))
        } catch {
            print("\(error)")
        }
    }

    private static func inflate(_ files: [String], threads: Int) -> String {
        let next = Atomic<Int>(0)
        let bytes = Atomic<Int>(0)
        let faults = Atomic<Int>(0)
        let start = DispatchTime.now().uptimeNanoseconds
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var buffer = [UInt8](repeating: 0, count: ByteLimit.windowBytes)
            while true {
                let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard turn < files.count else { break }
                do {
                    var file = try InflatedFile(path: files[turn])
                    while true {
                        let count = try file.read(into: &buffer, at: 0, count: buffer.count)
                        if count == 0 { break }
                        bytes.wrappingAdd(count, ordering: .relaxed)
                    }
                } catch { faults.wrappingAdd(1, ordering: .relaxed) }
            }
        }
        let milliseconds = (DispatchTime.now().uptimeNanoseconds - start) / 1_000_000
        return "\(files.count) files, \(bytes.load(ordering: .relaxed)) bytes inflated in \(milliseconds) ms, \(faults.load(ordering: .relaxed)) faults"
    }
}
