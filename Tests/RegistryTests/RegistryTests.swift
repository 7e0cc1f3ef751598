import Testing
import TestSupport

@testable import Records
@testable import Registry

private func read(_ text: String) -> Result<Registry, RegistryFaults> {
    do throws(RegistryFaults) { return .success(try readRegistry(bytes(text), file: "registry.json")) } catch { return .failure(error) }
}

private func faults(_ text: String) -> [RegistryFault] {
    if case .failure(let faults) = read(text) { faults.faults } else { [] }
}

private let arn = TinyWorld.workspace("w1")
private let role = TinyWorld.role("a")

/// A registry with some members of the top, and one with some members of its only workload.
private func top(_ members: String) -> String { "{\"version\":1,\(members)}" }
private func workload(_ members: String) -> String { top("\"workloads\":[{\"id\":\"a\",\(members)}]") }
private func claim(_ members: String) -> String { workload("\"claims\":[{\(members)}]") }

@Suite struct RegistryReaderTests {
    @Test func everythingIsRead() throws {
        let registry = try read(
            """
            {"version":1,"note":"n","hierarchy":["A","B"],"tagKeys":["k1","k2"],
             "workloads":[{"id":"x","name":"X","owner":"ana@example.com","elements":["e1","e2"],"costCenter":"CC","glAccount":"6400","note":{"any":1},
               "claims":[{"principal":"arn:aws:sts::111122223333:assumed-role/a/s","from":"2026-11-01","to":"2026-12-01"},{"workspace":"\(arn)"}],
               "estimates":[{"month":"2026-11","amount":1200.50,"confirmedBy":"fa@example.com"},{"month":"2026-11","amount":"0.5","currency":"USD","confirmedBy":"fa@example.com"},
                            {"month":"2026-11","amount":"7","currency":"EUR","confirmedBy":"x"},{"month":"2026-11","amount":"9"},{"month":"2026-12","amount":"9","confirmedBy":"x"}]}],
             "workspaces":[{"arn":"\(arn)","name":"one","tags":{"k2":"v","note":"n"},"billedTo":"444455556666"}],
             "sharedRolePatterns":[],"policy":{"tax":"keep"},
             "profile":{"platforms":[{"platform":"bedrock","any":[{"column":"description","startsWith":"LLM"}]}],"unitPrice":{"EUR":"0.02"}}}
            """
        ).get()
        #expect(registry.hierarchy == ["A", "B"] && registry.tagKeys == ["k1", "k2", "", ""] && registry.sharedRolePatterns == [])
        let workload = registry.workloads[0]
        #expect(
            [workload.id, workload.name, workload.owner, workload.costCenter, workload.glAccount] == [
                "x", "X", "ana@example.com", "CC", "6400",
            ])
        #expect(workload.elements == ["e1", "e2", "", ""])
        #expect(workload.claims.map(\.anchor) == [.principal(role), .workspace(arn)])
        #expect(
            workload.claims[0].from?.text == "2026-11-01T00:00:00Z" && workload.claims[0].to?.text == "2026-12-01T00:00:00Z"
                && workload.claims[1].from == nil)
        let november = Month(year: 2026, month: 11)
        #expect(
            workload.confirmedEstimate(november, currency: "USD")?.text == "1201"
                && workload.confirmedEstimate(november, currency: "GBP") == nil)
        #expect(workload.estimateCurrencies(november) == ["EUR", "USD"])
        let workspace = registry.workspaces[0]
        #expect(
            workspace.id == "wrkspc_w1" && workspace.elements == ["", "v", "", ""] && workspace.billedTo == "444455556666"
                && workspace.name == "one")
        #expect(
            registry.policy.choice(for: "Tax") == .keep && registry.policy.choice(for: "Credit") == .follow
                && registry.policy.choice(for: "x") == .follow)
        #expect(registry.profile.rules == [.init(platform: .bedrock, any: [.init(.description, .startsWith, "llm")])])
        #expect(registry.unitPrice.mapValues(\.text) == ["EUR": "0.02"])
    }

    @Test func whatIsNotSaidHasItsDefault() throws {
        let registry = try read("{\"version\":1,\"profile\":{},\"workspaces\":[{\"arn\":\"\(arn)\"}]}").get()
        #expect(
            registry.tagKeys == ["element1", "element2", "element3", "element4"]
                && registry.sharedRolePatterns == Registry.standardSharedRoles)
        #expect(registry.policy == Policy() && registry.profile == .standard && registry.unitPrice.mapValues(\.text) == ["USD": "0.01"])
        #expect(registry.workspaces[0].billedTo == "111122223333" && registry.hierarchy.count == 4)
        // Each half of the profile replaces its own default only.
        let prices = try read(top("\"profile\":{\"unitPrice\":{}}")).get()
        #expect(prices.unitPrice.isEmpty && prices.profile == .standard)
        let platforms = try read(top("\"profile\":{\"platforms\":[]}")).get()
        #expect(platforms.profile.rules.isEmpty && platforms.unitPrice.count == 1)
    }

    @Test(arguments: [
        ("[]", "$", "must be an object"), ("{}", "$", "has no 'version'"), ("{\"version\":2}", "$.version", "reads version 1"),
        ("{", "$", "is no JSON"), ("", "$", "is no JSON"), (top("\"workloadz\":[]"), "$", "did you mean 'workloads'"),
        (top("\"zzz\":1"), "$", "known are version"),
        (top("\"version\":1"), "$", "'version' twice"), (top("\"workloads\":{}"), "$.workloads", "must be a list"),
        (top("\"workloads\":[1]"), "$.workloads[0]", "must be an object"),
        (top("\"workloads\":[{}]"), "$.workloads[0]", "has no 'id'"),
        (top("\"workloads\":[{\"id\":\"\"}]"), "$.workloads[0].id", "is empty"),
        (workload("\"name\":7"), "$.workloads[0].name", "must be text"),
        (top("\"workloads\":[{\"id\":\"a\"},{\"id\":\"a\"}]"), "$.workloads[1].id", "'a', which another workload has"),
        (top("\"hierarchy\":[\"1\",\"2\",\"3\",\"4\",\"5\"]"), "$.hierarchy", "at most 4"), (top("\"tagKeys\":[]"), "$.tagKeys", "1 to 4"),
        (top("\"tagKeys\":[\"a\",\"a\"]"), "$.tagKeys", "twice"), (top("\"tagKeys\":[\"a\",2]"), "$.tagKeys[1]", "must be text"),
        (top("\"sharedRolePatterns\":\"x\""), "$.sharedRolePatterns", "must be a list"),
        (top("\"policy\":{\"tax\":\"hold\"}"), "$.policy.tax", "'hold'"),
        (top("\"policy\":{\"taxx\":\"keep\"}"), "$.policy", "did you mean 'tax'"),
        (workload("\"elements\":[\"1\",\"2\",\"3\",\"4\",\"5\"]"), "$.workloads[0].elements", "at most 4"),
        (workload("\"costcenter\":\"x\""), "$.workloads[0]", "did you mean 'costCenter'"),
        (workload("\"owner\":null"), "$.workloads[0].owner", "is null"),
        (claim("\"principal\":\"bob\""), "$.workloads[0].claims[0].principal", "'bob'"),
        (claim("\"principal\":\"service:\""), "$.workloads[0].claims[0].principal", "'service:'"),
        (claim("\"principal\":\"arn:aws:s3:::b\""), "$.workloads[0].claims[0].principal", "no ARN of a role"),
        (claim("\"principal\":\"arn:aws:iam::111122223333:role/\""), "$.workloads[0].claims[0].principal", "no ARN of a role"),
        (claim("\"workspace\":\"wrkspc_1\""), "$.workloads[0].claims[0].workspace", "'wrkspc_1'"),
        (claim(""), "$.workloads[0].claims[0]", "either 'principal' or 'workspace'"),
        (claim("\"principal\":\"\(role)\",\"workspace\":\"\(arn)\""), "$.workloads[0].claims[0]", "either 'principal' or 'workspace'"),
        (claim("\"principal\":\"\(role)\",\"from\":\"2026-02-30\""), "$.workloads[0].claims[0].from", "'2026-02-30'"),
        (claim("\"principal\":\"\(role)\",\"to\":\"2026-11-01T00:00:00Z\""), "$.workloads[0].claims[0].to", "no date"),
        (claim("\"principal\":\"\(role)\",\"from\":\"2026-11-02\",\"to\":\"2026-11-02\""), "$.workloads[0].claims[0]", "before it begins"),
        (workload("\"estimates\":[{\"month\":\"2026-13\",\"amount\":\"1\"}]"), "$.workloads[0].estimates[0].month", "'2026-13'"),
        (workload("\"estimates\":[{\"month\":\"2026-11\"}]"), "$.workloads[0].estimates[0]", "has no 'amount'"),
        (workload("\"estimates\":[{\"month\":\"2026-11\",\"amount\":\"1,5\"}]"), "$.workloads[0].estimates[0].amount", "'1,5'"),
        (workload("\"estimates\":[{\"month\":\"2026-11\",\"amount\":\"-1\"}]"), "$.workloads[0].estimates[0].amount", "negative"),
        (workload("\"estimates\":[{\"month\":\"2026-11\",\"amount\":\"1e-19\"}]"), "$.workloads[0].estimates[0].amount", "18 decimals"),
        (workload("\"estimates\":[{\"month\":\"2026-11\",\"amount\":true}]"), "$.workloads[0].estimates[0].amount", "true or false"),
        (top("\"workspaces\":[{\"name\":\"x\"}]"), "$.workspaces[0]", "has no 'arn'"),
        (top("\"workspaces\":[{\"arn\":\"x\"}]"), "$.workspaces[0].arn", "'x'"),
        (top("\"workspaces\":[{\"arn\":\"\(arn)\"},{\"arn\":\"\(arn)\"}]"), "$.workspaces[1].arn", "another workspace has"),
        (top("\"workspaces\":[{\"arn\":\"\(arn)\",\"billedTo\":\"4444\"}]"), "$.workspaces[0].billedTo", "'4444'"),
        (top("\"workspaces\":[{\"arn\":\"\(arn)\",\"tags\":{\"element5\":\"x\"}}]"), "$.workspaces[0].tags", "did you mean 'element1'"),
        (top("\"profile\":{\"platforms\":[{\"platform\":\"vertex\",\"any\":[]}]}"), "$.profile.platforms[0].platform", "'vertex'"),
        (top("\"profile\":{\"platforms\":[{\"platform\":\"bedrock\"}]}"), "$.profile.platforms[0]", "has no 'any'"),
        (
            top("\"profile\":{\"platforms\":[{\"platform\":\"bedrock\",\"any\":[{\"column\":\"usagetype\",\"equals\":\"x\"}]}]}"),
            "$.profile.platforms[0].any[0].column", "did you mean 'usage_type'"
        ),
        (
            top("\"profile\":{\"platforms\":[{\"platform\":\"bedrock\",\"any\":[{\"column\":\"usage_type\"}]}]}"),
            "$.profile.platforms[0].any[0]", "exactly one of"
        ),
        (
            top(
                "\"profile\":{\"platforms\":[{\"platform\":\"bedrock\",\"any\":[{\"column\":\"usage_type\",\"equals\":\"x\",\"contains\":\"y\"}]}]}"
            ), "$.profile.platforms[0].any[0]", "exactly one of"
        ),
        (
            top("\"profile\":{\"platforms\":[{\"platform\":\"bedrock\",\"any\":[{\"column\":\"usage_type\",\"equals\":\"\"}]}]}"),
            "$.profile.platforms[0].any[0]", "empty text"
        ),
        (top("\"profile\":{\"unitPrice\":[]}"), "$.profile.unitPrice", "must be an object"),
        (top("\"profile\":{\"unitPrice\":{\"USD\":\"x\"}}"), "$.profile.unitPrice.USD", "'x'"),
    ]) func everyMistakeIsNamed(text: String, path: String, what: String) {
        let found = faults(text)
        #expect(found.contains { $0.path == path && $0.what.contains(what) }, "\(found)")
        #expect(found.count == 1, "\(found)")
    }

    @Test func faultsAreToldAllAtOnceByLine() {
        let text = "{\n\"version\": 2,\n\"workloads\": [\n  {\"id\": \"a\",\n   \"elements\": 1},\n  {\"id\":\n\"a\"}],\n\"tagKeys\": []\n}"
        guard case .failure(let faults) = read(text) else {
            Issue.record("no fault")
            return
        }
        #expect(faults.faults.map(\.line) == [2, 5, 7, 8])
        #expect(faults.messages.first?.hasPrefix("registry.json:2: $.version: is 2") == true)
    }

    @Test(arguments: [
        (role, role), ("arn:aws:iam::111122223333:role/p/q/a", role), ("arn:aws:sts::111122223333:assumed-role/a/session", role),
        ("arn:aws:iam::111122223333:user/ops/al", "arn:aws:iam::111122223333:user/al"),
        ("arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root"),
        ("arn:aws:sts::111122223333:federated-user/bob", "arn:aws:sts::111122223333:federated-user/bob"),
        ("service:lambda.amazonaws.com", "service:lambda.amazonaws.com"),
        ("account:444455556666", "account:444455556666"), ("identity-center:u", "identity-center:u"),
        ("principal:AROA:x", "principal:AROA:x"),
    ]) func everyFormOfAPrincipal(written: String, canonical: String) throws {
        let registry = try read(claim("\"principal\":\"\(written)\"")).get()
        #expect(registry.workloads[0].claims[0].anchor == .principal(canonical))
    }

    /// Intervals of days, nil for no end on that side, and whether they share an instant.
    @Test func claimsOfTwoWorkloadsMustNotOverlap() {
        func span(_ from: Int?, _ to: Int?) -> String {
            (from.map { ",\"from\":\"2026-11-0\($0)\"" } ?? "") + (to.map { ",\"to\":\"2026-11-0\($0)\"" } ?? "")
        }
        let spans: [(Int?, Int?)] = [(nil, nil), (nil, 3), (nil, 5), (3, nil), (5, nil), (1, 3), (3, 5), (2, 4), (5, 7), (1, 9), (3, 4)]
        for a in spans {
            for b in spans {
                let days = (0...10).filter { day in [a, b].allSatisfy { ($0.0 ?? 0) <= day && day < ($0.1 ?? 11) } }
                // However the principal is written, it is one anchor.
                let text = top(
                    """
                    "workloads":[{"id":"a","claims":[{"principal":"\(role)"\(span(a.0, a.1))}]},
                    {"id":"b","claims":[{"principal":"arn:aws:sts::111122223333:assumed-role/a/s"\(span(b.0, b.1))}]}]
                    """)
                let found = faults(text)
                #expect(found.count == (days.isEmpty ? 0 : 1), "\(a) \(b): \(found)")
                if let fault = found.first {
                    #expect(fault.path == "$.workloads[1].claims[0]" && fault.line == 2 && fault.what.contains("$.workloads[0].claims[0]"))
                    #expect(fault.what.contains(role) && fault.what.contains("'a'") && fault.what.contains("'b'"))
                }
            }
        }
        // One workload may claim twice, and two may claim different things.
        #expect(faults(workload("\"claims\":[{\"principal\":\"\(role)\"},{\"principal\":\"\(role)\"}]")).isEmpty)
        #expect(
            faults(
                top(
                    "\"workloads\":[{\"id\":\"a\",\"claims\":[{\"workspace\":\"\(arn)\"}]},{\"id\":\"b\",\"claims\":[{\"principal\":\"\(role)\"}]}]"
                )
            ).isEmpty)
        #expect(
            faults(
                top(
                    "\"workloads\":[{\"id\":\"a\",\"claims\":[{\"workspace\":\"\(arn)\"}]},{\"id\":\"b\",\"claims\":[{\"workspace\":\"\(arn)\"}]}]"
                )
            ).count == 1)
    }

    @Test func claimsAreInForceFromAnInstantToAnother() {
        func at(_ text: String) -> Instant { Instant(bytes(text).span) ?? Instant(seconds: 0) }
        let claim = Claim(anchor: .principal("x"), from: at("2026-11-02T00:00:00Z"), to: at("2026-11-03T00:00:00Z"))
        for (time, isInForce) in [
            ("2026-11-01T23:59:59.999999Z", false), ("2026-11-02T00:00:00Z", true), ("2026-11-02T23:59:59.999999Z", true),
            ("2026-11-03T00:00:00Z", false),
        ] { #expect(claim.isInForce(at: at(time)) == isInForce, "\(time)") }
        #expect(Claim(anchor: .principal("x")).isInForce(at: at("1970-01-01T00:00:00Z")))
    }
}

