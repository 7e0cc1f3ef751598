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

    /// Appends a decision if it is legal behind those that are there, and returns it with its id and line, and what it led to.
    ///
    /// Others who append at the same time wait, so that each sees what the one before has written. The line is on disk when this returns. Of an
    /// illegal decision nothing is left, not even an empty file.
    /// - Parameters:
    ///   - isTimed: Whether its time was told; else it is not before the last line's.
    ///   - isDry: Only tells what would be.
    public func append(
        _ decision: Decision, _ registry: Registry, registryFile: String, isTimed: Bool = true, isDry: Bool = false
    ) throws(DecisionFault) -> (decision: Decision, governance: Governance) {
        if isDry || pathKind(path) == .missing {
            let text = pathKind(path) == .missing ? [] : try read()
            let taken = try take(decision, behind: text, registry, registryFile, isTimed)
            if isDry { return taken }
        }
        let descriptor = try locked()
        defer { close(descriptor) }
        let text = try read(descriptor)
        let taken = try take(decision, behind: text, registry, registryFile, isTimed)
        // What was edited by hand may lack the last line's end.
        var line = text.last.map { $0 == 0x0A } ?? true ? [] : [UInt8(0x0A)]
        line += taken.decision.text + [0x0A]
        try write(line, to: descriptor, length: text.count)
        return taken
    }

    private func take(
        _ decision: Decision, behind text: [UInt8], _ registry: Registry, _ registryFile: String, _ isTimed: Bool
    ) throws(DecisionFault) -> (decision: Decision, governance: Governance) {
        var governance: Governance
        var made = decision
        do throws(RegistryFaults) {
            governance = try Governance(readDecisions(text, file: path), registry, file: path, registryFile: registryFile)
            made.line = text.split(separator: 0x0A, omittingEmptySubsequences: false).count + (text.last.map { $0 == 0x0A } ?? true ? 0 : 1)
            if !isTimed, let last = governance.decisions.last { made.at = max(made.at, last.at) }
            if made.id.isEmpty { made.id = DecisionLog.id(made) }
        } catch { throw .wrong(error) }
        // It must read back as what it is, or the file could not be read any more.
        do throws(RegistryFaults) {
            let line = made.line
            made = try readDecisions(made.text, file: path)[0]
            made.line = line
        } catch {
            let fault = error.faults[0]
            throw .illegal(Governance.Illegal(fault.what, at: fault.path))
        }
        do throws(Governance.Illegal) { try governance.take(made) } catch { throw .illegal(error) }
        return (made, governance)
    }

    /// The file, opened and locked: the one that the path leads to, also if it was replaced while this waited.
    private func locked() throws(DecisionFault) -> Int32 {
        while true {
            let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
            guard descriptor >= 0 else { throw .file("\(path): cannot be opened: \(systemReason()); check --decisions") }
            var (opened, named) = (stat(), stat())
            guard unsafe fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw .file("\(path): is no file; check --decisions")
            }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    let reason = systemReason()
                    close(descriptor)
                    throw .file("\(path): cannot be locked: \(reason)")
                }
            }
            if unsafe stat(path, &named) == 0, named.st_dev == opened.st_dev, named.st_ino == opened.st_ino { return descriptor }
            close(descriptor)
        }
    }

    private func read() throws(DecisionFault) -> [UInt8] {
        do throws(FileFault) { return try readSmallFile(path) } catch { throw .file("\(path): cannot be read: \(error.reason)") }
    }

    private func read(_ descriptor: Int32) throws(DecisionFault) -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(content.count)) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .file("\(path): cannot be read: \(systemReason())") }
            if count == 0 { return content }
            content.append(contentsOf: piece[..<count])
            guard content.count <= ByteLimit.recordBytes else { throw .file("\(path): is larger than \(ByteLimit.recordBytes) bytes") }
        }
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
        guard fsync(descriptor) == 0 else {
            let reason = systemReason()
            _ = ftruncate(descriptor, off_t(length))
            throw .file("\(path): cannot be synced: \(reason)")
        }
    }
}
