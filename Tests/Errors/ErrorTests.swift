import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Every folder of `cases`, through the built program: the code, the very words, and nothing left behind.
@Suite struct ErrorTests {
    @Test func casesAreThere() { #expect(ErrorCase.all.count >= 100) }

    @Test(arguments: ErrorCase.all)
    func says(_ wrong: ErrorCase) throws {
        let place = TemporaryFolder()
        try wrong.lay(out: place)
        let before = published(in: place)
        for threads in wrong.threads {
            let outcome = Program.run(wrong.arguments(threads: threads), in: place.path, input: wrong.input)
            if ProcessInfo.processInfo.environment["APPORTION_UPDATE"] != nil {
                try Data(outcome.errors.utf8).write(to: URL(fileURLWithPath: wrong.errorsPath))
            }
            #expect(outcome.code == wrong.exitCode, "\(threads) threads: \(outcome.errors)")
            #expect(outcome.errors == text(of: wrong.errorsPath), "\(threads) threads")
            #expect(hiddenNames(in: place) == [], "\(threads) threads left something behind")
            // Codes up to 2 publish.
            if wrong.exitCode > 2 { #expect(published(in: place) == before, "\(threads) threads: a failed run published") }
        }
    }

    /// A message is one line that names the program; files, lines and remedies are in the words of `stderr.txt`.
    @Test(arguments: ErrorCase.all)
    func messagesAreLines(_ wrong: ErrorCase) {
        let said = lines(of: wrong.errorsPath)
        #expect(!said.isEmpty)
        for line in said { #expect(line.hasPrefix("apportion: error: ") || line.hasPrefix("apportion: warning: "), "\(line)") }
        #expect(said.contains { $0.hasPrefix("apportion: error: ") } || wrong.exitCode == 2 || wrong.exitCode == 0)
    }

    @Test func ofTwoBadFilesTheSameIsNamed() throws {
        let place = TemporaryFolder()
        let wrong = ErrorCase.named("two-bad-files")
        try wrong.lay(out: place)
        for threads in [1, 2, 7] {
            for _ in 0..<10 {
                #expect(Program.run(wrong.arguments(threads: threads), in: place.path).errors == text(of: wrong.errorsPath))
            }
        }
    }

    @Test func noCommandShowsTheCommands() {
        let outcome = Program.run([], in: "/")
        #expect(outcome.code == 64 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("\n  attribute  "))
    }

    @Test func heldOutputIsLeftAlone() throws {
        let place = TemporaryFolder()
        try ErrorCase.named("two-bad-files").lay(out: place)
        let held = place.write(".out.lock", "")
        let descriptor = systemOpen(held)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        let outcome = Program.run(
            ["attribute", "--cur", "cur", "--registry", "registry.json", "--period", "2026-11", "--out", "out"], in: place.path)
        #expect(outcome.code == 75)
        #expect(
            outcome.errors == "apportion: error: out: another run is working on it; wait for it to end, or choose another --out\n")
        #expect(hiddenNames(in: place) == [".out.lock"])
        #expect(names(in: place.path + "/out") == [])
    }

    private func systemOpen(_ path: String) -> Int32 {
        #if canImport(Glibc)
            unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
        #elseif canImport(Musl)
            unsafe Musl.open(path, O_RDWR | O_CLOEXEC)
        #else
            unsafe Darwin.open(path, O_RDWR | O_CLOEXEC)
        #endif
    }

    private func hiddenNames(in place: TemporaryFolder) -> [String] { names(in: place.path).filter { $0.hasPrefix(".") } }

    /// What lies in the output folder, or in the file that stands in its place.
    private func published(in place: TemporaryFolder) -> [String: [UInt8]] {
        let out = place.path + "/out"
        let names = names(in: out)
        if names.isEmpty, FileManager.default.fileExists(atPath: out) {
            return ["out": FileManager.default.contents(atPath: out).map(Array.init) ?? []]
        }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, bytes(of: out + "/" + $0)) })
    }
}
