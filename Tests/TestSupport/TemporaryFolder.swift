import Bytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder for one test, removed with all that is in it when this value ends.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() {
        var template = Array("/tmp/apportion-test-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        guard let made else { preconditionFailure("no temporary folder: \(systemReason())") }
        path = made
    }

    deinit { TemporaryFolder.remove(path) }

    /// Writes a file below the folder, making the folders above it; returns its path.
    @discardableResult
    public func write(_ relativePath: String, _ bytes: [UInt8]) -> String {
        var folder = path
        for part in relativePath.split(separator: "/").dropLast() {
            folder += "/" + part
            unsafe mkdir(folder, 0o755)
        }
        let target = path + "/" + relativePath
        guard let file = unsafe fopen(target, "wb") else { preconditionFailure("\(target): \(systemReason())") }
        let written = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
        unsafe fclose(file)
        precondition(written == bytes.count, "\(target): not written whole")
        return target
    }

    @discardableResult
    public func write(_ relativePath: String, _ text: String) -> String { write(relativePath, Array(text.utf8)) }

    /// Makes a symbolic link below the folder, whose folders must exist.
    public func link(_ relativePath: String, to target: String) {
        let made = unsafe symlink(target, path + "/" + relativePath)
        precondition(made == 0, "\(relativePath): \(systemReason())")
    }

    private static func remove(_ path: String) {
        for name in (try? folderNames(path)) ?? [] {
            let child = path + "/" + name
            var status = stat()
            let isFolder = unsafe lstat(child, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            if isFolder { remove(child) } else { unsafe unlink(child) }
        }
        unsafe rmdir(path)
    }
}
