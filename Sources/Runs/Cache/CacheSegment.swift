import Bytes
import Records

/// One file of the cache: what some files said, as one run found it. It never changes once it has its name.
///
///     magic │ payload │ payload │ … │ index │ its length (8) │ its CRC-32 (4) │ magic
///
/// The index names every file, what it was (`FileStamp`), and where its payload lies, with that payload's CRC-32.
struct CacheSegment: Sendable {
    static let magic = Array("apportion tally\n".utf8)
    /// Behind the index.
    static let tailBytes = 12 + 16

    /// One input file's payload.
    struct Entry: Sendable {
        var path: [UInt8]
        var stamp: FileStamp
        var offset: Int
        var count: Int
        var crc: UInt32

        func store(in bytes: inout StoredBytes) {
            bytes.put(path)
            bytes.put(UInt64(stamp.size))
            bytes.put(stamp.device)
            bytes.put(stamp.inode)
            for time in [stamp.modified, stamp.changed] {
                bytes.put(time.seconds)
                bytes.put(time.nanoseconds)
            }
            bytes.putWhole(stamp.ending)
            bytes.put(UInt64(offset))
            bytes.put(UInt64(count))
            bytes.put(UInt64(crc))
        }

        init(path: [UInt8], stamp: FileStamp, offset: Int, count: Int, crc: UInt32) {
            self.path = path
            self.stamp = stamp
            self.offset = offset
            self.count = count
            self.crc = crc
        }

        init(_ stored: inout StoredReader) throws(StoredFault) {
            func time() throws(StoredFault) -> FileTime { FileTime(seconds: try stored.signed(), nanoseconds: try stored.signed()) }
            path = try stored.text()
            stamp = FileStamp(
                size: try stored.counter(), device: try stored.number(), inode: try stored.number(), modified: try time(),
                changed: try time(), ending: try stored.whole())
            offset = try stored.counter()
            count = try stored.counter()
            crc = UInt32(truncatingIfNeeded: try stored.number())
        }
    }

    let path: String
    let sizeBytes: Int
    let entries: [Entry]
    private let file: OpenSegment

    /// The most that an index or one payload may have, in bytes: room is made for no more, whatever a file says.
    private static let partLimit = 1 << 30

    /// Opens a segment and reads its index; nil when it is not one that was written whole, by a program of this kind.
    /// Throws `FileFault` when it cannot be read.
    init?(_ path: String) throws(FileFault) {
        self.path = path
        let file = try InputFile(path: path)
        let magicBytes = CacheSegment.magic.count
        guard file.size >= magicBytes + CacheSegment.tailBytes else { return nil }
        let head = try file.bytes(at: 0, count: magicBytes)
        let tail = try file.bytes(at: file.size - CacheSegment.tailBytes, count: CacheSegment.tailBytes)
        guard head == CacheSegment.magic, tail.suffix(16) == CacheSegment.magic[...] else { return nil }
        let count = tail[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let crc = tail[8..<12].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let indexEnd = file.size - CacheSegment.tailBytes
        guard count <= UInt64(min(indexEnd - magicBytes, CacheSegment.partLimit)) else { return nil }
        let index = try file.bytes(at: indexEnd - Int(count), count: Int(count))
        guard index.count == Int(count), contentCRC(index) == crc else { return nil }
        var reader = StoredReader(index)
        var entries: [Entry] = []
        // Payloads lie one behind the other.
        var end = magicBytes
        do throws(StoredFault) {
            while !reader.isAtEnd {
                let entry = try Entry(&reader)
                guard entry.offset == end, entry.count <= CacheSegment.partLimit else { return nil }
                end += entry.count
                entries.append(entry)
            }
        } catch { return nil }
        guard end == indexEnd - Int(count) else { return nil }
        self.entries = entries
        sizeBytes = file.size
        self.file = OpenSegment(file)
    }

    /// The payload of an entry; nil when it is damaged.
    func payload(_ entry: Entry) -> [UInt8]? {
        guard let bytes = try? file.file.bytes(at: entry.offset, count: entry.count), bytes.count == entry.count, contentCRC(bytes) == entry.crc
        else { return nil }
        return bytes
    }
}

/// Custody of the open file: it can be read though another run has removed its name.
private final class OpenSegment: Sendable {
    let file: InputFile
    init(_ file: consuming InputFile) { self.file = file }
}

/// A segment being written.
struct SegmentWriter {
    private let path: String
    private let file: StagedFile
    private var pending: [UInt8] = CacheSegment.magic
    private var offset = CacheSegment.magic.count
    private var index = StoredBytes()

    init(_ path: String) throws(RunFault) {
        self.path = path
        file = try StagedFile(path)
    }

    mutating func add(_ path: [UInt8], _ stamp: FileStamp, _ payload: [UInt8]) throws(RunFault) {
        CacheSegment.Entry(path: path, stamp: stamp, offset: offset, count: payload.count, crc: contentCRC(payload)).store(in: &index)
        offset += payload.count
        pending.append(contentsOf: payload)
        guard pending.count > 1 << 20 else { return }
        try file.write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes the index. The file may then get its name.
    mutating func finish() throws(RunFault) {
        let index = index.bytes
        pending.append(contentsOf: index)
        for shift in stride(from: 0, to: 64, by: 8) { pending.append(UInt8(truncatingIfNeeded: UInt64(index.count) >> UInt64(shift))) }
        for shift in stride(from: 0, to: 32, by: 8) { pending.append(UInt8(truncatingIfNeeded: contentCRC(index) >> UInt32(shift))) }
        pending.append(contentsOf: CacheSegment.magic)
        try file.write(pending)
    }
}