@Suite struct PatternTests {
    /// The meaning of a pattern, by recursion.
    private func twin(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return twin(text, pattern.dropFirst()) || (!text.isEmpty && twin(text.dropFirst(), pattern))
        }
        guard let byte = text.first, first == UInt8(ascii: "?") || first == byte else { return false }
        return twin(text.dropFirst(), pattern.dropFirst())
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func patternsAgreeWithTheirMeaning(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var hits = 0
        for _ in 0..<2000 {
            let text = random.bytes(of: Array("ab".utf8), upTo: 7)
            let pattern = random.bytes(of: Array("ab*?".utf8), upTo: 6)
            let wanted = twin(text[...], pattern[...])
            hits += wanted ? 1 : 0
            #expect(matchesPattern(text, pattern) == wanted, "seed \(seed): \(shown(text)) \(shown(pattern))")
        }
        #expect(hits > 100)
    }

    @Test(arguments: [
        ("arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_1", true), ("arn:aws:iam::111122223333:role/awsreservedsso_x", false),
        ("arn:aws:iam::111122223333:root", true), ("arn:aws:iam::111122223333:role/root", false),
        ("arn:aws:iam::111122223333:role/AWSPowerUserAccess", true),
        ("arn:aws:iam::111122223333:user/AWSAdministratorAccess-x", true), ("arn:aws:iam::111122223333:role/xAWSReservedSSO_", false),
        ("service:lambda", false), ("", false),
    ]) func sharedRoles(principal: String, isShared: Bool) {
        #expect(Registry().isSharedRole(bytes(principal)) == isShared)
    }

