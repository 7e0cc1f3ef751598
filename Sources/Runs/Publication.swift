import Bytes
import CSystem
import Records

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The place of a run's files: written beside the folder, then put in its place in one step.
///
///     runs/.2026-11.lock    held while a run works, so that no two work on one folder
///     runs/.2026-11.new     what is being written, each file synced
///     runs/2026-11          what readers see: the last whole run, exchanged with .new by the kernel
///
/// Where the file system cannot exchange, two renames take its place: for a moment there is no folder, never a mixed one.
public struct Publication: ~Copyable {
    public let folder: String
    /// Where files lie until they are published.
    let staging: String
    private let parent: String
    private let lockPath: String
    private let lock: Int32
    private var ownsStaging = false
    private let known: Set<String>
    /// The folder as the user named it.
    private let shown: String

    private init(folder: String, parent: String, name: String, known: Set<String>, shown: String, lock: Int32) {
        self.known = known
        self.shown = shown
        self.folder = folder
        self.parent = parent
        self.lock = lock
        staging = Publication.stagingPath(parent, name)
        lockPath = Publication.lockPath(parent, name)
    }

    /// Where what has no room in memory may be put: a name that is free, in a folder that is the run's own.
    var spillPath: String { joinedPath(staging, Publication.spillName) }
    private static let spillName = "spill"

    private static func stagingPath(_ parent: String, _ name: String) -> String { joinedPath(parent, ".\(name).new") }
    private static func lockPath(_ parent: String, _ name: String) -> String { joinedPath(parent, ".\(name).lock") }

    /// Takes the lock and makes an empty staging folder. `known` are the only files that may be replaced.
    public static func begin(_ out: String, known: Set<String>) throws(RunFault) -> Publication {
        var path = out
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        // A link is followed, so that it is the run that is replaced and not the link.
        if let resolved = resolvedPath(path) { path = resolved }
        let cut = path.lastIndex(of: "/")
        let name = cut.map { String(path[path.index(after: $0)...]) } ?? path
        let parent = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard !name.isEmpty, name != ".", name != ".." else {
            throw .output("\(out): is no folder that a run can replace; name one, such as runs/2026-11")
        }
        try makeFolders(parent)
        // From here on the value's end gives the lock back and removes what was staged.
        var publication = Publication(
            folder: path, parent: parent, name: name, known: known, shown: out, lock: try takeLock(lockPath(parent, name), out))
        try publication.prepare()
        return publication
    }

    private mutating func prepare() throws(RunFault) {
        try recover()
        try checkReplaceable(folder, known, shown)
        if pathKind(staging) != .missing {
            // What a run that was killed has left behind.
            try checkReplaceable(staging, known.union([Publication.spillName]), staging)
            discard(staging, known.union([Publication.spillName]))
        }
        guard unsafe mkdir(staging, 0o700) == 0 else { throw .output("\(staging): cannot be made: \(systemReason())") }
        ownsStaging = true
    }

    /// Undoes what a run left that was killed between the two renames of a file system without exchange.
    private func recover() throws(RunFault) {
        let old = staging + ".old"
        guard pathKind(old) == .folder else { return }
        if pathKind(folder) == .missing {
            guard unsafe rename(old, folder) == 0 else { throw .output("\(old): cannot be put back: \(systemReason())") }
        } else {
            discard(old, known)
        }
    }

    deinit {
        if ownsStaging { discard(staging, known) }
        unsafe unlink(lockPath)
        close(lock)
    }

    /// A file of the run, to be written and closed before the run is published. Files may be written at the same time.
    func file(_ name: String) throws(RunFault) -> StagedFile { try StagedFile(joinedPath(staging, name)) }

    /// Writes a whole file.
    func write(_ name: String, _ content: [UInt8]) throws(RunFault) {
        let file = try file(name)
        try file.write(content)
        try file.sync()
    }

    /// Puts the staging folder in the place of the folder, in one step where the system can.
    public mutating func publish() throws(RunFault) {
        try sync(staging)
        var left: String?
        if pathKind(folder) == .missing {
            guard unsafe rename(staging, folder) == 0 else { throw .output("\(shown): cannot be put in place: \(systemReason())") }
        } else if !exchange(staging, folder) {
            let old = staging + ".old"
            guard unsafe rename(folder, old) == 0 else { throw .output("\(shown): cannot be replaced: \(systemReason())") }
            guard unsafe rename(staging, folder) == 0 else {
                let reason = systemReason()
                unsafe rename(old, folder)
                throw .output("\(shown): cannot be put in place: \(reason)")
            }
            left = old
        } else {
            left = staging
        }
        ownsStaging = false
        // What was there goes while the new run is written into its folder for good.
        let (old, known) = (left, known)
        let removal = Started { if let old { discard(old, known) } }
        defer { removal.value() }
        try sync(parent)
    }

    private func sync(_ path: String) throws(RunFault) {
        let descriptor = Publication.openFolder(path)
        guard descriptor >= 0 else { throw .output("\(path): cannot be opened: \(systemReason())") }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and say so; then there is nothing to do.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .output("\(path): cannot be synced: \(systemReason())") }
    }

    private static func openFolder(_ path: String) -> Int32 { systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
}

