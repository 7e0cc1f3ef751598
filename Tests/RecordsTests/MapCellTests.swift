import Testing
import TestSupport

@testable import Records

@Suite struct MapCellTests {
    /// False is certain: whenever the map does hold an accepted value, the quick look must not say no.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func theQuickLookNeverDeniesWhatIsThere(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let key = bytes("product_name")
        let words = [
            "Claude Platform", "claude", "x", "", "\"claude", "\\", "Claude\u{1}", "ü claude", "product_name", "product_name\":\"claude",
        ]
        var hits = 0
        for _ in 0..<600 {
            var members: [ReferenceJSON.Member] = []
            for _ in 0..<random.int(0...4) {
                let name = random.pick(["product_name", "product", "product_names", "a", "xproduct_name", "Product_name"])
                members.append(.init(bytes(name), random.once(in: 6) ? .number(bytes("1")) : .string(bytes(random.pick(words)))))
            }
            let json = ReferenceJSON.object(members).written(&random)
            // As it lies in the CSV, quotes doubled and around it.
            let raw = random.once(in: 4) ? json : [0x22] + json.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
            let needle = random.pick(["claude", "claude platform"])
            let test = PlatformProfile.Test(.productName, random.pick(PlatformProfile.Comparison.allCases), needle)
            let tests = CompiledTests(PlatformProfile(rules: [.init(platform: .bedrock, any: [test])]))
            var cell = MapCell()
            let isMap = cell.load(json.span)
            #expect(isMap)
            let value = cell.value(key)
            guard tests.matches(tests.tests[0], value.span) else { continue }
            hits += 1
            #expect(mapMayHold(raw.span, key: "product_name") { tests.matches(tests.tests[0], $0) }, "seed \(seed): \(shown(raw))")
        }
        #expect(hits > 5, "seed \(seed)")
    }

    @Test func theQuickLookSparesForeignMaps() {
        let raw = bytes(#""{""product_name"":""Amazon EC2"",""region"":""claude""}""#)
        #expect(!mapMayHold(raw.span, key: "product_name") { text(copied($0)).contains("claude") })
    }

    @Test func valuesOfMaps() {
        func value(_ json: String, _ key: String) -> String? {
            var cell = MapCell()
            let text = bytes(json)
            return cell.load(text.span) ? TestSupport.text(cell.value(bytes(key))) : nil
        }
        #expect(value(#"{"a":"1","a":"2"}"#, "a") == "2")
        #expect(value(#"{"a":"1","a":null}"#, "a") == "")
        #expect(value(#"{"a":{"a":"1"},"b":[1, 2]}"#, "a") == #"{"a":"1"}"#)
        #expect(value(#"{"b":-1.50}"#, "b") == "-1.50")
        #expect(value(#"{"\u0061":"\u00e9"}"#, "a") == "é")
        #expect(
            value("", "a") == "" && value("  ", "a") == "" && value("{}", "a") == "" && value("[]", "a") == nil && value("null", "a") == nil
        )
    }
}
