#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `-` means on a command line: standard input where a file is read, standard output where one is written.
public let standardStream = "-"

/// How messages call a file: `standard input` for `-`.
public func inputName(_ path: String) -> String { path == standardStream ? "standard input" : path }

/// A whole small file, or all of standard input for `-`; throws when it is longer than `limit` bytes.
///
/// Standard input can be read once: asking for it again finds it empty.
public func readSmallInput(_ path: String, limit: Int = ByteLimit.recordBytes) throws(FileFault) -> [UInt8] {
    path == standardStream ? try readStandardInput(limit: limit) : try readSmallFile(path, limit: limit)
}

private func readStandardInput(limit: Int) throws(FileFault) -> [UInt8] {
    let name = inputName(standardStream)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = unsafe piece.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw FileFault(path: name, reason: systemReason()) }
        guard count > 0 else { return content }
        content.append(contentsOf: piece[..<count])
        guard content.count <= limit else { throw FileFault(path: name, reason: "is larger than \(limit) bytes") }
    }
}
