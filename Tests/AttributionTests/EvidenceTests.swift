import Bytes
import Records
import Testing
import TestSupport

@testable import Attribution

@Suite struct EvidenceTests {
    private func settled(_ records: [String]) throws -> (counts: EventCounts, ids: [String]) {
        let folder = TemporaryFolder()
        var tally = EvidenceTally()
        var names = Names()
        var buffers = ReadBuffers()
        let path = folder.write("t.json", TinyTrail.file(records))
        _ = try readTrailFile(path: path, reading: LogReading(period: Month(year: 2026, month: 11)), names: &names, buffers: &buffers) {
            record, _ in
            tally.add(record) { FaultOrder(argument: 0, path: path, offset: $0) }
            return true
        }
        tally.names = names
        try tally.settle()
        return (tally.counts, tally.calls.held.map { text($0.id.text(tally.names)) }.sorted())
    }

    @Test func copiesCountOnce() throws {
        let record = World.event("e1")
        let found = try settled([record, record, World.event("e2"), record])
        #expect(found.ids == ["e1", "e2"] && found.counts.duplicate == 2 && found.counts.evidence == 2 && found.counts.read == 4)
    }

    /// Of copies that differ the one that is smallest by these members, in their order, is kept, however they are met.
    @Test func ofDifferentCopiesTheSmallestIsKept() throws {
        let levels: [(smaller: KeyValuePairs<String, String>, larger: KeyValuePairs<String, String>)] = [
            (["eventTime": "\"2026-11-03T15:59:59+01:00\""], ["eventTime": "\"2026-11-03T15:00:00Z\""]),
            (["resources": "[]"], ["resources": "[{\"ARN\":\"\(World.workspace("w"))\"}]"]),
            (["userIdentity": TinyTrail.identity(World.role("a"))], ["userIdentity": TinyTrail.identity(World.role("b"))]),
            (["requestParameters": "{\"model\":\"A\"}"], ["requestParameters": "{\"model\":\"a\"}"]),
            (["requestID": "\"R\""], ["requestID": "\"r\""]), (["sharedEventID": "null"], ["sharedEventID": "\"s\""]),
            (["recipientAccountId": "\"1\""], ["recipientAccountId": "\"2\""]),
            (
                ["userIdentity": TinyTrail.identity(World.role("z"), account: "1")],
                ["userIdentity": TinyTrail.identity(World.role("z"), account: "2")]
            ),
        ]
        func record(_ changes: [KeyValuePairs<String, String>]) -> String {
            let members = changes.flatMap { $0 }
            var record = TinyTrail.record(
                id: "e", ["eventTime": "\"2026-11-03T14:59:59Z\"", "userIdentity": TinyTrail.identity(World.role("z"), account: "1")])
            for member in members { record = record.dropLast() + ",\"\(member.key)\":\(member.value)}" }
            return record
        }
        for (index, level) in levels.enumerated() {
            // What comes behind decides nothing: there the better copy is the larger.
            let behind = levels.dropFirst(index + 1).filter { Set($0.larger.map(\.key)).isDisjoint(with: level.larger.map(\.key)) }
            let better = record([level.smaller] + behind.map(\.larger))
            let worse = record([level.larger] + behind.map(\.smaller))
            for copies in [[better, worse], [worse, better], [worse, better, worse]] {
                let folder = TemporaryFolder()
                var tally = EvidenceTally()
                var names = Names()
                var buffers = ReadBuffers()
                _ = try readTrailFile(
                    path: folder.write("t.json", TinyTrail.file(copies)), reading: LogReading(period: Month(year: 2026, month: 11)),
                    names: &names, buffers: &buffers
                ) { record, _ in
                    tally.add(record) { FaultOrder(argument: 0, path: "", offset: $0) }
                    return true
                }
                tally.names = names
                try tally.settle()
                let alone = try settledEvent(better)
                #expect(tally.calls.held.count == 1)
                #expect(tally.calls.held.first.map { describe($0, tally.names) } == alone, "level \(index)")
            }
        }
    }

