/// A share as a bar, in eighths of a column.
///
///     ███████▍      of 12 columns for 62 of 100
///
/// Something is never drawn as nothing, and less than all never as all; negative shares are empty.
public struct Bar: Sendable {
    private let part: UInt128
    private let whole: UInt128

    /// `part` of `whole`, in any unit; both may be as large as they like.
    public init(part: Int128, of whole: Int128) {
        self.whole = whole > 0 ? whole.magnitude : 0
        self.part = part > 0 ? min(part.magnitude, self.whole) : 0
    }

    /// At most `width` columns, without the empty ones behind it.
    public func text(width: Int) -> String {
        guard part > 0, width > 0 else { return "" }
        let all = width * 8
        var eighths = scaled(part, of: whole, to: all)
        if part < whole { eighths = min(max(eighths, 1), all - 1) }
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + rest
    }
}

/// part · steps ÷ whole, rounded down. `part` is at most `whole`, which is not 0.
func scaled(_ part: UInt128, of whole: UInt128, to steps: Int) -> Int {
    precondition(part <= whole && whole > 0 && steps >= 0)
    return Int(whole.dividingFullWidth(part.multipliedFullWidth(by: UInt128(steps))).quotient)
}
