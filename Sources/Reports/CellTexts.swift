import Attribution
import Records

/// The words of the ledger as cells, each at the place of its case.
struct LedgerWords: ~Copyable {
    let levels = CellTexts(Level.allCases) { Array($0.text.utf8) }
    let methods = CellTexts(Method.allCases) { Array($0.text.utf8) }
    let windows = CellTexts(EvidenceWindow.allCases) { Array($0.text.utf8) }
    let tokenTypes = CellTexts(TokenType.allCases) { Array($0.text.utf8) }
    let gaps = CellTexts(Gap.allCases) { Array($0.text.utf8) }
    let platforms = CellTexts(Platform.allCases) { Array($0.text.utf8) }
    let sources = CellTexts(WorkspaceSource.allCases) { Array($0.text.utf8) }

    /// The most bytes of one of each of a share's.
    let longest: Int

    init() { longest = levels.longest + methods.longest + windows.longest + tokenTypes.longest + gaps.longest }
}

/// Texts as cells of CSV, guarded and quoted where they must be, each with the comma before it: a few thousand texts stand in millions of cells.
///
/// They lie in one piece of memory that stays where it is, as a reference counted for every cell would cost more than the cell.
@safe
struct CellTexts: ~Copyable {
    private let texts: UnsafeMutableBufferPointer<UInt8>
    /// Where each begins, and behind them where the last ends.
    private let starts: UnsafeMutableBufferPointer<Int>
    /// The most bytes of one, with its comma.
    let longest: Int

    init<Source: Collection>(_ source: Source, _ text: (Source.Element) -> [UInt8]) {
        var (texts, starts, longest): ([UInt8], [Int], Int) = ([], [0], 0)
        for element in source {
            var writer = CSVWriter()
            writer.text(text(element))
            texts.append(UInt8(ascii: ","))
            texts.append(contentsOf: writer.bytes)
            longest = max(longest, texts.count - starts[starts.count - 1])
            starts.append(texts.count)
        }
        unsafe self.texts = .allocate(capacity: texts.count)
        _ = unsafe self.texts.initialize(from: texts)
        unsafe self.starts = .allocate(capacity: starts.count)
        _ = unsafe self.starts.initialize(from: starts)
        self.longest = longest
    }

    deinit {
        unsafe texts.deallocate()
        unsafe starts.deallocate()
    }

    func length(_ name: Name) -> Int { length(Int(name.index)) }

    @inline(__always)
    func length(_ place: Int) -> Int {
        precondition(unsafe place >= 0 && place < starts.count - 1, "there is no such text")
        return unsafe starts[place + 1] - starts[place]
    }

    @inline(__always)
    func append(_ name: Name, to text: inout TextRoom) { append(Int(name.index), to: &text) }

    @inline(__always)
    func append(_ place: Int, to text: inout TextRoom) {
        let count = length(place)
        unsafe text.append(UnsafeBufferPointer(rebasing: texts[starts[place]..<starts[place] + count]))
    }

    func append(_ name: Name, to text: inout [UInt8]) { append(Int(name.index), to: &text) }

    func append(_ place: Int, to text: inout [UInt8]) { text.appendText(most: length(place)) { append(place, to: &$0) } }
}
