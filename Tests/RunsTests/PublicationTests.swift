import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What readers see of a run while it is made, replaced and killed.
@Suite struct PublicationTests {
    private static let files = [
        "agent-bills.csv", "agent-bills.json", "allocations.csv", "gaps.csv", "reconciliation.json", "run.json", "spend-cards.csv",
        "spend-cards.json",
    ]

    @Test func filesAreForTheOwnerAlone() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        let words = TinyMonth.words.map { $0 == "out" ? "runs/deep/2026-11" : $0 }
        #expect(Program.run(words, in: place.path) == Program.Outcome(code: 0, output: "", errors: ""))
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: place.path + "/" + path)[.posixPermissions] as? Int
        }
        for folder in ["runs", "runs/deep", "runs/deep/2026-11"] { #expect(try mode(folder) == 0o700, "\(folder)") }
        let published = names(in: place.path + "/runs/deep/2026-11")
        #expect(published == Self.files)
        for name in published { #expect(try mode("runs/deep/2026-11/" + name) == 0o600, "\(name)") }
        #expect(names(in: place.path + "/runs/deep") == ["2026-11"])
    }

    @Test func everyFileCarriesTheSameID() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        #expect(Program.run(TinyMonth.words, in: place.path).code == 0)
        let ids = Self.files.filter { $0.hasSuffix(".json") }.map { id(in: bytes(of: place.path + "/out/" + $0)) }
        #expect(ids.count == 4 && Set(ids).count == 1 && ids[0] != nil)
    }

    @Test func whatAKilledRunLeftIsCleanedUp() {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        place.write(".out.new/allocations.csv", "half a ro")
        place.write(".out.new/run.json", "")
        place.write(".out.lock", "")
        #expect(Program.run(TinyMonth.words, in: place.path).code == 0)
        #expect(names(in: place.path).filter { $0.hasPrefix(".") } == [])
        #expect(names(in: place.path + "/out") == Self.files)
    }

    @Test func stagingOfSomeoneElseIsNot() {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        place.write(".out.new/thesis.txt", "mine")
        let outcome = Program.run(TinyMonth.words, in: place.path)
        #expect(outcome.code == 73)
        #expect(outcome.errors.contains("thesis.txt"))
        #expect(text(of: place.path + "/.out.new/thesis.txt") == "mine")
    }

    @Test func aLinkKeepsPointing() throws {
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        place.write("runs/2026-11/allocations.csv", "old")
        try FileManager.default.createSymbolicLink(atPath: place.path + "/out", withDestinationPath: "runs/2026-11")
        #expect(Program.run(TinyMonth.words, in: place.path).code == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.path + "/out") == "runs/2026-11")
        #expect(names(in: place.path + "/runs/2026-11") == Self.files)
    }

    /// Two months take turns in one folder; runs are killed at random moments while a reader opens the folder again and again.
    @Test func killedAtAnyMomentTheFolderHoldsAWholeRun() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let place = TemporaryFolder()
        TinyMonth().lay(out: place)
        place.write("registry2.json", "{\"version\": 1}\n")
        let months = [TinyMonth.words, TinyMonth.words.map { $0 == "registry.json" ? "registry2.json" : $0 }]
        var known: Set<String> = []
        for words in months.reversed() {
            try #require(Program.run(words, in: place.path).code == 0)
            known.insert(try #require(id(in: bytes(of: place.path + "/out/run.json"))))
        }
        try #require(known.count == 2)
        // What a whole run takes here, so that the moments spread over it.
        let start = DispatchTime.now().uptimeNanoseconds
        try #require(Program.run(months[0], in: place.path).code == 0)
        let whole = Int((DispatchTime.now().uptimeNanoseconds - start) / 1000)

        let reader = Reader(folder: place.path + "/out", files: Self.files, known: known)
        reader.start()
        var killed = 0
        for round in 0..<30 {
            let running = Program.Running(months[(round + 1) % 2], in: place.path)
            usleep(UInt32(random.int(0...whole)))
            running.kill()
            let code = running.wait().code
            #expect(code == 0 || code == 128 + SIGKILL, "seed \(seed), round \(round)")
            if code != 0 { killed += 1 }
            #expect(names(in: place.path + "/out") == Self.files, "seed \(seed), round \(round)")
            let ids = Set(Self.files.filter { $0.hasSuffix(".json") }.map { id(in: bytes(of: place.path + "/out/" + $0)) })
            #expect(ids.count == 1 && known.contains(ids.first.flatMap { $0 } ?? ""), "seed \(seed), round \(round): \(ids)")
        }
        let seen = reader.stop()
        #expect(seen.wrong == [], "seed \(seed)")
        #expect(seen.runs > 0)
        #expect(killed > 0, "seed \(seed): no run was killed")
        // The lock is free, and what was left is gone.
        #expect(Program.run(months[0], in: place.path) == Program.Outcome(code: 0, output: "", errors: ""))
        #expect(names(in: place.path).filter { $0.hasPrefix(".") } == [])
    }
}

/// The run's fingerprint in a JSON file.
private func id(in json: [UInt8]) -> String? {
    let text = String(decoding: json, as: UTF8.self)
    guard let key = text.range(of: "\"run_id\": \"") else { return nil }
    return String(text[key.upperBound...].prefix { $0 != "\"" })
}

/// Opens a folder once and reads all its files through that, again and again, on a thread of its own.
private final class Reader: Sendable {
    private let folder: String
    private let files: [String]
    private let known: Set<String>
    private let isOver = Atomic<Bool>(false)
    private let seen = Mutex<(runs: Int, wrong: [String])>((0, []))
    private let ended = DispatchSemaphore(value: 0)

    init(folder: String, files: [String], known: Set<String>) {
        self.folder = folder
        self.files = files
        self.known = known
    }

    func start() {
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .relaxed) { look() }
            ended.signal()
        }
    }

    func stop() -> (runs: Int, wrong: [String]) {
        isOver.store(true, ordering: .relaxed)
        ended.wait()
        return seen.withLock { $0 }
    }

    private func look() {
        let opened = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else {
            note("the folder cannot be opened: error \(errno)")
            return
        }
        defer { close(opened) }
        var ids: Set<String> = []
        var missing: [String] = []
        for name in files {
            let file = unsafe openat(opened, name, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else {
                missing.append(name)
                continue
            }
            let content = FileHandle(fileDescriptor: file, closeOnDealloc: true).readDataToEndOfFile()
            guard name.hasSuffix(".json") else {
                if content.last != 0x0A { note("\(name) is cut") }
                continue
            }
            ids.insert(id(in: Array(content)) ?? "none")
        }
        if ids.count > 1 { note("one opening saw the runs \(ids)") }
        for id in ids where !known.contains(id) { note("run \(id) is none of those made") }
        // A folder that was replaced meanwhile is on its way out; one that stands is whole.
        if !missing.isEmpty && isStanding(opened) { note("\(missing) are missing") }
        if missing.isEmpty { seen.withLock { $0.runs += 1 } }
    }

    private func isStanding(_ opened: Int32) -> Bool {
        var held = stat()
        var there = stat()
        return unsafe fstat(opened, &held) == 0 && stat(folder, &there) == 0 && held.st_ino == there.st_ino
    }

    private func note(_ what: String) {
        seen.withLock { if $0.wrong.count < 5 { $0.wrong.append(what) } }
    }
}
