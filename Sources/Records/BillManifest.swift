import Bytes

/// A delivery's manifest: which files make up one month of one report or export.
///
/// Legacy: `<report>-Manifest.json`, docs.aws.amazon.com/cur/latest/userguide/understanding-report-versions.html.
/// CUR 2.0: `<export>-Manifest.json`, docs.aws.amazon.com/cur/latest/userguide/dataexports-export-delivery.html.
struct BillManifest {
    enum Kind: String { case legacy, export }

    var kind: Kind
    /// Path of the manifest below the PATH that was searched.
    var relativePath: String
    var name: String
    var period: Month
    /// Keys of the data files, without scheme and bucket.
    var keys: [String]
    /// Kind and path without the folder of the delivery: what is the same for all deliveries of one report's month.
    var identity: String
    /// The folder of this delivery, nil for the manifest in the period's folder, which speaks of the newest.
    var deliveryFolder: String?
    /// Folder (below PATH) in which the keys' last parts are looked for, and how many of a key's parts belong there.
    private var periodFolder: String?

    /// Reads a file that is named like a manifest; nil when it is the manifest of something else.
    static func read(_ root: String, _ relativePath: String) throws(PlanFault) -> BillManifest? {
        let path = joinedPath(root, relativePath)
        let text: [UInt8]
        do { text = try readSmallFile(path) } catch { throw PlanFault(error) }
        let json: JSONDocument
        do {
            json = try JSONDocument(text)
        } catch {
            throw PlanFault(.data, "\(path): byte \(error.offset): \(error.what). The manifest is damaged; fetch it again")
        }
        let parts = relativePath.split(separator: "/").map(String.init)
        if let list = json.member("reportKeys", of: json.root), json.kind(list) == .array,
            let span = json.member("billingPeriod", of: json.root), let start = json.string("start", of: span)
        {
            guard let period = compactMonth(start) else {
                throw PlanFault(.data, "\(path): its billingPeriod starts at '\(start)', which is no date; fetch it again")
            }
            return BillManifest(
                kind: .legacy, parts: parts, name: json.string("reportName", of: json.root) ?? manifestStem(parts.last ?? ""),
                period: period, keys: try keys(list, json, path), periodIndex: parts.dropLast().lastIndex(where: isLegacyPeriodFolder),
                deliveryName: json.string("assemblyId", of: json.root))
        }
        if let list = json.member("dataFiles", of: json.root), json.kind(list) == .array {
            let keys = try keys(list, json, path)
            let index = parts.dropLast().lastIndex { exportPeriod($0) != nil }
            let named = index.flatMap { exportPeriod(parts[$0]) }
            let listed = keys.lazy.compactMap { $0.split(separator: "/").lazy.compactMap { exportPeriod(String($0)) }.first }.first
            guard let period = named ?? listed else {
                throw PlanFault(.data, "\(path): does not lie in a folder BILLING_PERIOD=YYYY-MM, so its month is not known; keep the folders of the export when syncing")
            }
            return BillManifest(
                kind: .export, parts: parts, name: json.string("exportName", of: json.root) ?? manifestStem(parts.last ?? ""),
                period: period, keys: keys, periodIndex: index, deliveryName: json.string("executionId", of: json.root))
        }
        return nil
    }

    /// The data files' keys: strings, or objects with a key, without scheme and bucket.
    private static func keys(
        _ list: JSONDocument.Value, _ json: borrowing JSONDocument, _ path: String
    ) throws(PlanFault) -> [String] {
        var result: [String] = []
        for element in json.elements(list) {
            var key = json.string(element)
            for name in ["key", "Key", "s3Key", "path"] where key == nil { key = json.string(name, of: element) }
            // AWS has not said what an object looks like: what reads like a file's name is it.
            for member in json.members(element) where key == nil {
                key = json.string(member.value).flatMap { text in dataSuffixes.contains { text.hasSuffix($0) } ? text : nil }
            }
            guard let key else {
                throw PlanFault(.data, "\(path): lists a data file that is neither a key nor an object with one; fetch it again")
            }
            result.append(withoutBucket(key))
        }
        return result
    }

