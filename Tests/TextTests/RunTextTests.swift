import Foundation
import TestSupport
import Testing

/// What a run says on one screen, in three widths, on the sample month.
@Suite struct RunTextTests {
    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../SampleData"

    private func attribute(_ more: [String]) -> Program.Outcome {
        let place = TemporaryFolder()
        return Program.run(
            [
                "attribute", "--cur", RunTextTests.sample + "/cur", "--cloudtrail", RunTextTests.sample + "/cloudtrail", "--usage-log",
                RunTextTests.sample + "/usage-log", "--registry", RunTextTests.sample + "/registry.json", "--period", "2026-10", "--out", "run",
            ] + more, in: place.path)
    }

    @Test(arguments: ["60", "100", "200"]) func fits(width: String) throws {
        let outcome = attribute(["--width", width])
        #expect(outcome.code == 0)
        try expectGolden(outcome.output, "run-\(width).txt")
        // Figures are never cut; texts are. Nothing is wider than asked, and no colour goes into a pipe.
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= (Int(width) ?? 0), "\(line)") }
        #expect(!outcome.output.unicodeScalars.contains { $0.value == 0x1B })
    }

    @Test func aPipeIsAHundredColumnsWide() { #expect(attribute([]).output == attribute(["--width", "100"]).output) }

    @Test func quietSaysNothing() {
        #expect(attribute(["--quiet"]) == Program.Outcome(code: 0, output: "", errors: ""))
    }
}
