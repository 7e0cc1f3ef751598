import TestSupport
import Testing

@testable import Records
@testable import Registry
@testable import Review

private let role = TinyWorld.role("a")
private let workspace = TinyWorld.workspace("w1")

/// A registry whose workload `a` leaves nothing to remark but what `claims`, `estimates` and `more` say.
private func registry(claims: String = "", estimates: String = "", more: String = "", top: String = "") -> String {
    """
    {"version":1,"hierarchy":["Department"],
    "workloads":[{"id":"a","owner":"ana@example.com","elements":["Claims"],
    "claims":[\(claims.isEmpty ? "{\"principal\":\"\(role)\"}" : claims)],
    "estimates":[\(estimates)]}\(more)]
    \(top)}
    """
}

private func remarks(_ text: String, asOf: String? = nil) throws -> [Remark] {
    let time = asOf.flatMap { Instant(date: bytes($0).span) }
    return review(try readRegistry(bytes(text), file: "registry.json"), text: bytes(text), asOf: time)
}

private func claim(_ from: String? = nil, _ to: String? = nil, of principal: String = role) -> String {
    "{\"principal\":\"\(principal)\"" + (from.map { ",\"from\":\"\($0)\"" } ?? "") + (to.map { ",\"to\":\"\($0)\"" } ?? "") + "}"
}

@Suite struct ReviewTests {
    @Test func aRegistryWithoutOddityHasNoRemark() throws {
        #expect(try remarks(registry()).isEmpty)
        #expect(try remarks("{\"version\":1}").isEmpty)
        #expect(try remarks(registry(estimates: "{\"month\":\"2026-11\",\"amount\":1,\"confirmedBy\":\"x\"}")).isEmpty)
    }

