import Foundation
import TestSupport

/// The sample month as published by the built program, made once; and copies of it to spoil.
enum SampleRun {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// Holds `run`, the folder of the run.
    static let place: TemporaryFolder = {
        let place = TemporaryFolder()
        let sample = root + "/SampleData"
        let words = ["attribute", "--cur", sample + "/cur", "--cloudtrail", sample + "/cloudtrail", "--usage-log", sample + "/usage-log"]
        let outcome = Program.run(
            words + ["--registry", sample + "/registry.json", "--period", "2026-10", "--out", "run", "--quiet"], in: place.path)
        precondition(outcome.code == 0, outcome.errors)
        return place
    }()

    static var folder: String { place.path + "/run" }

    static func bytes(_ file: String) -> [UInt8] { TestSupport.bytes(of: folder + "/" + file) }

    /// Beside the sample's run.
    static func show(_ words: String...) -> Program.Outcome { show(words) }
    static func show(_ words: [String]) -> Program.Outcome { show(words, in: place) }

    /// In the folder `place`, whose run is `run`.
    static func show(_ words: [String], in place: TemporaryFolder) -> Program.Outcome {
        withExtendedLifetime(place) { Program.run(["show", "run"] + words, in: place.path) }
    }

    /// A run with `changed` files in place of its own; a file of no content is left out.
    static func copy(changing changed: [String: String]) -> TemporaryFolder {
        let copy = TemporaryFolder()
        for file in names(in: folder) {
            guard let text = changed[file] else {
                copy.write("run/" + file, bytes(file))
                continue
            }
            if !text.isEmpty { copy.write("run/" + file, text) }
        }
        return copy
    }

    /// A run in which the workload `claims-letters` has another name.
    static func renamed(_ name: String) throws -> TemporaryFolder {
        let cell = "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        let text = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
        var changed: [String: String] = [:]
        for file in names(in: folder) {
            let content = String(decoding: bytes(file), as: UTF8.self)
            changed[file] =
                file.hasSuffix(".csv")
                ? content.replacingOccurrences(of: "\nclaims-letters,", with: "\n\(cell),").replacingOccurrences(
                    of: ",claims-letters,", with: ",\(cell),")
                : content.replacingOccurrences(of: "\"claims-letters\"", with: text)
        }
        return copy(changing: changed)
    }
}
