import Bytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files of the fuzz, in memory where the system has a place for that.
enum Files {
    static func temporaryFolder() -> String {
        let parent = pathKind("/dev/shm") == .folder ? "/dev/shm" : "/tmp"
        var template = Array("\(parent)/apportion-fuzz-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        guard let made else { preconditionFailure("no folder below \(parent): \(systemReason())") }
        return made
    }

    static func write(_ path: String, _ bytes: [UInt8]) {
        guard let file = unsafe fopen(path, "wb") else { preconditionFailure("\(path): \(systemReason())") }
        let written = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
        unsafe fclose(file)
        precondition(written == bytes.count, "\(path): not written whole")
    }

    static func makeFolders(above path: String) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            unsafe mkdir(folder, 0o700)
        }
    }

    static func remove(_ path: String) {
        for name in (try? folderNames(path)) ?? [] {
            let child = path + "/" + name
            if pathKind(child) == .folder { remove(child) } else { unsafe unlink(child) }
        }
        unsafe rmdir(path)
    }

    static func rename(_ old: String, _ new: String) {
        #if canImport(Glibc)
            unsafe Glibc.rename(old, new)
        #elseif canImport(Musl)
            unsafe Musl.rename(old, new)
        #else
            unsafe Darwin.rename(old, new)
        #endif
    }
}
