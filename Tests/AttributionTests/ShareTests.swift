import Records
import Testing
import TestSupport

@testable import Attribution

@Suite struct LevelTests {
    /// What one Usage row of workspace w1 becomes, by what is known of it.
    private func place(
        _ registry: String, role: String? = "a", at: String = "03T14:10", bedrock: String? = nil, workspace: String = w1,
        _ cells: [String: String] = [:]
    ) throws -> [String] {
        var world = World()
        world.registry = registry
        var row = World.row(workspace: workspace, cells)
        if let bedrock {
            row["product_product_name"] = "x (Amazon Bedrock Edition)"
            row["line_item_iam_principal"] = bedrock
        }
        world.rows = [row]
        if let role { world.records = [World.event("e", at: at, role: role, workspace: w1)] }
        return columns(try world.run(), "level", "method", "workload_id", "element1", "gap").first ?? []
    }

    private let claimA = "{\"principal\":\"\(World.role("a"))\"}"
    private let claimW1 = "{\"workspace\":\"\(w1)\"}"

    @Test func everyRowOfTheTable() throws {
        let byPrincipal = claims(workload("L", claimA))
        let byWorkspace = claims(workload("W", claimW1))
        #expect(try place(byPrincipal, bedrock: World.role("a")) == ["workload", "cur-principal", "L", "L-e1", ""])
        #expect(try place(byPrincipal) == ["workload", "sole-principal", "L", "L-e1", ""])
        #expect(try place(byPrincipal, at: "03T13:10") == ["workload", "call-weighted", "L", "L-e1", ""])
        #expect(try place(byWorkspace, role: nil) == ["workspace", "workspace-claim", "W", "W-e1", ""])
        #expect(try place(byWorkspace) == ["workspace", "workspace-claim", "W", "W-e1", "unclaimed-principal"])
        #expect(try place(claims(workload("L", claimA) + "," + workload("W", claimW1)))[1] == "sole-principal")
        let tags = ["resource_tags_user_element1": "T"]
        #expect(try place(byWorkspace, tags)[1] == "workspace-claim")
        #expect(try place("{\"version\":1}", role: nil, tags) == ["workspace", "workspace-tags", "", "T", "no-evidence"])
        #expect(try place("{\"version\":1}", tags) == ["workspace", "workspace-tags", "", "T", "unclaimed-principal"])
        let registryTags = "{\"version\":1,\"workspaces\":[{\"arn\":\"\(w1)\",\"tags\":{\"element1\":\"R\"}}]}"
        #expect(try place(registryTags, role: nil) == ["workspace", "registry-tags", "", "R", "no-evidence"])
        #expect(try place(registryTags, tags)[1] == "workspace-tags")
        #expect(try place("{\"version\":1}") == ["unallocated", "none", "", "", "unclaimed-principal"])
        #expect(try place("{\"version\":1}", role: nil) == ["unallocated", "none", "", "", "no-evidence"])
        // A call without caller is no evidence of anybody.
        #expect(try place("{\"version\":1}", role: "") == ["unallocated", "none", "", "", "no-evidence"])
        #expect(try place(byPrincipal, role: nil, bedrock: "") == ["unallocated", "none", "", "", "no-evidence"])
    }

