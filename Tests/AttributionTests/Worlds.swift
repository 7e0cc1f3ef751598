import Records
import Testing
import TestSupport

typealias World = TinyWorld
let w1 = World.workspace("w1")
let w2 = World.workspace("w2")

/// Some columns of every row of the ledger, in its order.
func columns(_ outcome: World.Outcome, _ names: String...) -> [[String]] {
    outcome.ledger.map { row in names.map { row[$0] ?? "?" } }
}

/// A registry with workspace w1 and the workloads given.
func claims(_ text: String) -> String {
    "{\"version\":1,\"workspaces\":[{\"arn\":\"\(w1)\",\"name\":\"one\"}],\"workloads\":[\(text)]}"
}

/// A workload with claims, and with an estimate that is confirmed or not.
func workload(_ id: String, _ claims: String, confirmed: Bool = true) -> String {
    let estimate = "{\"month\":\"2026-11\",\"amount\":\"10\",\"confirmedBy\":\"\(confirmed ? "fa@example.com" : "")\"}"
    return "{\"id\":\"\(id)\",\"elements\":[\"\(id)-e1\"],\"claims\":[\(claims)],\"estimates\":[\(estimate)]}"
}
