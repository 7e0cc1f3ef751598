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

/// The CRC-32 of RFC 1952 of some bytes.
public func contentCRC(_ bytes: [UInt8]) -> UInt32 { unsafe bytes.withUnsafeBytes { unsafe contentCRC(0, $0) } }