    @Test(arguments: [
        (
            registry(more: ",{\"id\":\"b\",\n\"elements\":[\"Claims\"],\"claims\":[\(claim(of: TinyWorld.role("b")))]}"), "workload-without-owner",
            "$.workloads[1]", 4, "name nobody"
        ),
        (registry(more: ",\n{\"id\":\"b\",\"owner\":\"x\",\"elements\":[\"Claims\"]}"), "workload-without-claim", "$.workloads[1]", 5, "no spend ever reaches 'b'"),
        (registry(claims: claim(of: TinyWorld.role("AWSReservedSSO_x"))), "shared-role-claimed", "$.workloads[0].claims[0]", 3, "'a' would pay for everybody"),
        (registry(claims: "{\"workspace\":\"\(workspace)\"}"), "workspace-unlisted", "$.workloads[0].claims[0]", 3, workspace),
        (registry(claims: claim() + ",\n" + claim("2026-10-01")), "claim-covered", "$.workloads[0].claims[1]", 4, "$.workloads[0].claims[0] does already"),
        (registry(claims: claim() + ",\n" + claim()), "claim-covered", "$.workloads[0].claims[1]", 4, "always"),
        (
            registry(claims: claim(nil, "2026-10-01") + ",\n" + claim("2026-10-03")), "claim-hole", "$.workloads[0].claims[1]", 4,
            "nobody claims it from 2026-10-01 to 2026-10-03"
        ),
        (registry(estimates: "\n{\"month\":\"2026-11\",\"amount\":\"7.50\"}"), "estimate-unconfirmed", "$.workloads[0].estimates[0]", 5, "2026-11 (7.5 USD)"),
        (
            registry(
                estimates: "{\"month\":\"2026-11\",\"amount\":1,\"confirmedBy\":\"x\"},\n{\"month\":\"2026-11\",\"amount\":2,\"confirmedBy\":\"y\"}"),
            "estimate-twice", "$.workloads[0].estimates[1]", 5, "added to $.workloads[0].estimates[0]"
        ),
        (
            registry(claims: claim("2026-12-01"), estimates: "{\"month\":\"2026-11\",\"amount\":1,\"confirmedBy\":\"x\"}"),
            "estimate-outside-claims", "$.workloads[0].estimates[0]", 4, "no claim of 'a' is in force"
        ),
        (
            registry(estimates: "{\"month\":\"2026-11\",\"amount\":1,\"confirmedBy\":\"x\",\n\"currency\":\"usd\"}"), "estimate-currency",
            "$.workloads[0].estimates[0].currency", 5, "'usd'"
        ),
        (
            registry(more: ",{\"id\":\"b\",\"owner\":\"x\",\"elements\":[\"claims\"],\"claims\":[\(claim(of: TinyWorld.role("b")))]}"),
            "element-spelling", "$.workloads[1].elements[0]", 4, "is 'claims' (once), but 'Claims' (once) at $.workloads[0].elements[0]"
        ),
        (
            registry(more: ",{\"id\":\"b\",\"owner\":\"x\",\"elements\":[\" Sales\"],\"claims\":[\(claim(of: TinyWorld.role("b")))]}"),
            "surrounding-space", "$.workloads[1].elements[0]", 4, "' Sales'"
        ),
        (
            registry(more: ",{\"id\":\"b\",\"owner\":\"x \",\"elements\":[\"Claims\"],\"claims\":[\(claim(of: TinyWorld.role("b")))]}"),
            "surrounding-space", "$.workloads[1].owner", 4, "'x '"
        ),
        (
            registry(more: ",{\"id\":\"b\",\"owner\":\"x\",\"claims\":[\(claim(of: TinyWorld.role("b")))]}"), "element-empty",
            "$.workloads[1].elements", 4, "'Department'"
        ),
        (registry(top: ",\n\"workspaces\":[{\"arn\":\"\(workspace)\"}]"), "element-empty", "$.workspaces[0]", 6, "wrkspc_w1"),
        (
            registry(top: ",\"workspaces\":[{\"arn\":\"\(workspace)\",\"tags\":{\"element1\":\"Claims\"},\n\"billedTo\":\"111122223333\"}]"),
            "needless-billed-to", "$.workspaces[0].billedTo", 6, "remove it"
        ),
        (
            registry(top: ",\"workspaces\":[{\"arn\":\"\(workspace)\",\"tags\":{\"element1\":\n\"CLAIMS\"}}]"), "element-spelling",
            "$.workspaces[0].tags.element1", 6, "two cards"
        ),
    ]) func everyOddityIsRemarked(text: String, kind: String, path: String, line: Int, what: String) throws {
        let found = try remarks(text)
        // Of two spellings that are used alike the bytewise smaller counts as usual.
        #expect(found.count == 1, "\(found)")
        let remark = try #require(found.first)
        #expect([remark.kind.rawValue, remark.path] == [kind, kind == "element-spelling" ? remark.path : path])
        if kind != "element-spelling" { #expect(remark.line == line && remark.what.contains(what), "\(remark)") }
    }

    @Test func theRarerSpellingIsTheOddOne() throws {
        func workload(_ id: String, _ element: String) -> String {
            ",\n{\"id\":\"\(id)\",\"owner\":\"x\",\"elements\":[\"\(element)\"],\"claims\":[\(claim(of: TinyWorld.role(id)))]}"
        }
        let found = try remarks(registry(more: workload("b", "claims") + workload("c", " claims") + workload("d", "claims")))
        #expect(found.map(\.path) == ["$.workloads[0].elements[0]", "$.workloads[2].elements[0]"])
        #expect(found.map(\.line) == [2, 6])
        #expect(found.allSatisfy { $0.what.contains("but 'claims' (2 times) at $.workloads[1].elements[0]") }, "\(found)")
    }

    @Test func claimsThatEndedAreRemarkedWhereNoneFollows() throws {
        let ended = registry(claims: claim(nil, "2026-10-01"))
        #expect(try remarks(ended).isEmpty)
        #expect(try remarks(ended, asOf: "2026-09-30").isEmpty)
        #expect(try remarks(ended, asOf: "2026-10-01").map(\.kind) == [.claimEnded])
        let followed = registry(
            claims: claim(nil, "2026-10-01"),
            more: ",{\"id\":\"b\",\"owner\":\"x\",\"elements\":[\"Claims\"],\"claims\":[\(claim("2026-10-01"))]}")
        #expect(try remarks(followed, asOf: "2027-01-01").isEmpty)
    }

    @Test func placesAreThoseOfTheFile() {
        let places = RegistryPlaces(bytes("{\n\"a\": [\n1,\n{\"b\":\n2}],\n\"note\": {\"c\": 1}}"))
        #expect(places.line("$") == 1 && places.line("$.a[0]") == 3 && places.line("$.a[1]") == 4 && places.line("$.a[1].b") == 5)
        // What is not there stands where it is missing.
        #expect(places.line("$.a[1].z.y") == 4 && places.line("$.a[7]") == 2 && places.line("$.z") == 1)
        #expect(places.holds("$.a[1].b") && !places.holds("$.a[1].z") && !places.holds("$.note.c"))
    }

    @Test func sumsAreExactByMonthAndCurrency() throws {
        let estimates = [("2026-11", "0.1", "USD", "x"), ("2026-11", "0.2", "EUR", "x"), ("2026-10", "1e-18", "USD", "x"), ("2026-11", "9", "USD", "")]
        let written = estimates.map { "{\"month\":\"\($0.0)\",\"amount\":\"\($0.1)\",\"currency\":\"\($0.2)\",\"confirmedBy\":\"\($0.3)\"}" }
        let text = registry(
            estimates: written.joined(separator: ","),
            more: ",{\"id\":\"b\",\"estimates\":[\(written[0])],\"claims\":[{\"workspace\":\"\(workspace)\"}]}")
        let summary = RegistrySummary(try readRegistry(bytes(text), file: "registry.json"))
        #expect([summary.workloads, summary.principalClaims, summary.workspaceClaims, summary.workspaces] == [2, 1, 1, 0])
        #expect([summary.estimates, summary.confirmedEstimates] == [5, 4])
        let sums = summary.estimateSums.map { "\($0.month.text) \($0.amount?.text ?? "") \($0.currency) \($0.workloads)" }
        #expect(sums == ["2026-10 0.000000000000000001 USD 1", "2026-11 0.2 EUR 1", "2026-11 0.2 USD 2"])
    }
}
