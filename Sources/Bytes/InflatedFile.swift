import CZlib

/// One input file as a stream of content bytes: gzip (one member or several) is inflated, anything else is passed on.
///
///     file ──64 KiB reads──▶ input ──inflate──▶ the caller's buffer
///
/// zlib inflates; a member's header and trailer are read here (RFC 1952), so that the CRC-32 is computed once and fast.
/// Every member's CRC-32 and length are checked; zero padding after the last member is ignored, any other byte there is a fault.
/// Memory is constant: zlib's 32 KiB of history and one input buffer.
@safe
public struct InflatedFile: ~Copyable {
    public let file: InputFile
    /// CRC-32 and length in bytes of the content read so far; of the whole content once `read` has returned 0.
    public var contentCRC: UInt32 { crc.content }
    private var crc = MemberCRC()
    /// Whether whoever takes the content computes its CRC-32 and compares it where `memberEnds` says.
    private var leavesCRC = false
    private var memberEnds: [MemberEnd] = []
    public private(set) var contentBytes = 0
    /// Bytes of the file taken so far.
    public private(set) var fileBytes = 0

    private enum State { case starting, plain, atHeader, inMember, atTrailer, betweenMembers, ended }
    private var state = State.starting
    private let mustBeGzip: Bool
    private let limitBytes: Int
    private var memberBytes = 0
    private var stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var inputStart = 0
    private var inputEnd = 0
    private var inputIsDone = false
    /// A fault met behind bytes that were still good: they are handed out first, so that what is read does not depend on the caller's buffer.
    private var pendingFault: ByteFault?

    /// The fault that ended the content: nothing behind it is ever read, however often it is asked for.
    private var ended: ByteFault?

    private static let inputBytes = 64 << 10

    /// Opens `path`. A name that ends in `.gz` must hold gzip; other files are inflated when they begin like gzip.
    public init(path: String, limitBytes: Int = ByteLimit.inflatedBytes) throws(FileFault) {
        file = try InputFile(path: path)
        mustBeGzip = path.hasSuffix(".gz")
        self.limitBytes = limitBytes
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, negative to say: no wrapper.
        let outcome = unsafe inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(outcome == Z_OK, "zlib does not start: \(outcome)")
        unsafe input = .allocate(byteCount: Self.inputBytes, alignment: 16)
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
        unsafe input.deallocate()
    }

    /// Leaves the CRC-32 from here on to whoever takes the content; gives what it is so far.
    mutating func leaveCRC() -> MemberCRC {
        leavesCRC = true
        return crc
    }

    /// How many members have ended since their ends were last taken.
    var memberEndCount: Int { memberEnds.count }

    /// The ends of members since this was last asked for.
    mutating func takeMemberEnds() -> [MemberEnd] {
        var taken: [MemberEnd] = []
        swap(&taken, &memberEnds)
        return taken
    }

