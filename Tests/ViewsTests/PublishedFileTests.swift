import Published
import Records
import TestSupport
import Testing

@testable import Views

@Suite struct PublishedFileTests {
    /// Whatever the window, rows and cells are the same.
    @Test(arguments: [1, 2, 7, 64, 4096, 1 << 20]) func windowsDoNotMatter(_ windowBytes: Int) throws {
        let place = TemporaryFolder()
        let text = "a,b\n1,\"x, \"\"y\"\"\nz\"\n2,'=sum\n3," + String(repeating: "long", count: 900) + "\n,\n"
        var table = try PublishedTable.open(place.write("t.csv", text), windowBytes: windowBytes)
        #expect(table.header == ["a", "b"])
        var cells: [[String]] = []
        var raw: [UInt8] = table.rawHeader + [0x0A]
        while try table.next() {
            cells.append([table.string(0), table.string(1)])
            table.appendRaw(to: &raw)
        }
        #expect(cells == [["1", "x, \"y\"\nz"], ["2", "=sum"], ["3", String(repeating: "long", count: 900)], ["", ""]])
        #expect(String(decoding: raw, as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("0", "0.00"), ("0.005", "0.00"), ("0.015", "0.02"), ("0.025", "0.02"), ("0.025000000000000001", "0.03"), ("-0.005", "0.00"),
        ("-1.235", "-1.24"), ("-0.015", "-0.02"), ("999999999999999999", "999999999999999999.00"), ("1", "1.00"), ("12.3", "12.30"),
    ])
    func centsAreHalfEven(_ text: String, _ cents: String) throws {
        #expect(Money.centsText(atto: try #require(Money.atto(Array(text.utf8)))) == cents)
    }

    @Test(arguments: [
        "", "-", ".", "1e5", "1,5", "+1", " 1", "1.0000000000000000001", "1000000000000000001", String(repeating: "9", count: 60), "--1",
    ])
    func whatIsNoNumber(_ text: String) { #expect(Money.atto(Array(text.utf8)) == nil) }

    @Test func centsOfBillsAreTakenAsTheyAre() {
        #expect(Money.cents(Array("-12.40".utf8)) == -1240)
        #expect(Money.cents(Array("0.05".utf8)) == 5)
        for text in ["12.4", "12", ".40", "12.400", "1.x0"] where text != ".40" { #expect(Money.cents(Array(text.utf8)) == nil, "\(text)") }
    }

    @Test func weeksCoverTheMonth() throws {
        for (month, count) in [(Month(year: 2026, month: 2), 4), (Month(year: 2026, month: 10), 5), (Month(year: 2026, month: 5), 6)] {
            let weeks = Weeks(month)
            #expect(weeks.all.count == count)
            #expect(weeks.all.flatMap { Array($0) } == Array(month.firstDay..<month.firstDay + month.dayCount))
        }
        let october = Weeks(Month(year: 2026, month: 10))
        #expect(try october.week("2026-10-04") == october.week("2"))
        #expect(try october.week("2026-10-03") == october.week("1"))
        #expect(throws: ViewFault.self) { try october.week("0") }
        #expect(throws: ViewFault.self) { try october.week("2026-09-30") }
    }

    @Test func longRowsAreSpread() throws {
        let days = LedgerDays(month: Month(year: 2026, month: 10))
        let first = Month(year: 2026, month: 10).start
        #expect(days.days(from: first, to: first.adding(Instant.day)) == first.dayNumber...first.dayNumber)
        #expect(days.days(from: first, to: first.adding(31 * Instant.day)) == first.dayNumber...first.dayNumber + 30)
        #expect(days.days(from: first.adding(-3 * Instant.day), to: first.adding(Instant.day + 1)) == first.dayNumber...first.dayNumber + 1)
        #expect(days.days(from: first.adding(-3 * Instant.day), to: first.adding(-2 * Instant.day)) == first.dayNumber...first.dayNumber)
    }
}
