import CKernels
import CZlib

/// The CRC-32 of RFC 1952 of what had `crc` before and is followed by `bytes`; 0 for nothing.
///
/// zlib computes it at 1 to 2 GB/s, a tenth of all work of a run; the kernel, where the processor has the instructions, ten times as fast.
func contentCRC(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count > 0 else { return crc }
    if hasKernel { return unsafe ck_crc32(crc, start, bytes.count) }
    return unsafe contentCRCByZlib(crc, UnsafeRawBufferPointer(start: start, count: bytes.count))
}

/// The same by zlib: what the kernel is held against.
func contentCRCByZlib(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(crc), start, bytes.count))
}

private let hasKernel = ck_has_crc32() != 0

/// The CRC-32 of content that comes in members of gzip, each with its own; content that is not compressed is one that never ends.
struct MemberCRC {
    /// Of all members that have ended.
    private var finished: UInt32 = 0
    /// Of the one that has not.
    private(set) var member: UInt32 = 0
    private var memberBytes = 0

    /// Of all content so far.
    var content: UInt32 { memberBytes > 0 ? UInt32(truncatingIfNeeded: crc32_combine(UInt(finished), UInt(member), memberBytes)) : finished }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        member = unsafe contentCRC(member, bytes)
        memberBytes += bytes.count
    }

    mutating func endMember() {
        finished = content
        member = 0
        memberBytes = 0
    }
}

/// Where a member of gzip ended whose CRC-32 has still to be compared.
struct MemberEnd {
    /// How much content there is before it, and how much of the file.
    var contentBytes: Int
    var fileBytes: Int
    var crc: UInt32
    /// Where in the file what follows the CRC-32 lies.
    var offset: Int
}

/// The CRC-32 of RFC 1952 of some bytes.
public func contentCRC(_ bytes: [UInt8]) -> UInt32 { unsafe bytes.withUnsafeBytes { unsafe contentCRC(0, $0) } }
