import Records
import Registry
import Testing
import TestSupport

@testable import Attribution

/// Usage held against what was approved.
@Suite struct ApprovalTests {
    private static let november = Instant(dayNumber: dayNumberOf(year: 2026, month: 11, day: 1))

    private static func approval(
        platform: Platform = .claudePlatform, model: String = "claude-sonnet-5", name: String = "Claude Sonnet 5", account: String = World.account,
        region: String = "us-east-1", workspace: String = "", role: String = "", from: Instant = november, to: Instant? = nil
    ) -> Approval {
        Approval(
            scope: "s", platform: platform, modelID: model, modelName: name, account: account, region: region, workspace: workspace,
            principal: role.isEmpty ? "" : World.role(role), from: from, to: to)
    }

    /// The gap of one Usage row of workspace w1, which role `a` calls unless told, and the sentence of gaps.csv.
    private func gap(
        _ approvals: [Approval]?, _ registry: String = claims(workload("L", "{\"principal\":\"\(World.role("a"))\"}")), role: String? = "a",
        model: String = "claude-sonnet-5", bedrock: String? = nil, _ cells: [String: String] = [:]
    ) throws -> (gap: String, action: String) {
        var world = World()
        world.registry = registry
        world.approvals = approvals
        var row = World.row(workspace: bedrock == nil ? w1 : "", cells)
        if let bedrock {
            row["product_product_name"] = "\(bedrock) (Amazon Bedrock Edition)"
            row["line_item_iam_principal"] = World.role("a")
            row["product_region_code"] = "us-east-1"
        }
        world.rows = [row]
        if let role, bedrock == nil { world.records = [World.event("e", role: role, workspace: w1, model: model)] }
        let outcome = try world.run()
        return (columns(outcome, "gap")[0][0], outcome.table("gaps.csv").first?["action"] ?? "")
    }

    @Test func withoutADecisionLogNothingAsks() throws {
        #expect(try gap(nil).gap == "")
        #expect(try gap([]).gap == "not-approved")
    }

    @Test func modelAccountAndRegionMustBeApproved() throws {
        #expect(try gap([ApprovalTests.approval()]).gap == "")
        #expect(try gap([ApprovalTests.approval(model: "claude-opus-5", name: "Claude Opus 5")]).gap == "not-approved")
        #expect(try gap([ApprovalTests.approval(account: "444455556666")]).gap == "out-of-scope")
        #expect(try gap([ApprovalTests.approval(region: "eu-west-1")]).gap == "out-of-scope")
        #expect(try gap([ApprovalTests.approval(platform: .bedrock)]).gap == "not-approved")
        // Another approval is for it.
        #expect(try gap([ApprovalTests.approval(region: "eu-west-1"), ApprovalTests.approval()]).gap == "")
    }

    @Test func anchorsMustBeUsedForWhatTheyWereMadeFor() throws {
        // The role was made for another model; that this one is approved for somebody else does not help.
        let other = ApprovalTests.approval(model: "claude-opus-5", name: "Claude Opus 5", role: "a")
        let found = try gap([other, ApprovalTests.approval()])
        #expect(found.gap == "out-of-scope" && found.action.contains("supersedes s, or stop what a (\(World.role("a"))) uses in account \(World.account): that is for Claude Opus 5 in"))
        #expect(try gap([ApprovalTests.approval(model: "claude-opus-5", workspace: w1), ApprovalTests.approval()]).gap == "out-of-scope")
        #expect(try gap([other, ApprovalTests.approval(role: "a")]).gap == "")
        // Without evidence there is no model to compare.
        #expect(try gap([ApprovalTests.approval(model: "claude-opus-5", workspace: w1)], role: nil).gap == "no-evidence")
        #expect(try gap([ApprovalTests.approval(account: "444455556666")], role: nil).gap == "not-approved")
    }

    @Test func noOtherApprovalStandsInForAnAnchor() throws {
        let ended = november.adding(Instant.hour)
        // Its own was revoked; another's for the same model stands.
        #expect(try gap([ApprovalTests.approval(workspace: w1, to: ended), ApprovalTests.approval(workspace: w2)]).gap == "not-approved")
        #expect(try gap([ApprovalTests.approval(role: "a", to: ended), ApprovalTests.approval()]).gap == "not-approved")
        // An approval for another workspace is none for this one.
        #expect(try gap([ApprovalTests.approval(workspace: w2)]).gap == "out-of-scope")
        // A role that wanders into another scope's workspace stays what it is.
        #expect(try gap([ApprovalTests.approval(workspace: w2, role: "a"), ApprovalTests.approval(workspace: w1)]).gap == "out-of-scope")
        // Whoever pays for a workspace, it is its scope's.
        #expect(try gap([ApprovalTests.approval(account: "999988887777", workspace: w1)]).gap == "")
    }

