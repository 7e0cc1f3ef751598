/// The registry at benchmark size: one workload for each principal but the last of every workspace.
struct GrownRegistry: Sendable {
    let company: GrownCompany

    func plan() -> PlannedFile {
        PlannedFile("registry.json") { body in
            body.text.append(
                """
                {
                  "version": 1,
                  "hierarchy": ["Business unit", "Department", "Portfolio", "Product"],
                  "tagKeys": ["element1", "element2", "element3", "element4"],
                  "workloads": [

                """)
            for (workspace, principals) in company.principals.enumerated() {
                for (number, principal) in principals.dropLast().enumerated() {
                    if workspace + number > 0 { body.text.append(",\n") }
                    body.text.append(Self.workload(workspace: workspace + 1, number: number + 1, principal: principal))
                }
            }
            body.text.append("\n  ],\n  \"workspaces\": [\n")
            let workspaces = company.workspaces.map { "    { \"arn\": \"\($0.arn)\", \"name\": \"\($0.name)\" }" }
            body.text.append(workspaces.joined(separator: ",\n"))
            body.text.append("\n  ]\n}\n")
        }
    }

    private static func workload(workspace: Int, number: Int, principal: Principal) -> String {
        """
            { "id": "agent-\(workspace)-\(number)", "name": "Agent \(number) of workspace \(workspace)", "owner": "agents@example.com",
              "elements": ["Insurance", "Department \((workspace - 1) % 7)", "Portfolio \(workspace)", "Agent \(number)"],
              "costCenter": "CC-\(1000 + workspace)", "glAccount": "6400",
              "claims": [{ "principal": "\(principal.arn)" }],
              "estimates": [{ "month": "2026-10", "amount": "\(100 + 25 * number).00", "currency": "USD", "confirmedBy": "finance@example.com" }] }
        """
    }
}
