import Bytes
import Records
import TestSupport
import Testing

@testable import Attribution

/// Tallies that are stored and read back; and bytes that nobody has stored.
@Suite struct StoredTallyTests {
    private static let folder = TemporaryFolder()
    private static let month = Month(year: 2026, month: 11)

    private func charges() throws -> ChargeTally {
        var tally = ChargeTally(unitPrice: ["USD": Amount(atto: Amount.unit / 100)])
        var names = Names()
        var buffers = ReadBuffers()
        let rows: [[String: String]] = [
            [:], ["line_item_unblended_cost": "-3e-18", "line_item_usage_amount": "0.1234567890123456789"],
            ["line_item_line_item_type": "Tax", "line_item_usage_type": "", "product_product_name": "", "line_item_legal_entity": "AWS"],
            ["line_item_usage_type": "x", "product_product_name": "My Claude helper", "line_item_legal_entity": ""],
            ["product_product_name": "Claude (Amazon Bedrock Edition)", "line_item_iam_principal": "arn:aws:iam::111122223333:role/r"],
            ["bill_billing_period_start_date": "2026-10-01T00:00:00Z"], ["line_item_usage_type": "BoxUsage", "product_product_name": "EC2", "line_item_legal_entity": "AWS"],
        ]
        let path = StoredTallyTests.folder.write("bill.csv", TinyBill(rows).text)
        let reading = BillReading(period: StoredTallyTests.month, profile: .standard, tagKeys: ["element1", "element2", "element3", "element4"])
        _ = try readBillFile(path: path, reading: reading, names: &names, buffers: &buffers) { row, names in
            tally.add(row, source: 3, names: names) { FaultOrder(argument: 0, path: "", offset: $0) }
            return true
        }
        tally.names = names
        return tally
    }

    private func evidence() throws -> EvidenceTally {
        var tally = EvidenceTally()
        var names = Names()
        var buffers = ReadBuffers()
        let records = [
            TinyTrail.record(), TinyTrail.record(id: "0a1b2c3d-0000-4000-8000-000000000001", ["sharedEventID": "\"s\""]),
            TinyTrail.record(id: "e3", ["errorCode": "\"x\"", "addendum": "{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"e1\"}"]),
            TinyTrail.record(id: "e4", ["eventSource": "\"s3.amazonaws.com\""]), TinyTrail.record(id: "e5", ["eventName": "\"CountTokens\""]),
        ]
        let path = StoredTallyTests.folder.write("trail.json", TinyTrail.file(records))
        _ = try readTrailFile(path: path, reading: LogReading(period: StoredTallyTests.month), names: &names, buffers: &buffers) { record, _ in
            tally.add(record) { FaultOrder(argument: 0, path: "", offset: $0) }
            return true
        }
        tally.names = names
        return tally
    }

    private func stored(_ tally: some StoredTally) -> [UInt8] {
        var bytes = StoredBytes()
        tally.store(in: &bytes)
        return bytes.bytes
    }

    @Test func whatIsStoredIsReadBack() throws {
        let charges = try charges()
        var again = ChargeTally(unitPrice: [:])
        var reader = StoredReader(stored(charges))
        try again.take(&reader, source: 3)
        #expect(reader.isAtEnd)
        #expect(again.rows == charges.rows && charges.rows.read == 7 && charges.rows.charges == 3 && charges.rows.nearMiss == 1)
        #expect(again.groups.keys == charges.groups.keys)
        #expect(again.groups.values.map { "\($0)" } == charges.groups.values.map { "\($0)" })
        #expect(again.candidates.count == 1 && again.payerSources == charges.payerSources && again.nearMisses == charges.nearMisses)
        let evidence = try evidence()
        var calls = EvidenceTally()
        reader = StoredReader(stored(evidence))
        try calls.take(&reader, source: 0)
        #expect(reader.isAtEnd && calls.counts == evidence.counts && calls.replaced == evidence.replaced && evidence.replaced.count == 1)
        #expect(calls.calls.held.map { "\($0)" } == evidence.calls.held.map { "\($0)" } && calls.calls.held.count == 2)
    }

    /// Every byte changed, and every end: a fault, or a tally that can be merged, settled and attributed like any other.
    @Test func bytesThatNobodyStoredDoNoHarm() throws {
        let (charges, evidence) = (try stored(charges()), try stored(evidence()))
        var (taken, refused) = (0, 0)
        func attempt<Tally: StoredTally>(_ bytes: [UInt8], _ empty: Tally, _ use: (Tally) -> Void) {
            var tally = empty
            var reader = StoredReader(bytes)
            do throws(StoredFault) {
                try tally.take(&reader, source: 0)
                taken += 1
                use(tally)
            } catch { refused += 1 }
        }
        func useCharges(_ tally: ChargeTally) {
            var all = ChargeTally(unitPrice: [:])
            for _ in 0..<3 { all.absorb(tally) }
            all.settleCandidates()
            let options = AttributionOptions(period: StoredTallyTests.month)
            let none = try? SettledEvidence(calls: EvidenceTally(), records: UsageTally(), registry: .init(), rates: .standard, options: options)
            if let none { _ = try? attribute(charges: all, evidence: none, registry: .init(), options: options) }
        }
        func useEvidence(_ tally: EvidenceTally) {
            var all = EvidenceTally()
            for _ in 0..<3 { all.absorb(tally) }
            try? all.settle()
        }
        for (bytes, isBill) in [(charges, true), (evidence, false)] {
            for index in bytes.indices {
                for value in [0, 1, 2, 0x7F, 0x80, 0xFF, bytes[index] &+ 1, bytes[index] &- 1] as [UInt8] {
                    var changed = bytes
                    changed[index] = value
                    if isBill { attempt(changed, ChargeTally(unitPrice: [:]), useCharges) } else { attempt(changed, EvidenceTally(), useEvidence) }
                }
                let cut = Array(bytes[..<index])
                if isBill { attempt(cut, ChargeTally(unitPrice: [:]), useCharges) } else { attempt(cut, EvidenceTally(), useEvidence) }
            }
        }
        #expect(taken > 100 && refused > 1000)
    }
}