    @Test func gapsInTheirOrder() throws {
        #expect(try place("{\"version\":1}", role: "AWSReservedSSO_Admin_1")[4] == "shared-role")
        #expect(try place("{\"version\":1,\"sharedRolePatterns\":[\"ag?nt*\"]}", role: "agent-a")[4] == "shared-role")
        #expect(
            try place("{\"version\":1,\"sharedRolePatterns\":[\"ag?nt*\"]}", role: "AWSReservedSSO_Admin_1")[4] == "unclaimed-principal")
        #expect(try place("{\"version\":1}", role: nil, bedrock: "arn:aws:iam::111122223333:root")[4] == "shared-role")
        // A shared role that is claimed is nobody's gap.
        #expect(
            try place(claims(workload("L", "{\"principal\":\"\(World.role("AWSReservedSSO_x"))\"}")), role: "AWSReservedSSO_x")[4] == "")
        #expect(try place(claims(workload("L", claimA, confirmed: false)))[4] == "no-estimate")
        #expect(try place(claims(workload("W", claimW1, confirmed: false)), role: nil)[4] == "no-estimate")
        // In its own currency.
        #expect(try place(claims(workload("L", claimA)), ["line_item_currency_code": "EUR"])[4] == "no-estimate")
        #expect(try place(claims(workload("W", claimW1, confirmed: false)))[4] == "unclaimed-principal")
    }

    @Test func claimsAreInForceForATime() throws {
        func from(_ from: String, _ to: String) -> String {
            claims(workload("L", "{\"principal\":\"\(World.role("a"))\",\"from\":\"\(from)\",\"to\":\"\(to)\"}"))
        }
        #expect(try place(from("2026-11-03", "2026-11-04"))[2] == "L")
        #expect(try place(from("2026-11-04", "2026-11-05"))[2] == "")
        #expect(try place(from("2026-11-01", "2026-11-03"))[2] == "")
        // The event's time counts on the Claude Platform, the usage start on Bedrock.
        #expect(
            try place(
                from("2026-11-02", "2026-11-03"), at: "02T23:59",
                ["line_item_usage_start_date": World.time("03T00"), "line_item_usage_end_date": World.time("03T01")])[2] == "L")
        #expect(
            try place(
                from("2026-11-03", "2026-11-04"), role: nil, bedrock: World.role("a"),
                ["line_item_usage_start_date": World.time("02T23:59:59")])[2] == "")
    }

    @Test func onePrincipalWithTwoWorkloadsOrModelsIsStillSole() throws {
        var world = World()
        world.registry = claims(workload("L", claimA))
        world.rows = [World.row(workspace: w1)]
        world.records = [
            World.event("e1", role: "a", workspace: w1, model: "m1"), World.event("e2", role: "a", workspace: w1, model: "m2"),
        ]
        #expect(
            columns(try world.run(), "method", "model", "cost") == [["sole-principal", "m1", "0.5"], ["sole-principal", "m2", "0.5"]])
        world.records.append(World.event("e3", role: "b", workspace: w1))
        #expect(Set(columns(try world.run(), "method")) == [["call-weighted"], ["none"]])
    }

    @Test func aWorkspaceIsFoundInItsOrder() throws {
        let registry = """
            {"version":1,"workspaces":[{"arn":"\(w1)","name":"claims","tags":{"element1":"T","element2":"U"}},
              {"arn":"\(w2)","name":"twin"},{"arn":"\(World.workspace("w3"))","name":"twin","billedTo":"444455556666"},
              {"arn":"\(World.workspace("w4", account: "444455556666"))","name":"far"},{"arn":"\(World.workspace("w4", account: "777788889999"))","name":"x"}]}
            """
        func found(_ cells: [String: String], account: String = World.account) throws -> [String] {
            var world = World()
            world.registry = registry
            world.rows = [World.row(account: account, cells)]
            return columns(try world.run(), "workspace_arn", "workspace_source", "region").first ?? []
        }
        let unlisted = "arn:aws:aws-external-anthropic:eu-west-1:111122223333:workspace/new"
        #expect(try found(["line_item_resource_id": unlisted]) == [unlisted, "resource-id", "eu-west-1"])
        #expect(try found(["line_item_resource_id": unlisted, "product_region": "us-west-2"])[2] == "us-west-2")
        #expect(try found(["line_item_resource_id": "wrkspc_w1", "resource_tags_user_workspace": w2]) == [w1, "resource-id", "us-east-1"])
        #expect(try found(["line_item_resource_id": "wrkspc_w4"]) == ["", "none", ""])
        #expect(try found(["line_item_resource_id": "i-123", "resource_tags_user_workspace": w2]) == [w2, "tag", "us-east-1"])
        #expect(try found(["resource_tags_user_workspace": "claims", "resource_tags_user_workspace_id": w2])[0] == w1)
        #expect(try found(["resource_tags_user_workspace": "unknown", "resource_tags_user_workspace_id": "wrkspc_w2"])[0] == w2)
        // Of two of one name the one that is billed to the account; of one name elsewhere that one.
        #expect(try found(["resource_tags_user_workspace": "twin"])[0] == w2)
        #expect(try found(["resource_tags_user_workspace": "twin"], account: "444455556666")[0] == World.workspace("w3"))
        #expect(try found(["resource_tags_user_workspace": "twin"], account: "777788889999")[1] == "none")
        #expect(try found(["resource_tags_user_workspace": "far"])[0] == World.workspace("w4", account: "444455556666"))
        #expect(try found(["resource_tags_user_element1": "T", "resource_tags_user_element2": "U"]) == [w1, "tag-match", "us-east-1"])
        #expect(try found(["resource_tags_user_element1": "T"])[1] == "none")
        #expect(try found(["resource_tags_user_element1": "T", "resource_tags_user_element2": "U"], account: "444455556666")[1] == "none")
    }
}