    /// Puts up to `count` bytes of content at `offset` of `buffer`; returns how many, 0 at the end.
    public mutating func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(ByteFault) -> Int {
        precondition(offset >= 0 && count > 0 && offset + count <= buffer.count)
        if let ended { throw ended }
        // Behind the limit one byte more is asked for, to tell a file that ends there from one that goes on.
        let wanted = max(1, min(count, limitBytes - contentBytes))
        // A closure that throws typed errors cannot also borrow self, so the outcome is carried out as a value.
        var fault: ByteFault?
        var produced = 0
        unsafe buffer.withUnsafeMutableBytes { bytes in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + wanted])
            do throws(ByteFault) { produced = unsafe try fill(target) } catch { fault = error }
        }
        if fault == nil {
            contentBytes += produced
            if contentBytes > limitBytes {
                fault = compressedFault("inflates to more than \(limitBytes) bytes; raise --max-inflated if that is right")
            }
        }
        if let fault {
            ended = fault
            throw fault
        }
        return produced
    }

    private mutating func fill(_ target: UnsafeMutableRawBufferPointer) throws(ByteFault) -> Int {
        while true {
            switch state {
            case .starting: try start()
            case .plain: return unsafe try copy(target)
            case .atHeader:
                try readHeader()
                state = .inMember
            case .inMember:
                let produced = unsafe try inflateSome(target)
                if produced > 0 { return produced }
            case .atTrailer:
                try readTrailer()
                state = .betweenMembers
            case .betweenMembers: try nextMember()
            case .ended: return 0
            }
        }
    }

    private mutating func start() throws(ByteFault) {
        try fillInput(atLeast: 2)
        let available = inputEnd - inputStart
        let isGzip = unsafe available >= 2 && input[inputStart] == 0x1F && input[inputStart + 1] == 0x8B
        if isGzip {
            state = .atHeader
        } else if mustBeGzip {
            throw notGzip(available)
        } else {
            state = .plain
        }
    }

    private func notGzip(_ available: Int) -> ByteFault {
        if available == 0 { return compressedFault("is empty, so it is no gzip file; fetch it again") }
        for index in inputStart..<min(inputEnd, inputStart + 512) {
            let byte = unsafe input[index]
            if byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 {
                return compressedFault("is not gzip; fetch it again")
            }
        }
        return compressedFault("is not gzip but plain text: the file is already inflated; take .gz from its name or fetch it again")
    }

    private mutating func copy(_ target: UnsafeMutableRawBufferPointer) throws(ByteFault) -> Int {
        try fillInput(atLeast: 1)
        let count = min(target.count, inputEnd - inputStart)
        guard count > 0 else {
            state = .ended
            return 0
        }
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[inputStart..<inputStart + count]))
        if !leavesCRC { unsafe crc.take(UnsafeRawBufferPointer(rebasing: target[..<count])) }
        inputStart += count
        return count
    }

    private mutating func inflateSome(_ target: UnsafeMutableRawBufferPointer) throws(ByteFault) -> Int {
        if let pendingFault { throw pendingFault }
        try fillInput(atLeast: 1)
        // At the end of a file that is cut short zlib still holds what it has decoded: it is asked once more, with nothing to read.
        let available = inputEnd - inputStart
        let source = unsafe input.baseAddress?.advanced(by: inputStart).assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.next_in = unsafe source
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(clamping: target.count)
        let outcome = unsafe inflate(stream, Z_NO_FLUSH)
        inputStart += available - Int(unsafe stream.pointee.avail_in)
        let produced = min(target.count, Int(UInt32.max)) - Int(unsafe stream.pointee.avail_out)
        memberBytes += produced
        if !leavesCRC { unsafe crc.take(UnsafeRawBufferPointer(rebasing: target[..<produced])) }
        switch outcome {
        case Z_OK, Z_BUF_ERROR:
            if available == 0 && produced == 0 { throw cutShort() }
        case Z_STREAM_END: state = .atTrailer
        default:
            let fault = damaged(unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(outcome)")
            if produced == 0 { throw fault }
            pendingFault = fault
        }
        return produced
    }

    private mutating func nextMember() throws(ByteFault) {
        try fillInput(atLeast: 1)
        if inputEnd == inputStart {
            state = .ended
            return
        }
        let first = unsafe input[inputStart]
        if first == 0x1F {
            unsafe inflateReset(stream)
            state = .atHeader
            return
        }
        while inputEnd > inputStart {
            guard unsafe input[inputStart] == 0 else {
                throw compressedFault("has bytes after the last gzip member; fetch it again")
            }
            inputStart += 1
            try fillInput(atLeast: 1)
        }
        state = .ended
    }

    // MARK: A member's ends

    /// Passes over a member's header.
    ///
    ///     1F 8B │ 08 │ flags │ time (4) │ … │ system │ [length, extra] [name, 0] [comment, 0] [CRC-16 of the header]
    private mutating func readHeader() throws(ByteFault) {
        var crc: UInt32 = 0
        for magic: UInt8 in [0x1F, 0x8B] { guard try headerByte(&crc) == magic else { throw damaged("incorrect header check") } }
        guard try headerByte(&crc) == 8 else { throw damaged("unknown compression method") }
        let flags = try headerByte(&crc)
        guard flags & 0xE0 == 0 else { throw damaged("unknown header flags set") }
        for _ in 0..<6 { _ = try headerByte(&crc) }
        if flags & 4 != 0 {
            let low = try headerByte(&crc)
            let length = try Int(headerByte(&crc)) << 8 | Int(low)
            for _ in 0..<length { _ = try headerByte(&crc) }
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 { while try headerByte(&crc) != 0 {} }
        guard flags & 2 != 0 else { return }
        let expected = UInt16(truncatingIfNeeded: crc)
        let low = try headerByte(&crc)
        guard try UInt16(headerByte(&crc)) << 8 | UInt16(low) == expected else { throw damaged("header crc mismatch") }
    }

    private mutating func headerByte(_ crc: inout UInt32) throws(ByteFault) -> UInt8 {
        try fillInput(atLeast: 1)
        guard inputEnd > inputStart else { throw cutShort() }
        let byte = unsafe input[inputStart]
        crc = unsafe Bytes.contentCRC(crc, UnsafeRawBufferPointer(rebasing: input[inputStart..<inputStart + 1]))
        inputStart += 1
        return byte
    }

    /// Checks a member's CRC-32 and length.
    private mutating func readTrailer() throws(ByteFault) {
        try fillInput(atLeast: 8)
        guard inputEnd - inputStart >= 8 else {
            inputStart = inputEnd
            throw cutShort()
        }
        let word = { (input: UnsafeMutableRawBufferPointer, at: Int) in
            UInt32(littleEndian: unsafe input.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        }
        let expected = unsafe word(input, inputStart)
        inputStart += 4
        if leavesCRC {
            memberEnds.append(MemberEnd(contentBytes: contentBytes, fileBytes: fileBytes, crc: expected, offset: fileBytes - (inputEnd - inputStart)))
        } else if expected != crc.member {
            throw InflatedFile.wrongCRC(at: fileBytes - (inputEnd - inputStart))
        }
        let length = unsafe word(input, inputStart)
        inputStart += 4
        if length != UInt32(truncatingIfNeeded: memberBytes) { throw damaged("incorrect length check") }
        crc.endMember()
        memberBytes = 0
    }

    private func cutShort() -> ByteFault { compressedFault("is cut short: the gzip stream does not end; fetch it again") }

    private func damaged(_ reason: String) -> ByteFault { compressedFault(InflatedFile.damage(reason)) }

    private static func damage(_ reason: String) -> String { "is damaged gzip (\(reason)); fetch it again" }

    /// A member's content has another CRC-32 than it should.
    static func wrongCRC(at offset: Int) -> ByteFault { ByteFault(offset: offset, place: .compressed, what: damage("incorrect data check")) }

    /// Makes sure that `count` bytes of input lie ready, unless the file ends before.
    private mutating func fillInput(atLeast count: Int) throws(ByteFault) {
        guard inputEnd - inputStart < count, !inputIsDone else { return }
        let rest = inputEnd - inputStart
        if rest > 0 { unsafe input.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[inputStart..<inputEnd])) }
        inputStart = 0
        inputEnd = rest
        while inputEnd < count && !inputIsDone {
            do {
                let got = unsafe try file.read(into: UnsafeMutableRawBufferPointer(rebasing: input[inputEnd...]))
                if got == 0 { inputIsDone = true }
                inputEnd += got
                fileBytes += got
            } catch {
                throw compressedFault("cannot be read: \(error.reason)")
            }
        }
    }

    private func compressedFault(_ what: String) -> ByteFault {
        ByteFault(offset: fileBytes - (inputEnd - inputStart), place: .compressed, what: what)
    }
}