    @Test func wholePrincipalsMayBeMatchedToo() {
        var registry = Registry()
        registry.sharedRolePatterns = ["arn:aws:iam::4*:role/*", "service:*"]
        #expect(registry.isSharedRole(bytes("arn:aws:iam::444455556666:role/x")) && registry.isSharedRole(bytes("service:lambda")))
        #expect(!registry.isSharedRole(bytes(role)) && !registry.isSharedRole(bytes("arn:aws:iam::111122223333:root")))
    }
}

@Suite struct RateCardTests {
    private func at(_ text: String) -> Instant { Instant(bytes(text).span) ?? Instant(seconds: 0) }

    private func card(_ models: String, _ more: String = "") -> Result<RateCard, RegistryFaults> {
        do throws(RegistryFaults) {
            return .success(try RateCard.read(bytes("{\"version\":1,\"models\":[\(models)]\(more)}"), file: "rates.json"))
        } catch { return .failure(error) }
    }

    private func row(_ id: String, from: String = "2026-01-01", input: String = "\"2\"") -> String {
        "{\"id\":\"\(id)\",\"effectiveFrom\":\"\(from)\",\"input\":\(input),\"write5m\":\"2.50\",\"write1h\":\"4\",\"cacheRead\":\"0.2\",\"output\":10}"
    }

