import Records
import Reports
import Terminal

/// A small table as a command prints it: laid out for a terminal, as CSV, or as a list of JSON objects.
struct TableOutput {
    static let csvOption = OptionSpec(name: "--csv", value: .flag, help: "the same as CSV")
    static let jsonOption = OptionSpec(name: "--json", value: .flag, help: "the same as JSON")
    static let widthOption = OptionSpec(name: "--width", value: .one("N"), help: "columns, whatever the terminal has", isHidden: true)

    /// Of each column its title for people, its name for programs, and how it gives way; columns without a title are for programs alone.
    var columns: [(title: String, name: String, fit: TextTable.Fit)]
    var rows: [[String]] = []
    /// What stands where there are no rows.
    var nothing: String

    /// - Parameter notes: Under each row a sentence, for people; nil for none.
    func write(_ arguments: Arguments, notes: [String?] = []) throws(UsageFault) {
        if arguments.has("--csv"), arguments.has("--json") { throw UsageFault(message: "--csv and --json are both given; pick one") }
        if arguments.has("--csv") { return Output.json(csv) }
        if arguments.has("--json") { return Output.json(JSONText.array(rows.map { row in .object(zip(columns, row).map { ($0.name, .string($1)) }) }).text()) }
        guard !rows.isEmpty else { return Output.standard("\(nothing)\n") }
        let shown = columns.indices.filter { !columns[$0].title.isEmpty }
        var table = TextTable(shown.map { TextTable.Column(columns[$0].title, .left, columns[$0].fit) }, indent: 0)
        for (index, row) in rows.enumerated() { table.add(shown.map { .text(StyledText(row[$0])) }, note: index < notes.count ? notes[index] : nil) }
        let width = try arguments.number("--width", least: 20) ?? TerminalSize.columnsOfStandardOutput()
        Output.lines(table.lines(width: width), hasStyles: Style.areShownOnStandardOutput())
    }

    private var csv: [UInt8] {
        var writer = CSVWriter()
        for column in columns { writer.text(column.name) }
        writer.endRow()
        for row in rows {
            for cell in row { writer.text(cell) }
            writer.endRow()
        }
        return writer.bytes
    }
}
