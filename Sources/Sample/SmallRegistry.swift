/// The registry of Example Insurance: six workloads, three workspaces.
enum SmallRegistry {
    static func plan() -> PlannedFile {
        PlannedFile("registry.json") { $0.text.append(text) }
    }

    private static let text = """
        {
          "version": 1,
          "hierarchy": ["Business unit", "Department", "Portfolio", "Product"],
          "tagKeys": ["element1", "element2", "element3", "element4"],
          "workloads": [
            {
              "id": "claims-triage",
              "name": "Claims triage",
              "owner": "claims-ai@example.com",
              "elements": ["Insurance", "Claims", "Automation", "Triage"],
              "costCenter": "CC-1001",
              "glAccount": "6400",
              "claims": [
                { "principal": "\(Company.triage.arn)" },
                { "principal": "\(Company.triageBatch.arn)" }
              ],
              "estimates": [
                { "month": "2026-10", "amount": "800.00", "currency": "USD", "confirmedBy": "finance@example.com" },
                { "month": "2026-11", "amount": "1200.00", "currency": "USD", "confirmedBy": "finance@example.com" }
              ]
            },
            {
              "id": "fraud-screening",
              "name": "Fraud screening",
              "owner": "fraud-ai@example.com",
              "elements": ["Insurance", "Claims", "Protection", "Fraud screening"],
              "costCenter": "CC-1002",
              "glAccount": "6400",
              "claims": [{ "principal": "\(Company.fraud.arn)" }],
              "estimates": [
                { "month": "2026-10", "amount": "250.00", "currency": "USD", "confirmedBy": "finance@example.com" }
              ]
            },
            {
              "id": "claims-letters",
              "name": "Claims letters",
              "owner": "claims-ai@example.com",
              "elements": ["Insurance", "Claims", "Correspondence", "Claims letters"],
              "costCenter": "CC-1003",
              "glAccount": "6400",
              "claims": [{ "principal": "\(Company.letters.arn)", "to": "2026-10-16" }],
              "estimates": [
                { "month": "2026-10", "amount": "110.00", "currency": "USD", "confirmedBy": "finance@example.com" }
              ]
            },
            {
              "id": "customer-letters",
              "name": "Customer letters",
              "owner": "service-ai@example.com",
              "elements": ["Insurance", "Service", "Correspondence", "Customer letters"],
              "costCenter": "CC-2001",
              "glAccount": "6400",
              "claims": [{ "principal": "\(Company.letters.arn)", "from": "2026-10-16" }],
              "estimates": [
                { "month": "2026-10", "amount": "102.00", "currency": "USD", "confirmedBy": "finance@example.com" }
              ]
            },
            {
              "id": "underwriting-assist",
              "name": "Underwriting assist",
              "owner": "underwriting-ai@example.com",
              "elements": ["Insurance", "Underwriting", "Assistants", "Underwriting assist"],
              "costCenter": "CC-3001",
              "glAccount": "6400",
              "claims": [
                { "workspace": "\(Company.underwriting.arn)" },
                { "principal": "\(Company.underwriter.arn)" }
              ],
              "estimates": [
                { "month": "2026-10", "amount": "700.00", "currency": "USD", "confirmedBy": "finance@example.com" }
              ]
            },
            {
              "id": "actuarial-research",
              "name": "Actuarial research",
              "owner": "research-ai@example.com",
              "elements": ["Group", "Analytics", "Research", "Actuarial research"],
              "costCenter": "CC-9001",
              "glAccount": "6410",
              "claims": [{ "principal": "\(Company.actuary.arn)" }],
              "estimates": [
                { "month": "2026-10", "amount": "300.00", "currency": "USD", "confirmedBy": "" }
              ]
            }
          ],
          "workspaces": [
            {
              "arn": "\(Company.claims.arn)",
              "name": "claims",
              "tags": { "element1": "Insurance", "element2": "Claims" }
            },
            {
              "arn": "\(Company.underwriting.arn)",
              "name": "underwriting",
              "tags": {
                "element1": "Insurance",
                "element2": "Underwriting",
                "element3": "Assistants",
                "element4": "Underwriting assist"
              }
            },
            {
              "arn": "\(Company.labs.arn)",
              "name": "labs",
              "tags": { "element1": "Group", "element2": "Analytics" }
            }
          ],
          "sharedRolePatterns": ["AWSReservedSSO_*", "AWSAdministratorAccess*", "AWSPowerUserAccess*", "*:root"],
          "policy": { "refund": "keep" }
        }

        """
}
