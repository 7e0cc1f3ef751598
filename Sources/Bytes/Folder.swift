#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a path is, links followed.
public enum PathKind: Sendable {
    case file, folder, other, missing
}

/// Looks at a path without opening it.
public func pathKind(_ path: String) -> PathKind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
}

/// What tells one file from another, whatever its name: device and inode. Links followed; nil when the path is missing.
public struct FileIdentity: Hashable, Sendable {
    public var device: UInt64
    public var inode: UInt64
    public var size: Int

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
    }
}

public func fileIdentity(_ path: String) -> FileIdentity? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return FileIdentity(status)
}

/// The path with every link and `..` resolved, or nil when it is missing.
public func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// The names in a folder in bytewise order, without `.` and `..`.
public func folderNames(_ path: String) throws(FileFault) -> [String] { try OpenFolder(path).names() }

/// Custody of one open folder, so that what is in it is looked at by name alone.
@safe
private struct OpenFolder: ~Copyable {
    private let folder: OpaquePointer

    init(_ path: String) throws(FileFault) {
        guard let folder = unsafe opendir(path) else { throw FileFault(path: path, reason: systemReason()) }
        unsafe self.folder = folder
    }

    deinit { unsafe closedir(folder) }

    var descriptor: Int32 { unsafe dirfd(folder) }

    /// In bytewise order, without `.` and `..`; to be asked once.
    func names() -> [String] {
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted(by: bytewiseLess)
    }
}

/// Bytewise order of two texts (UTF-8), which is the order of every list that Apportion prints.
public func bytewiseLess(_ a: String, _ b: String) -> Bool {
    let order = unsafe a.utf8.withContiguousStorageIfAvailable { first in
        unsafe b.utf8.withContiguousStorageIfAvailable { second in
            guard let x = first.baseAddress, let y = second.baseAddress else { return first.count - second.count }
            let order = unsafe memcmp(x, y, min(first.count, second.count))
            return order != 0 ? Int(order) : first.count - second.count
        }
    }
    guard let order = order ?? nil else { return a.utf8.lexicographicallyPrecedes(b.utf8) }
    return order < 0
}

/// One regular file found below a folder.
public struct FoundFile: Sendable {
    /// Path below the folder that was walked.
    public var relativePath: String
    public var identity: FileIdentity

    public init(relativePath: String, identity: FileIdentity) {
        self.relativePath = relativePath
        self.identity = identity
    }
}

/// Every regular file below `root`, in bytewise path order, folder by folder.
///
/// Links are followed as long as they stay below `root`; those that lead out, and names that cannot be looked at, are left out, each with
/// the reason. A folder that several links lead to is walked once.
///
/// - Parameter goesOn: Whether a folder that cannot be listed is left out like a name that cannot be looked at; else it is a fault.
public func filesBelow(_ root: String, goesOn: Bool = false) throws(FileFault) -> (files: [FoundFile], leftOut: [(path: String, reason: String)]) {
    guard let resolvedRoot = resolvedPath(root) else { throw FileFault(path: root, reason: "is missing") }
    var found: (files: [FoundFile], leftOut: [(path: String, reason: String)]) = ([], [])
    // Folders still to be listed, the next one last. Each is listed once, by whatever path it is met first: links may form circles.
    var pending = [""]
    var listed: Set<FileIdentity> = []
    while let folder = pending.popLast() {
        let path = folder.isEmpty ? root : joinedPath(root, folder)
        guard var identity = fileIdentity(path) else { throw FileFault(path: path, reason: "is missing") }
        identity.size = 0  // A folder's size tells nothing about which folder it is.
        guard listed.insert(identity).inserted else { continue }
        var below: [String] = []
        let place: OpenFolder
        let names: [String]
        do throws(FileFault) {
            place = try OpenFolder(path)
            names = place.names()
        } catch {
            guard goesOn, !folder.isEmpty else { throw error }
            found.leftOut.append((folder, "cannot be listed: \(error.reason)"))
            continue
        }
        for name in names {
            let child = folder.isEmpty ? name : folder + "/" + name
            var status = stat()
            guard unsafe fstatat(place.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                found.leftOut.append((child, "cannot be looked at: \(systemReason())"))
                continue
            }
            if status.st_mode & S_IFMT == S_IFLNK {
                let childPath = joinedPath(root, child)
                guard stays(childPath, in: resolvedRoot), unsafe stat(childPath, &status) == 0 else {
                    found.leftOut.append((child, "a link that leads out of the path, or nowhere"))
                    continue
                }
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                below.append(child)
            } else if status.st_mode & S_IFMT == S_IFREG {
                found.files.append(FoundFile(relativePath: child, identity: FileIdentity(status)))
            }
        }
        pending.append(contentsOf: below.reversed())
    }
    found.files.sort { bytewiseLess($0.relativePath, $1.relativePath) }
    return found
}

/// Whether a path, links resolved, lies in the folder `resolvedRoot`.
public func stays(_ path: String, in resolvedRoot: String) -> Bool {
    guard let resolved = resolvedPath(path) else { return false }
    return resolved == resolvedRoot || resolved.hasPrefix(resolvedRoot.hasSuffix("/") ? resolvedRoot : resolvedRoot + "/")
}

/// Joins a folder and a path below it with exactly one slash.
public func joinedPath(_ folder: String, _ child: String) -> String {
    folder.hasSuffix("/") ? folder + child : folder + "/" + child
}
