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
    private func seen(_ path: String, helpAfter: Int?, keeps: Int, stopsAt: Int = .max) throws -> Seen {
        var buffers = ReadBuffers()
        let idle = IdleThreads()
        buffers.idleThreads = idle
        buffers.aheadBytes = 40_000
        var window = ByteWindow(try InflatedFile(path: path), windowBytes: 4096, buffers: &buffers)
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
