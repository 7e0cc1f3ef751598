#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How wide an output may be.
public enum TerminalSize {
    /// Where nothing says otherwise: into files and pipes, so that these are the same everywhere.
    public static let usualColumns = 100
    /// Narrower than this nothing is laid out; wider than this nobody reads.
    public static let range = 20...1000

    /// The columns of the terminal behind standard output; where there is none, the variable `COLUMNS`, else `usualColumns`.
    public static func columnsOfStandardOutput() -> Int {
        columns(ofTerminal: isatty(1) == 1 ? windowColumns() : nil, variable: environmentVariable("COLUMNS"))
    }

    /// - Parameters:
    ///   - ofTerminal: what the terminal says of itself, nil where there is none; 0 where it does not know.
    ///   - variable: the variable `COLUMNS`; what is no number above 0 is passed over.
    public static func columns(ofTerminal: Int?, variable: String?) -> Int {
        let told = [ofTerminal, variable.flatMap { Int($0) }].compactMap { $0 }.first { $0 > 0 } ?? usualColumns
        return min(max(told, range.lowerBound), range.upperBound)
    }

    private static func windowColumns() -> Int {
        var size = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 else { return 0 }
        return Int(size.ws_col)
    }
}