@Suite struct FollowCostTests {
    private func usage(
        _ element: String, cost: String = "1", start: String = "03T14", end: String = "03T15", workspace: String = "",
        account: String = World.account, currency: String = "USD", payer: String = World.account
    ) -> [String: String] {
        World.row(
            cost: cost, start: start, end: end, workspace: workspace, account: account, payer: payer, currency: currency,
            ["resource_tags_user_element1": element])
    }

    /// Whom a tax of 1 follows, and with how much.
    private func followed(_ usage: [[String: String]], _ tax: [String: String]? = nil, registry: String = "{\"version\":1}") throws
        -> [String]
    {
        var world = World()
        world.registry = registry
        world.rows = usage + [tax ?? World.row(cost: "1", workspace: w1, type: "Tax")]
        return try world.run().ledger.filter { $0["line_item_type"] != "Usage" }.map { "\($0["element1"] ?? "") \($0["cost"] ?? "")" }
    }

    @Test func theFirstScopeThatHasCost() throws {
        let other = "444455556666"
        let scopes: [[String: String]] = [
            usage("1", workspace: w1), usage("2", workspace: w2), usage("3", start: "09T14", end: "09T15", workspace: w1),
            usage("4", account: other),
            usage("5", start: "09T14", end: "09T15", account: other),
        ]
        for first in scopes.indices {
            #expect(try followed(Array(scopes[first...])) == ["\(first + 1) 1"])
            // A scope of no cost, or of less, is passed over.
            if first + 1 < scopes.count {
                var nothing = scopes[first]
                for cost in ["0", "-3"] {
                    nothing["line_item_unblended_cost"] = cost
                    #expect(try followed([nothing] + scopes[(first + 1)...]) == ["\(first + 2) 1"], "\(first) \(cost)")
                }
            }
        }
        // Other payers, currencies and platforms are never followed.
        var bedrock = usage("b")
        bedrock["product_product_name"] = "x (Amazon Bedrock Edition)"
        #expect(try followed([usage("p", payer: other), usage("c", currency: "EUR"), bedrock]) == [" 1"])
    }

    @Test func theIntervalIsThatOfFullHours() throws {
        let tax = World.row(cost: "1", start: "03T14:30", end: "03T14:59:59", type: "Tax")
        let far = usage("far", start: "20T00", end: "20T01")
        #expect(try followed([far, usage("in", start: "03T14:00", end: "03T14:10")], tax) == ["in 1"])
        #expect(try followed([far, usage("in", start: "03T14:59:59", end: "03T16:10")], tax) == ["in 1"])
        #expect(try followed([far, usage("out", start: "03T15:00", end: "03T16:00")], tax) == ["far 0.5", "out 0.5"])
        #expect(try followed([far, usage("out", start: "03T13:59", end: "03T16:00")], tax) == ["far 0.5", "out 0.5"])
    }

