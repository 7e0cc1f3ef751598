import Records
import Registry
import Testing

@testable import Governance

@Suite struct GovernanceTests {
    @Test func theChainLeadsToAnImplementedScope() throws {
        let wanted: [ScopeStatus] = [.pendingApproval, .pendingWorkspace, .pendingValidation, .pendingLambda, .implemented]
        for (index, status) in wanted.enumerated() {
            let governance = try World.governance(Array(World.chain.prefix(index + 1)))
            let scope = try #require(governance.scope("s"))
            #expect(scope.status == status)
            // One task is open at a time, and those behind it wait.
            let tasks = scope.tasks.map(\.status.rawValue)
            #expect(tasks == [[], ["OPEN", "BLOCKED", "BLOCKED"], ["DONE", "OPEN", "BLOCKED"], ["DONE", "DONE", "OPEN"], ["DONE", "DONE", "DONE"]][index])
        }
        let approval = try #require(try World.governance(World.chain).approvals.first)
        #expect(approval.workspace == World.arn && approval.principal == World.role && approval.to == nil && approval.from.text == "2026-10-01T08:01:00Z")
    }

    @Test func bedrockHasOneTaskOfFourSteps() throws {
        var lines = [World.bedrock, World.approveBedrock]
        #expect(try World.governance(lines).scope("b")?.tasks.map(\.status.rawValue) == ["OPEN"])
        for step in 1...3 {
            lines.append(World.step(step))
            let scope = try #require(try World.governance(lines).scope("b"))
            #expect(scope.status == .approved && scope.stepsDone == step && scope.tasks[0].status == .open)
        }
        lines.append(World.step(4, "\"roleArn\":\"arn:aws:iam::111122223333:role/path/apportion-b\""))
        let governance = try World.governance(lines)
        #expect(governance.scope("b")?.status == .implemented)
        #expect(governance.approvals.map(\.region) == ["us-east-1", "us-west-2"])
        #expect(governance.approvals.allSatisfy { $0.principal == "arn:aws:iam::111122223333:role/apportion-b" })
    }

    @Test func aScopeThatSupersedesEndsTheOtherWhenItIsApproved() throws {
        let second = World.request.replacing("\"object\":\"s\"", with: "\"object\":\"t\"").replacing("Inference Only", with: "Inference + Agentic") + ",\"supersedes\":\"s\""
        let requested = try World.governance(World.chain + [second])
        #expect(requested.scope("s")?.status == .implemented && requested.scope("t")?.status == .pendingApproval)
        let approved = try World.governance(World.chain + [second, World.approve.replacing("\"object\":\"s\"", with: "\"object\":\"t\"")])
        #expect(approved.scope("s")?.status == .superseded && approved.scope("t")?.status == .pendingWorkspace)
        #expect(approved.approvals.first?.to?.text == "2026-10-01T08:06:00Z")
        #expect(World.faults([World.request, second])[0].contains("'s', which is PENDING_APPROVAL; only a scope that was approved and stands can be superseded"))
    }

    @Test func duplicatesOfAnApprovalAreRefused() {
        let again = World.request.replacing("\"object\":\"s\"", with: "\"object\":\"t\"")
        // Before approval two requests may ask for workspaces of different names.
        #expect(World.faults(World.chain + [again]).isEmpty)
        let other = World.approve.replacing("\"object\":\"s\"", with: "\"object\":\"t\"")
        #expect(World.faults(World.chain + [again, other.replacing("\"claims\"", with: "\"claims-2\"")]).isEmpty)
        #expect(World.faults(World.chain + [again, other])[0].contains("asks for what 's' has (IMPLEMENTED)"))
        let bedrock = World.bedrock.replacing("\"object\":\"b\"", with: "\"object\":\"c\"")
        #expect(World.faults([World.bedrock, bedrock])[0].contains("asks for what 'b' has (PENDING_APPROVAL): anthropic.claude-3-haiku-20240307-v1:0 in 111122223333, us-east-1"))
    }

