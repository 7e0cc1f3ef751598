import Bytes

/// One report, export or set of loose files that is read as a bill.
public struct BillSource: Sendable {
    /// What `--report` picks it by.
    public var name: String
    /// Where it lies, for people: PATH and the report's folder.
    public var place: String
    /// The manifest that was chosen; nil for loose files.
    public var manifest: String?
    /// Data files in the manifest's order, or in bytewise order.
    public var files: [String]
    /// Position of the PATH on the command line.
    public var argument: Int
}

/// The bills found below the paths given, and what was left out.
public struct BillPlan: Sendable {
    public var sources: [BillSource] = []
    /// For people: what was chosen among several, or read without a manifest.
    public var notes: [String] = []
    /// Deliveries and reports that were not used, with the reason.
    public var leftOut: [(path: String, reason: String)] = []
    /// What could not be followed or looked at, with the reason.
    public var unreadable: [(path: String, reason: String)] = []

    public init() {}
}

/// A bill that is there, before its files are looked for.
private struct FoundBill {
    var name: String
    var place: String
    var argument: Int
    /// The manifest that was chosen and the PATH below which it lies; nil for loose files.
    var manifest: (manifest: BillManifest, path: String)?
    /// Of loose files.
    var files: [String] = []

    func isNamed(_ report: String) -> Bool { name == report || place == report || place.hasSuffix("/" + report) }

    /// What to change when the bill is of a kind that is not read.
    var wrongFormat: String? { manifest.flatMap { $0.manifest.keys.lazy.compactMap(wrongFormatOf).first } }
}

/// Finds the bills of a month (specification, inputs §1): manifests first; loose CSV only where there are none.
public func planBills(_ paths: [String], period: Month, reports: [String]) throws(PlanFault) -> BillPlan {
    var plan = BillPlan()
    var seen: Set<FileIdentity> = []
    var found: [FoundBill] = []
    for (argument, path) in paths.enumerated() {
        switch pathKind(path) {
        case .missing: throw PlanFault(.input, "\(path): is missing; check --cur")
        case .other: throw PlanFault(.input, "\(path): is neither a file nor a folder; check --cur")
        case .file:
            if let setting = wrongFormatOf(path) { throw PlanFault(.input, "\(path): \(setting)") }
            if let identity = fileIdentity(path), !seen.insert(identity).inserted { continue }
            found.append(FoundBill(name: lastPart(path), place: path, argument: argument, manifest: nil, files: [path]))
        case .folder: found.append(contentsOf: try findBills(path, argument, period, &plan, &seen))
        }
    }
    for bill in try picked(found, reports, &plan) {
        let files = try bill.manifest.map { (chosen) throws(PlanFault) in try dataFiles(of: chosen.manifest, chosen.path) } ?? bill.files
        plan.sources.append(
            BillSource(
                name: bill.name, place: bill.place,
                manifest: bill.manifest.map { joinedPath($0.path, $0.manifest.relativePath) }, files: files, argument: bill.argument))
    }
    return plan
}

/// The bills that are to be read: those that `--report` picks, in a format that is read.
private func picked(_ found: [FoundBill], _ reports: [String], _ plan: inout BillPlan) throws(PlanFault) -> [FoundBill] {
    let known = found.map { "\($0.name) (\($0.place))" }.joined(separator: ", ")
    for report in reports where !found.contains(where: { $0.isNamed(report) }) {
        throw PlanFault(.input, "--report \(report): no such report or export; found: \(known)")
    }
    var bills: [FoundBill] = []
    for bill in found {
        if !reports.isEmpty && !reports.contains(where: { bill.isNamed($0) }) {
            plan.leftOut.append((bill.place, "not picked by --report"))
            plan.notes.append("\(bill.place): not read, as --report does not pick it")
        } else if let setting = bill.wrongFormat {
            plan.leftOut.append((bill.place, setting))
            plan.notes.append("\(bill.place): not read: \(setting)")
        } else {
            bills.append(bill)
        }
    }
    if bills.isEmpty, let first = found.first(where: { $0.wrongFormat != nil }), let setting = first.wrongFormat {
        let lists = first.manifest.map { "\(joinedPath($0.path, $0.manifest.relativePath)): lists '\($0.manifest.keys.first ?? "")'" }
        throw PlanFault(.input, "\(lists ?? "\(first.place): holds nothing that is read"): \(setting)")
    }
    return bills
}

