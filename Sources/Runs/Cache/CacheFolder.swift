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
    private let sizeLimit: Int
    private let options: RunOptions

    /// Makes the folder where there is none, for its owner alone.
    init(_ path: String, sizeLimit: Int, options: RunOptions) throws(RunFault) {
        self.path = path
        self.sizeLimit = sizeLimit
        self.options = options
        try makeFolders(path)
    }

    /// The cache of one kind of file. `reading` is what decides, beside period, version and limits, what is read of it.
    func tallies(_ kind: PlannedFile.Kind, reading: [String]) -> TallyCache {
        var print = Fingerprint()
        print.add("apportion \(options.version) tally 1")
        print.add(options.attribution.period.text)
        print.add(String(options.maxInflatedBytes))
        for text in reading { print.add(text) }
        return TallyCache(folder: path, kind: kind, settings: String(print.hex().prefix(16)))
    }

    /// Keeps the folder within its limit: what was used last stays. Files of runs that were killed go after a day.
    func bound(_ report: inout CacheReport) {
        var files: [(path: String, size: Int, used: Int64)] = []
        for name in (try? folderNames(path)) ?? [] {
            let file = joinedPath(path, name)
            guard let stamp = try? FileStamp(path: file) else { continue }
            if name.hasSuffix(CacheFolder.suffix) {
                files.append((file, stamp.size, stamp.modified))
            } else if name.hasPrefix("."), name.hasSuffix(".new"), stamp.modified < Int64(time(nil) - 86_400) * 1_000_000_000 {
                unsafe unlink(file)
            }
        }
        files.sort { ($0.used, $0.path) < ($1.used, $1.path) }
        report.bytes = files.reduce(0) { $0 + $1.size }
        for file in files where report.bytes > sizeLimit {
            guard unsafe unlink(file.path) == 0 else { continue }
            report.bytes -= file.size
            report.removedBytes += file.size
        }
    }
}