    @Test func claimsAndEstimatesFoldOntoTheRegistry() throws {
        let estimate = World.line("po", .productOwner, "estimate", "triage", "\"month\":\"2026-10\",\"amount\":\"12.50\"")
        let confirm = World.line("fa", .financialAdmin, "confirm", "triage", "\"month\":\"2026-10\",\"amount\":\"12.5\"")
        let month = Month(year: 2026, month: 10)
        let pending = try World.governance(World.chain + [World.claim, estimate]).foldedRegistry
        #expect(pending.workloads[0].confirmedEstimate(month, currency: "USD") == nil)
        let folded = try World.governance(World.chain + [World.claim, estimate, confirm]).foldedRegistry
        #expect(folded.workloads[0].confirmedEstimate(month, currency: "USD")?.text == "12.5")
        let claim = try #require(folded.workloads[0].claims.first)
        #expect(claim.anchor == .principal(World.role) && claim.from?.text == "2026-10-02T00:00:00Z" && claim.to == nil)
        let workspace = try #require(folded.workspaces.first)
        #expect(workspace.arn == World.arn && workspace.name == "claims" && workspace.elements == ["Insurance", "", "", ""] && workspace.billedTo == "111122223333")
        // A new figure counts when it is confirmed, and not before.
        let anew = estimate.replacing("12.50", with: "13")
        #expect(try World.governance([estimate, confirm, anew]).foldedRegistry.workloads[0].confirmedEstimate(month, currency: "USD")?.text == "12.5")
        let again = confirm.replacing("12.5", with: "13")
        #expect(try World.governance([estimate, confirm, anew, again]).foldedRegistry.workloads[0].confirmedEstimate(month, currency: "USD")?.text == "13")
    }

    @Test func aClaimIsReleasedAndTakenByAnother() throws {
        let release = World.claim.replacing("\"claim\"", with: "\"release\"")
        let second = World.claim.replacing("\"triage\"", with: "\"letters\"")
        let governance = try World.governance([World.claim, release, second])
        // Taken back on the day it was made, it never was in force.
        #expect(governance.claims.map(\.workload) == ["triage", "letters"] && governance.claims[0].claim.from == governance.claims[0].claim.to)
        #expect(World.faults([World.claim, second])[0].contains("is claimed for 'triage' (line 1); legal is: release triage (Product Owner)"))
        #expect(World.faults([release])[0].contains("has no decided claim"))
    }

    @Test func separationOfDutiesIsEnforcedOrTold() throws {
        let advise = World.registry(",\"governance\":{\"separationOfDuties\":\"advise\"}")
        let cases: [(lines: [String], words: String)] = [
            ([World.request, World.approve, World.one.replacing("\"eng\"", with: "\"lead\"")], "'lead' approved 's' (line 2), so somebody else must execute it"),
            (World.chain + [World.claim.replacing("\"po\"", with: "\"lead\"")], "'lead' approved 's' (line 2), so somebody else must claim what it makes"),
            (World.chain + [World.claim.replacing("\"po\"", with: "\"eng\"")], "'eng' executed 's' (line 3), so somebody else must claim what it makes"),
            (
                [World.bedrock, World.approveBedrock, World.step(1).replacing("\"eng\"", with: "\"x\""), World.step(2), World.step(3), World.step(4, "\"roleArn\":\"arn:aws:iam::111122223333:role/apportion-b\""),
                 World.line("x", .productOwner, "claim", "triage", "\"principal\":\"arn:aws:iam::111122223333:role/apportion-b\"")],
                "'x' executed 'b' (line 3), so somebody else must claim what it makes"
            ),
            (
                [World.line("po", .productOwner, "estimate", "triage", "\"month\":\"2026-10\",\"amount\":\"1\""), World.line("po", .financialAdmin, "confirm", "triage", "\"month\":\"2026-10\",\"amount\":\"1\"")],
                "'po' made the estimate (line 1), so somebody else must confirm it"
            ),
        ]
        for (lines, words) in cases {
            let faults = World.faults(lines)
            #expect(faults.count == 1 && faults[0].contains("$.actor: \(words)"), "\(faults)")
            #expect(World.faults(Array(lines.dropLast())).isEmpty)
            let told = try World.governance(lines, advise)
            #expect(told.remarks.count == 1 && told.remarks[0].what.contains(words) && told.remarks[0].line == lines.count)
        }
    }

