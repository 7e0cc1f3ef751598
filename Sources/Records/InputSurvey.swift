import Bytes

/// One delivery of one month of a report or export, as its manifest tells it.
public struct Delivery: Sendable {
    public enum State: Sendable {
        case newest
        /// A newer delivery restates the month.
        case replaced
        /// One of several of which nothing says which is the newest.
        case ambiguous
    }

    /// What `--report` picks it by.
    public var name: String
    /// `CUR 2.0` or `legacy CUR`.
    public var kind: String
    /// Where it lies, for people.
    public var place: String
    public var manifest: String
    public var period: Month
    public var state: State
    /// Data files that are there, and keys that the manifest lists and that are not.
    public var files: [String] = []
    public var missing: [String] = []
    /// What to change when its files are of a kind that is not read.
    public var wrongFormat: String?
}

/// What lies in a folder that nobody has described: bills, trails, usage logs, each found by what it looks like.
public struct InputSurvey: Sendable {
    public struct File: Sendable {
        public var path: String
        /// The PATH below which it was found.
        public var root: String
        public var sizeBytes: Int
        /// Day number of the delivery date in its path; nil without one.
        public var deliveryDay: Int?
    }

    public var deliveries: [Delivery] = []
    /// CSV files in a PATH without any manifest.
    public var looseBills: [File] = []
    public var trailFiles: [File] = []
    public var usageLogs: [File] = []
    /// Digests, insights and aggregations.
    public var otherTrailFiles = 0
    /// Registries, by their members.
    public var registries: [String] = []
    /// Files that look like nothing that is read.
    public var unknown: [String] = []
    /// Data files beside manifests of which none lists them.
    public var unlisted: [String] = []
    /// Data files that are not read, such as Parquet, where no manifest lists them, with what to change.
    public var wrongFormats: [(path: String, setting: String)] = []
    /// Manifests that cannot be used, and what could not be looked at, each in one line.
    public var faults: [String] = []
    /// Deliveries of one month of which nothing says which is the newest, each in one line.
    public var ambiguities: [String] = []

    public init() {}
}

/// Looks through the paths given. Throws `PlanFault` (66) only for a path that is missing.
public func surveyInputs(_ paths: [String]) throws(PlanFault) -> InputSurvey {
    var survey = InputSurvey()
    var seen: Set<FileIdentity> = []
    // Files that are named one by one belong together where they lie together, as a shell's pattern names them.
    var named: [String: [FoundFile]] = [:]
    for path in paths {
        switch pathKind(path) {
        case .missing: throw PlanFault(.input, "\(path): is missing; check the path")
        case .other: throw PlanFault(.input, "\(path): is neither a file nor a folder; check the path")
        case .file:
            guard let identity = fileIdentity(path), seen.insert(identity).inserted else { continue }
            named[folder(of: path), default: []].append(FoundFile(relativePath: lastPart(path), identity: identity))
        case .folder:
            let found: (files: [FoundFile], leftOut: [(path: String, reason: String)])
            do { found = try filesBelow(path, goesOn: true) } catch { throw PlanFault(error) }
            for entry in found.leftOut { survey.faults.append("\(joinedPath(path, entry.path)): left out: \(entry.reason)") }
            survey.sort(found.files.filter { seen.insert($0.identity).inserted }, below: path)
        }
    }
    for folder in named.keys.sorted(by: bytewiseLess) { survey.sort(named[folder] ?? [], below: folder) }
    return survey
}

private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

extension InputSurvey {
    /// Puts each file where it belongs: manifests first, then what they list, then everything else by its name and first bytes.
    fileprivate mutating func sort(_ files: [FoundFile], below root: String) {
        var manifests: [BillManifest] = []
        var rest: [FoundFile] = []
        for file in files {
            guard isManifestName(lastPart(file.relativePath)[...]) else {
                rest.append(file)
                continue
            }
            do throws(PlanFault) {
                if let manifest = try BillManifest.read(root, file.relativePath) { manifests.append(manifest) }
            } catch { faults.append(error.message) }
        }
        var listed: Set<String> = []
        addDeliveries(manifests, root, &listed)
        for file in rest where !listed.contains(joinedPath(root, file.relativePath)) {
            sort(file, below: root, hasManifests: !manifests.isEmpty)
        }
    }

