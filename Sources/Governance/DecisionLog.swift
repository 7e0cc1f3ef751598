import Bytes
import Records
import Registry

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a decision was not written.
public enum DecisionFault: Error {
    /// 65: lines of the file are wrong.
    case wrong(RegistryFaults)
    /// 65: the new decision is illegal.
    case illegal(Governance.Illegal)
    /// 73: the file cannot be read or written.
    case file(String)
}

/// `decisions.jsonl`, to which decisions are only ever appended.
public struct DecisionLog: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// Appends a decision if it is legal behind those that are there, and returns it with its id and line.
    ///
    /// Others who append at the same time wait, so that each sees what the one before has written. The line is on disk when this returns; a
    /// decision without an id gets one.
    public func append(_ decision: Decision, _ registry: Registry, registryFile: String) throws(DecisionFault) -> Decision {
        let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file("\(path): cannot be opened: \(systemReason()); check --decisions") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .file("\(path): is no file; check --decisions") }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .file("\(path): cannot be locked: \(systemReason())") }
        }
        let text: [UInt8]
        do throws(FileFault) { text = try readSmallInput(path) } catch { throw .file("\(path): cannot be read: \(error.reason)") }
        var governance: Governance
        do throws(RegistryFaults) {
            governance = try Governance(readDecisions(text, file: path), registry, file: path, registryFile: registryFile)
        } catch { throw .wrong(error) }
        var made = decision
        made.line = text.split(separator: 0x0A, omittingEmptySubsequences: false).count + (text.last.map { $0 == 0x0A } ?? true ? 0 : 1)
        if made.id.isEmpty { made.id = DecisionLog.id(made) }
        do throws(Governance.Illegal) { try governance.take(made) } catch { throw .illegal(error) }
        // What was edited by hand may lack the last line's end.
        var line = text.last.map { $0 == 0x0A } ?? true ? [] : [UInt8(0x0A)]
        line += made.text + [0x0A]
        try write(line, to: descriptor, length: text.count)
        return made
    }

    /// The first digits of a SHA-256 of the line's number and content: unique in a file, and the same wherever the same is decided.
    private static func id(_ decision: Decision) -> String {
        var hash = SHA256()
        hash.update(Array("\(decision.line) ".utf8) + decision.text)
        return "d-" + hash.hex().prefix(12)
    }

    /// All or nothing: a line that does not fit is taken back.
    private func write(_ line: [UInt8], to descriptor: Int32, length: Int) throws(DecisionFault) {
        var written = 0
        while written < line.count {
            let count = unsafe line.withUnsafeBytes { unsafe systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...])) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let reason = systemReason()
                _ = ftruncate(descriptor, off_t(length))
                throw .file("\(path): cannot be written: \(reason)")
            }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .file("\(path): cannot be synced: \(systemReason())") }
    }
}
