import Testing
import TestSupport

@testable import Records

@Suite struct NamesTests {
    private func randomTexts(_ random: inout SeededRandom, _ count: Int) -> [[UInt8]] {
        (0..<count).map { _ in random.bytes(of: [0x61, 0x62, 0x00, 0xC3, 0xFF], upTo: 7) }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func equalTextsHaveOneName(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var names = Names()
        var known: [[UInt8]: Name] = [[]: .empty]
        for text in randomTexts(&random, 3000) {
            #expect((names.known(text.span) != nil) == (known[text] != nil), "seed \(seed)")
            let name = names.name(text)
            #expect(known[text] == nil || known[text] == name, "seed \(seed)")
            known[text] = name
        }
        #expect(names.count == known.count && Set(known.values).count == known.count, "seed \(seed)")
        for (text, name) in known { #expect(Array(names.bytes(name)) == text, "seed \(seed)") }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func absorbedNamesKeepTheirTexts(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var (mine, other) = (Names(), Names())
        for text in randomTexts(&random, 400) { _ = mine.name(text) }
        for text in randomTexts(&random, 400) { _ = other.name(text) }
        let before = (0..<mine.count).map { Array(mine.bytes(Name(index: UInt32($0)))) }
        let map = mine.absorb(other)
        #expect(map.count == other.count && map[0] == .empty)
        for index in 0..<other.count {
            #expect(mine.bytes(map[index]) == other.bytes(Name(index: UInt32(index))), "seed \(seed)")
        }
        for (index, text) in before.enumerated() { #expect(Array(mine.bytes(Name(index: UInt32(index)))) == text, "seed \(seed)") }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func ranksAreTheBytewiseOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var names = Names()
        for text in randomTexts(&random, 500) { _ = names.name(text) }
        let ranks = names.ranks()
        let all = (0..<names.count).map { Array(names.bytes(Name(index: UInt32($0)))) }
        for (rank, text) in all.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
            #expect(names.known(text.span).map { Int(ranks[Int($0.index)]) } == rank, "seed \(seed)")
        }
    }
}

@Suite struct RecordIDTests {
    private static let texts = [
        "", "0a1b2c3d-0000-4000-8000-00000000000f", "0a1b2c3d-0000-4000-8000-00000000000e", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "00000000-0000-0000-0000-000000000000", "0A1B2C3D-0000-4000-8000-00000000000F", "0a1b2c3d-0000-4000-8000-00000000000", "req_011C",
        "0a1b2c3d00004000800000000000000f", "0a1b2c3d-0000-4000-8000_00000000000f", "0a1b2c3d-0000-4000-8000-00000000000g", "z", "0", "é",
        "0a1b2c3d-0000-4000-8000-00000000000f ", "7fffffff-ffff-ffff-7fff-ffffffffffff", "80000000-0000-0000-8000-000000000000",
    ]

    @Test func everyIDKeepsItsTextAndOrder() {
        var names = Names()
        let ids = RecordIDTests.texts.map { RecordID(bytes($0), names: &names) }
        #expect(Set(ids).count == ids.count)
        #expect(ids[0] == .empty && ids[0].isEmpty && !ids[4].isEmpty)
        for (id, text) in zip(ids, RecordIDTests.texts) {
            #expect(id.text(names) == bytes(text))
            #expect(RecordID(bytes(text), names: &names) == id)
            for (other, otherText) in zip(ids, RecordIDTests.texts) {
                #expect(id.precedes(other, names) == text.utf8.lexicographicallyPrecedes(otherText.utf8), "\(text) \(otherText)")
                // The fast order is one: of two different ids exactly one comes first.
                #expect((id == other ? 0 : 1) == (id.sortsBefore(other) ? 1 : 0) + (other.sortsBefore(id) ? 1 : 0))
            }
        }
    }

    @Test func mappedIDsKeepTheirTexts() {
        var (mine, other) = (Names(), Names())
        _ = mine.name("something else")
        let ids = RecordIDTests.texts.map { RecordID(bytes($0), names: &other) }
        let map = mine.absorb(other)
        for (id, text) in zip(ids, RecordIDTests.texts) { #expect(id.mapped(map).text(mine) == bytes(text)) }
    }
}

@Suite struct PrincipalTests {
    @Test(arguments: [
        ("arn:aws:sts::111122223333:assumed-role/agent-a/session", "arn:aws:iam::111122223333:role/agent-a"),
        ("arn:aws:sts::111122223333:assumed-role/agent-a/a/b", "arn:aws:iam::111122223333:role/agent-a"),
        ("arn:aws-us-gov:iam::111122223333:role/service-role/deep/agent-a", "arn:aws-us-gov:iam::111122223333:role/agent-a"),
        ("arn:aws:iam::111122223333:role/agent-a", "arn:aws:iam::111122223333:role/agent-a"),
        ("arn:aws:iam::111122223333:user/ops/alice", "arn:aws:iam::111122223333:user/alice"),
        ("arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root"),
        ("arn:aws:iam::111122223333:role/path/", "arn:aws:iam::111122223333:role/path/"),
        ("arn:aws:sts::111122223333:assumed-role//s", "arn:aws:sts::111122223333:assumed-role//s"),
        ("arn:aws:sts::111122223333:federated-user/bob", "arn:aws:sts::111122223333:federated-user/bob"),
        ("arn:aws:sts::111122223333:role/x/y", "arn:aws:sts::111122223333:role/x/y"),
        ("arn:aws:iam::111122223333:group/a/b", "arn:aws:iam::111122223333:group/a/b"),
        ("arn:aws:iam::111122223333:role/with:colon", "arn:aws:iam::111122223333:role/with:colon"),
        ("service:lambda.amazonaws.com", "service:lambda.amazonaws.com"), ("arn:aws", "arn:aws"), ("", ""),
    ]) func canonicalForms(written: String, canonical: String) {
        let once = canonicalPrincipal(bytes(written))
        #expect(text(once) == canonical)
        #expect(canonicalPrincipal(once) == once)
    }

    @Test(arguments: [
        ("arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_01", true),
        ("arn:aws-cn:aws-external-anthropic:cn-north-1:111122223333:workspace/x", true),
        ("arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/", false),
        ("arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/a/b", false),
        ("arn:aws:aws-external-anthropic:us-east-1::workspace/a", false),
        ("arn:aws:aws-external-anthropic::111122223333:workspace/a", false),
        ("arn:aws:bedrock-mantle:us-east-1:111122223333:workspace/a", false),
        ("arn:aws:aws-external-anthropic:us-east-1:111122223333:vault/a", false),
    ]) func workspaceARNs(written: String, isWorkspace: Bool) {
        #expect(ARN(bytes(written))?.isWorkspace == isWorkspace)
    }
}