/// A new file, open for writing.
final class StagedFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(RunFault) {
        self.path = path
        descriptor = systemOpen(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .output("\(path): cannot be made: \(systemReason())") }
    }

    deinit { close(descriptor) }

    func write(_ piece: [UInt8]) throws(RunFault) {
        var written = 0
        while written < piece.count {
            let count = unsafe piece.withUnsafeBytes { bytes in
                unsafe systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...]))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .output("\(path): cannot be written: \(systemReason())")
            }
            written += count
        }
        if piece.count >= 1 << 20 { startWriting(descriptor) }
    }

    /// Returns when the content is on disk.
    func sync() throws(RunFault) {
        guard fsync(descriptor) == 0 else { throw .output("\(path): cannot be synced: \(systemReason())") }
    }
}

/// Writes a file that is not there yet, readable by its owner only; what is there is not replaced.
public func writeNewFile(_ path: String, _ content: [UInt8]) throws(RunFault) {
    guard pathKind(path) == .missing else { throw .output("\(path): is there already, and is not replaced; name another file") }
    let file = try StagedFile(path)
    try file.write(content)
    try file.sync()
}

/// Writes a file in the place of any that is there, in one step; it is readable by its owner only, and its folder is made where it is missing.
public func replaceFile(_ path: String, _ content: [UInt8]) throws(RunFault) {
    let cut = path.lastIndex(of: "/")
    if let cut, cut != path.startIndex { try makeFolders(String(path[..<cut])) }
    switch pathKind(path) {
    case .missing, .file: break
    case .folder, .other: throw .output("\(path): is no file, so it is not replaced; name a file")
    }
    let name = cut.map { String(path[path.index(after: $0)...]) } ?? path
    let staged = cut.map { joinedPath(String(path[...$0]), ".\(name).new") } ?? ".\(name).new"
    // What a process left that was killed.
    unsafe unlink(staged)
    do throws(RunFault) {
        let file = try StagedFile(staged)
        try file.write(content)
        try file.sync()
        guard unsafe rename(staged, path) == 0 else { throw .output("\(path): cannot be put in place: \(systemReason())") }
    } catch {
        unsafe unlink(staged)
        throw error
    }
}

/// Has the system begin to write a file's content, so that little is left to wait for when it is synced.
private func startWriting(_ descriptor: Int32) {
    #if os(Linux)
    _ = sync_file_range(descriptor, 0, 0, 2)  // SYNC_FILE_RANGE_WRITE (man 2 sync_file_range)
    #endif
}

/// Swaps two folders in one step; false where the system or file system cannot.
private func exchange(_ first: String, _ second: String) -> Bool {
    #if canImport(Darwin)
    unsafe renamex_np(first, second, UInt32(RENAME_SWAP)) == 0
    #else
    // RENAME_EXCHANGE is 2 in the kernel's interface (man 2 renameat2).
    unsafe renameat2(AT_FDCWD, first, AT_FDCWD, second, 2) == 0
    #endif
}

/// Makes a folder and those above it, for the owner alone.
func makeFolders(_ path: String) throws(RunFault) {
    switch pathKind(path) {
    case .folder: return
    case .missing: break
    case .file, .other: throw .output("\(path): is no folder, so no run can be written below it")
    }
    if let cut = path.lastIndex(of: "/"), cut != path.startIndex { try makeFolders(String(path[..<cut])) }
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .output("\(path): cannot be made: \(systemReason())") }
}

/// Opens and locks the lock file, and makes sure that it is still the one that lies there.
private func takeLock(_ path: String, _ out: String) throws(RunFault) -> Int32 {
    while true {
        let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .output("\(path): cannot be made: \(systemReason())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            if reason == EINTR { continue }
            if reason == EWOULDBLOCK { throw .locked("\(out): another run is working on it; wait for it to end, or choose another --out") }
            throw .output("\(path): cannot be locked: \(systemReason())")
        }
        var held = stat()
        var there = stat()
        if unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &there) == 0, held.st_ino == there.st_ino { return descriptor }
        // The run before removed its lock between our opening and locking it.
        close(descriptor)
    }
}

/// A folder that holds anything but a run's files is not ours to replace.
private func checkReplaceable(_ path: String, _ known: Set<String>, _ shown: String) throws(RunFault) {
    switch pathKind(path) {
    case .missing: return
    case .file, .other: throw .output("\(shown): is no folder; choose another --out")
    case .folder: break
    }
    let names: [String]
    do { names = try folderNames(path) } catch { throw .output("\(error.path): cannot be read: \(error.reason)") }
    if let foreign = names.first(where: { !known.contains($0) }) {
        throw .output("\(shown): holds '\(foreign)', which is no file of a run, so it is not replaced; choose another --out")
    }
}

/// Removes a run's folder. A file that is none of a run's stays, and the folder with it.
private func discard(_ path: String, _ known: Set<String>) {
    for name in known { unsafe unlink(joinedPath(path, name)) }
    unsafe rmdir(path)
}
