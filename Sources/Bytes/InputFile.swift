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
public struct InputFile: ~Copyable {
    public let path: String
    /// Size on disk in bytes when the file was opened.
    public let size: Int
    /// Seconds since 1970 (UTC) of the last modification.
    public let modified: Int64
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
        #if canImport(Darwin)
        modified = Int64(status.st_mtimespec.tv_sec)
        #else
        modified = Int64(status.st_mtim.tv_sec)
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
