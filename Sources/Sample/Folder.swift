#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A directory that the sample may write into.
struct Folder: Sendable {
    let path: String

    /// Makes the directory if need be, and refuses one with content other than a `README.md`.
    init(claiming path: String) throws {
        self.path = path
        try makeFolder(path)
        if let entry = try firstForeignEntry() {
            throw SampleError.directoryNotEmpty(path: path, entry: entry)
        }
    }

    /// The path of a file in this folder; the folders on the way to it are made.
    func reserve(_ relativePath: String) throws -> String {
        if let slash = relativePath.lastIndex(of: "/") {
            try makeFolder(path + "/" + relativePath[..<slash])
        }
        return path + "/" + relativePath
    }

    /// The bytewise first entry that is in the way, so that the message does not depend on the file system.
    private func firstForeignEntry() throws -> String? {
        guard let handle = unsafe opendir(path) else { throw systemError("read the directory", path) }
        defer { unsafe closedir(handle) }
        var first: String?
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." || name == "README.md" { continue }
            if let known = first, known <= name { continue }
            first = name
        }
        return first
    }
}

/// `mkdir -p`. Several threads may make the same folder.
private func makeFolder(_ path: String) throws {
    if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
        throw systemError("make the directory", path)
    }
    try makeFolder(String(path[..<slash]))
    guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw systemError("make the directory", path) }
}

/// Says what the last failed call said. Call it before anything else can change `errno`.
func systemError(_ operation: String, _ path: String) -> SampleError {
    let reason = unsafe String(cString: strerror(errno))
    return .system(operation: operation, path: path, reason: reason)
}

/// A new file. Never one that exists: the sample overwrites nothing.
struct NewFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private var isOpen = true

    init(path: String) throws {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            isOpen = false
            throw systemError("create the file", path)
        }
    }

    deinit {
        if isOpen { _ = SystemCall.close(descriptor) }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe SystemCall.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw systemError("write", path)
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Reports what the system says on closing; on some file systems that is where a full disk shows.
    mutating func close() throws {
        isOpen = false
        guard SystemCall.close(descriptor) == 0 else { throw systemError("close", path) }
    }
}

/// The C functions that the methods above would otherwise hide by their names.
private enum SystemCall {
    static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, bytes, count)
        #else
            unsafe Darwin.write(descriptor, bytes, count)
        #endif
    }
}