    /// Lines, and what the last of them is told; all lines before it are legal.
    private static let illegal: [(lines: [String], words: String)] = [
        ([World.approve], "line 1"),
        ([World.request, World.request], "$.object: is 's', which line 1 requested, and which is PENDING_APPROVAL; legal are: approve s (FinOps Lead), reject s (FinOps Lead)"),
        ([World.request, World.one], "so 'complete' is illegal; legal are: approve s (FinOps Lead), reject s (FinOps Lead)"),
        ([World.request, World.line("lead", .finOpsLead, "revoke", "s", "\"reason\":\"x\"")], "'s' is PENDING_APPROVAL, so 'revoke' is illegal"),
        ([World.request, World.approve, World.approve], "'s' is PENDING_WORKSPACE, so 'approve' is illegal; legal are: complete s/1 (Cloud Engineer), revoke s (FinOps Lead)"),
        ([World.request, World.approve, World.two], "legal are: complete s/1 (Cloud Engineer)"),
        ([World.request, World.approve, World.one, World.one], "is 's/1', which line 3 completed"),
        ([World.request, World.approve, World.one, World.three], "legal are: complete s/2 (Cloud Engineer)"),
        (World.chain + [World.line("eng", .cloudEngineer, "complete", "s/4")], "legal are: revoke s (FinOps Lead)"),
        ([World.request, World.line("lead", .finOpsLead, "reject", "s", "\"reason\":\"no\""), World.approve], "'s' is REJECTED, so 'approve' is illegal; nothing follows any more: request a new scope"),
        (World.chain + [World.line("lead", .finOpsLead, "revoke", "s", "\"reason\":\"no\""), World.three], "which line 5 completed"),
        ([World.request, World.line("lead", .finOpsLead, "approve", "s")], "$.workspaceName: is missing"),
        ([World.request, World.approve.replacing(",\"tags\":{\"element1\":\"Insurance\"}", with: "")], "$.tags: are missing"),
        ([World.request, World.approve.replacing("element1", with: "element9")], "$.tags: hold 'element9=Insurance', but must be of element1, element2, element3, element4"),
        ([World.request, World.approve, World.one.replacing("\"claims\"", with: "\"Claims\"")], "$.workspaceName: is 'Claims', but the lead named the workspace 'claims'"),
        ([World.request, World.approve, World.one.replacing("Insurance", with: "Banking")], "$.tags: are element1=Banking, but the lead asked for element1=Insurance"),
        ([World.request, World.approve, World.one, World.two.replacing("us-east-1", with: "eu-west-1")], "and region eu-west-1, but the scope is for 111122223333 and us-east-1"),
        ([World.request, World.approve, World.one, World.two.replacing("111122223333", with: "444455556666")], "in account 444455556666"),
        ([World.request, World.approve, World.one, World.two.replacing(World.arn, with: "ws-1")], "is 'ws-1', which is neither a workspace's ARN nor an id"),
        ([World.request, World.approve, World.one, World.two.replacing(",\"trail\":\"captured\",\"evidence\":{\"event-selectors\":\"sha256:1\",\"trails\":\"sha256:2\"}", with: "")], "$.trail: is missing"),
        ([World.request, World.approve, World.one, World.two, World.three.replacing("role/apportion-s", with: "role/apportion-t")], "$.roleArn: is 'arn:aws:iam::111122223333:role/apportion-t'"),
        ([World.request, World.approve, World.one, World.two, World.three.replacing("lambda:us-east-1", with: "lambda:us-east-2")], "$.functionArn: is 'arn:aws:lambda:us-east-2"),
        ([World.bedrock, World.line("lead", .finOpsLead, "approve", "b", "\"workspaceName\":\"w\"")], "a scope of Bedrock has no workspace"),
        ([World.bedrock, World.approveBedrock, World.step(2)], "$.step: is 2, but of the four steps the next is 1: Create the IAM role apportion-b"),
        ([World.bedrock, World.approveBedrock, World.line("eng", .cloudEngineer, "complete", "b/2")], "legal are: complete b/1 (Cloud Engineer)"),
        ([World.request.replacing("triage", with: "triag")], "$.workload: is 'triag', which is no workload of the registry; did you mean 'triage'?"),
        ([World.request.replacing("\"object\":\"s\"", with: "\"object\":\"S_1\"")], "is 'S_1', but a scope's name is made of"),
        ([World.request.replacing("[\"us-east-1\"]", with: "[\"us-east-1\",\"us-west-2\"]")], "names 2 regions, but a workspace lies in one"),
        ([World.request + ",\"supersedes\":\"x\""], "$.supersedes: is 'x', which nobody has requested"),
        ([World.line("lead", .finOpsLead, "block", "claude-sonnet-4-6", "\"platform\":\"claude-platform\""), World.request], "is for 'claude-sonnet-4-6', which is Blocked; legal is: allow claude-sonnet-4-6 (FinOps Lead)"),
        (
            [World.line("lead", .finOpsLead, "restrict", "claude-sonnet-4-6", "\"platform\":\"claude-platform\",\"accounts\":[\"444455556666\"]"), World.request],
            "which is Restricted to 444455556666, but the scope is for 111122223333"
        ),
        ([World.line("lead", .finOpsLead, "allow", "m", "\"platform\":\"bedrock\"")], "is 'm', which is Approved already"),
        ([World.line("lead", .productOwner, "approve", "s")], "$.role: is 'Product Owner', but 'approve' is for the FinOps Lead"),
        (
            [World.line("po", .productOwner, "claim", "triage", "\"principal\":\"arn:aws:iam::111122223333:role/letters\"")],
            "from 2026-10-02 on, but registry.json:3: $.workloads[1].claims[0] claims it for 'letters' at the same time; keep one"
        ),
        (
            [World.line("po", .productOwner, "release", "letters", "\"principal\":\"arn:aws:iam::111122223333:role/letters\"")],
            "the claim stands in registry.json:3: $.workloads[1].claims[0], and ends there with 'to'"
        ),
        (
            [World.line("po", .productOwner, "estimate", "letters", "\"month\":\"2026-10\",\"amount\":\"5\"")],
            "estimates 2026-10 in USD for 'letters', but registry.json:4: $.workloads[1].estimates[0] does, too; keep one"
        ),
        ([World.line("fa", .financialAdmin, "confirm", "triage", "\"month\":\"2026-10\",\"amount\":\"5\"")], "legal is: estimate triage (Product Owner)"),
        (
            [World.line("po", .productOwner, "estimate", "triage", "\"month\":\"2026-10\",\"amount\":\"5\""), World.line("fa", .financialAdmin, "confirm", "triage", "\"month\":\"2026-10\",\"amount\":\"6\"")],
            "$.amount: is 6, but line 1 estimates 5"
        ),
        ([World.request, World.approve, World.line("eng", .cloudEngineer, "complete", "s/0")], "a task is written SCOPE/NUMBER"),
        ([World.request, World.approve, World.line("eng", .cloudEngineer, "complete", "s/+1")], "a task is written SCOPE/NUMBER"),
        ([World.request, World.approve, World.one.replacing("\"eng\"", with: "\"Lead\"")], "'lead' approved 's' (line 2), so somebody else must execute it"),
        ([World.request, World.claim.replacing("\"po\"", with: "\"mal\""), World.approve.replacing("\"lead\"", with: "\"mal\"")], "'mal' claimed what 's' makes (line 2), so somebody else must approve it"),
        (
            [World.request, World.approve, World.line("eve", .productOwner, "claim", "triage", "\"workspace\":\"\(World.arn)\""), World.one, World.two.replacing("\"eng\"", with: "\"eve\"")],
            "'eve' claimed what 's' makes (line 3), so somebody else must execute it"
        ),
        (World.chain + [World.claim.replacing("\"triage\"", with: "\"letters\"")], "is made by 's' for 'triage'; legal is: claim triage (Product Owner)"),
        (
            [World.request, World.approve, World.one, World.line("x", .productOwner, "claim", "letters", "\"workspace\":\"\(World.arn)\""), World.two],
            "which is claimed for 'letters' (line 4), but 's' is for 'triage'"
        ),
        ([World.request, World.approve, World.one, World.two.replacing("wrkspc_01Claims", with: "wrkspc_*")], "which is neither a workspace's ARN nor an id"),
        ([World.request, World.approve, World.one, World.two.replacing(World.arn, with: "wrkspc_*")], "which is neither a workspace's ARN nor an id"),
        ([World.request, World.approve, World.one, World.two, World.three.replacing("role/apportion-s", with: "role/evil/apportion-s")], "but the template makes"),
        ([World.request, World.approve, World.one, World.two, World.three.replacing("arn:aws:iam", with: "arn:aws-cn:iam")], "but the template makes"),
        ([World.request, World.approve.replacing("Insurance", with: "R&D, EU")], "but a tag's value is made of letters, digits, spaces and _.:/=+-@"),
        ([World.request.replacing("Claude Sonnet 4.6", with: "Claude Opus 5")], "$.modelName: is 'Claude Opus 5', but 'claude-sonnet-4-6' is called 'Claude Sonnet 4.6'"),
        ([World.request.replacing("claude-sonnet-4-6", with: "claude-sonnet-9")], "which is not in the catalogue"),
        ([World.line("lead", .finOpsLead, "block", "Claude Sonnet 4.6", "\"platform\":\"claude-platform\"")], "which is the id of no model of the Claude Platform"),
        ([World.request, World.approve, World.line("lead", .finOpsLead, "block", "claude-sonnet-4-6", "\"platform\":\"claude-platform\""), World.one], "which is Blocked; legal are: revoke s, allow claude-sonnet-4-6"),
        ([World.line("po", .productOwner, "accept-card", "2026-10-11/triage/USD", "\"amount\":\"5\"")], "which begins after 2026-10-01T08:00:00Z"),
        (
            [World.line("po", .productOwner, "accept-card", "2026-09-27/triage/USD", "\"amount\":\"5\""), World.line("pf", .portfolioOwner, "approve-card", "2026-09-27/triage/USD", "\"amount\":\"50\"")],
            "is OPEN again, as it was ACCEPTED over 5 and now says 50, so 'approve-card' is illegal; legal are: accept-card"
        ),
        (
            [World.line("lead", .productOwner, "claim", "triage", "\"workspace\":\"\(World.arn)\""), World.request, World.approve, World.one, World.two],
            "'lead' claimed what 's' makes (line 1), so somebody else must approve it"
        ),
        (
            [World.request, World.approve, World.one, World.line("eng", .productOwner, "claim", "triage", "\"workspace\":\"\(World.arn)\""), World.two.replacing("\"eng\"", with: "\"other\"")],
            "'eng' executed 's' (line 3), so somebody else must claim what it makes"
        ),
        ([World.line("po", .productOwner, "accept-card", "2026-09-29/triage/USD", "\"amount\":\"5\"")], "where START is a month, its first day, or a Sunday"),
        ([World.line("po", .productOwner, "accept-card", "triage", "\"amount\":\"5\"")], "a card is written START/WORKLOAD/CURRENCY"),
        (
            [World.line("pf", .portfolioOwner, "approve-card", "2026-09-27/triage/USD", "\"amount\":\"5\"")],
            "is OPEN, so 'approve-card' is illegal; legal are: accept-card (Product Owner), dispute-card (Product Owner)"
        ),
    ]

