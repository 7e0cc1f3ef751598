import CZlib

/// Gzip as AWS writes it, and as it may also be written: one member or several.
public enum GzipWriter {
    /// `bytes` in `members` gzip members of about equal length. Level 6, no name, no time.
    public static func gzip(_ bytes: [UInt8], members: Int = 1) -> [UInt8] {
        var result: [UInt8] = []
        for member in 0..<members {
            let start = bytes.count * member / members
            let end = bytes.count * (member + 1) / members
            result.append(contentsOf: oneMember(Array(bytes[start..<end])))
        }
        return result
    }

    /// zlib's CRC-32 of the bytes.
    public static func crc(_ bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            UInt32(truncatingIfNeeded: unsafe crc32(0, buffer.baseAddress, UInt32(buffer.count)))
        }
    }

    private static func oneMember(_ bytes: [UInt8]) -> [UInt8] {
        var stream = unsafe z_stream()
        unsafe deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { unsafe deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(bytes.count))) + 64)
        let room = output.count
        var written = 0
        unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(room)
                let outcome = unsafe deflate(&stream, Z_FINISH)
                precondition(outcome == Z_STREAM_END, "deflate ended with \(outcome)")
                written = room - Int(unsafe stream.avail_out)
            }
        }
        return Array(output[..<written])
    }
}
