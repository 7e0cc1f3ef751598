import Bytes
import Records

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a run had from its cache.
struct CacheReport {
    /// Files that were not read, as they are what they were.
    var hits = 0
    /// Files that were read.
    var misses = 0
    /// Of those read, how many are stored for the next run.
    var stored = 0
    /// Entries and segments that could not be used because they are damaged.
    var damaged = 0
    /// Size of the folder afterwards, in bytes.
    var bytes = 0
    /// Bytes removed because the folder had grown beyond its limit.
    var removedBytes = 0
    /// Why nothing was stored.
    var fault: String?

    static func += (a: inout CacheReport, b: CacheReport) {
        a.hits += b.hits
        a.misses += b.misses
        a.stored += b.stored
        a.damaged += b.damaged
        a.fault = a.fault ?? b.fault
    }
}

/// The folder of `--cache`: one segment for every run that found something new, by kind and settings.
///
///     cloudtrail-3f1c….-00000007-2889….tallies
///     ▲ kind      ▲ everything that decides what is read of a file, as a fingerprint
///                    ▲ order       ▲ keeps two runs apart
struct CacheFolder {
    static let suffix = ".tallies"
    let path: String
    private let options: RunOptions

    /// Makes the folder where there is none, for its owner alone.
    init(_ path: String, options: RunOptions) throws(RunFault) {
        self.path = path
        self.options = options
        try makeFolders(path)
    }

    /// The cache of one kind of file. `reading` is what decides, beside period, version and limits, what is read of it.
    func tallies(_ kind: PlannedFile.Kind, reading: [String]) -> TallyCache {
        var print = Fingerprint()
        print.add("apportion \(options.version) tally 2")
        print.add(options.attribution.period.text)
        print.add(String(options.maxInflatedBytes))
        for text in reading { print.add(text) }
        return TallyCache(folder: path, kind: kind, settings: String(print.hex().prefix(16)))
    }

    /// Whether a name is one that a run gives a segment: nothing else in the folder is touched.
    static func isSegment(_ name: String) -> Bool { name.hasSuffix(suffix) && hasPrefix(name[...]) }

    /// Whether a name begins with a kind and a fingerprint.
    private static func hasPrefix(_ name: Substring) -> Bool {
        for kind: PlannedFile.Kind in [.bill, .trail, .usageLog] where name.hasPrefix(kind.rawValue + "-") {
            let rest = name.utf8.dropFirst(kind.rawValue.utf8.count + 1)
            let digits = rest.prefix(16)
            return digits.count == 16 && digits.allSatisfy { Array("0123456789abcdef".utf8).contains($0) } && rest.dropFirst(16).first == UInt8(ascii: "-")
        }
        return false
    }

    /// Refuses (73) a folder that is the run's own, or lies in it: that is replaced as a whole.
    static func check(_ path: String, isNotIn out: String) throws(RunFault) {
        let (cache, run) = (absolutePath(path), absolutePath(out))
        let cut = run.lastIndex(of: "/") ?? run.startIndex
        let staging = run[..<cut] + "/." + run[cut...].dropFirst() + ".new"
        for place in [run, String(staging), staging + ".old"] where cache == place || cache.hasPrefix(place + "/") {
            throw .output("--cache \(path): lies in \(out), which a run replaces as a whole; name a folder beside it")
        }
    }

    /// Keeps the folder within its limit: what was used last stays. Files of runs that were killed go after a day.
    func bound(_ report: inout CacheReport) {
        var files: [(path: String, size: Int, used: FileTime)] = []
        for name in (try? folderNames(path)) ?? [] {
            let file = joinedPath(path, name)
            guard let stamp = try? FileStamp(path: file) else { continue }
            if CacheFolder.isSegment(name) {
                files.append((file, stamp.size, stamp.modified))
            } else if name.hasPrefix("."), name.hasSuffix(".new"), CacheFolder.hasPrefix(name.dropFirst()), stamp.modified.seconds < Int64(time(nil)) - 86_400 {
                unsafe unlink(file)
            }
        }
        files.sort { ($0.used.seconds, $0.used.nanoseconds, $0.path) < ($1.used.seconds, $1.used.nanoseconds, $1.path) }
        report.bytes = files.reduce(0) { $0 + $1.size }
        for file in files where report.bytes > options.cacheSizeBytes {
            guard unsafe unlink(file.path) == 0 else { continue }
            report.bytes -= file.size
            report.removedBytes += file.size
        }
    }
}

/// A path with every link and `..` resolved as far as it is there.
private func absolutePath(_ path: String) -> String {
    var there = path
    while there.count > 1 && there.hasSuffix("/") { there.removeLast() }
    if let resolved = resolvedPath(there.isEmpty ? "." : there) { return resolved }
    guard let cut = there.lastIndex(of: "/") else { return (resolvedPath(".") ?? "") + "/" + there }
    let parent = cut == there.startIndex ? "/" : absolutePath(String(there[..<cut]))
    return joinedPath(parent, String(there[there.index(after: cut)...]))
}
