import Bytes
import Page
import Published
import Reports
import Runs

/// `apportion report`: a published run as one page, or its charts as pictures.
enum ReportCommand {
    static let command = Command(
        name: "report",
        summary: "Makes report.html of a published run: one page with pictures, tables and every row behind them.",
        operand: ("DIR", "the folder of a run, such as runs/2026-10"),
        options: [
            OptionSpec(name: "--html", value: .one("FILE"), help: "where the page goes (default: report.html in DIR)"),
            OptionSpec(name: "--svg", value: .one("FOLDER"), help: "write each chart as an SVG file into this folder instead, for wikis and mails"),
        ],
        example: """
            apportion report runs/2026-10
            apportion report runs/2026-10 --svg wiki/pictures
            """,
        run: report)

    private static func report(_ arguments: Arguments) throws -> Int32 {
        let folder = arguments.operand ?? ""
        for option in ["--html", "--svg"] where arguments.one(option) == "" { throw UsageFault(message: "\(option) is empty; is a variable unset?") }
        if let path = arguments.one("--html") {
            guard path != "-" else { throw UsageFault(message: "--html takes a file, not -") }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard !Reports.fileNames.contains(name) else { throw UsageFault(message: "--html \(path) has the name of a file of a run, which is not to be replaced; choose another") }
        }
        let page: Page
        do throws(ViewFault) { page = try Page(folder: folder) } catch { return try ShowCommand.exitCode(error) }
        do throws(RunFault) {
            if let place = arguments.one("--svg") {
                let files = page.svgFiles()
                for file in files { try replaceFile(joinedPath(place, file.name), file.content) }
                Output.standard("\(files.count) charts in \(place)\n")
                if !arguments.has("--html") { return 0 }
            }
            let path = arguments.one("--html") ?? joinedPath(folder, "report.html")
            try replaceFile(path, page.html())
            Output.standard("\(path)\n")
            return 0
        } catch {
            for message in error.messages { Output.fault(message) }
            return error.exitCode
        }
    }
}