    @Test(arguments: illegal.indices) func everyIllegalLineIsToldWithWhatIsLegal(_ index: Int) {
        let (lines, words) = GovernanceTests.illegal[index]
        #expect(World.faults(Array(lines.dropLast())).isEmpty, "the lines before must be legal")
        let faults = World.illegal(lines)
        #expect(faults.count == 1 && faults[0].hasPrefix("decisions.jsonl:\(lines.count): "), "\(faults)")
        if words != "line 1" { #expect(faults[0].contains(words), "\(faults)") }
    }

    @Test func cardsAreAcceptedApprovedAndReopened() throws {
        func card(_ verb: Verb, _ amount: String) -> String {
            World.line("x", verb.role, verb.rawValue, "2026-09-27/triage/USD", "\"amount\":\"\(amount)\",\"reason\":\"r\"")
        }
        let closed = [card(.acceptCard, "5"), card(.approveCard, "5")]
        #expect(try World.governance(closed).cards[0].status == .approved)
        #expect(World.faults(closed + [card(.disputeCard, "5")])[0].contains("is APPROVED, so 'dispute-card' is illegal; it is closed until the bill is restated"))
        // Another amount is another card: the bill was restated.
        let restated = try World.governance(closed + [card(.disputeCard, "6"), card(.resolveCard, "6")]).cards[0]
        #expect(restated.status == .resolved && restated.history.map(\.status) == [.accepted, .approved, .disputed, .resolved])
        #expect(try World.governance([card(.disputeCard, "5"), card(.rejectCard, "5"), card(.acceptCard, "5")]).cards[0].status == .accepted)
    }

    /// Cards that were decided under one tolerance stay decided under another.
    @Test func tolerancesMayChange() throws {
        func card(_ verb: Verb, _ amount: String) -> String { World.line("x", verb.role, verb.rawValue, "2026-09-27/triage/USD", "\"amount\":\"\(amount)\"") }
        let lines = [card(.acceptCard, "100"), card(.acceptCard, "100.5"), card(.approveCard, "100.6")]
        for tolerance in ["0", "0.01", "1", "100"] {
            #expect(try World.governance(lines, World.registry(",\"governance\":{\"cardTolerance\":\"\(tolerance)\"}")).cards[0].status == .approved)
        }
    }

    /// What is written stays readable when the registry goes on.
    @Test func registriesMayChangeBehindDecisions() throws {
        let text = "{\"version\":1,\"tagKeys\":[\"team\"],\"workloads\":[{\"id\":\"renamed\"}]}"
        let later = try readRegistry(Array(text.utf8), file: "registry.json")
        let governance = try World.governance(World.chain + [World.claim], later)
        #expect(governance.scope("s")?.status == .implemented && governance.foldedRegistry.workloads[0].claims.isEmpty)
        // Workspaces and models may be renamed, and an anchor given to another workload when its scope has ended.
        for more in [
            ",\"workspaces\":[{\"arn\":\"\(World.arn)\",\"name\":\"renamed\"}]", ",\"governance\":{\"models\":[{\"id\":\"claude-sonnet-4-6\",\"name\":\"Renamed\"}]}",
        ] {
            #expect(World.faults(World.chain, World.registry(more)).isEmpty)
        }
        let revoked = World.chain + [World.line("lead", .finOpsLead, "revoke", "s", "\"reason\":\"r\"")]
        let given = "{\"version\":1,\"workloads\":[{\"id\":\"triage\"},{\"id\":\"letters\",\"claims\":[{\"principal\":\"\(World.role)\",\"from\":\"2026-11-01\"}]}]}"
        #expect(World.faults(revoked, try readRegistry(Array(given.utf8), file: "r")).isEmpty)
        #expect(governance.remarks.map(\.line) == [1, 6] && governance.remarks[1].what.hasSuffix("'triage', which is no workload of registry.json any more, so it counts for nobody"))
    }

    /// A claim may move into the registry once it was released.
    @Test func claimsMeetTheRegistryInTime() throws {
        let role = "arn:aws:iam::111122223333:role/letters"
        // The registry's ends on the first of December.
        let late = World.line("po", .productOwner, "claim", "triage", "\"principal\":\"\(role)\"")
        let lines = World.text([late]).map { $0 }
        let december = String(decoding: lines, as: UTF8.self).replacing("2026-10-01", with: "2026-12-01")
        #expect(try Governance(readDecisions(Array(december.utf8), file: "d"), World.registry(), file: "d", registryFile: "r").claims.count == 1)
        #expect(World.faults([late]).count == 1)
        // Released before the registry's begins: no clash.
        let registry = try readRegistry(
            Array("{\"version\":1,\"workloads\":[{\"id\":\"triage\"},{\"id\":\"letters\",\"claims\":[{\"principal\":\"\(role)\",\"from\":\"2026-10-02\"}]}]}".utf8), file: "r")
        #expect(World.faults([late], registry).count == 1)
        #expect(World.faults([late, late.replacing("\"claim\"", with: "\"release\"")], registry).isEmpty)
    }

    /// Of a broken scope only the first line is told.
    @Test func oneFaultIsToldOnce() {
        let faults = World.faults([World.request.replacing("\"s\"", with: "\"S\""), World.request.replacing("Claude Sonnet 4.6", with: "Claude Opus 5")] + World.chain.dropFirst())
        #expect(faults.count == 2, "\(faults)")
    }
}
