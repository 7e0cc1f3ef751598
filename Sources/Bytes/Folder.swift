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
}

public func fileIdentity(_ path: String) -> FileIdentity? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return FileIdentity(
        device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size))
}

/// The path with every link and `..` resolved, or nil when it is missing.
public func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// The names in a folder in bytewise order, without `.` and `..`.
public func folderNames(_ path: String) throws(FileFault) -> [String] {
    guard let folder = unsafe opendir(path) else { throw FileFault(path: path, reason: systemReason()) }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted(by: bytewiseLess)
}

/// Bytewise order of two texts (UTF-8), which is the order of every list that Apportion prints.
public func bytewiseLess(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
}

/// Walks a folder in bytewise path order and hands over every regular file below it.
///
/// Links to files are followed; a link to a folder is followed unless it leads to a folder already being walked,
/// so a loop ends. `enter` is asked before a folder is opened, with its path below `root`.
public func walkFiles(
    below root: String, enter: (String) -> Bool = { _ in true }, _ visit: (_ relativePath: String) throws(FileFault) -> Void
) throws(FileFault) {
    var above: Set<FileIdentity> = []
    try walk(root, "", &above, enter, visit)
}

private func walk(
    _ root: String, _ relative: String, _ above: inout Set<FileIdentity>, _ enter: (String) -> Bool,
    _ visit: (String) throws(FileFault) -> Void
) throws(FileFault) {
    let path = relative.isEmpty ? root : joinedPath(root, relative)
    guard var identity = fileIdentity(path) else { throw FileFault(path: path, reason: "is missing") }
    identity.size = 0  // A folder's size changes with its content and tells nothing about which folder it is.
    guard above.insert(identity).inserted else { return }
    defer { above.remove(identity) }
    for name in try folderNames(path) {
        let child = relative.isEmpty ? name : relative + "/" + name
        switch pathKind(joinedPath(root, child)) {
        case .folder: if enter(child) { try walk(root, child, &above, enter, visit) }
        case .file: try visit(child)
        case .other, .missing: continue
        }
    }
}

/// Joins a folder and a path below it with exactly one slash.
public func joinedPath(_ folder: String, _ child: String) -> String {
    folder.hasSuffix("/") ? folder + child : folder + "/" + child
}
