import TestSupport
import Testing

@testable import Bytes

/// What a window shows of a file, and what is known of the file at its end, does not depend on who inflates.
@Suite struct ReadAheadTests {
    private struct Seen: Equatable {
        var content: [UInt8] = []
        var fault: ByteFault?
        var facts: [Int] = []
    }

    /// Slides through a file, keeping now and then a part of what is there.
    /// - Parameter helpAfter: So many bytes of content have been seen when another thread has nothing to do; nil when it never comes to that.
    private func seen(_ path: String, helpAfter: Int?, keeps: Int, stopsAt: Int = .max, limit: Int = ByteLimit.inflatedBytes) throws -> Seen {
        var buffers = ReadBuffers()
        let idle = IdleThreads()
        buffers.idleThreads = idle
        buffers.aheadBytes = 40_000
        var window = ByteWindow(try InflatedFile(path: path, limitBytes: limit), windowBytes: 4096, buffers: &buffers)
        var seen = Seen()
        var helps = false
        do throws(ByteFault) {
            while !window.isComplete && seen.content.count < stopsAt {
                if let helpAfter, !helps, seen.content.count >= helpAfter {
                    idle.giveBack()
                    helps = true
                }
                let kept = min(keeps, window.end)
                seen.content += window.bytes[0..<window.end - kept]
                _ = window.drop(before: window.end - kept)
                try window.fill()
            }
        } catch { seen.fault = error }
        // Behind a fault there is nothing, however often it is asked for.
        if seen.fault != nil {
            var again: ByteFault?
            do throws(ByteFault) { try window.fill() } catch { again = error }
            #expect(again == seen.fault)
        }
        seen.content += window.bytes[0..<window.end]
        seen.facts = [window.contentBytes, Int(window.contentCRC), window.fileBytes, window.fileSize]
        window.giveBack(&buffers)
        // Whoever helped is free again, once.
        #expect(idle.take() == helps)
        #expect(!idle.take())
        return seen
    }

    /// Thousands of members, some of nothing, one with a wrong CRC-32 or length; and limits on what may be inflated, at members' ends and elsewhere.
    @Test(arguments: 1...16 as ClosedRange<UInt64>) func membersAreJudgedInTheirPlaces(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var file: [UInt8] = []
        var ends = [0]
        var wrong: Int?
        let count = random.pick([3, 40, 2500])
        for member in 0..<count {
            let length = random.pick([0, 1, random.int(0...200), count < 50 ? random.int(0...60_000) : 7])
            var piece = GzipWriter.gzip((0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            if wrong == nil, member > count / 3, random.once(in: 8) {
                piece[piece.count - random.int(1...8)] ^= 1
                wrong = member
            }
            file += piece
            ends.append(ends[member] + length)
        }
        // Enough behind it that help is worth it.
        file += GzipWriter.gzip((0..<ByteLimit.windowBytes + 50_000).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        let folder = TemporaryFolder()
        let path = folder.write("a.gz", file)
        for limit in [ByteLimit.inflatedBytes, random.pick(ends), random.pick(ends) + random.int(1...3), ends[count] + 40_000] {
            let now = try seen(path, helpAfter: nil, keeps: 0, limit: limit)
            for helpAfter in [0, random.int(1...max(1, ends[count]))] {
                #expect(try seen(path, helpAfter: helpAfter, keeps: 0, limit: limit) == now, "seed \(seed), limit \(limit), help after \(helpAfter)")
            }
            #expect(wrong == nil || now.fault != nil)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func aFileIsTheSameWhoeverInflates(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        // Beyond the size from which a file is read ahead, and hardly compressible.
        var content: [UInt8] = []
        // A fault may stand where a window ends.
        let count = random.once(in: 2) ? ByteLimit.windowBytes + 40_960 : ByteLimit.windowBytes + random.int(1...200_000)
        while content.count < count { content.append(UInt8(truncatingIfNeeded: random.next())) }
        var file = GzipWriter.gzip(content, members: random.int(1...3))
        switch seed % 5 {
        case 0: file.removeLast(random.int(1...file.count / 2))
        case 1: file[random.int(file.count / 2...file.count - 1)] ^= 0x55
        case 2: file += [1, 2, 3]
        case 3: file += [0x1F, 0x00] + GzipWriter.gzip(content)
        default: break
        }
        let folder = TemporaryFolder()
        for (name, bytes) in [("a.gz", file), ("plain", content)] {
            let path = folder.write(name, bytes)
            for keeps in [0, 100, 5000] {
                let now = try seen(path, helpAfter: nil, keeps: keeps)
                for helpAfter in [0, random.int(1...100_000)] {
                    #expect(try seen(path, helpAfter: helpAfter, keeps: keeps) == now, "seed \(seed), \(name), keeping \(keeps), help after \(helpAfter)")
                }
                if name == "plain" { #expect(now.content == content && now.fault == nil) }
            }
        }
    }

    /// Who loses interest leaves nothing waiting.
    @Test func readingMayStopAnywhere() throws {
        let folder = TemporaryFolder()
        let path = folder.write("plain", [UInt8](repeating: 7, count: 4 * ByteLimit.windowBytes))
        for stop in [0, 1, 5000, 300_000] {
            for _ in 0..<20 { #expect(try seen(path, helpAfter: 0, keeps: 0, stopsAt: stop).content.allSatisfy { $0 == 7 }) }
        }
    }
}
