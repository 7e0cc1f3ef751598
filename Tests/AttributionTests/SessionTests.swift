import Records
import Registry
import Testing
import TestSupport

@testable import Attribution

/// People on one role, told apart by the names of their sessions.
@Suite struct SessionTests {
    private static let role = World.role("AWSReservedSSO_Science")

    private static func session(_ name: String) -> String { "arn:aws:sts::\(World.account):assumed-role/AWSReservedSSO_Science/\(name)" }

    private static func event(_ id: String, _ session: String) -> String {
        World.event(id, workspace: w1).replacing("\"eventID\"", with: "\"x\":1,\"eventID\"").replacing(
            TinyTrail.identity(World.role("agent-a")),
            with: "{\"type\":\"AssumedRole\",\"arn\":\"\(SessionTests.session(session))\",\"accountId\":\"\(World.account)\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::\(World.account):role/aws-reserved/AWSReservedSSO_Science\"}}}")
    }

    private func run(_ claims: String, sessions: [String], usage: [String] = []) throws -> [[String]] {
        var world = World()
        world.registry = claims
        world.rows = [World.row(cost: "6", workspace: w1)]
        world.records = sessions.enumerated().map { SessionTests.event("e\($0)", $1) }
        return columns(try world.run(), "principal", "workload_id", "gap", "cost")
    }

    private func claim(_ session: String?, _ more: String = "") -> String {
        "{\"principal\":\"\(SessionTests.role)\"" + (session.map { ",\"session\":\"\($0)\"" } ?? "") + more + "}"
    }

    @Test func claimedSessionsAreToldApartAndNoOthers() throws {
        let rows = try run(claims(workload("A", claim("ana@example.com")) + "," + workload("B", claim("*@team.example.com"))), sessions: ["ana@example.com", "bo@team.example.com", "cy@example.com"])
        #expect(
            rows == [
                [SessionTests.role, "", "shared-role", "2"],
                [SessionTests.session("ana@example.com"), "A", "", "2"],
                [SessionTests.session("bo@team.example.com"), "B", "", "2"],
            ])
        // Without such a claim nothing of a session is kept.
        #expect(try run("{\"version\":1}", sessions: ["ana@example.com", "bo@team.example.com"]) == [[SessionTests.role, "", "shared-role", "6"]])
    }

    @Test func theNearestClaimCounts() throws {
        let all = claims(workload("R", claim(nil)) + "," + workload("P", claim("a*")) + "," + workload("L", claim("an*")) + "," + workload("E", claim("ana")))
        #expect(try run(all, sessions: ["ana", "ann", "abe", "zoe"]).map { [$0[0].split(separator: "/").last.map(String.init) ?? "", $0[1]] }
            == [["AWSReservedSSO_Science", "R"], ["abe", "P"], ["ana", "E"], ["ann", "L"]])
        // Where it is not in force the role's claim is, and without one the session is as shared as its role.
        let ended = claim("ana", ",\"to\":\"2026-11-01\"")
        #expect(try run(claims(workload("E", ended) + "," + workload("R", claim(nil))), sessions: ["ana"]).map { $0[1] } == ["R"])
        #expect(try run(claims(workload("E", ended)), sessions: ["ana"]).map { $0[2] } == ["shared-role"])
    }

    /// A session that stands on the bill alone has its claim, whatever else of the registry reads like it.
    @Test func aSessionThatIsAWorkspacesNameTooIsClaimed() throws {
        var world = World()
        world.registry = claims(workload("A", claim("ana"))).replacing("\"name\":\"one\"", with: "\"name\":\"\(SessionTests.session("ana"))\"")
        world.rows = [World.row(["product_product_name": "x (Amazon Bedrock Edition)", "line_item_iam_principal": SessionTests.session("ana")])]
        #expect(columns(try world.run(), "principal", "workload_id") == [[SessionTests.session("ana"), "A"]])
    }

    @Test func bedrockAndUsageLogsTellThemApartToo() throws {
        var world = World()
        world.registry = claims(workload("A", claim("ana")))
        world.rows = ["ana", "bo"].map {
            World.row(["product_product_name": "x (Amazon Bedrock Edition)", "line_item_iam_principal": SessionTests.session($0)])
        }
        #expect(columns(try world.run(), "principal", "workload_id") == [[SessionTests.role, ""], [SessionTests.session("ana"), "A"]])
        world.rows = [World.row(cost: "6", workspace: w1)]
        world.options.trustsUsageLog = true
        world.usage = ["ana", "bo"].map {
            "{\"time\":\"\(World.time("03T14:10"))\",\"aws_request_id\":\"r-\($0)\",\"workspace\":\"\(w1)\",\"model\":\"claude-sonnet-5\",\"principal\":\"\(SessionTests.session($0))\",\"usage\":{\"input_tokens\":10,\"output_tokens\":10}}"
        }
        #expect(columns(try world.run(), "principal", "workload_id") == [[SessionTests.role, ""], [SessionTests.session("ana"), "A"]])
    }

    @Test func wrongSessionsAreFaults() {
        for (claim, words) in [
            ("{\"principal\":\"arn:aws:iam::111122223333:user/u\",\"session\":\"x\"}", "is no role, and only roles have sessions"),
            ("{\"principal\":\"\(SessionTests.role)\",\"session\":\"\"}", "is empty; name a session"),
            ("{\"principal\":\"\(SessionTests.session("ana"))\",\"session\":\"bo\"}", "but 'principal' names the session 'ana'; name the role there"),
            ("{\"workspace\":\"\(w1)\",\"session\":\"x\"}", "sessions are of roles"),
        ] {
            do throws(RegistryFaults) {
                _ = try readRegistry(Array(claims(workload("A", claim)).utf8), file: "r")
                Issue.record("\(claim) was read")
            } catch { #expect(error.messages.contains { $0.contains(words) }, "\(error.messages)") }
        }
        // Two workloads cannot claim the same pattern; different ones may overlap.
        let double = claims(workload("A", claim("x*")) + "," + workload("B", claim("x*")))
        #expect(throws: RegistryFaults.self) { try readRegistry(Array(double.utf8), file: "r") }
    }
}
