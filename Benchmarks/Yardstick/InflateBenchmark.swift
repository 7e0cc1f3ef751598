import Bytes
import CZlib
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The yardstick of every measurement: zlib inflating the given files and doing nothing else, on as many threads as told.
///
/// It shares no code with the program's own reading, so that it stays the same while that gets faster.
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
            print(measured(files.sorted { $0.size > $1.size }.map(\.path), threads: threads))
        } catch {
            print("\(error)")
        }
    }

    private static func measured(_ files: [String], threads: Int) -> String {
        let next = Atomic<Int>(0)
        let bytes = Atomic<Int>(0)
        let faults = Atomic<Int>(0)
        let start = DispatchTime.now().uptimeNanoseconds
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard turn < files.count else { break }
                if let count = inflatedBytes(of: files[turn]) {
                    bytes.wrappingAdd(count, ordering: .relaxed)
                } else {
                    faults.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        let milliseconds = (DispatchTime.now().uptimeNanoseconds - start) / 1_000_000
        return "\(files.count) files, \(bytes.load(ordering: .relaxed)) bytes inflated in \(milliseconds) ms, \(faults.load(ordering: .relaxed)) faults"
    }

    /// Inflates one gzip file with zlib alone, its own check of the CRC included; nil when it is damaged.
    private static func inflatedBytes(of path: String) -> Int? {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let (inputBytes, outputBytes) = (64 << 10, 256 << 10)
        let input = UnsafeMutablePointer<UInt8>.allocate(capacity: inputBytes)
        let output = UnsafeMutablePointer<UInt8>.allocate(capacity: outputBytes)
        defer {
            unsafe input.deallocate()
            unsafe output.deallocate()
        }
        var stream = unsafe z_stream()
        // 15 bits of window, and 16 to say: a gzip wrapper.
        guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { unsafe inflateEnd(&stream) }
        var count = 0
        while true {
            let got = unsafe read(descriptor, input, inputBytes)
            if got == 0 { return count }
            guard got > 0 else { return nil }
            unsafe stream.next_in = input
            unsafe stream.avail_in = UInt32(got)
            repeat {
                unsafe stream.next_out = output
                unsafe stream.avail_out = UInt32(outputBytes)
                let outcome = unsafe inflate(&stream, Z_NO_FLUSH)
                count += outputBytes - Int(unsafe stream.avail_out)
                if outcome == Z_STREAM_END {
                    unsafe inflateReset(&stream)
                } else if outcome != Z_OK && outcome != Z_BUF_ERROR {
                    return nil
                }
            } while unsafe stream.avail_in > 0 || stream.avail_out == 0
        }
    }
}
