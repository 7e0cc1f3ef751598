#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a piece of text is to the reader; how that looks is decided here, once. Colours are the terminal's own eight, so that they fit its theme.
public enum Style: Sendable, Equatable {
    /// As everything else.
    case plain
    /// What the eye should find first: totals, names of tables.
    case strong
    /// What may be passed over: titles of columns, units, what is empty.
    case faint
    /// Figures that are drawn: bars, sparklines.
    case drawn
    /// As planned.
    case good
    /// Worth a look.
    case notable
    /// To be answered for.
    case bad

    /// The parameters of the escape sequence (ECMA-48, select graphic rendition); nil for none.
    var parameters: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .drawn: "36"
        case .good: "32"
        case .notable: "33"
        case .bad: "31"
        }
    }

    /// Whether styles are to be seen: on a terminal that has them, unless NO_COLOR (no-color.org) asks for none.
    ///
    /// - Parameters:
    ///   - isTerminal: whether the output goes to a terminal.
    ///   - noColor: the variable `NO_COLOR`; set to anything but nothing it holds.
    ///   - term: the variable `TERM`.
    public static func areShown(isTerminal: Bool, noColor: String?, term: String?) -> Bool {
        isTerminal && (noColor ?? "").isEmpty && term != "dumb" && term != nil
    }

    /// The same, of standard output and the environment.
    public static func areShownOnStandardOutput() -> Bool {
        areShown(isTerminal: isatty(1) == 1, noColor: environmentVariable("NO_COLOR"), term: environmentVariable("TERM"))
    }
}

/// A variable of the environment, nil when it is not set.
func environmentVariable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
}
