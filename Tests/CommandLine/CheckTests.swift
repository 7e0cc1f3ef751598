import Foundation
import TestSupport
import Testing

/// `apportion check` and `-`, through the built program.
@Suite struct CheckTests {
    private let old = "{\"version\":1,\"workloads\":[{\"id\":\"a\",\"owner\":\"ana@example.com\",\"elements\":[\"1\",\"2\",\"3\",\"4\"],\"claims\":[{\"principal\":\"arn:aws:iam::111122223333:role/a\"}]}]}"
    private var new: String { old.replacingOccurrences(of: "ana@", with: "bob@") }

    @Test func standardInputIsAFileLikeAnother() {
        let place = TemporaryFolder()
        let path = place.write("new.json", new)
        place.write("old.json", old)
        let fromFile = Program.run(["check", "new.json", "--against", "old.json"], in: place.path)
        #expect(fromFile.code == 0 && fromFile.errors.isEmpty, "\(fromFile)")
        #expect(fromFile.output.contains("\nchanged from old.json\n  workload changed: a: owner 'ana@example.com' → 'bob@example.com'\n"))
        let fromInput = Program.run(["check", "-", "--against", "old.json"], in: place.path, input: path)
        #expect(fromInput.output == "standard input" + fromFile.output.dropFirst("new.json".count))
        let against = Program.run(["check", "old.json", "--against=-"], in: place.path, input: path)
        #expect(against.output.contains("\nchanged from standard input\n"))
        // What begins with a hyphen is a file behind two.
        place.write("-", old)
        #expect(Program.run(["check", "--", "./-"], in: place.path).output.hasPrefix("./-\n"))
    }

    @Test func aRunIsTheSameWithItsRegistryFromStandardInput() throws {
        let place = TemporaryFolder()
        let sample = Program.run(["sample", "month"], in: place.path)
        try #require(sample.code == 0)
        let words = ["attribute", "--cur", "month/cur", "--cloudtrail", "month/cloudtrail", "--period", "2026-10", "--quiet", "--out"]
        #expect(Program.run(words + ["one", "--registry", "month/registry.json"], in: place.path).code == 0)
        #expect(Program.run(words + ["two", "--registry", "-"], in: place.path, input: place.path + "/month/registry.json").code == 0)
        for name in names(in: place.path + "/one") where name != "run.json" {
            #expect(bytes(of: place.path + "/one/" + name) == bytes(of: place.path + "/two/" + name), "\(name)")
        }
        // And what the run left open is told.
        let check = Program.run(["check", "month/registry.json", "--runs", "one", "two", "--json"], in: place.path)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any])
        #expect(check.code == 0 && check.errors.isEmpty)
        #expect((json["errors"] as? [Any])?.isEmpty == true && (json["warnings"] as? [Any])?.count == 1 && json["changes"] == nil)
        let runs = try #require(json["runs"] as? [String: Any])
        #expect(runs["months"] as? [String] == ["2026-10"] && (runs["answered"] as? [Any])?.isEmpty == true)
        #expect((runs["open"] as? [[String: Any]])?.first?["gap"] as? String == "shared-role")
    }

    @Test func jsonTellsErrorsWarningsAndChanges() throws {
        let place = TemporaryFolder()
        place.write("old.json", old)
        place.write("odd.json", new.replacingOccurrences(of: "\"4\"", with: "\"\""))
        place.write("wrong.json", "{\"version\":1,\n\"workload\":[],\"workloads\":7}")
        let odd = Program.run(["check", "odd.json", "--against", "old.json", "--json", "--strict"], in: place.path)
        let told = try #require(try JSONSerialization.jsonObject(with: Data(odd.output.utf8)) as? [String: Any])
        #expect(odd.code == 1 && odd.errors == "apportion: error: --strict: there is 1 warning\n")
        let warning = try #require((told["warnings"] as? [[String: Any]])?.first)
        #expect(warning["kind"] as? String == "element-empty" && warning["path"] as? String == "$.workloads[0].elements" && warning["line"] as? Int == 1)
        #expect((told["changes"] as? [[String: String]])?.map { $0["how"] } == ["changed", "changed"])
        let wrong = Program.run(["check", "wrong.json", "--json"], in: place.path)
        let errors = try #require((try JSONSerialization.jsonObject(with: Data(wrong.output.utf8)) as? [String: Any])?["errors"] as? [[String: Any]])
        #expect(wrong.code == 65 && errors.map { $0["line"] as? Int } == [2, 2] && wrong.errors.split(separator: "\n").count == 2)
    }
}
