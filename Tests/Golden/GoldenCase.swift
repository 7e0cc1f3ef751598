import Foundation
import TestSupport
import Testing

/// One folder of `cases`: inputs, the words of the command line, and what must come out.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String

    static let all: [GoldenCase] = {
        let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/cases"
        return names(in: cases).map { GoldenCase(name: $0, folder: cases + "/" + $0) }
    }()

    var testDescription: String { name }
    var arguments: [String] { text(of: folder + "/arguments.txt").split(separator: "\n").map(String.init) }

    var exitCode: Int32 {
        let path = folder + "/exit.txt"
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        return Int32(text(of: path).prefix { $0.isNumber }) ?? -1
    }

    /// Runs the case and returns every published file but `run.json`, which alone may differ from run to run.
    func run(_ extra: [String] = [], in inputs: String? = nil) throws -> [String: [UInt8]] {
        let place = TemporaryFolder()
        let out = place.path + "/run"
        let outcome = Program.run(["attribute"] + arguments + ["--out", out, "--quiet"] + extra, in: inputs ?? folder)
        guard outcome.code == exitCode else { throw Unexpected(what: "exit \(outcome.code), not \(exitCode): \(outcome.errors)") }
        guard names(in: out).contains("run.json") else { throw Unexpected(what: "no run.json in \(names(in: out))") }
        return Dictionary(uniqueKeysWithValues: names(in: out).filter { $0 != "run.json" }.map { ($0, bytes(of: out + "/" + $0)) })
    }

    struct Unexpected: Error {
        var what: String
    }

    /// Copies the inputs with every data file as gzip of three members, and the manifests' keys changed to match.
    func recut(to place: TemporaryFolder) {
        for file in files(below: folder) {
            let content = bytes(of: folder + "/" + file)
            let isData = ["cur/", "cloudtrail/", "usage/"].contains { file.hasPrefix($0) }
            if isData, !file.hasSuffix("Manifest.json") {
                place.write(file + ".gz", GzipWriter.gzip(content, members: 3))
            } else if isData {
                place.write(file, String(decoding: content, as: UTF8.self).replacingOccurrences(of: ".csv\"", with: ".csv.gz\""))
            } else {
                place.write(file, content)
            }
        }
    }
}
