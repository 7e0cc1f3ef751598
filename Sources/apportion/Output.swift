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

    private static func write(_ descriptor: Int32, _ text: String) { _ = write(descriptor, Array(text.utf8)) }

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
