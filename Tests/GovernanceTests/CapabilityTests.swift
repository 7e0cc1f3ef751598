import Records
import Registry
import TestSupport
import Testing

@testable import Governance

/// Every row of the table of platforms, by calling what it claims.
@Suite struct CapabilityTests {
    private func row(_ name: String) throws -> Capability { try #require(Capability.all.first { $0.name == name }) }

    private func scopes() throws -> (claude: Scope, bedrock: Scope) {
        let governance = try World.governance(World.chain + [World.bedrock, World.approveBedrock])
        return (try #require(governance.scope("s")), try #require(governance.scope("b")))
    }

    /// A month with one row of each platform that role `a` made, with or without CloudTrail.
    private func levels(hasTrail: Bool) throws -> [String: String] {
        var world = TinyWorld()
        let workspace = TinyWorld.workspace("w1")
        world.registry = "{\"version\":1,\"workloads\":[{\"id\":\"W\",\"claims\":[{\"principal\":\"\(TinyWorld.role("a"))\"}]}]}"
        world.rows = [
            TinyWorld.row(workspace: workspace, ["resource_tags_user_element1": "Insurance"]),
            TinyWorld.row(["product_product_name": "Claude (Amazon Bedrock Edition)", "line_item_iam_principal": TinyWorld.role("a"), "line_item_usage_type": "USE1-InputTokenCount"]),
        ]
        if hasTrail { world.records = [TinyWorld.event("e", role: "a", workspace: workspace)] }
        return try world.run().ledger.reduce(into: [:]) { $0[$1["platform"] ?? "", default: ""] = ($1["level"] ?? "") + " " + ($1["method"] ?? "") }
    }

    @Test func billingUnit() throws {
        #expect(try row("Billing unit").claudePlatform.contains("0.01 USD") && Registry().unitPrice["USD"]?.text == "0.01")
        var world = TinyWorld()
        world.rows = [
            TinyWorld.row(["product_product_name": "Claude (Amazon Bedrock Edition)", "line_item_usage_type": "USE1-InputTokenCount", "product": "{\"model\":\"M\"}"]),
            TinyWorld.row(cost: "0.01", quantity: "1", ["line_item_usage_type": "MP:ccu-Units"]),
        ]
        let ledger = try world.run().ledger
        #expect(try row("Billing unit").bedrock.hasPrefix("Tokens") && ledger.contains { $0["platform"] == "bedrock" && $0["token_type"] == "input" })
        #expect(ledger.contains { $0["platform"] == "claude-platform" && $0["quantity"] == "1" && $0["token_type"] == "" })
    }

    @Test func scopePrimitive() throws {
        let (claude, bedrock) = try scopes()
        #expect(try row("Scope primitive").bedrock == "Account × region" && bedrock.keys.map(\.region) == ["us-east-1", "us-west-2"] && bedrock.keys[0].workspaceName.isEmpty)
        #expect(try row("Scope primitive").claudePlatform.hasPrefix("Workspace") && claude.keys.map(\.workspaceName) == ["claims"])
    }

    @Test func modelDiscovery() throws {
        var catalogue = Catalogue(GovernanceRules())
        #expect(try row("Model discovery").claudePlatform.hasPrefix("Static catalogue") && catalogue.models == Catalogue.claudePlatform)
        try catalogue.addBedrock(Array("{\"modelSummaries\":[{\"modelId\":\"m\"}]}".utf8))
        #expect(try row("Model discovery").bedrock.contains("list-foundation-models") && catalogue.find("m", on: .bedrock) != nil)
    }

    @Test func tasksAndAnchors() throws {
        let (claude, bedrock) = try scopes()
        #expect(try row("Cloud Engineer tasks").bedrock.hasPrefix("\(bedrock.tasks.count) task of \(bedrock.bedrockSteps.count) steps"))
        #expect(try row("Cloud Engineer tasks").claudePlatform.hasPrefix("\(claude.tasks.count) tasks"))
        #expect(try row("Attribution anchor").claudePlatform.contains("Lambda execution role") && claude.approvals[0].principal == World.role)
        #expect(try row("Attribution anchor").bedrock.hasPrefix("IAM role claimed") && levels(hasTrail: false)["bedrock"] == "workload cur-principal")
    }

    @Test func allocationAndCloudTrail() throws {
        let (with, without) = (try levels(hasTrail: true), try levels(hasTrail: false))
        #expect(try row("CUR cost allocation").claudePlatform.hasPrefix("Workspace tags") && without["claude-platform"] == "workspace workspace-tags")
        #expect(try row("CUR cost allocation").bedrock.hasPrefix("line_item_iam_principal") && without["bedrock"] == "workload cur-principal")
        #expect(try row("CloudTrail").bedrock == "Not required" && with["bedrock"] == without["bedrock"])
        #expect(try row("CloudTrail").claudePlatform == "Required for workload level" && with["claude-platform"] == "workload sole-principal")
    }

    @Test func streamingAndAgents() throws {
        let (claude, bedrock) = try scopes()
        let template = try String(decoding: #require(Stack(claude)).json.text(), as: UTF8.self)
        #expect(try row("Streaming").claudePlatform.hasSuffix("does not stream") && template.contains("stream=False"))
        #expect(try row("Agentic governance").bedrock.contains("aws:ViaAWSMCPService") && bedrock.bedrockSteps[2].contains("Deny") && bedrock.bedrockSteps[2].contains("aws:ViaAWSMCPService"))
        var agentic = claude
        agentic.iamScope = .agentic
        let other = try String(decoding: #require(Stack(agentic)).json.text(), as: UTF8.self)
        #expect(other.contains("aws-external-anthropic:CreateSession") && !template.contains("CreateSession") && agentic.keys != claude.keys)
        // Nothing in a template is a key or a secret.
        #expect(!template.lowercased().contains("api_key") && !template.lowercased().contains("x-api-key"))
    }

    @Test func mapIsShown() throws { #expect(try row("MAP eligibility").bedrock.contains("inference profiles") && row("MAP eligibility").claudePlatform == "Not applicable") }
}