    private func record(_ tokens: TokenCounts, batch: Bool = false, us: Bool = false) -> UsageRecord {
        UsageRecord(
            time: at("2026-11-03T00:00:00Z"), request: .empty, message: .empty, workspace: .empty, model: .empty, principal: .empty,
            tokens: tokens, isBatch: batch, isUSOnly: us)
    }

    /// USD per million tokens, as the specification's page on the domain lists them.
    @Test(
        arguments: [
            (["claude-fable-5-1"], [10, 12.5, 20, 0.25, 50]), (["claude-fable-5"], [10, 12.5, 20, 1, 50]),
            (["claude-opus-5-5"], [4, 5, 8, 0.2, 20]),
            (["claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-opus-4-5"], [5, 6.25, 10, 0.5, 25]),
            (["claude-sonnet-5-5", "claude-sonnet-5"], [2, 2.5, 4, 0.2, 10]),
            (["claude-sonnet-4-6", "claude-sonnet-4-5"], [3, 3.75, 6, 0.3, 15]),
            (["claude-haiku-4-5"], [1, 1.25, 2, 0.1, 5]),
        ] as [([String], [Double])]) func theStandardCard(models: [String], prices: [Double])
    {
        for model in models {
            let rates = RateCard.standard.rates(model: bytes(model), at: at("2026-01-01T00:00:00Z"))
            let found = rates.map { [$0.input, $0.write5m, $0.write1h, $0.cacheRead, $0.output] }
            #expect(found == prices.map { UInt64($0 * 10_000) }, "\(model)")
            #expect(RateCard.standard.rates(model: bytes(model), at: at("2025-12-31T23:59:59Z")) == nil)
        }
        #expect(RateCard.standard.webSearchPer1000 == 100_000)
    }