    private func describe(_ event: ActivityEvent, _ names: Names) -> [String] {
        [event.time.text, text(event.request.text(names)), text(event.shared.text(names))]
            + [event.principal, event.model, event.workspace, event.recipientAccount, event.identityAccount].map { names.text($0) }
    }

    private func settledEvent(_ record: String) throws -> [String]? {
        let folder = TemporaryFolder()
        var names = Names()
        var buffers = ReadBuffers()
        var found: [String]?
        _ = try readTrailFile(
            path: folder.write("t.json", record), reading: LogReading(period: Month(year: 2026, month: 11)), names: &names,
            buffers: &buffers
        ) { record, names in
            if case .call(let event, _) = record { found = describe(event, names) }
            return true
        }
        return found
    }

    @Test func correctedEventsAreSuperseded() throws {
        func correction(_ id: String, of original: String, _ more: String = "") -> String {
            World.event(id, ["addendum": "{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"\(original)\"}"]).dropLast() + more + "}"
        }
        let one = try settled([World.event("e1"), correction("e2", of: "e1"), World.event("e3")])
        #expect(one.ids == ["e2", "e3"] && one.counts.superseded == 1)
        let chain = try settled([correction("e3", of: "e2"), correction("e2", of: "e1"), World.event("e1")])
        #expect(chain.ids == ["e3"] && chain.counts.superseded == 2)
        // A correction that failed corrects all the same; one that is not billable never reached the test.
        let failed = try settled([World.event("e1"), correction("e2", of: "e1", ",\"errorCode\":\"x\"")])
        #expect(failed.ids == [] && failed.counts.superseded == 1 && failed.counts.failed == 1)
        let free = try settled([World.event("e1"), correction("e2", of: "e1", ",\"eventName\":\"CountTokens\"")])
        #expect(free.ids == ["e1"] && free.counts.notBillable == 1)
        // Copies go before corrections: both copies are gone, each in one counter.
        let copies = try settled([World.event("e1"), World.event("e1"), correction("e2", of: "e1")])
        #expect(copies.ids == ["e2"] && copies.counts.duplicate == 1 && copies.counts.superseded == 1)
        // Also one that is itself a copy that is not kept.
        let lost = try settled([World.event("e2"), correction("e2", of: "e1").replacing("14:10:00Z", with: "14:20:00Z"), World.event("e1")])
        #expect(lost.ids == ["e2"] && lost.counts.duplicate == 1 && lost.counts.superseded == 1)
    }

    @Test func ofASharedCallTheCallersOwnRecordIsKept() throws {
        func shared(_ id: String, recipient: String, identity: String = World.account) -> String {
            TinyTrail.record(
                id: id,
                [
                    "sharedEventID": "\"s\"", "recipientAccountId": "\"\(recipient)\"",
                    "userIdentity": TinyTrail.identity(TinyTrail.role, account: identity),
                ])
        }
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let records = [
                shared("e1", recipient: "444455556666"), shared("e3", recipient: World.account), shared("e2", recipient: World.account),
            ]
            let found = try settled(order.map { records[$0] } + [World.event("e9")])
            #expect(found.ids == ["e2", "e9"] && found.counts.sharedDuplicate == 2)
            let foreign = [shared("e3", recipient: "4"), shared("e2", recipient: "5"), shared("e4", recipient: "6")]
            #expect(try settled(order.map { foreign[$0] }).ids == ["e2"])
        }
        // A record that is superseded is out of the running.
        let corrected = try settled([
            shared("e1", recipient: World.account), shared("e5", recipient: "4"),
            World.event("e6", ["addendum": "{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"e1\"}"]),
        ])
        #expect(corrected.ids == ["e5", "e6"] && corrected.counts.sharedDuplicate == 0)
    }
}
