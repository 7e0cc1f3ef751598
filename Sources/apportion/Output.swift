import Synchronization
import Terminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes to standard output or error. A reader that has gone away (`| head`) is no error.
enum Output {
    /// What could not be written to standard output, though its reader was there.
    private static let fault73 = Mutex<String?>(nil)

    /// The exit code of a command that ends with `code`: 73 where what it had to say could not be written.
    static func exitCode(_ code: Int32) -> Int32 {
        guard let reason = fault73.withLock({ $0 }) else { return code }
        fault("standard output: cannot be written: \(reason)")
        return 73
    }

    static func standard(_ text: String) {
        write(1, text.split(separator: "\n", omittingEmptySubsequences: false).map { oneLine(String($0)) }.joined(separator: "\n"))
    }
    /// Lines that may be styled; what comes from files in them is harmless already.
    static func standard(_ lines: [StyledText]) {
        let hasStyles = Style.areShownOnStandardOutput()
        write(1, lines.map { $0.rendered(hasStyles: hasStyles) + "\n" }.joined())
    }
    static func error(_ text: String) { write(2, text) }

    /// `apportion: error: …`, one line whatever the message holds.
    static func fault(_ message: String) { error("apportion: error: \(oneLine(message))\n") }
    static func warning(_ message: String) { error("apportion: warning: \(oneLine(message))\n") }

    private static func oneLine(_ message: String) -> String { harmless(message) }

    /// Lines with their styles, where `hasStyles`.
    static func lines(_ lines: [StyledText], hasStyles: Bool) {
        write(1, lines.map { $0.rendered(hasStyles: hasStyles) + "\n" }.joined())
    }

    /// Bytes as they are, for a program to read; false when the reader has gone away. Throws the system's reason when they cannot be written.
    static func standard(_ bytes: [UInt8]) throws(Unwritten) -> Bool {
        guard let error = write(1, bytes) else { return true }
        if error == EPIPE { return false }
        throw Unwritten(reason: systemReason(error))
    }

    struct Unwritten: Error {
        var reason: String
    }

    private static func systemReason(_ error: Int32) -> String {
        unsafe strerror(error).map { unsafe String(cString: $0) } ?? "error \(error)"
    }

    /// JSON for a program to read: as it is, but on a terminal, where what comes from files must not act.
    static func json(_ bytes: [UInt8]) {
        if isatty(1) == 1 { return standard(String(decoding: bytes, as: UTF8.self)) }
        note(write(1, bytes))
    }

    private static func write(_ descriptor: Int32, _ text: String) {
        let error = write(descriptor, Array(text.utf8))
        if descriptor == 1 { note(error) }
    }

    private static func note(_ error: Int32?) {
        if let error, error != EPIPE { fault73.withLock { $0 = systemReason(error) } }
    }

    /// Returns the system's error, nil when all was written.
    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32? {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                #if canImport(Glibc)
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                return unsafe Musl.write(descriptor, rest.baseAddress, rest.count)
                #else
                return unsafe Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return count < 0 ? errno : EIO }
            written += count
        }
        return nil
    }
}