    @Test func theNewestRowNotAfterTheEventCounts() throws {
        let card = try card(
            [row("m", from: "2026-06-01", input: "\"3\""), row("m", input: "\"1\""), row("m", from: "2026-09-01", input: "0.0001")].joined(
                separator: ",")
        ).get()
        for (time, input) in [
            ("2025-12-31T23:59:59Z", nil), ("2026-01-01T00:00:00Z", 10_000), ("2026-05-31T23:59:59Z", 10_000),
            ("2026-06-01T00:00:00Z", 30_000), ("2026-09-01T00:00:00Z", 1),
        ] as [(String, UInt64?)] { #expect(card.rates(model: bytes("m"), at: at(time))?.input == input, "\(time)") }
    }

    @Test func aDateSuffixIsTakenOff() throws {
        let card = try card([row("m"), row("n-20260115", input: "\"7\""), row("n")].joined(separator: ",")).get()
        func input(_ model: String) -> UInt64? { card.rates(model: bytes(model), at: at("2026-11-01T00:00:00Z"))?.input }
        #expect(input("m-20260115") == 20_000 && input("n-20260115") == 70_000 && input("n-20260116") == 20_000)
        for model in ["m-2026011", "m-202601155", "m-2026011x", "m20260115", "-20260115", "M", "", "m-20260115-20260115"] {
            #expect(input(model) == nil, "\(model)")
        }
        #expect(RateCard.standard.rates(model: bytes("claude-sonnet-4-6-20260115"), at: at("2026-11-01T00:00:00Z"))?.input == 30_000)
    }

    @Test func weightsAreExact() throws {
        let card = try card(row("m")).get()
        func weight(_ tokens: TokenCounts, batch: Bool = false, us: Bool = false) -> UInt128? {
            card.weight(record(tokens, batch: batch, us: us), model: bytes("m"), at: at("2026-11-03T00:00:00Z"))
        }
        let each = TokenCounts(input: 1, write5m: 10, write1h: 100, cacheRead: 1000, output: 10_000)
        // 2 + 25 + 400 + 200 + 100,000 USD per million, in 10⁻¹² USD.
        #expect(weight(each) == 100_627_000_000)
        #expect(
            weight(each, batch: true) == 50_313_500_000 && weight(each, us: true) == 110_689_700_000
                && weight(each, batch: true, us: true) == 55_344_850_000)
        // A web search is never halved nor raised.
        #expect(weight(TokenCounts(webSearches: 3), batch: true, us: true) == 30_000_000_000)
        #expect(weight(TokenCounts(input: TokenCounts.limit, output: TokenCounts.limit)) == 12_000_000_000_000_000_000_000)
        // One token at the smallest price, halved and raised, leaves no rest.
        let small = try self.card(row("s", input: "0.0001")).get()
        #expect(small.weight(record(TokenCounts(input: 1), batch: true, us: true), model: bytes("s"), at: at("2026-11-03T00:00:00Z")) == 55)
        #expect(card.weight(record(each), model: bytes("other"), at: at("2026-11-03T00:00:00Z")) == nil)
        let searches = try self.card(row("m"), ",\"webSearchPer1000\":\"0.5\"").get()
        #expect(searches.weight(record(TokenCounts(webSearches: 1)), model: bytes("m"), at: at("2026-11-03T00:00:00Z")) == 500_000_000)
    }