private func unreadable(_ path: String, _ reason: String) -> PlanFault {
    PlanFault(.data, "\(path): \(reason), but a bill must be read whole; sync it as a plain file")
}

private func findBills(
    _ path: String, _ argument: Int, _ period: Month, _ plan: inout BillPlan, _ seen: inout Set<FileIdentity>
) throws(PlanFault) -> [FoundBill] {
    let found: (files: [FoundFile], leftOut: [(path: String, reason: String)])
    do { found = try filesBelow(path) } catch { throw PlanFault(error) }
    for entry in found.leftOut {
        // Without its manifest a folder would be read by the wrong rule.
        if isManifestName(entry.path[...]) { throw unreadable(joinedPath(path, entry.path), entry.reason) }
        plan.unreadable.append((joinedPath(path, entry.path), entry.reason))
    }
    var manifests: [(manifest: BillManifest, identity: FileIdentity)] = []
    for file in found.files where isManifestName(lastPart(file.relativePath)[...]) {
        if let manifest = try BillManifest.read(path, file.relativePath) { manifests.append((manifest, file.identity)) }
    }
    if manifests.isEmpty {
        // Where every file counts, money may be in one that cannot be read.
        if let entry = found.leftOut.first(where: { $0.path.hasSuffix(".csv") || $0.path.hasSuffix(".csv.gz") }) {
            throw unreadable(joinedPath(path, entry.path), entry.reason)
        }
        return try looseBill(path, argument, found.files, &plan, &seen)
    }
    let current = manifests.filter { $0.manifest.period == period }
    guard !current.isEmpty else {
        let periods = Set(manifests.map(\.manifest.period)).sorted().map(\.text).joined(separator: ", ")
        throw PlanFault(.input, "\(path): has no delivery for \(period.text); found \(periods). Sync that month or change --period")
    }
    let byIdentity = Dictionary(grouping: current, by: \.manifest.identity)
    var bills: [FoundBill] = []
    for identity in byIdentity.keys.sorted(by: bytewiseLess) {
        let deliveries = byIdentity[identity] ?? []
        let chosen = try newest(deliveries.map(\.manifest), path)
        guard let pick = deliveries.first(where: { $0.manifest.relativePath == chosen.relativePath }) else { continue }
        for other in deliveries where other.manifest.relativePath != chosen.relativePath {
            plan.leftOut.append((joinedPath(path, other.manifest.relativePath), "replaced by \(chosen.relativePath)"))
        }
        // The same manifest, met again through another PATH, is the same bill.
        guard seen.insert(pick.identity).inserted else { continue }
        if chosen.keys.isEmpty { plan.notes.append("\(joinedPath(path, chosen.relativePath)): lists no data file, so this delivery is empty") }
        bills.append(FoundBill(name: chosen.name, place: joinedPath(path, chosen.place), argument: argument, manifest: (chosen, path)))
    }
    return bills
}

/// The newest delivery of one report's month.
func newest(_ deliveries: [BillManifest], _ path: String) throws(PlanFault) -> BillManifest {
    if let inPeriod = deliveries.first(where: { $0.deliveryFolder == nil }) { return inPeriod }
    if deliveries.count == 1, let only = deliveries.first { return only }
    let folders = deliveries.compactMap(\.deliveryFolder)
    if folders.allSatisfy(beginsWithTimestamp),
        let last = deliveries.max(by: { bytewiseLess($0.deliveryFolder ?? "", $1.deliveryFolder ?? "") })
    {
        return last
    }
    let names = deliveries.map { joinedPath(path, $0.relativePath) }.sorted(by: bytewiseLess).joined(separator: ", ")
    throw PlanFault(
        .data, "\(path): has several deliveries of one month and nothing says which is newest: \(names). Sync the manifest of the period's folder, or remove the stale ones")
}

