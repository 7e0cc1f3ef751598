import Foundation
import TestSupport
import Testing

/// Every folder of `cases`, through the built program: the twin's figures, and the same bytes however the work is cut.
@Suite struct GoldenTests {
    @Test func casesAreThere() { #expect(GoldenCase.all.count >= 33) }

    @Test(arguments: GoldenCase.all)
    func figuresAreTheTwins(_ golden: GoldenCase) throws {
        let published = try golden.run(["--threads", "1"])
        for name in names(in: golden.folder + "/expected") {
            let wanted = bytes(of: golden.folder + "/expected/" + name)
            guard let written = published[name] else {
                Issue.record("\(name) was not published")
                continue
            }
            if name.hasSuffix(".csv") {
                let found = CSVText(String(decoding: written, as: UTF8.self))
                #expect(found.difference(from: CSVText(String(decoding: wanted, as: UTF8.self))) == nil, "\(name)")
            } else {
                // Of a bill the twin knows only who owes what.
                let found = try JSONText(written).without("run_id")
                #expect(try found.difference(from: JSONText(wanted), isOpen: name == "agent-bills.json") == nil, "\(name)")
            }
        }
        for name in names(in: golden.folder + "/expected-more") {
            let wanted = text(of: golden.folder + "/expected-more/" + name)
            #expect(published[name].map(withoutRunID) == wanted, "\(name): see `git diff` behind Tests/Golden/update.sh \(golden.name)")
        }
        let known = Set(names(in: golden.folder + "/expected") + names(in: golden.folder + "/expected-more"))
        #expect(Set(published.keys).subtracting(known) == [], "a file that no one expects")
    }

    @Test(arguments: GoldenCase.all)
    func threadsDoNotMatter(_ golden: GoldenCase) throws {
        let one = try golden.run(["--threads", "1"])
        for threads in ["2", "7"] { expectSame(try golden.run(["--threads", threads]), one, "\(threads) threads") }
    }

    @Test(arguments: GoldenCase.all)
    func windowsDoNotMatter(_ golden: GoldenCase) throws {
        let whole = try golden.run()
        for window in ["1", "7"] { expectSame(try golden.run(["--window", window]), whole, "a window of \(window)") }
    }

    @Test(arguments: GoldenCase.all)
    func cuttingTheFilesAnewDoesNotMatter(_ golden: GoldenCase) throws {
        let place = TemporaryFolder()
        golden.recut(to: place)
        var cut = try golden.run(["--threads", "2"], in: place.path)
        // The only file that names inputs.
        cut["rejected.csv"] = cut["rejected.csv"].map { rejected in
            Array(String(decoding: rejected, as: UTF8.self).replacingOccurrences(of: ".gz,", with: ",").utf8)
        }
        expectSame(cut, try golden.run(), "gzip of three members")
    }

    @Test(.enabled(if: Program.run(["--help"], in: "/").output.contains("\n  verify ")), arguments: GoldenCase.all)
    func runIsVerified(_ golden: GoldenCase) {
        let place = TemporaryFolder()
        let out = place.path + "/run"
        _ = Program.run(["attribute"] + golden.arguments + ["--out", out, "--quiet"], in: golden.folder)
        let outcome = Program.run(["verify", out], in: golden.folder)
        #expect(outcome.code == 0, "\(outcome.errors)\(outcome.output)")
    }

    private func expectSame(_ files: [String: [UInt8]], _ others: [String: [UInt8]], _ how: String) {
        #expect(files.keys.sorted() == others.keys.sorted(), "\(how)")
        for name in files.keys.sorted() where files[name] != others[name] {
            let found = String(decoding: files[name] ?? [], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            let wanted = String(decoding: others[name] ?? [], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            let line = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }
            Issue.record(
                "\(name) is not the same with \(how): line \(line.map { "\($0.offset + 1): \($0.element.0) | \($0.element.1)" } ?? "count")"
            )
        }
    }
}
