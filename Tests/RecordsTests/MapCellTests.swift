import Testing
import TestSupport

@testable import Records

@Suite struct MapCellTests {
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
