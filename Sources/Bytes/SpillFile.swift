import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why something could not be put on disk, or fetched from there. `what` names the file, the system's reason and the remedy.
public struct SpillFault: Error, Equatable, Sendable {
    public var what: String
}

/// A file for what has no room in memory: for its owner alone, without a name from the moment it is made, and gone with the process.
///
///     bytes   │ elements │ elements │ … │      in the order in which they came, in this machine's layout; nothing is ever overwritten
///
/// Any number of threads may write and read at once. It is made when it is first written.
public final class SpillFile: Sendable {
    /// Elements that lie one behind the other.
    public struct Block: Sendable {
        fileprivate var offset: Int
        public fileprivate(set) var count: Int
    }

    private struct State {
        var descriptor: Int32 = -1
        var end = 0
        var fault: SpillFault?
    }

    private let path: String
    private let state = Mutex(State())
    private let failed = Atomic<Bool>(false)

    /// - Parameter path: Where it is made; nothing may lie there. Its folder exists.
    public init(path: String) { self.path = path }

    deinit {
        state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Bytes written so far.
    public var byteCount: Int { state.withLock { $0.end } }

    /// The first fault that any call met. What was to be written then is lost, so nothing made of the rest may be used.
    public var fault: SpillFault? { state.withLock { $0.fault } }

    /// Whether there is a fault; asked for every record.
    @inline(__always)
    public var hasFailed: Bool { failed.load(ordering: .relaxed) }

    /// Writes elements and says where they lie.
    public func append<Element: BitwiseCopyable>(_ elements: ArraySlice<Element>) throws(SpillFault) -> Block {
        let size = elements.count * MemoryLayout<Element>.stride
        let (descriptor, offset) = try reserve(size)
        let wrongly = unsafe elements.withUnsafeBytes { bytes -> Bool in
            var done = 0
            while done < bytes.count {
                let count = unsafe pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return true }
                done += count
            }
            return false
        }
        if wrongly { throw note("cannot be written: \(systemReason()); free space there, or give the run more memory with --max-memory") }
        return Block(offset: offset, count: elements.count)
    }

    /// Some of the elements of a block.
    public func read<Element: BitwiseCopyable>(_ block: Block, _ range: Range<Int>, as type: Element.Type) throws(SpillFault) -> [Element] {
        precondition(range.lowerBound >= 0 && range.upperBound <= block.count, "a block holds what was written to it")
        let descriptor = state.withLock { $0.descriptor }
        let stride = MemoryLayout<Element>.stride
        var failed = false
        let elements = unsafe [Element](unsafeUninitializedCapacity: range.count) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            let size = range.count * stride
            var done = 0
            while done < size {
                let read = unsafe pread(descriptor, bytes.baseAddress?.advanced(by: done), size - done, off_t(block.offset + range.lowerBound * stride + done))
                if read < 0 && errno == EINTR { continue }
                if read <= 0 { break }
                done += read
            }
            failed = done < size
            count = failed ? 0 : range.count
        }
        if failed { throw note("cannot be read back: \(systemReason()); look at the disk, or give the run more memory with --max-memory") }
        return elements
    }

    /// All elements of a block.
    public func read<Element: BitwiseCopyable>(_ block: Block, as type: Element.Type) throws(SpillFault) -> [Element] {
        try read(block, 0..<block.count, as: type)
    }

    /// Room for so many bytes at the end.
    private func reserve(_ size: Int) throws(SpillFault) -> (descriptor: Int32, offset: Int) {
        let place = state.withLock { state -> (Int32, Int)? in
            if state.descriptor < 0 {
                state.descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
                if state.descriptor < 0 { return nil }
                unsafe unlink(path)
            }
            defer { state.end += size }
            return (state.descriptor, state.end)
        }
        guard let place else { throw note("cannot be made: \(systemReason()); free space there, or give the run more memory with --max-memory") }
        return place
    }

    private func note(_ reason: String) -> SpillFault {
        let fault = SpillFault(what: "\(path): \(reason)")
        failed.store(true, ordering: .relaxed)
        state.withLock { if $0.fault == nil { $0.fault = fault } }
        return fault
    }
}