    private init(
        kind: Kind, parts: [String], name: String, period: Month, keys: [String], periodIndex: Int?, deliveryName: String?
    ) {
        self.kind = kind
        relativePath = parts.joined(separator: "/")
        self.name = name
        self.period = period
        self.keys = keys
        let folder = parts.count >= 2 ? parts[parts.count - 2] : nil
        var identityParts = parts
        if let periodIndex {
            let inside = parts.count - 1 - (periodIndex + 1)
            deliveryFolder = inside > 0 ? parts[(periodIndex + 1)..<(parts.count - 1)].joined(separator: "/") : nil
            identityParts.removeSubrange(periodIndex + 1..<parts.count - 1)
            periodFolder = parts[...periodIndex].joined(separator: "/")
        } else if let folder, let deliveryName, !deliveryName.isEmpty, folder.contains(deliveryName) {
            // Synced without the period's folder: the delivery's folder is known by its name.
            deliveryFolder = folder
            identityParts.remove(at: parts.count - 2)
        }
        identityParts.removeLast()
        identity = "\(kind.rawValue):\(identityParts.joined(separator: "/")):\(name)"
    }

    /// Where the report or export lies below PATH, for people; its name where that is PATH itself.
    var place: String { placeFolder.isEmpty ? name : placeFolder }

    /// The report's or export's folder below PATH; empty where that is PATH itself.
    var placeFolder: String {
        let folder = periodFolder.map { $0.split(separator: "/").dropLast().joined(separator: "/") } ?? ""
        let shown = kind == .export && folder.hasSuffix("metadata") ? String(folder.dropLast("metadata".count + (folder.count > 8 ? 1 : 0))) : folder
        return shown
    }

    /// The paths below PATH at which a key's file may lie, best first.
    ///
    /// Where the period's folder is known, only what lies in it counts: a file of the same name elsewhere is another delivery's.
    func candidates(for key: String) -> [String] {
        let parts = key.split(separator: "/").map(String.init)
        func path(_ folders: [String], _ rest: some Sequence<String>) -> String { (folders + rest).joined(separator: "/") }
        if let periodFolder {
            let folders = periodFolder.split(separator: "/").map(String.init)
            let name = folders.last ?? ""
            let above = Array(folders.dropLast())
            let index = parts.lastIndex(of: name)
            if kind == .export && above.last == "metadata" {
                // An export's data lies beside `metadata`, in `data`.
                let base = Array(above.dropLast())
                guard let index else {
                    let inDelivery = deliveryFolder.map { [path(base + ["data", name, $0], parts)] } ?? []
                    return inDelivery + [path(base + ["data", name], parts), path(base + ["data"], parts), path(base, parts)]
                }
                let written = index > 0 ? [path(base, parts[(index - 1)...])] : []
                return written + [path(base + ["data"], parts[index...])]
            }
            if let index { return [path(above, parts[index...])] }
            return [path(folders, parts)] + (deliveryFolder.map { [path(folders + [$0], parts)] } ?? [])
        }
        let folder = relativePath.split(separator: "/").dropLast().map(String.init)
        var result: [String] = []
        for length in stride(from: parts.count, through: 1, by: -1) {
            for depth in stride(from: folder.count, through: 0, by: -1) {
                result.append(path(Array(folder.prefix(depth)), parts.suffix(length)))
            }
        }
        return result
    }
}

private let dataSuffixes = [".csv", ".csv.gz", ".parquet", ".zip"]

/// Whether a file's name is that of a manifest. Other files end in `Manifest.json` too, such as `…-RedshiftManifest.json`.
func isManifestName(_ name: Substring) -> Bool { name.hasSuffix("-Manifest.json") }

private func manifestStem(_ name: String) -> String { String(name.dropLast("-Manifest.json".count)) }

/// `20261101-20261201`.
private func isLegacyPeriodFolder(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count == 17, bytes[8] == UInt8(ascii: "-") else { return false }
    return bytes.enumerated().allSatisfy { $0.offset == 8 || digit($0.element) != nil }
}

/// The month of `BILLING_PERIOD=2026-11`.
private func exportPeriod(_ name: String) -> Month? {
    guard name.hasPrefix("BILLING_PERIOD=") else { return nil }
    return Month(Array(name.dropFirst("BILLING_PERIOD=".count).utf8).span)
}

/// The month of `20261101T000000.000Z`.
private func compactMonth(_ text: String) -> Month? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 8, let high = twoDigits(bytes.span, 0), let low = twoDigits(bytes.span, 2),
        let month = twoDigits(bytes.span, 4), (1...12).contains(month)
    else { return nil }
    return Month(year: high * 100 + low, month: month)
}

/// `s3://bucket/key` → `key`.
private func withoutBucket(_ key: String) -> String {
    guard key.hasPrefix("s3://") else { return key }
    let rest = key.dropFirst(5)
    return rest.firstIndex(of: "/").map { String(rest[rest.index(after: $0)...]) } ?? ""
}
