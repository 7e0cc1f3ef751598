import Testing
import TestSupport

@testable import Bytes

/// A file read to its end, or to its fault.
private struct Reading: Equatable {
    var content: [UInt8] = []
    var crc: UInt32 = 0
    var bytes = 0
    var fault: ByteFault?
}

private func read(_ path: String, limit: Int = ByteLimit.inflatedBytes, piece: Int = 1 << 16) throws -> Reading {
    var file = try InflatedFile(path: path, limitBytes: limit)
    var reading = Reading()
    var buffer = [UInt8](repeating: 0, count: piece + 5)
    do throws(ByteFault) {
        while true {
            let count = try file.read(into: &buffer, at: 5, count: piece)
            if count == 0 { break }
            reading.content.append(contentsOf: buffer[5..<5 + count])
        }
    } catch { reading.fault = error }
    reading.crc = file.contentCRC
    reading.bytes = file.contentBytes
    return reading
}

@Suite struct InflatedFileTests {
    private let folder = TemporaryFolder()
    /// Long enough for several deflate blocks, and not quite regular.
    private let content: [UInt8] = (0..<90_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7 ^ $0) }

    private func expectWhole(_ reading: Reading, _ content: [UInt8], _ note: Comment? = nil) {
        #expect(reading.fault == nil, note)
        #expect(reading.content == content, note)
        #expect(reading.bytes == content.count, note)
        #expect(reading.crc == GzipWriter.crc(content), note)
    }

    @Test(arguments: [1, 3]) func gzipIsInflated(members: Int) throws {
        let path = folder.write("a.csv.gz", GzipWriter.gzip(content, members: members))
        for piece in [1 << 20, 4099, 64] { expectWhole(try read(path, piece: piece), content, "pieces of \(piece)") }
    }

    @Test func membersThatHoldNothingCount() throws {
        let empty = GzipWriter.gzip([])
        let some = GzipWriter.gzip(bytes("some"))
        expectWhole(try read(folder.write("e.gz", empty)), [])
        expectWhole(try read(folder.write("f.gz", empty + some + empty + some)), bytes("somesome"))
    }

    @Test func gzipIsKnownByItsFirstBytes() throws {
        expectWhole(try read(folder.write("a.csv", GzipWriter.gzip(content, members: 2))), content)
    }

    @Test func otherFilesArePassedOn() throws {
        for (name, plain) in [("empty", []), ("one", [0x1F]), ("some", [0x1F, 0x8C, 7]), ("long", content)] as [(String, [UInt8])] {
            for piece in [1 << 20, 1000, 7] { expectWhole(try read(folder.write(name, plain), piece: piece), plain, "\(name)") }
        }
    }

    @Test func zeroPaddingIsNoFault() throws {
        let gzip = GzipWriter.gzip(content, members: 2)
        for padding in [1, 511, 200_000] {
            expectWhole(try read(folder.write("p\(padding).gz", gzip + [UInt8](repeating: 0, count: padding))), content)
        }
    }

    @Test func bytesBehindTheLastMemberAreAFault() throws {
        let gzip = GzipWriter.gzip(bytes("a,b\n"), members: 1)
        for (padding, garbage) in [(0, "x"), (1, "x"), (70_000, "x"), (3, "\u{1F}")] {
            let path = folder.write("g.gz", gzip + [UInt8](repeating: 0, count: padding) + bytes(garbage))
            let reading = try read(path)
            #expect(reading.content == bytes("a,b\n"))
            #expect(reading.fault?.place == .compressed)
            #expect(reading.fault?.offset == gzip.count + padding)
            #expect(reading.fault?.what.contains("after the last gzip member") == true)
        }
        // What begins like a member and is none.
        #expect(try read(folder.write("h.gz", gzip + [0x1F, 0x8C, 0, 0])).fault != nil)
    }

    @Test(arguments: [1, 2]) func everyTruncationIsAFault(members: Int) throws {
        let text = bytes("line_item,cost\nalpha,0.10\nbeta,0.20\nbeta,0.20\nbeta,0.20\n")
        let gzip = GzipWriter.gzip(text, members: members)
        let firstMember = GzipWriter.gzip(Array(text[..<(text.count / members)])).count
        var dependsOnPieces: [Int] = []
        for length in 0..<gzip.count {
            let reading = try read(folder.write("t.gz", Array(gzip[..<length])))
            #expect(text.starts(with: reading.content), "cut to \(length)")
            for piece in [1, 2, 5] where try read(folder.path + "/t.gz", piece: piece) != reading { dependsOnPieces.append(length) }
            if members == 2 && length == firstMember {
                #expect(reading.fault == nil)  // A whole member less cannot be told from a whole file.
            } else {
                #expect(reading.fault?.place == .compressed, "cut to \(length)")
                #expect((reading.fault?.offset ?? -1) <= length, "cut to \(length)")
            }
        }
        #expect(dependsOnPieces.isEmpty, "what is read depends on the buffer when cut to these lengths")
        #expect(try read(folder.write("t.gz", gzip)).fault == nil)
    }

    @Test func everyBitOfTheTrailerIsChecked() throws {
        let gzip = GzipWriter.gzip(bytes("some text, some more text"))
        for bit in 0..<64 {
            var damaged = gzip
            damaged[gzip.count - 8 + bit / 8] ^= UInt8(1 << (bit % 8))
            #expect(try read(folder.write("c.gz", damaged)).fault?.what.contains("damaged gzip") == true, "bit \(bit)")
        }
    }

    @Test func whatIsReadOfADamagedFileDoesNotDependOnTheBuffer() throws {
        let gzip = GzipWriter.gzip(content)
        for at in stride(from: 20, to: gzip.count, by: gzip.count / 23) {
            var damaged = gzip
            damaged[at] ^= 0x55
            let path = folder.write("d.gz", damaged)
            let whole = try read(path, piece: 1 << 20)
            for piece in [1 << 12, 61] {
                let chopped = try read(path, piece: piece)
                #expect(chopped.content == whole.content, "byte \(at), pieces of \(piece)")
                #expect(chopped.fault?.what == whole.fault?.what, "byte \(at), pieces of \(piece)")
            }
        }
    }

    @Test func notGzip() throws {
        func what(_ bytes: [UInt8]) throws -> String { try read(folder.write("n.csv.gz", bytes)).fault?.what ?? "no fault" }
        #expect(try what([]).contains("is empty"))
        #expect(try what(bytes("lineItem/UnblendedCost,…\r\n\tx")).contains("already inflated"))
        #expect(try what([0x50, 0x4B, 3, 4]).contains("is not gzip; fetch it again"))
        #expect(try what([0x1F]).contains("is not gzip"))
    }

    @Test(arguments: [true, false]) func theLimitIsExact(isGzip: Bool) throws {
        let path = folder.write("l", isGzip ? GzipWriter.gzip(content) : content)
        for piece in [1 << 20, 4096, 1000] {
            expectWhole(try read(path, limit: content.count, piece: piece), content)
            let reading = try read(path, limit: content.count - 1, piece: piece)
            #expect(reading.fault?.what.contains("inflates to more than \(content.count - 1) bytes") == true)
        }
    }

    @Test func whatIsNoFileIsRefused() {
        #expect(throws: FileFault.self) { _ = try InflatedFile(path: folder.path) }
        #expect(throws: FileFault.self) { _ = try InflatedFile(path: folder.path + "/missing") }
        #expect(throws: FileFault.self) { _ = try InflatedFile(path: "/dev/null") }
    }

    @Test func smallFilesAreReadWholeUpToTheirLimit() throws {
        let path = folder.write("small", content)
        #expect(try readSmallFile(path) == content)
        #expect(try readSmallFile(path, limit: content.count) == content)
        #expect(throws: FileFault.self) { try readSmallFile(path, limit: content.count - 1) }
        #expect(try readSmallFile(folder.write("none", "")).isEmpty)
    }
}

