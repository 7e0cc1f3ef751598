import Foundation
import TestSupport

/// A program of the system that a test needs, such as a shell: where it is missing the test is skipped, and says so.
enum Tool {
    static func isInstalled(_ name: String) -> Bool { path(name) != nil }

    private static func path(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs it in a folder and returns its code, what it printed, and its errors. Standard input is empty.
    static func run(_ name: String, _ words: [String], in folder: String) throws -> (code: Int32, text: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path(name) ?? "/missing/\(name)")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = (ProcessInfo.processInfo.environment).merging(["LC_ALL": "C.UTF-8"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: nothing waits for a reader.
        let place = TemporaryFolder()
        let paths = [place.write("output", ""), place.write("errors", "")]
        let handles = paths.compactMap { FileHandle(forWritingAtPath: $0) }
        precondition(handles.count == 2, "no files for the output of \(name)")
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, text(of: paths[0]), text(of: paths[1]))
    }
}
