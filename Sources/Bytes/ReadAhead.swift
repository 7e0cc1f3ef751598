import Dispatch
import Synchronization

/// Where a window has its content from.
protocol Content: AnyObject {
    /// As of the bytes that have been read.
    var contentBytes: Int { get }
    var contentCRC: UInt32 { get }
    var fileBytes: Int { get }
    /// Puts up to `count` bytes at `offset` of `buffer`; returns how many, 0 at the end.
    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(ByteFault) -> Int
    /// Nothing more will be read.
    func end()
}

/// Content that is inflated when it is asked for.
final class ReadNow: Content {
    private var file: InflatedFile

    init(_ file: consuming InflatedFile) { self.file = file }

    var contentBytes: Int { file.contentBytes }
    var contentCRC: UInt32 { file.contentCRC }
    var fileBytes: Int { file.fileBytes }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(ByteFault) -> Int {
        try file.read(into: &buffer, at: offset, count: count)
    }

    func end() {}

    func leaveCRC() -> MemberCRC { file.leaveCRC() }

    var memberEndCount: Int { file.memberEndCount }

    func takeMemberEnds() -> [MemberEnd] { file.takeMemberEnds() }
}

/// Content that is inflated on another thread while what is there is looked at, from any place of a file on: one large file keeps two cores busy.
///
///     other thread   inflate ▶ slot 0   inflate ▶ slot 1   inflate ▶ slot 0 …
///     this one                 CRC, copy ▶ scan   CRC, copy ▶ scan
///
/// What is read, and what is said of it and of its faults, is what reading it here would give. Inflating takes longest, so all else is done here.
final class ReadAhead: Content, @unchecked Sendable {
    /// What one turn of inflating gave, and what is known of the file after it. Whose turn it is, the semaphores below say.
    private final class Slot: @unchecked Sendable {
        var bytes: [UInt8]
        var count = 0
        var fault: ByteFault?
        /// Whether nothing follows.
        var isLast = false
        var contentBytes = 0
        var fileBytes = 0
        /// The members that end in it, and how many of them have been judged.
        var ends: [MemberEnd] = []
        var judged = 0

        init(_ count: Int) { bytes = [UInt8](repeating: 0, count: count) }
    }

    // A slot belongs to the other thread until it is counted in `filled`, then to this one until it is counted in `free`.
    private let slots: [Slot]
    private let filled = DispatchSemaphore(value: 0)
    // A semaphore must not end with less than it began with, so it begins with nothing.
    private let free = DispatchSemaphore(value: 0)
    private let isOver = Atomic<Bool>(false)
    private var turn = 0
    /// How much of the slot at hand is used up, and whether there is one.
    private var used = 0
    private var holdsSlot = false
    /// Content that has been handed out, and its CRC-32.
    private var position: Int
    private var crc: MemberCRC
    /// As of the bytes that have been read from here.
    private(set) var contentBytes: Int
    private(set) var contentCRC: UInt32
    private(set) var fileBytes: Int

    /// The content, which only the other thread touches from now on.
    private struct Source: @unchecked Sendable { let content: ReadNow }

    init(_ content: ReadNow, chunkBytes: Int) {
        (contentBytes, contentCRC, fileBytes) = (content.contentBytes, content.contentCRC, content.fileBytes)
        position = content.contentBytes
        crc = content.leaveCRC()
        slots = [Slot(chunkBytes), Slot(chunkBytes)]
        for _ in slots { free.signal() }
        let source = Source(content: content)
        // A queue of its own has a thread at once; the common ones wait for one of theirs, and theirs may be waiting for what is read here.
        DispatchQueue(label: "read ahead").async { [self] in
            var turn = 0
            while true {
                free.wait()
                if isOver.load(ordering: .acquiring) { return }
                let goesOn = fill(slots[turn & 1], source.content)
                filled.signal()
                if !goesOn { return }
                turn += 1
            }
        }
    }

    /// So many members end in a slot: a file may have millions of next to nothing.
    private static let mostEnds = 1024

    private func fill(_ slot: Slot, _ content: ReadNow) -> Bool {
        slot.count = 0
        slot.fault = nil
        slot.isLast = false
        do throws(ByteFault) {
            // Filled to its end, so that both threads wait for each other as seldom as can be.
            while slot.count < slot.bytes.count, content.memberEndCount < ReadAhead.mostEnds {
                let more = try content.read(into: &slot.bytes, at: slot.count, count: slot.bytes.count - slot.count)
                if more == 0 {
                    slot.isLast = true
                    break
                }
                slot.count += more
            }
        } catch {
            slot.fault = error
            slot.isLast = true
        }
        slot.contentBytes = content.contentBytes
        slot.fileBytes = content.fileBytes
        slot.ends = content.takeMemberEnds()
        slot.judged = 0
        return !slot.isLast
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(ByteFault) -> Int {
        var slot = heldSlot()
        try judgeEnds(slot)
        while used >= slot.count && !slot.isLast {
            letGo(slot)
            slot = heldSlot()
            try judgeEnds(slot)
        }
        guard used < slot.count else {
            // What was inflated beyond a limit is not handed out, but counts.
            take(slot, slot.contentBytes - position)
            (contentBytes, contentCRC, fileBytes) = (slot.contentBytes, crc.content, slot.fileBytes)
            if let fault = slot.fault { throw fault }
            return 0
        }
        // Behind the end of a member nothing is handed out before it is judged.
        let untilEnd = slot.judged < slot.ends.count ? slot.ends[slot.judged].contentBytes - position : .max
        let taken = min(count, slot.count - used, untilEnd)
        unsafe buffer.withUnsafeMutableBytes { target in
            unsafe slot.bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + taken])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[used..<used + taken]))
            }
        }
        take(slot, taken)
        if used == slot.count, !slot.isLast, slot.judged == slot.ends.count { letGo(slot) }
        return taken
    }

    /// The slot whose turn it is, as soon as it is filled.
    private func heldSlot() -> Slot {
        if !holdsSlot {
            filled.wait()
            holdsSlot = true
            used = 0
        }
        return slots[turn & 1]
    }

    /// Gives a slot that is used up back to the other thread.
    private func letGo(_ slot: Slot) {
        (contentBytes, contentCRC, fileBytes) = (slot.contentBytes, crc.content, slot.fileBytes)
        turn += 1
        holdsSlot = false
        free.signal()
    }

    /// Takes so many bytes as handed out.
    private func take(_ slot: Slot, _ count: Int) {
        unsafe slot.bytes.withUnsafeBytes { unsafe crc.take(UnsafeRawBufferPointer(rebasing: $0[used..<used + count])) }
        used += count
        position += count
    }

    /// Compares the CRC-32 of members that end where the content has come to.
    private func judgeEnds(_ slot: Slot) throws(ByteFault) {
        while slot.judged < slot.ends.count, slot.ends[slot.judged].contentBytes == position {
            let end = slot.ends[slot.judged]
            guard end.crc == crc.member else {
                (contentBytes, contentCRC, fileBytes) = (end.contentBytes, crc.content, end.fileBytes)
                throw InflatedFile.wrongCRC(at: end.offset)
            }
            crc.endMember()
            slot.judged += 1
        }
    }

    /// Nothing more will be read.
    func end() {
        isOver.store(true, ordering: .releasing)
        free.signal()
    }
}