@Suite struct ByteWindowTests {
    private let folder = TemporaryFolder()

    @Test(arguments: [1, 3, 64, 5000]) func theWindowShowsTheContentInOrder(windowBytes: Int) throws {
        let seed: UInt64 = 11
        var random = SeededRandom(seed: seed)
        let content = (0..<20_000).map { _ in UInt8(random.int(0...255)) }
        let path = folder.write("w", windowBytes == 1 ? Array(content[..<300]) : content)
        let wanted = windowBytes == 1 ? Array(content[..<300]) : content
        var buffers = ReadBuffers()
        var window = ByteWindow(try InflatedFile(path: path), windowBytes: windowBytes, buffers: &buffers)
        var seen: [UInt8] = []
        while !window.isComplete {
            let before = (window.base, window.end)
            try window.fill()
            let (base, end, bytes) = (window.base, window.end, window.bytes)
            #expect(base == before.0 && end >= before.1)
            #expect(bytes.count >= end + ByteWindow.spareBytes)
            #expect(Array(bytes[..<end]) == Array(wanted[base..<base + end]), "seed \(seed)")
            let drop = random.int(0...end)
            seen.append(contentsOf: bytes[..<drop])
            let moved = window.drop(before: drop)
            #expect(moved == drop)
        }
        seen.append(contentsOf: window.bytes[window.start..<window.end])
        #expect(seen == wanted, "seed \(seed)")
        let (count, crc) = (window.contentBytes, window.contentCRC)
        #expect(count == wanted.count)
        #expect(crc == GzipWriter.crc(wanted))
    }

    @Test func aFaultLeavesWhatIsThere() throws {
        let gzip = GzipWriter.gzip((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let path = folder.write("cut.gz", Array(gzip[..<(gzip.count - 4)]))
        var buffers = ReadBuffers()
        var window = ByteWindow(try InflatedFile(path: path), windowBytes: 100, buffers: &buffers)
        var fault: ByteFault?
        do throws(ByteFault) { while !window.isComplete { try window.fill() } } catch { fault = error }
        let (end, isComplete) = (window.end, window.isComplete)
        #expect(fault != nil && end == 5000 && !isComplete)
    }

    /// The limit is the record's own, whatever the window was when the record began.
    @Test(arguments: [5000, ByteLimit.recordBytes])
    func aRecordBeyondTheLimitEndsTheFile(windowBytes: Int) throws {
        let path = folder.write("long.csv", [UInt8](repeating: 0x61, count: ByteLimit.recordBytes + 1000))
        var buffers = ReadBuffers()
        var window = ByteWindow(try InflatedFile(path: path), windowBytes: windowBytes, buffers: &buffers)
        var fault: ByteFault?
        while fault == nil && !window.isComplete {
            do throws(ByteFault) { try window.fill() } catch { fault = error }
        }
        let end = window.end
        #expect(end == ByteLimit.recordBytes)
        #expect(fault?.place == .content && fault?.offset == 0)
        #expect(fault?.what.contains("row or record of more than 67108864 bytes") == true)
    }
}
