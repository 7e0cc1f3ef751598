import Records
import Testing

@testable import Governance

/// Every transition, and every illegal one: all statuses × all steps × both platforms are written out.
@Suite struct ScopeStatusTests {
    private static let steps: [ScopeStep] = [.approve, .reject, .revoke, .supersede, .task(0), .task(1), .task(2), .task(3), .task(4)]

    /// What is legal, from, step, to; everything else is not.
    private static func legal(_ platform: Platform) -> [(ScopeStatus, ScopeStep, ScopeStatus)] {
        let own: [(ScopeStatus, ScopeStep, ScopeStatus)] =
            platform == .claudePlatform
            ? [(.pendingApproval, .approve, .pendingWorkspace)] : [(.pendingApproval, .approve, .approved)]
        let all: [(ScopeStatus, ScopeStep, ScopeStatus)] = [
            (.pendingApproval, .reject, .rejected),
            (.pendingWorkspace, .task(1), .pendingValidation), (.pendingWorkspace, .revoke, .revoked), (.pendingWorkspace, .supersede, .superseded),
            (.pendingValidation, .task(2), .pendingLambda), (.pendingValidation, .revoke, .revoked), (.pendingValidation, .supersede, .superseded),
            (.pendingLambda, .task(3), .implemented), (.pendingLambda, .revoke, .revoked), (.pendingLambda, .supersede, .superseded),
            (.approved, .task(1), .implemented), (.approved, .revoke, .revoked), (.approved, .supersede, .superseded),
            (.implemented, .revoke, .revoked), (.implemented, .supersede, .superseded),
        ]
        return own + all
    }

    @Test(arguments: Platform.allCases) func everyStepFromEveryStatus(_ platform: Platform) {
        var count = 0
        for status in ScopeStatus.allCases {
            for step in ScopeStatusTests.steps {
                let wanted = ScopeStatusTests.legal(platform).first { $0.0 == status && $0.1 == step }?.2
                #expect(status.after(step, on: platform) == wanted, "\(status) \(step) on \(platform)")
                count += 1
            }
        }
        #expect(count == 81)
    }

    @Test func endsHaveNoSteps() {
        for status in ScopeStatus.allCases where status.isEnd {
            for step in ScopeStatusTests.steps { #expect(status.after(step, on: .claudePlatform) == nil) }
            #expect(status.legalSteps("a", .claudePlatform).isEmpty)
        }
        #expect(ScopeStatus.pendingLambda.legalSteps("a", .claudePlatform) == ["complete a/3 (Cloud Engineer)", "revoke a (FinOps Lead)"])
    }
}
