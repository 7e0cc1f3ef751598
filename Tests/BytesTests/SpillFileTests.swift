import Bytes
import Dispatch
import TestSupport
import Testing

@Suite struct SpillFileTests {
    @Test func whatIsWrittenIsReadBackAndLeavesNoName() throws {
        let folder = TemporaryFolder()
        // What a process left that was killed.
        folder.write("spill", "old")
        let file = SpillFile(path: folder.path + "/spill")
        #expect(file.byteCount == 0 && pathKind(folder.path + "/spill") == .file)
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

    @Test func aFaultIsKept() throws {
        let folder = TemporaryFolder()
        let file = SpillFile(path: folder.path + "/missing/spill")
        #expect(throws: SpillFault.self) { try file.append([1] as ArraySlice<Int>) }
        #expect(file.fault?.what == "\(folder.path)/missing/spill: cannot be made: No such file or directory")
    }
}
