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

    /// What comes from a file must not move the cursor, colour the terminal, or turn the direction of the text.
    private static func oneLine(_ message: String) -> String {
        String(message.unicodeScalars.map { isHarmless($0) ? Character($0) : " " })
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }

    private static func write(_ descriptor: Int32, _ text: String) {
        let bytes = Array(text.utf8)
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
            if count <= 0 { return }
            written += count
        }
    }
}
