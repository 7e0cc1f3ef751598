import Governance
import Records

/// What a decision changed, and what follows.
enum DecisionText {
    /// Where the decision's object stands now, and what may come next.
    static func state(_ governance: Governance, _ decision: Decision) -> String {
        switch decision.verb {
        case .request, .approve, .reject, .revoke, .complete:
            let name = decision.object.split(separator: "/").first.map(String.init) ?? ""
            return governance.scope(name).map(text) ?? ""
        case .allow, .restrict, .block:
            let standing = decision.verb == .allow ? "Approved" : decision.verb == .block ? "Blocked" : "Restricted to \(decision.accounts.joined(separator: ", "))"
            let left = governance.scopes.filter { $0.platform == decision.platform && $0.model.id == decision.object && $0.status.isStanding && !(decision.verb == .restrict && decision.accounts.contains($0.account)) }
            let names = decision.verb == .allow ? [] : left.map(\.name)
            return "  \(decision.object) is \(standing)\n" + (names.isEmpty ? "" : "  still approved, until they are revoked: \(names.joined(separator: ", "))\n")
        case .claim: return "  in force from \(dateText(dayNumber: decision.nextDay.dayNumber)) on\n"
        case .release: return "  in force until \(dateText(dayNumber: decision.nextDay.dayNumber)), that day excluded\n"
        case .estimate: return "  counts once a Financial Admin confirms it\n"
        case .confirm: return "  confirmed\n"
        case .acceptCard, .disputeCard, .approveCard, .rejectCard, .resolveCard:
            return governance.cards.first { $0.key.text == decision.object }.map { "  \($0.key.text) is \($0.status.rawValue)\n" } ?? ""
        }
    }

    private static func text(_ scope: Scope) -> String {
        var text = "  \(scope.name) is \(scope.status.rawValue)"
        if let trail = scope.trail, trail != .captured { text += ", workspace level only: the trail \(trail.what)" }
        text += "\n"
        if let task = scope.tasks.first(where: { $0.status == .open }) {
            text += "  task \(task.name), \(title(task)), is open:\n"
            for (index, sentence) in task.instructions.enumerated() {
                let isDone = scope.platform == .bedrock && index < scope.stepsDone
                text += "    \(index + 1). \(isDone ? "(done) " : "")\(sentence)\n"
            }
        }
        return text
    }

    /// `Task 01 of 3`
    static func title(_ task: ScopeTask) -> String { "Task 0\(task.number) of \(task.count)" }
}
