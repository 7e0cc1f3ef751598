import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The built `apportion`, run as its users run it: in a folder, with words, ending with a code and two texts.
public enum Program {
    public struct Outcome: Equatable {
        /// The exit code; 128 and more for the signal that ended it.
        public var code: Int32
        public var output: String
        public var errors: String

        public init(code: Int32, output: String, errors: String) {
            self.code = code
            self.output = output
            self.errors = errors
        }
    }

    /// Beside the tests that run, or where `APPORTION_BIN` says.
    public static let path: String = {
        if let given = ProcessInfo.processInfo.environment["APPORTION_BIN"] { return given }
        let folders = ["/proc/self/exe", CommandLine.arguments[0], Bundle(for: Marker.self).bundlePath].map { path in
            URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        }
        for folder in folders where FileManager.default.isExecutableFile(atPath: folder + "/apportion") { return folder + "/apportion" }
        preconditionFailure("no apportion in \(folders); build it or set APPORTION_BIN")
    }()

    private final class Marker {}

    /// Runs it to its end, with a file as standard input.
    public static func run(_ words: [String], in folder: String, input: String = "/dev/null", output: String? = nil) -> Outcome {
        Running(words, in: folder, input: input, output: output).wait()
    }

    /// A run that is under way.
    public struct Running {
        public let process: pid_t
        private let scratch: String

        public init(_ words: [String], in folder: String, input: String = "/dev/null", output: String? = nil) {
            scratch = NSTemporaryDirectory() + "/apportion-run-" + UUID().uuidString
            var actions = unsafe posix_spawn_file_actions_t()
            unsafe posix_spawn_file_actions_init(&actions)
            defer { unsafe posix_spawn_file_actions_destroy(&actions) }
            unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
            unsafe posix_spawn_file_actions_addopen(&actions, 1, output ?? scratch + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            unsafe posix_spawn_file_actions_addopen(&actions, 2, scratch + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            let environment = ProcessInfo.processInfo.environment.filter { $0.key != "COLUMNS" }.map { "\($0.key)=\($0.value)" }
            var started: pid_t = 0
            // Not every system can spawn into a folder; a shell can, and becomes the program without another process.
            let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, Program.path]
            let failure = unsafe withCStrings(shell + words) { arguments in
                unsafe withCStrings(environment) { unsafe posix_spawn(&started, shell[0], &actions, nil, arguments, $0) }
            }
            precondition(failure == 0, "\(shell[0]) does not start: error \(failure)")
            process = started
        }

        public func kill(_ signal: Int32 = SIGKILL) { _ = systemKill(process, signal) }

        public func wait() -> Outcome {
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
            defer {
                unsafe unlink(scratch + ".out")
                unsafe unlink(scratch + ".err")
            }
            let signal = status & 0x7F
            return Outcome(
                code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: pathIsThere(scratch + ".out") ? text(of: scratch + ".out") : "",
                errors: text(of: scratch + ".err"))
        }
    }
}

private func pathIsThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

private func systemKill(_ process: pid_t, _ signal: Int32) -> Int32 {
    #if canImport(Glibc)
        Glibc.kill(process, signal)
    #elseif canImport(Musl)
        Musl.kill(process, signal)
    #else
        Darwin.kill(process, signal)
    #endif
}

/// A list of C strings that ends with null, as `posix_spawn` takes it.
private func withCStrings<Result>(_ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result) -> Result {
    var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
}

/// A file's content; a missing file is a failure of the test.
public func bytes(of path: String) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { preconditionFailure("\(path) is missing") }
    return Array(data)
}

public func text(of path: String) -> String { String(decoding: bytes(of: path), as: UTF8.self) }

/// The names in a folder, in order; none when it is missing.
public func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
}

/// The files below a folder by their path below it, in order.
public func files(below folder: String) -> [String] {
    names(in: folder).flatMap { name -> [String] in
        let path = folder + "/" + name
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeDirectory ? files(below: path).map { name + "/" + $0 } : [name]
    }
}
