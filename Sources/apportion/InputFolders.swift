import Inspection
import Records

/// The paths that a run is to be given, so that it reads what an inspection found and nothing else: folders where that is right, as the next
/// run must find what is new in them, else the files.
enum InputFolders {
    /// The folders of the month's deliveries; of loose files their PATHs.
    static func bills(_ inspection: Inspection) -> [String] {
        let places = unique(inspection.input.deliveries.filter { $0.period == inspection.period && $0.state == .newest }.map(\.place))
        let loose = unique(inspection.input.looseBills.map(\.root))
        // Several reports below one PATH are found from it, and so is the next one.
        let folders = inspection.paths.filter { path in places.filter { $0.hasPrefix(slashed(path)) }.count > 1 }.map { path in
            common(places.filter { $0.hasPrefix(slashed(path)) }, below: path)
        }
        return unique(folders + places.filter { place in !folders.contains { place.hasPrefix(slashed($0)) || place == $0 } } + loose)
    }

    static func trail(_ inspection: Inspection) -> [String] {
        folders(of: inspection.input.trailFiles, stop: "AWSLogs") { folder in
            // Of what else a trail's folder may hold, only other JSON is read.
            !(inspection.input.usageLogs.map(\.path) + inspection.input.unknown).contains { isJSON($0) && $0.hasPrefix(slashed(folder)) }
        }
    }

    static func usageLogs(_ inspection: Inspection) -> [String] {
        let others = inspection.input.trailFiles.map(\.path) + inspection.input.registries + inspection.input.unknown.filter { isJSON($0) || isLog($0) }
        return folders(of: inspection.input.usageLogs, stop: nil) { folder in !others.contains { $0.hasPrefix(slashed(folder)) } }
    }

    private static func isJSON(_ path: String) -> Bool { path.hasSuffix(".json") || path.hasSuffix(".json.gz") }
    private static func isLog(_ path: String) -> Bool {
        [".jsonl", ".ndjson", ".log"].contains { path.hasSuffix($0) || path.hasSuffix($0 + ".gz") }
    }

    /// For each PATH the deepest folder that holds all its files, if it holds nothing that would be read for them; else the files.
    private static func folders(of files: [InputSurvey.File], stop: String?, _ isClean: (String) -> Bool) -> [String] {
        let byRoot = Dictionary(grouping: files, by: \.root)
        return byRoot.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { root -> [String] in
            let paths = (byRoot[root] ?? []).map(\.path)
            let folder = common(paths, below: root, stop: stop)
            return isClean(folder) ? [folder] : paths
        }
    }

    /// The deepest folder that holds all paths, never above `root`; no folder of a year, month or day, since the next run must find the next one.
    private static func common(_ paths: [String], below root: String, stop: String? = nil) -> String {
        func parts(_ path: String) -> [Substring] { path.split(separator: "/", omittingEmptySubsequences: false) }
        let least = parts(root.hasSuffix("/") ? String(root.dropLast()) : root).count
        guard var shared = paths.first.map({ Array(parts($0).dropLast()) }) else { return root }
        for path in paths.dropFirst() {
            let others = parts(path)
            var same = 0
            while same < shared.count, same < others.count, shared[same] == others[same] { same += 1 }
            shared.removeLast(shared.count - same)
        }
        if let stop, let place = shared.firstIndex(where: { $0 == stop }), place + 1 >= least { shared = Array(shared[...place]) }
        while shared.count > least, let last = shared.last, last.utf8.count <= 4, !last.isEmpty, last.allSatisfy(\.isNumber) { shared.removeLast() }
        return shared.count < least ? root : shared.joined(separator: "/")
    }

    private static func slashed(_ folder: String) -> String { folder.hasSuffix("/") ? folder : folder + "/" }

    private static func unique(_ paths: [String]) -> [String] {
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }
}