/// `20261123T010000Z…` or `2026-11-23T01…`.
private func beginsWithTimestamp(_ folder: String) -> Bool {
    let bytes = Array(folder.utf8)
    func isDigits(_ range: Range<Int>) -> Bool { range.upperBound <= bytes.count && range.allSatisfy { digit(bytes[$0]) != nil } }
    if isDigits(0..<8), bytes.count > 8, bytes[8] == UInt8(ascii: "T"), isDigits(9..<15) { return true }
    return isDigits(0..<4) && bytes.count > 10 && bytes[4] == UInt8(ascii: "-") && isDigits(5..<7)
        && bytes[7] == UInt8(ascii: "-") && isDigits(8..<10) && bytes[10] == UInt8(ascii: "T")
}

private func dataFiles(of manifest: BillManifest, _ path: String) throws(PlanFault) -> [String] {
    guard let root = resolvedPath(path) else { throw PlanFault(.input, "\(path): is missing; check --cur") }
    let manifestPath = joinedPath(path, manifest.relativePath)
    var files: [String] = []
    var listed: Set<FileIdentity> = []
    for key in manifest.keys {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard !key.isEmpty, !key.hasPrefix("/"), !parts.contains(".."), !parts.contains(".") else {
            throw PlanFault(.data, "\(manifestPath): lists '\(key)', which leads out of the path; that is no manifest of AWS")
        }
        guard let found = manifest.candidates(for: key).first(where: { pathKind(joinedPath(path, $0)) != .missing }) else {
            throw PlanFault(
                .data, "\(manifestPath): lists '\(key)', which is not there (looked for \(joinedPath(path, manifest.candidates(for: key).first ?? key))); sync the folder again")
        }
        let file = joinedPath(path, found)
        guard stays(file, in: root) else {
            throw PlanFault(.data, "\(manifestPath): lists '\(key)', a link that leads out of \(path); nothing outside is read")
        }
        guard pathKind(file) == .file else { throw PlanFault(.data, "\(manifestPath): lists '\(key)', which is no file") }
        // A file that is listed twice holds its rows once.
        if let identity = fileIdentity(file), !listed.insert(identity).inserted { continue }
        files.append(file)
    }
    return files
}

private func looseBill(
    _ path: String, _ argument: Int, _ found: [FoundFile], _ plan: inout BillPlan, _ seen: inout Set<FileIdentity>
) throws(PlanFault) -> [FoundBill] {
    let tables = found.filter { $0.relativePath.hasSuffix(".csv") || $0.relativePath.hasSuffix(".csv.gz") }
    guard !tables.isEmpty else {
        if let setting = found.lazy.compactMap({ wrongFormatOf($0.relativePath) }).first {
            throw PlanFault(.input, "\(path): holds no CSV; \(setting)")
        }
        throw PlanFault(.input, "\(path): holds neither a manifest nor a CSV file; check --cur")
    }
    let files = tables.filter { seen.insert($0.identity).inserted }.map { joinedPath(path, $0.relativePath) }
    guard !files.isEmpty else { return [] }
    plan.notes.append("\(path): no manifest found, so all \(files.count) CSV files in it are read")
    return [FoundBill(name: lastPart(path), place: path, argument: argument, manifest: nil, files: files)]
}

/// What to change when a delivery is of a kind that is not read.
func wrongFormatOf(_ name: String) -> String? {
    if name.hasSuffix(".parquet") {
        return "Parquet is not read. Set the export's file format to text/csv with gzip compression (Data Exports: \"Compression and file format: gzip - text/csv\")"
    }
    if name.hasSuffix(".zip") { return "ZIP is not read. Set the report's compression to GZIP" }
    return nil
}

/// What follows the last slash, a slash at the end not counted.
func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
