import Bytes

/// A fault in the data of one file: what a run stops with (exit 65), or sets aside with `--keep-going`.
public struct InputFault: Error, Equatable, Sendable {
    /// The file as the user's path leads to it.
    public var path: String
    /// Zero-based position of the first wrong byte, or of the row or record that holds it.
    public var offset: Int
    public var place: ByteFault.Place
    /// For CSV and JSON Lines: the message names the line instead of the byte.
    public var hasLines: Bool
    /// What is wrong, the offending text, and what to do.
    public var what: String
    /// Whether not even `--keep-going` can go on: the file is whole, but not what can be read.
    public var endsRun: Bool

    public init(path: String, offset: Int, place: ByteFault.Place, hasLines: Bool, what: String, endsRun: Bool = false) {
        self.endsRun = endsRun
        self.path = path
        self.offset = offset
        self.place = place
        self.hasLines = hasLines
        self.what = what
    }

    /// `FILE:LINE: what`, or `FILE: byte N (…): what` where there are no lines.
    ///
    /// The line is found by reading the file again up to the fault: nothing counts lines while all is well.
    public func message() -> String {
        if hasLines && place == .content, let line = lineNumber(path: path, offset: offset) {
            return "\(path):\(line): \(what)"
        }
        let kind = place == .compressed ? "of the file" : "of its content"
        return "\(path): byte \(offset) \(kind): \(what)"
    }
}

/// The 1-based line of a position in a file's content; nil when the file cannot be read that far any more.
func lineNumber(path: String, offset: Int) -> Int? {
    let file: InflatedFile
    do { file = try InflatedFile(path: path) } catch { return nil }
    var buffers = ReadBuffers()
    var window = ByteWindow(file, buffers: &buffers)
    var line = 1
    while true {
        let stop = min(window.end, offset - window.base)
        var at = window.start
        while at < stop {
            if window.bytes[at] == 0x0A { line += 1 }
            at += 1
        }
        if window.base + window.end >= offset { return line }
        if window.isComplete { return line }
        _ = window.drop(before: window.end)
        do { try window.fill() } catch { return line }
    }
}
