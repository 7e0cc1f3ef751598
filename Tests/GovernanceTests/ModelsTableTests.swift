import Records
import Registry
import Testing

@testable import Governance

/// The page's table, word for word.
@Suite struct ModelsTableTests {
    private static func request(_ name: String, _ id: String, _ model: String, _ vendor: String, _ account: String, _ regions: [String], platform: String = "bedrock") -> String {
        World.line(
            "po", .productOwner, "request", name,
            "\"platform\":\"\(platform)\",\"model\":\"\(id)\",\"modelName\":\"\(model)\",\"vendor\":\"\(vendor)\",\"account\":\"\(account)\",\"regions\":[\(regions.map { "\"\($0)\"" }.joined(separator: ","))],\"iamScope\":\"Inference Only\",\"workload\":\"triage\"")
    }

    @Test func coverageAndStatusReadAsThePageHasThem() throws {
        let registry = World.registry(",\"governance\":{\"accounts\":[\"111122223333\",\"444455556666\",\"000012345678\",\"999988887777\",\"123456789012\"]}")
        let (haiku, nova) = ("anthropic.claude-3-haiku-20240307-v1:0", "amazon.nova-lite-v1:0")
        func role(_ name: String) -> String { "\"step\":4,\"roleArn\":\"arn:aws:iam::111122223333:role/apportion-\(name)\"" }
        let governance = try World.governance(
            [
                ModelsTableTests.request("h1", haiku, "Claude 3 Haiku", "Anthropic", "111122223333", ["us-east-1", "us-west-2", "eu-west-1"]),
                ModelsTableTests.request("h2", haiku, "Claude 3 Haiku", "Anthropic", "444455556666", ["us-east-1"]),
                World.line("lead", .finOpsLead, "approve", "h1"),
                ModelsTableTests.request("n1", nova, "Nova Lite", "Amazon", "111122223333", ["us-east-1"]),
                ModelsTableTests.request("n2", nova, "Nova Lite", "Amazon", "111122223333", ["us-west-2"]),
                World.line("lead", .finOpsLead, "approve", "n1"), World.line("lead", .finOpsLead, "approve", "n2"),
            ] + (1...3).map { World.line("eng", .cloudEngineer, "complete", "n1/1", "\"step\":\($0)") } + [
                World.line("eng", .cloudEngineer, "complete", "n1/1", role("n1")),
                ModelsTableTests.request("s", "claude-sonnet-4-6", "Claude Sonnet 4.6", "Anthropic", "111122223333", ["us-east-1"], platform: "claude-platform"),
                ModelsTableTests.request("k", "claude-haiku-4-5", "Claude Haiku 4.5", "Anthropic", "111122223333", ["us-east-1"], platform: "claude-platform"),
            ], registry)
        let rows = ModelsTable(governance, Catalogue(registry.governance), isWhole: false).rows
        #expect(
            rows.map { [$0.model.vendor, $0.model.platform.title, $0.model.name, $0.coverage, $0.status] } == [
                ["Amazon", "Bedrock", "Nova Lite", "1 of 5 accounts · 2 scopes", "1 Implemented · 1 Pending task"],
                ["Anthropic", "Bedrock", "Claude 3 Haiku", "2 of 5 accounts · 4 scopes", "3 Approved · 1 Pending task"],
                ["Anthropic", "Claude Platform", "Claude Haiku 4.5", "1 workspace · 1 scope", "0 Approved · 0 Pending tasks"],
                ["Anthropic", "Claude Platform", "Claude Sonnet 4.6", "1 workspace · 1 scope", "0 Approved · 0 Pending tasks"],
            ])
        #expect(rows.allSatisfy { dayText($0.lastUpdate?.at ?? Instant(seconds: 0), asOf: Instant(dayNumber: dayNumberOf(year: 2026, month: 10, day: 1))) == "Today" })
    }

    @Test func theCatalogueIsExtendedAndRead() throws {
        let registry = World.registry(",\"governance\":{\"models\":[{\"id\":\"claude-next\",\"name\":\"Claude Next\"},{\"id\":\"claude-haiku-4-5\",\"name\":\"Little one\"}]}")
        var catalogue = Catalogue(registry.governance)
        #expect(catalogue.find("claude next", on: .claudePlatform)?.id == "claude-next" && catalogue.find("Little one", on: .claudePlatform)?.id == "claude-haiku-4-5")
        #expect(catalogue.models.count == Catalogue.claudePlatform.count + 1 && catalogue.find("Claude Next", on: .bedrock) == nil)
        try catalogue.addBedrock(Array("{\"modelSummaries\":[{\"modelId\":\"a.b\",\"modelName\":\"B\",\"providerName\":\"A\"},{\"modelId\":\"a.b\"},{\"x\":1}]}".utf8))
        #expect(catalogue.find("b", on: .bedrock) == CatalogueModel(platform: .bedrock, id: "a.b", name: "B", vendor: "A"))
        #expect(throws: Catalogue.Fault.self) { try catalogue.addBedrock(Array("{}".utf8)) }
        let rows = ModelsTable(Governance(registry, registryFile: "r"), catalogue, isWhole: true).rows
        #expect(rows.count == catalogue.models.count && rows.allSatisfy { $0.scopes == 0 })
    }
}
