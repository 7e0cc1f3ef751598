// Sixty-four bytes at a time: where in a block does a byte occur? Bit i of a mask speaks of byte i.
//
// Whole blocks are scanned in CKernels. What is here takes the parts of blocks where a window has slid or ends, and is the twin against which
// tests hold the kernels. It compares eight bytes in one 64-bit word: after an exclusive-or the bytes looked for are zero, and `zeroBytes` sets the
// top bit of exactly those; a multiplication gathers the eight top bits into one byte.

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

/// Where in a block of CSV a few characters stand, and the first bytes of a probe's pairs.
struct CSVBlock {
    var quotes: UInt64 = 0
    var commas: UInt64 = 0
    var lineFeeds: UInt64 = 0
    var probes: UInt64 = 0

    /// The block of 64 bytes at `pointer`, behind which another can be read. Pairs are compared with bit 0x20 set; backslashes are probes too,
    /// where there are pairs.
    init(_ pointer: UnsafeRawPointer, pairs: [UInt8]) {
        let lower = repeated(0x20)
        for index in 0..<8 {
            let word = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: index &* 8)
            quotes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\"")))) &<< shift
            commas |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: ",")))) &<< shift
            lineFeeds |= gathered(zeroBytes(word ^ repeated(0x0A))) &<< shift
            if pairs.isEmpty { continue }
            let next = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8 &+ 1, as: UInt64.self))
            var found = zeroBytes(word ^ repeated(UInt8(ascii: "\\")))
            for pair in stride(from: 0, to: pairs.count, by: 2) {
                found |= zeroBytes((word | lower) ^ repeated(pairs[pair])) & zeroBytes((next | lower) ^ repeated(pairs[pair + 1]))
            }
            probes |= gathered(found) &<< shift
        }
    }

    /// Forgets all bytes but these.
    mutating func keep(_ kept: UInt64) {
        quotes &= kept
        commas &= kept
        lineFeeds &= kept
        probes &= kept
    }
}

/// Where in a block of JSON a few characters stand. Brackets are `{ } [ ]`, and `Y _ y DEL`, none of which can stand outside a string in JSON: they
/// share the bits of mask 0xD9. Controls are the bytes below 0x20. Probes are the first bytes of two pairs.
struct JSONBlock {
    var quotes: UInt64 = 0
    var backslashes: UInt64 = 0
    var brackets: UInt64 = 0
    var controls: UInt64 = 0
    var probes: UInt64 = 0

    /// The block of 64 bytes at `pointer`, behind which another can be read.
    init(_ pointer: UnsafeRawPointer, pairs: [UInt8]) {
        for index in 0..<8 {
            let word = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let next = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8 &+ 1, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: index &* 8)
            quotes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\"")))) &<< shift
            backslashes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\\")))) &<< shift
            brackets |= gathered(zeroBytes((word & repeated(0xD9)) ^ repeated(0x59))) &<< shift
            controls |= gathered(zeroBytes(word & repeated(0xE0))) &<< shift
            for pair in stride(from: 0, to: pairs.count, by: 2) {
                probes |= gathered(zeroBytes(word ^ repeated(pairs[pair])) & zeroBytes(next ^ repeated(pairs[pair + 1]))) &<< shift
            }
        }
    }

    /// Forgets all bytes but these.
    mutating func keep(_ kept: UInt64) {
        quotes &= kept
        backslashes &= kept
        brackets &= kept
        controls &= kept
        probes &= kept
    }
}
