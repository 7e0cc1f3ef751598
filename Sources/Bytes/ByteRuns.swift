#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Runs of bytes taken as a whole: compared, hashed, searched and copied eight or more bytes at a time.

/// Whether two runs hold the same bytes.
@inline(__always)
public func sameBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe a.withUnsafeBytes { first in
        unsafe b.withUnsafeBytes { second in
            guard let x = first.baseAddress, let y = second.baseAddress else { return true }
            return unsafe memcmp(x, y, first.count) == 0
        }
    }
}

/// Whether a run holds the bytes of `text`.
@inline(__always)
public func sameBytes(_ run: Span<UInt8>, _ text: StaticString) -> Bool {
    guard run.count == text.utf8CodeUnitCount else { return false }
    return unsafe run.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return true }
        return unsafe memcmp(start, text.utf8Start, bytes.count) == 0
    }
}

/// Appends a run to an array.
@inline(__always)
public func append(_ run: Span<UInt8>, to bytes: inout [UInt8]) {
    unsafe run.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
}

/// A number that is the same for the same bytes and `seed`, and spreads well. Nothing that is written may depend on its value.
public func hashOfBytes(_ text: Span<UInt8>, seed: UInt64) -> UInt64 {
    // Each word is folded in by a full multiplication, whose halves are combined.
    func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
    let count = text.count
    var hash = seed ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
    if count < 8 {
        var word: UInt64 = 0
        for index in 0..<count { word = word << 8 | UInt64(text[index]) }
        return mixed(hash ^ word, 0xD6E8_FEB8_6659_FD93)
    }
    var at = 0
    while at + 8 < count {
        hash = mixed(hash ^ word(text, at), 0xD6E8_FEB8_6659_FD93)
        at += 8
    }
    // The last word overlaps the one before.
    return mixed(hash ^ word(text, count - 8), 0xA076_1D64_78BD_642F)
}

@inline(__always)
private func word(_ text: Span<UInt8>, _ at: Int) -> UInt64 {
    precondition(at >= 0 && at + 8 <= text.count)
    return UInt64(littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
}

/// Whether `text` holds `needle`, which is in lower case; letters are compared without case (ASCII).
public func holdsFolded(_ text: Span<UInt8>, _ needle: Span<UInt8>) -> Bool {
    guard needle.count > 0 else { return true }
    let starts = text.count - needle.count + 1
    guard starts > 0 else { return false }
    // A letter's case is bit 0x20; setting it in other bytes only makes a candidate more, which is then looked at.
    let first = repeated(needle[0] | 0x20)
    let second = repeated(needle[needle.count > 1 ? 1 : 0] | 0x20)
    let step = needle.count > 1 ? 1 : 0
    let cases = repeated(0x20)
    var at = 0
    while at + 8 + step <= text.count {
        var candidates = zeroBytes((word(text, at) | cases) ^ first) & zeroBytes((word(text, at + step) | cases) ^ second)
        while candidates != 0 {
            let start = at + candidates.trailingZeroBitCount >> 3
            if start < starts && standsFolded(text, start, needle) { return true }
            candidates &= candidates &- 1
        }
        at += 8
    }
    while at < starts {
        if standsFolded(text, at, needle) { return true }
        at += 1
    }
    return false
}

/// Whether `needle`, in lower case, stands at `position` of `text`, which has room for it; compared from its end, where texts differ sooner.
public func standsFolded(_ text: Span<UInt8>, _ position: Int, _ needle: Span<UInt8>) -> Bool {
    var index = needle.count
    while index > 0 {
        index -= 1
        if foldedCase(text[position + index]) != needle[index] { return false }
    }
    return true
}

/// An ASCII letter in lower case; every other byte as it is.
@inline(__always)
public func foldedCase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}