    private mutating func addDeliveries(_ manifests: [BillManifest], _ root: String, _ listed: inout Set<String>) {
        let months = Dictionary(grouping: manifests) { "\($0.identity) \($0.period.text)" }
        for key in months.keys.sorted(by: bytewiseLess) {
            let all = months[key] ?? []
            var chosen: BillManifest?
            do throws(PlanFault) { chosen = try newest(all, root) } catch { ambiguities.append(error.message) }
            for manifest in all {
                let isNewest = manifest.relativePath == chosen?.relativePath
                var delivery = Delivery(
                    name: manifest.name, kind: manifest.kind == .export ? "CUR 2.0" : "legacy CUR", place: manifest.placeFolder.isEmpty ? root : joinedPath(root, manifest.placeFolder),
                    manifest: joinedPath(root, manifest.relativePath), period: manifest.period,
                    state: chosen == nil ? .ambiguous : isNewest ? .newest : .replaced)
                delivery.wrongFormat = manifest.keys.lazy.compactMap(wrongFormatOf).first
                var identities: Set<FileIdentity> = []
                for key in manifest.keys {
                    let found = manifest.candidates(for: key).map { joinedPath(root, $0) }.first { pathKind($0) == .file }
                    guard let found, let resolved = resolvedPath(root), let identity = fileIdentity(found) else {
                        delivery.missing.append(key)
                        continue
                    }
                    guard stays(found, in: resolved) else {
                        faults.append("\(delivery.manifest): lists '\(key)', a link that leads out of \(root); nothing outside is read")
                        continue
                    }
                    listed.insert(found)
                    // A file that is listed twice holds its rows once.
                    if identities.insert(identity).inserted { delivery.files.append(found) }
                }
                deliveries.append(delivery)
            }
        }
    }

    private mutating func sort(_ file: FoundFile, below root: String, hasManifests: Bool) {
        let path = joinedPath(root, file.relativePath)
        let name = lastPart(file.relativePath)
        let entry = File(path: path, root: root, sizeBytes: file.identity.size, deliveryDay: deliveryDay(path, below: root))
        func ends(_ suffixes: String...) -> Bool { suffixes.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") } }
        if ends(".csv") {
            // Beside manifests a CSV that none lists is not read; where there is none, every CSV counts.
            if hasManifests { unlisted.append(path) } else { sortCSV(entry) }
        } else if let setting = wrongFormatOf(name) {
            if hasManifests { unlisted.append(path) } else { wrongFormats.append((path, setting)) }
        } else if ends(".jsonl", ".ndjson", ".log") {
            sortLog(entry)
        } else if ends(".json") {
            if isOtherTrailFile(path, below: root) {
                otherTrailFiles += 1
            } else {
                sortJSON(entry)
            }
        } else {
            unknown.append(path)
        }
    }

    private mutating func sortCSV(_ file: File) {
        let (start, fault) = firstBytes(of: file.path)
        let header = String(decoding: start.prefix { $0 != 0x0A }, as: UTF8.self)
        if ["lineItem/LineItemType", "line_item_line_item_type"].contains(where: header.contains) {
            looseBills.append(file)
        } else {
            leave(file, fault)
        }
    }

    private mutating func sortLog(_ file: File) {
        let (start, fault) = firstBytes(of: file.path)
        if isUsageLog(start) { usageLogs.append(file) } else { leave(file, fault) }
    }

    private mutating func sortJSON(_ file: File) {
        let (start, fault) = firstBytes(of: file.path)
        func holds(_ word: StaticString) -> Bool { contains(start.span, word) }
        // What is damaged is taken for what its folder says; a run would take it for that, too.
        let liesInTrail = file.deliveryDay != nil || file.path.split(separator: "/").contains("CloudTrail")
        if holds("\"eventSource\"") || holds("\"Records\"") || holds("\"CloudTrailEvent\"") {
            trailFiles.append(file)
        } else if isUsageLog(start) {
            usageLogs.append(file)
        } else if holds("\"version\"") && (holds("\"workloads\"") || holds("\"tagKeys\"")) {
            registries.append(file.path)
        } else if liesInTrail {
            trailFiles.append(file)
        } else {
            leave(file, fault)
        }
    }

    /// Of a file that looks like nothing it is said what is wrong with it, where that is known.
    private mutating func leave(_ file: File, _ fault: String?) {
        if let fault { faults.append(fault) } else { unknown.append(file.path) }
    }
}

private func isUsageLog(_ start: [UInt8]) -> Bool { contains(start.span, "\"usage\"") && contains(start.span, "\"time\"") }

/// The first 64 KiB of a file's content, less where it is damaged, and what is wrong with it then.
private func firstBytes(of path: String) -> (bytes: [UInt8], fault: String?) {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    var filled = 0
    do throws(FileFault) {
        var file = try InflatedFile(path: path)
        do throws(ByteFault) {
            while filled < bytes.count {
                // A little at a time: what comes before a fault is handed out, what comes with it is not.
                let count = try file.read(into: &bytes, at: filled, count: min(4096, bytes.count - filled))
                if count == 0 { break }
                filled += count
            }
        } catch { return (Array(bytes[..<filled]), "\(path): byte \(error.offset) of the file: \(error.what)") }
    } catch { return ([], "\(path): cannot be read: \(error.reason)") }
    return (Array(bytes[..<filled]), nil)
}

private func contains(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    var at = 0
    while at + count <= text.count {
        if text[at] == UInt8(ascii: "\""), sameBytes(text.extracting(at..<at + count), word) { return true }
        at += 1
    }
    return false
}