    @Test func sharesAreInProportionToCost() throws {
        #expect(try followed([usage("a", cost: "1"), usage("b", cost: "3")]) == ["a 0.25", "b 0.75"])
        // Below zero counts as nothing, by follower and not by row.
        #expect(
            try followed([usage("a", cost: "1"), usage("b", cost: "3"), usage("b", cost: "-4"), usage("c", cost: "1")]) == [
                "a 0.5", "c 0.5",
            ])
        let credit = World.row(cost: "-0.000000000000000003", type: "Credit")
        #expect(try followed([usage("a"), usage("b")], credit) == ["a -0.000000000000000002", "b -0.000000000000000001"])
    }

    @Test func aShareTakesEverythingFromWhomItFollows() throws {
        var world = World()
        world.registry = claims(workload("L", "{\"principal\":\"\(World.role("a"))\"}", confirmed: false))
        world.rows = [World.row(workspace: w1), World.row(type: "Tax", ["product_region": "eu-west-1"])]
        world.records = [World.event("e", role: "a", workspace: w1)]
        let row = try #require(try world.run().ledger.first { $0["line_item_type"] == "Tax" })
        let wanted = [
            "workspace_arn": w1, "workspace_source": "follows-cost", "principal": World.role("a"), "workload_id": "L", "level": "workload",
            "method": "follows-cost",
            "evidence_window": "none", "model": "claude-sonnet-5", "element1": "L-e1", "gap": "no-estimate", "calls": "0",
            "region": "eu-west-1",
            "weight": "1000000000000000000", "weight_total": "1000000000000000000", "quantity": "0", "cost": "1",
        ]
        for (column, value) in wanted { #expect(row[column] == value, "\(column)") }
    }

    @Test func withNothingToFollow() throws {
        var world = World()
        func row() throws -> [String] {
            columns(try world.run(), "level", "method", "workload_id", "element1", "gap", "workspace_arn", "weight_total").first ?? []
        }
        world.rows = [World.row(workspace: w1, type: "Tax")]
        #expect(try row() == ["unallocated", "none", "", "", "no-usage", w1, "0"])
        world.registry = claims(workload("W", "{\"workspace\":\"\(w1)\"}", confirmed: false))
        #expect(try row() == ["workspace", "workspace-claim", "W", "W-e1", "no-usage", w1, "0"])
        world.registry = "{\"version\":1}"
        world.rows = [World.row(type: "Fee", ["resource_tags_user_element1": "T"])]
        #expect(try row() == ["workspace", "workspace-tags", "", "T", "no-usage", "", "0"])
    }

    @Test func policyKeepsWhatItSays() throws {
        for (type, key) in [("Tax", "tax"), ("Credit", "credit"), ("Refund", "refund"), ("Fee", "other"), ("EdpDiscount", "other")] {
            for kept in ["tax", "credit", "refund", "other"] {
                var world = World()
                world.registry = "{\"version\":1,\"policy\":{\"\(kept)\":\"keep\"}}"
                world.rows = [usage("a", workspace: w1), World.row(workspace: w1, type: type, ["resource_tags_user_element1": "T"])]
                let row = try world.run().ledger.first { $0["line_item_type"] == type }
                let found = ["level", "method", "element1", "gap", "workspace_arn"].map { row?[$0] ?? "?" }
                #expect(
                    found
                        == (kept == key
                            ? ["unallocated", "kept-central", "", "", w1] : ["workspace", "follows-cost", "a", "no-evidence", w1]),
                    "\(type) \(kept)")
            }
        }
    }
}
