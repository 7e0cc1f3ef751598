import CKernels

// Sixty-four bytes at a time: where in a block does a byte occur? Bit i of a mask speaks of byte i.
//
// The scanners take the masks from CKernels; what is written here in Swift is their twin, against which tests hold them: eight bytes are compared in one 64-bit word: after an exclusive-or the bytes looked for are zero, and
// `zeroBytes` sets the top bit of exactly those; a multiplication gathers the eight top bits into one byte.

/// The byte repeated over a word.
@inline(__always)
func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// The top bit of every byte of `word` that is zero; no other bit. Exact for every value of every byte.
@inline(__always)
func zeroBytes(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((word & low) &+ low) | word | low)
}

/// Gathers the top bits of eight bytes into the low byte, first byte first.
@inline(__always)
func gathered(_ topBits: UInt64) -> UInt64 { (topBits &* 0x0002_0408_1020_4081) >> 56 }

/// Bit i is the exclusive-or of bits 0…i: between an opening and a closing quote all ones.
@inline(__always)
func prefixXor(_ mask: UInt64) -> UInt64 {
    var mask = mask
    mask ^= mask << 1
    mask ^= mask << 2
    mask ^= mask << 4
    mask ^= mask << 8
    mask ^= mask << 16
    mask ^= mask << 32
    return mask
}

/// The masks of one block of CSV.
struct CSVBlock {
    var quotes: UInt64 = 0
    var commas: UInt64 = 0
    var lineFeeds: UInt64 = 0

    /// Reads 64 bytes at `pointer`.
    @inline(__always)
    init(_ pointer: UnsafeRawPointer) {
        let masks = unsafe ck_csv(pointer.assumingMemoryBound(to: UInt8.self))
        quotes = masks.quotes
        commas = masks.commas
        lineFeeds = masks.line_feeds
    }

    /// The same by words of eight bytes.
    init(byWords pointer: UnsafeRawPointer) {
        for index in 0..<8 {
            let word = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: index &* 8)
            quotes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\"")))) &<< shift
            commas |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: ",")))) &<< shift
            lineFeeds |= gathered(zeroBytes(word ^ repeated(0x0A))) &<< shift
        }
    }
}

/// The masks of one block of JSON.
struct JSONBlock {
    var quotes: UInt64 = 0
    var backslashes: UInt64 = 0
    /// `{ } [ ]`, and `Y _ y DEL`, none of which can stand outside a string in JSON: they share the bits of mask 0xD9.
    var brackets: UInt64 = 0
    /// Bytes below 0x20.
    var controls: UInt64 = 0

    @inline(__always)
    init(_ pointer: UnsafeRawPointer) {
        let masks = unsafe ck_json(pointer.assumingMemoryBound(to: UInt8.self))
        quotes = masks.quotes
        backslashes = masks.backslashes
        brackets = masks.brackets
        controls = masks.controls
    }

    /// The same by words of eight bytes.
    init(byWords pointer: UnsafeRawPointer) {
        for index in 0..<8 {
            let word = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: index &* 8)
            quotes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\"")))) &<< shift
            backslashes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\\")))) &<< shift
            brackets |= gathered(zeroBytes((word & repeated(0xD9)) ^ repeated(0x59))) &<< shift
            controls |= gathered(zeroBytes(word & repeated(0xE0))) &<< shift
        }
    }
}
