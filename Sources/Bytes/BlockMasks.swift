import CKernels

// Sixty-four bytes at a time: where in a block does a byte occur? Bit i of a mask speaks of byte i.
//
// The scanners take the masks of many blocks at once from CKernels. The twins here, against which tests hold them, compare eight bytes in one
// 64-bit word: after an exclusive-or the bytes looked for are zero, and `zeroBytes` sets the top bit of exactly those; a multiplication
// gathers the eight top bits into one byte.

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
typealias CSVBlock = ck_csv_masks

/// The masks of one block of JSON. Brackets are `{ } [ ]`, and `Y _ y DEL`, none of which can stand outside a string in JSON: they share
/// the bits of mask 0xD9. Controls are the bytes below 0x20.
typealias JSONBlock = ck_json_masks

/// How many blocks are masked at once: few enough that their masks have room on the stack (1,024 bytes), enough that the call costs nothing.
let blocksAtOnce = 24

extension ck_csv_masks {
    /// The masks of the 64 bytes at `pointer`, by words of eight.
    init(byWords pointer: UnsafeRawPointer) {
        self.init(quotes: 0, commas: 0, line_feeds: 0)
        for index in 0..<8 {
            let word = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: index &* 8)
            quotes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\"")))) &<< shift
            commas |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: ",")))) &<< shift
            line_feeds |= gathered(zeroBytes(word ^ repeated(0x0A))) &<< shift
        }
    }
}

extension ck_json_masks {
    /// The masks of the 64 bytes at `pointer`, by words of eight.
    init(byWords pointer: UnsafeRawPointer, probes letters: (UInt8, UInt8)) {
        self.init(quotes: 0, backslashes: 0, brackets: 0, controls: 0, probes: 0)
        for index in 0..<8 {
            let word = UInt64(littleEndian: unsafe pointer.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: index &* 8)
            quotes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\"")))) &<< shift
            backslashes |= gathered(zeroBytes(word ^ repeated(UInt8(ascii: "\\")))) &<< shift
            brackets |= gathered(zeroBytes((word & repeated(0xD9)) ^ repeated(0x59))) &<< shift
            controls |= gathered(zeroBytes(word & repeated(0xE0))) &<< shift
            probes |= gathered(zeroBytes(word ^ repeated(letters.0)) | zeroBytes(word ^ repeated(letters.1))) &<< shift
        }
    }
}