    private let november = ApprovalTests.november

    @Test func approvalsHoldFromTheirDayUntilTheirEnd() throws {
        func at(_ day: Int, _ hour: Int64) -> Instant { Instant(dayNumber: dayNumberOf(year: 2026, month: 11, day: day)).adding(hour * Instant.hour) }
        // The usage starts on the 3rd at 14:00.
        #expect(try gap([ApprovalTests.approval(from: at(3, 20))]).gap == "")
        #expect(try gap([ApprovalTests.approval(from: at(4, 0))]).gap == "not-approved")
        #expect(try gap([ApprovalTests.approval(to: at(3, 15))]).gap == "")
        #expect(try gap([ApprovalTests.approval(to: at(3, 14))]).gap == "not-approved")
    }

    @Test func theOrderOfGaps() throws {
        let none = "{\"version\":1}"
        #expect(try gap([], none, role: "AWSReservedSSO_x").gap == "shared-role")
        #expect(try gap([], none).gap == "not-approved")
        #expect(try gap([ApprovalTests.approval(account: "444455556666")], none).gap == "out-of-scope")
        let issued = try gap([ApprovalTests.approval(role: "a")], none)
        #expect(issued.gap == "unclaimed-principal" && issued.action.hasSuffix("while it spends; it was issued for scope s."))
        #expect(try gap([ApprovalTests.approval()], none).action.hasSuffix("while it spends; it was issued by no task."))
        #expect(try gap([ApprovalTests.approval()], none, role: nil).gap == "no-evidence")
        let unconfirmed = claims(workload("L", "{\"principal\":\"\(World.role("a"))\"}", confirmed: false))
        #expect(try gap([], unconfirmed).gap == "not-approved" && gap([ApprovalTests.approval()], unconfirmed).gap == "no-estimate")
    }

    @Test func modelsAreKnownByIdNameDateAndProfile() throws {
        #expect(try gap([ApprovalTests.approval()], model: "claude-sonnet-5-20260115").gap == "")
        #expect(try gap([ApprovalTests.approval()], model: "claude-sonnet-5-5").gap == "not-approved")
        func bedrock(_ said: String) throws -> String {
            try gap([ApprovalTests.approval(platform: .bedrock, model: "anthropic.claude-3-haiku-20240307-v1:0", name: "Claude 3 Haiku")], bedrock: said).gap
        }
        #expect(try bedrock("Claude 3 Haiku") == "" && bedrock("claude 3 haiku") == "")
        #expect(try bedrock("us.anthropic.claude-3-haiku-20240307-v1:0") == "" && bedrock("Claude 3 Opus") == "not-approved")
    }

    @Test func sessionsAreAsApprovedAsTheirRole() throws {
        var world = World()
        world.registry = claims(workload("L", "{\"principal\":\"\(World.role("a"))\",\"session\":\"*\"}"))
        world.rows = [World.row(workspace: w1)]
        world.records = [
            World.event("e", role: "a", workspace: w1).replacing(
                "{\"type\":\"AssumedRole\",", with: "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::\(World.account):assumed-role/a/ana\",")
        ]
        // Made for a scope that has ended; another approval for the model does not stand in.
        world.approvals = [ApprovalTests.approval(role: "a", to: november.adding(Instant.hour)), ApprovalTests.approval()]
        #expect(columns(try world.run(), "principal", "gap") == [["arn:aws:sts::\(World.account):assumed-role/a/ana", "not-approved"]])
        world.approvals = [ApprovalTests.approval(role: "a")]
        #expect(columns(try world.run(), "gap") == [[""]])
    }

    @Test func whatFollowsTakesTheGapAlong() throws {
        var world = World()
        world.approvals = []
        world.rows = [World.row(workspace: w1), World.row(cost: "0.2", quantity: "0", start: "01T00", end: "30T00", type: "Tax")]
        world.records = [World.event("e", workspace: w1)]
        let outcome = try world.run()
        #expect(columns(outcome, "line_item_type", "gap").allSatisfy { $0[1] == "not-approved" })
        #expect(outcome.table("gaps.csv").map { [$0["gap"], $0["anchor"], $0["cost"]] } == [["not-approved", World.role("agent-a"), "1.2"]])
    }
}
