/// Storage that one reader after the other uses: a file is often smaller than what setting it up would cost.
public struct ReadBuffers: Sendable {
    var window: [UInt8] = []
    var marks: [JSONMarks.Word] = []
    var separators: [UInt64] = []
    /// Threads that may inflate what is left of a large file; nil for none.
    public var idleThreads: IdleThreads?
    /// How much of it at a time: much more than a window, as the threads wait for each other at the end of each.
    var aheadBytes = 2 << 20

    public init() {}
}

/// A sliding view on a file's content: the bytes not yet used up, and what is inflated behind them.
///
///     content  ·········[ used up | start ─── not used up ─── end | spare ]
///                        bytes[0]                                  at least 64 bytes
///
/// Scanners work on `bytes` in place. `drop` forgets what is used up and moves the rest to the front, so positions become smaller by what
/// it returns; `fill` inflates more behind it. Memory is one window plus the longest record.
public struct ByteWindow: ~Copyable {
    /// The storage; content lies in `start..<end`, and `spareBytes` behind `end` may be loaded though they mean nothing.
    public private(set) var bytes: [UInt8]
    public private(set) var start = 0
    public private(set) var end = 0
    /// Offset in the file's content of `bytes[0]`.
    public private(set) var base = 0
    /// Whether `end` is the end of the content.
    public private(set) var isComplete = false

    /// A fault met behind bytes that were still good: they are handed out first.
    private var pendingFault: ByteFault?
    private var source: any Content
    private let idleThreads: IdleThreads?
    private let aheadBytes: Int
    /// Whether nothing more will be read.
    private var isOver = false
    public let fileSize: Int
    /// Seconds since 1970.
    public let fileModified: Int64
    private let windowBytes: Int

    /// How far behind `end` a scanner may load.
    public static let spareBytes = 128

    /// Takes its storage from `buffers` until `giveBack`.
    public init(_ source: consuming InflatedFile, windowBytes: Int = ByteLimit.windowBytes, buffers: inout ReadBuffers) {
        self.windowBytes = max(1, windowBytes)
        fileSize = source.file.size
        fileModified = source.file.modified
        idleThreads = windowBytes >= 4096 ? buffers.idleThreads : nil
        aheadBytes = buffers.aheadBytes
        self.source = ReadNow(source)
        bytes = []
        swap(&bytes, &buffers.window)
        let needed = max(4096, self.windowBytes) + Self.spareBytes
        if bytes.count < needed { bytes = [UInt8](repeating: 0, count: needed) }
    }

    deinit { if !isOver { endReading() } }

    private func endReading() {
        source.end()
        if source is ReadAhead { idleThreads?.giveBack() }
    }

    /// Has a thread that has nothing to do inflate what is left of the file, if there is one and enough is left.
    private mutating func findHelp() {
        guard let idleThreads, let content = source as? ReadNow, fileSize - content.fileBytes >= ByteLimit.windowBytes, idleThreads.take() else { return }
        source = ReadAhead(content, chunkBytes: aheadBytes)
    }

    /// Reads what is left and looks at none of it, so that the file's content is known though its reading broke off.
    public mutating func drain() {
        while !isComplete {
            _ = drop(before: end)
            do { try fill() } catch { return }
        }
    }

    /// Ends the window's work and leaves its storage for the next, unless a long record has made it large.
    public mutating func giveBack(_ buffers: inout ReadBuffers) {
        if !isOver { endReading() }
        isOver = true
        if bytes.count <= 4 * ByteLimit.windowBytes { swap(&bytes, &buffers.window) }
        end = 0
        start = 0
    }

    public var contentCRC: UInt32 { source.contentCRC }
    public var contentBytes: Int { source.contentBytes }
    public var fileBytes: Int { source.fileBytes }

    /// Drops everything before `position` and moves the rest to the front; returns by how much positions became smaller.
    public mutating func drop(before position: Int) -> Int {
        precondition(position >= start && position <= end)
        if position > 0 {
            unsafe bytes.withUnsafeMutableBytes { buffer in
                let tail = unsafe UnsafeRawBufferPointer(rebasing: buffer[position..<end])
                unsafe buffer.copyMemory(from: tail)
            }
        }
        base += position
        start = 0
        end -= position
        return position
    }

    /// Inflates more behind what is there; `isComplete` when there is no more.
    ///
    /// Throws a `ByteFault` of the file, or when what is kept has reached the limit of one record. What is there stays.
    public mutating func fill() throws(ByteFault) {
        let kept = end - start
        if kept >= ByteLimit.recordBytes {
            throw ByteFault(
                offset: base + start, place: .content,
                what: "has a row or record of more than \(ByteLimit.recordBytes) bytes, which no bill or trail has; fetch the file again")
        }
        if let pendingFault { throw pendingFault }
        findHelp()
        // A long record is met with ever longer reads, each filled to its end, so that it is walked again a few times and not for every
        // buffer of input; a tiny window was asked for to see the input chopped, and stays tiny. Never beyond the limit of one record, so
        // that where it lies does not depend on the window.
        let wanted = min(windowBytes < 4096 ? windowBytes : max(windowBytes, kept), ByteLimit.recordBytes - kept)
        let needed = end + wanted + Self.spareBytes
        if needed > bytes.count { bytes.append(contentsOf: repeatElement(0, count: max(needed, 2 * bytes.count) - bytes.count)) }
        var filled = 0
        while filled < wanted {
            let more: Int
            do throws(ByteFault) { more = try source.read(into: &bytes, at: end + filled, count: wanted - filled) } catch {
                guard filled > 0 else { throw error }
                pendingFault = error
                break
            }
            if more == 0 {
                isComplete = true
                break
            }
            filled += more
        }
        end += filled
    }
}
