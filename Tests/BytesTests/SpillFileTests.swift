import Bytes
import Dispatch
import Foundation
import TestSupport
import Testing

@Suite struct SpillFileTests {
    @Test func whatIsWrittenIsReadBackAndLeavesNoName() throws {
        let folder = TemporaryFolder()
        let file = SpillFile(path: folder.path + "/spill")
        #expect(file.byteCount == 0 && pathKind(folder.path + "/spill") == .missing)
        let first = try file.append([1, 2, 3] as ArraySlice<UInt64>)
        let second = try file.append(Array("abc".utf8)[1...])
        #expect(pathKind(folder.path + "/spill") == .missing && file.byteCount == 26)
        #expect(try file.read(first, as: UInt64.self) == [1, 2, 3] && file.read(second, as: UInt8.self) == Array("bc".utf8))
        #expect(try file.read(first, 1..<2, as: UInt64.self) == [2] && file.read(first, 3..<3, as: UInt64.self) == [])
        #expect(file.fault == nil)
    }

    @Test func threadsDoNotMeet() throws {
        let folder = TemporaryFolder()
        let file = SpillFile(path: folder.path + "/spill")
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<50 {
                let numbers = (0..<round).map { thread << 32 | round << 16 | $0 }
                let block = try? file.append(numbers[...])
                #expect(block.flatMap { try? file.read($0, as: Int.self) } == numbers)
            }
        }
        #expect(file.byteCount == 8 * 8 * (0..<50).reduce(0, +))
    }

    /// What somebody has put in its place, or a link to elsewhere, is neither written nor removed.
    @Test func nothingThatLiesThereIsTouched() throws {
        let folder = TemporaryFolder()
        folder.write("theirs", "precious")
        folder.write("spill", "old")
        #expect(throws: SpillFault.self) { try SpillFile(path: folder.path + "/spill").append([1] as ArraySlice<Int>) }
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: folder.path + "/theirs")
        #expect(throws: SpillFault.self) { try SpillFile(path: folder.path + "/link").append([1] as ArraySlice<Int>) }
        #expect(text(of: folder.path + "/theirs") == "precious" && text(of: folder.path + "/spill") == "old")
    }

    #if os(Linux)
    @Test func itIsForItsOwnerAlone() throws {
        let folder = TemporaryFolder()
        let file = SpillFile(path: folder.path + "/spill-of-this-test")
        _ = try file.append([1] as ArraySlice<Int>)
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").map { "/proc/self/fd/" + $0 }
        let path = try #require(open.first { (try? FileManager.default.destinationOfSymbolicLink(atPath: $0))?.contains("spill-of-this-test") == true })
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        withExtendedLifetime(file) {}
    }
    #endif

    @Test func aFaultIsKept() throws {
        let folder = TemporaryFolder()
        let file = SpillFile(path: folder.path + "/missing/spill")
        #expect(throws: SpillFault.self) { try file.append([1] as ArraySlice<Int>) }
        #expect(file.hasFailed && file.fault?.what.hasPrefix("\(folder.path)/missing/spill: cannot be made: No such file or directory; ") == true)
    }
}
