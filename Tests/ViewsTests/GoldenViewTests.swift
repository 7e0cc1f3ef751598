import Foundation
import Terminal
import TestSupport
import Testing

/// What each view prints of the sample month at three widths, as in `expected`. With UPDATE_VIEWS=1 in the environment the files are written
/// anew: read their diff by eye.
@Suite struct GoldenViewTests {
    static let views: [(name: String, words: [String])] = [
        ("overview", []), ("cards", ["cards"]), ("cards-weeks", ["cards", "--week", "2026-10-07", "--week", "5"]),
        ("cards-elements", ["cards", "--kind", "element1", "--kind", "total"]), ("bills", ["bills"]),
        ("bills-one", ["bills", "--workload", "claims-letters"]), ("gaps", ["gaps"]),
        ("ledger", ["ledger", "--limit", "7", "--principal", "notebook-experiments"]),
    ]

    @Test(arguments: views, [60, 100, 200])
    func printed(_ view: (name: String, words: [String]), _ width: Int) throws {
        let outcome = SampleRun.show(view.words + ["--width", String(width)])
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let id = try #require(outcome.output.isEmpty ? nil : try runID())
        let printed = outcome.output.replacingOccurrences(of: id, with: String(repeating: "0", count: 32))
        let path = SampleRun.root + "/Tests/ViewsTests/expected/\(view.name)-\(width).txt"
        if ProcessInfo.processInfo.environment["UPDATE_VIEWS"] != nil {
            try printed.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(printed == text(of: path), "\(view.name) at \(width)")
        for line in printed.split(separator: "\n") where displayWidth(String(line)) > width { Issue.record("too wide: \(line)") }
    }

    private func runID() throws -> String {
        let json = try JSONSerialization.jsonObject(with: Data(SampleRun.bytes("run.json"))) as? [String: Any]
        return try #require(json?["run_id"] as? String)
    }

    /// A file or pipe is 100 columns wide and has no colours.
    @Test func pipesAreAsWideAsAHundred() {
        let piped = SampleRun.show("cards")
        #expect(piped == SampleRun.show("cards", "--width", "100"))
        #expect(!piped.output.contains("\u{1B}"))
    }
}
