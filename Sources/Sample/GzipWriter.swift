import CZlib

/// Writes one gzip file, level 6, as it is fed.
///
/// The header is written by hand (no name, time 0, system "Unix") and the body is a raw deflate stream, so that
/// nothing in the file depends on when, where or under what name it was made. The deflate stream itself is zlib's:
/// the same zlib gives the same bytes; another one may compress the same text to other bytes.
@safe
struct GzipWriter: ~Copyable {
    private var file: NewFile
    // On the heap: zlib's state points back at its stream, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var output: [UInt8]
    private var checksum: UInt
    private var inflatedBytes = 0
    private var compressedBytes = 0

    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]

    init(path: String) throws {
        file = try NewFile(path: path)
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        output = [UInt8](repeating: 0, count: 256 << 10)
        checksum = UInt(crc32(0, nil, 0))
        let status = unsafe deflateInit2_(
            stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib refuses its own defaults: \(status)")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Compresses the text; what comes out of zlib goes to the file at once.
    mutating func write(_ text: borrowing Text) throws {
        try deflate(text.bytes, flush: Z_NO_FLUSH)
    }

    /// Ends the stream, closes the file and returns its size. Nothing may be written after.
    mutating func finish() throws -> Int {
        try deflate([], flush: Z_FINISH)
        var trailer: [UInt8] = []
        for word in [UInt32(checksum), UInt32(truncatingIfNeeded: inflatedBytes)] {
            for shift in stride(from: 0, to: 32, by: 8) {
                trailer.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
            }
        }
        try file.write(trailer[...])
        compressedBytes += trailer.count
        try file.close()
        return compressedBytes
    }

    private mutating func deflate(_ input: [UInt8], flush: Int32) throws {
        precondition(input.count <= Int(UInt32.max), "zlib counts in 32 bits")
        if compressedBytes == 0 {
            try file.write(Self.header[...])
            compressedBytes = Self.header.count
        }
        inflatedBytes += input.count
        var consumed = 0
        var status = Z_OK
        repeat {
            let produced = unsafe input.withUnsafeBufferPointer { source in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    if consumed == 0 && !source.isEmpty {
                        checksum = UInt(unsafe crc32(uLong(checksum), source.baseAddress, uInt(source.count)))
                    }
                    // zlib only reads the input; the cast is due to its old signature.
                    unsafe stream.pointee.next_in = source.baseAddress.map {
                        unsafe UnsafeMutablePointer(mutating: $0 + consumed)
                    }
                    unsafe stream.pointee.avail_in = uInt(source.count - consumed)
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = uInt(target.count)
                    status = unsafe CZlib.deflate(stream, flush)
                    consumed = unsafe source.count - Int(stream.pointee.avail_in)
                    return unsafe target.count - Int(stream.pointee.avail_out)
                }
            }
            // Z_BUF_ERROR means that there was nothing left to do.
            precondition(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "deflate: \(status)")
            try file.write(output[..<produced])
            compressedBytes += produced
            if produced < output.count && flush == Z_NO_FLUSH { break }
        } while status != Z_STREAM_END && (flush == Z_FINISH || status == Z_OK)
        precondition(consumed == input.count)
    }
}
