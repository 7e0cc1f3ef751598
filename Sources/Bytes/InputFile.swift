#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Custody of one open file: a regular file, opened for reading, closed when this value ends.
///
/// A device or a pipe is refused, because reading one can block forever or never end.
public struct InputFile: ~Copyable, Sendable {
    public let path: String
    /// Size on disk in bytes when the file was opened.
    public let size: Int
    /// Seconds since 1970 (UTC) of the last modification.
    public var modified: Int64 { modifiedTime.seconds }
    let modifiedTime: FileTime
    let changedTime: FileTime
    let device: UInt64
    let inode: UInt64
    private let descriptor: Int32

    /// Opens `path`; throws `FileFault` with the system's reason.
    public init(path: String) throws(FileFault) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFault(path: path, reason: systemReason()) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = systemReason()
            close(descriptor)
            throw FileFault(path: path, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileFault(path: path, reason: "is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        #if canImport(Darwin)
        modifiedTime = FileTime(status.st_mtimespec)
        changedTime = FileTime(status.st_ctimespec)
        #else
        modifiedTime = FileTime(status.st_mtim)
        changedTime = FileTime(status.st_ctim)
        #endif
    }

    deinit { close(descriptor) }

    /// Reads up to `buffer.count` bytes from where the last read ended; 0 at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileFault) -> Int {
        while true {
            #if canImport(Glibc)
            let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            let count = unsafe Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = unsafe Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno != EINTR { throw FileFault(path: path, reason: systemReason()) }
        }
    }
}

/// A time as file systems keep it, since 1970 (UTC).
public struct FileTime: Equatable, Sendable {
    public var seconds: Int64
    /// 0…999,999,999
    public var nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(_ time: timespec) { self.init(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec)) }

    /// Whether it lies more than `nanoseconds`, less than a second, or whole `seconds` before another.
    public func isBefore(_ other: FileTime, bySeconds seconds: Int64, nanoseconds: Int64) -> Bool {
        let (least, rest) = (other.seconds - seconds, other.nanoseconds - nanoseconds)
        return (self.seconds, self.nanoseconds) < (rest < 0 ? least - 1 : least, rest < 0 ? rest + 1_000_000_000 : rest)
    }
}

extension InputFile {
    /// Up to `count` bytes at `offset`, fewer where the file ends before.
    public func bytes(at offset: Int, count: Int) throws(FileFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress.unsafelyUnwrapped + filled, count - filled, off_t(offset + filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileFault(path: path, reason: systemReason()) }
            if got == 0 { break }
            filled += got
        }
        if filled < count { bytes.removeLast(count - filled) }
        return bytes
    }
}

/// What a file was when it was looked at: when all of this is the same, its content is taken to be.
///
/// The time of the last change of its status is the system's alone, so even a file that is written in place with its old size and time is told
/// from what it was, unless it is written through a mapping of its pages, which a file system may not see at once. The last bytes of a gzip
/// file are its content's checksum and length.
public struct FileStamp: Equatable, Sendable {
    public var size: Int
    public var device: UInt64
    public var inode: UInt64
    /// When it was last modified, and when its status last changed.
    public var modified: FileTime
    public var changed: FileTime
    /// The last eight bytes, or fewer.
    public var ending: UInt64

    public init(size: Int, device: UInt64, inode: UInt64, modified: FileTime, changed: FileTime, ending: UInt64) {
        self.size = size
        self.device = device
        self.inode = inode
        self.modified = modified
        self.changed = changed
        self.ending = ending
    }

    /// Opens the file; throws `FileFault` when it cannot be.
    public init(path: String) throws(FileFault) {
        let file = try InputFile(path: path)
        let last = try file.bytes(at: max(0, file.size - 8), count: min(8, file.size))
        self.init(
            size: file.size, device: file.device, inode: file.inode, modified: file.modifiedTime, changed: file.changedTime,
            ending: last.reduce(0) { $0 << 8 | UInt64($1) })
    }
}

/// A path that cannot be read, and the system's reason.
public struct FileFault: Error, Equatable, Sendable {
    public var path: String
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// The system's words for the error that the last call on this thread met.
public func systemReason() -> String {
    unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
}

/// A whole small file, such as a registry or a manifest; throws when it is longer than `limit` bytes.
public func readSmallFile(_ path: String, limit: Int = ByteLimit.recordBytes) throws(FileFault) -> [UInt8] {
    let file = try InputFile(path: path)
    guard file.size <= limit else { throw FileFault(path: path, reason: "is larger than \(limit) bytes") }
    var content = [UInt8](repeating: 0, count: file.size + 1)
    var filled = 0
    while true {
        if filled == content.count { content.append(contentsOf: repeatElement(0, count: max(4096, filled))) }
        guard filled <= limit else { throw FileFault(path: path, reason: "is larger than \(limit) bytes") }
        let outcome = unsafe content.withUnsafeMutableBytes { buffer -> Result<Int, FileFault> in
            Result { () throws(FileFault) in
                unsafe try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
        }
        let count = try outcome.get()
        if count == 0 { break }
        filled += count
    }
    content.removeLast(content.count - filled)
    return content
}