    @Test func badCardsAreNamed() {
        for (models, more, path, what) in [
            (row("m", input: "\"0.00001\""), "", "$.models[0].input", "at most 4 decimals"),
            (row("m", input: "\"-1\""), "", "$.models[0].input", "negative"),
            (row("m", input: "\"1000001\""), "", "$.models[0].input", "at most 1000000"),
            (row("m", input: "\"x\""), "", "$.models[0].input", "'x'"),
            (row("m", from: "2026-1-1"), "", "$.models[0].effectiveFrom", "'2026-1-1'"),
            (row("m") + "," + row("m"), "", "$.models[1]", "second row of 'm'"),
            (row("m").replacing("write5m", with: "write5"), "", "$.models[0]", "did you mean 'write5m'"),
            (row("m"), ",\"webSearchPer1000\":[]", "$.webSearchPer1000", "a list"),
            ("1", "", "$.models[0]", "must be an object"), (row("m"), ",\"x\":1", "$", "unknown key 'x'"),
        ] {
            guard case .failure(let faults) = card(models, more) else {
                Issue.record("\(models) was accepted")
                continue
            }
            #expect(faults.faults.contains { $0.path == path && $0.what.contains(what) }, "\(faults.messages)")
        }
    }

    @Test(
        arguments: [("workloadz", "workloads"), ("Owner", "owner"), ("ownr", "owner"), ("zzz", nil), ("", nil), ("claim", "claims")]
            as [(String, String?)])
    func theNearestWord(word: String, wanted: String?) {
        #expect(nearest(word, ["owner", "workloads", "claims", "estimates"]) == wanted)
    }
}
