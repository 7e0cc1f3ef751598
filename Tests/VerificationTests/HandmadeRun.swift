import TestSupport

/// A small run made by hand: its ledger is written out below, and every other figure follows from it by counting in hundredths.
///
/// February 2026 is four weeks, Sunday to Saturday. On the 3rd a workspace's hour costs 3.00: two of its three calls are the workload's, one is an
/// unclaimed role's. A tax of 0.84 for the month follows, 0.03 a day. An hour of Bedrock costs 0.50; its principal and model are texts that a
/// spreadsheet would run.
struct HandmadeRun {
    var files: [String: String]

    /// Writes the files to a new folder.
    func write() -> TemporaryFolder {
        let folder = TemporaryFolder()
        for (name, text) in files { folder.write(name, text) }
        return folder
    }

    /// The run with the first place in `file` that says `old` saying `new`.
    func replacing(_ file: String, _ old: String, _ new: String) -> HandmadeRun {
        guard let text = files[file] else { preconditionFailure("no file \(file)") }
        guard let place = text.firstRange(of: old) else { preconditionFailure("\(file) does not say \(old)") }
        var copy = self
        copy.files[file] = String(text[..<place.lowerBound]) + new + String(text[place.upperBound...])
        return copy
    }

    static let arn = "arn:aws:aws-external-anthropic:us-east-1:111100000000:workspace/wrkspc_1"
    static let roleA = "arn:aws:iam::111100000000:role/a"
    static let roleB = "arn:aws:iam::111100000000:role/b"

    init() {
        files = [
            "allocations.csv": HandmadeRun.ledger,
            "gaps.csv": HandmadeRun.gaps,
            "agent-bills.csv": HandmadeRun.billLines,
            "agent-bills.json": HandmadeRun.bills,
            "reconciliation.json": HandmadeRun.reconciliation,
            "run.json": #"{"run_id": "r1", "billing_period": "2026-02", "arguments": ["--cur", "cur"]}"# + "\n",
            "spend-cards.csv": HandmadeCards.csv,
            "spend-cards.json": HandmadeCards.json,
        ]
    }

    // MARK: The ledger

    static let ledgerHeader =
        "billing_period,usage_start,usage_end,platform,payer_account_id,usage_account_id,region,workspace_arn,workspace_source,line_item_type,"
        + "usage_type,invoice_id,principal,workload_id,level,method,evidence_window,model,token_type,element1,element2,element3,element4,"
        + "weight,weight_total,calls,quantity,cost,currency,gap,billing_entity,legal_entity,product_code,operation\n"

    private static let tax =
        "2026-02,2026-02-01T00:00:00Z,2026-03-01T00:00:00Z,claude-platform,999900000000,111100000000,us-east-1,\(arn),follows-cost,Tax,tax,,"
    private static let hour =
        "2026-02,2026-02-03T10:00:00Z,2026-02-03T11:00:00Z,claude-platform,999900000000,111100000000,us-east-1,\(arn),resource-id,Usage,"
        + "MP:ccu-Units,,"
    private static let entity = "AWS Marketplace,\"Anthropic, PBC\",p1,\n"

    private static let ledger =
        ledgerHeader
        + "\(tax)\(roleA),claims,workload,follows-cost,none,,,Ins,Claims,,,2000000000000000000,3000000000000000000,0,0,0.56,USD,,\(entity)"
        + "\(tax)\(roleB),,unallocated,follows-cost,none,,,,,,,1000000000000000000,3000000000000000000,0,0,0.28,USD,unclaimed-principal,\(entity)"
        + "2026-02,2026-02-03T09:00:00Z,2026-02-03T10:00:00Z,bedrock,999900000000,111100000000,us-east-1,,none,Usage,OutputTokenCount-Units,,"
        + "'=role,,unallocated,none,none,'=model,output,,,,,0,0,0,5,0.5,USD,unclaimed-principal,\(entity)"
        + "\(hour)\(roleA),claims,workload,call-weighted,interval,,,Ins,Claims,,,2,3,2,200,2,USD,,\(entity)"
        + "\(hour)\(roleB),,unallocated,none,interval,,,,,,,1,3,1,100,1,USD,unclaimed-principal,\(entity)"

    // MARK: Gaps and bills

    private static let gaps =
        "gap,anchor,usage_account_id,workspace_arn,platform,first_seen,last_seen,calls,quantity,cost,currency,action\n"
        + "unclaimed-principal,'=role,111100000000,,bedrock,2026-02-03T09:00:00Z,2026-02-03T09:00:00Z,0,5,0.5,USD,Claim it.\n"
        + "unclaimed-principal,\(roleB),111100000000,\(arn),claude-platform,2026-02-01T00:00:00Z,2026-02-03T10:00:00Z,1,100,1.28,USD,Claim it.\n"

    private static let billLines =
        "bill_id,owner,agent,workspace_arn,platform,model,line_item_type,level,method,calls,quantity,cost,share_pct,currency\n"
        + "claims,ana,\(roleA),\(arn),claude-platform,,Tax,workload,follows-cost,0,0,0.56,12.9032,USD\n"
        + "claims,ana,\(roleA),\(arn),claude-platform,,Usage,workload,call-weighted,2,200,2,46.0829,USD\n"
        + "unclaimed:=role,,'=role,,bedrock,'=model,Usage,unallocated,none,0,5,0.5,11.5207,USD\n"
        + "unclaimed:\(roleB),,\(roleB),\(arn),claude-platform,,Tax,unallocated,follows-cost,0,0,0.28,6.4516,USD\n"
        + "unclaimed:\(roleB),,\(roleB),\(arn),claude-platform,,Usage,unallocated,none,1,100,1,23.0415,USD\n"

    private static let bills =
        "{\"run_id\": \"r1\", \"bills\": [\n"
        + [
            bill(
                "claims", "2.56", "0.56", "2.00", workload: "claims", owner: "ana", elements: #""Ins", "Claims""#,
                methods: #""call-weighted": "2", "follows-cost": "0.56""#,
                lines: [
                    line(roleA, arn, "claude-platform", "", "Tax", "workload", "follows-cost", 0, "0", "0.56"),
                    line(roleA, arn, "claude-platform", "", "Usage", "workload", "call-weighted", 2, "200", "2"),
                ], days: days("0.02", "2.02", 2, "200")),
            bill(
                "unclaimed:=role", "0.50", "0.00", "0.50", methods: #""none": "0.5""#,
                lines: [line("=role", "", "bedrock", "=model", "Usage", "unallocated", "none", 0, "5", "0.5")],
                days: [day(3, 0, "5", "0.5")]),
            bill(
                "unclaimed:\(roleB)", "1.28", "0.28", "1.00", methods: #""follows-cost": "0.28", "none": "1""#,
                lines: [
                    line(roleB, arn, "claude-platform", "", "Tax", "unallocated", "follows-cost", 0, "0", "0.28"),
                    line(roleB, arn, "claude-platform", "", "Usage", "unallocated", "none", 1, "100", "1"),
                ], days: days("0.01", "1.01", 1, "100")),
        ].joined(separator: ",\n") + "\n]}\n"

    private static func bill(
        _ id: String, _ due: String, _ tax: String, _ preTax: String, workload: String = "", owner: String = "", elements: String = "",
        methods: String, lines: [String], days: [String]
    ) -> String {
        func plain(_ text: String) -> String { text == "0.00" ? "0" : text == "0.50" ? "0.5" : text }
        return """
            {"bill_id": "\(id)", "payer_account_id": "999900000000", "currency": "USD", "amount_due": "\(due)", "of_which_tax": "\(tax)",
             "pre_tax": "\(preTax)", "exact_cost": "\(plain(due))", "exact_tax": "\(plain(tax))", "workload_id": "\(workload)",
             "workload_name": "", "owner": "\(owner)", "cost_center": "", "gl_account": "", "elements": [\(elements)],
             "methods": {\(methods)},
             "lines": [\(lines.joined(separator: ",\n"))],
             "days": [\(days.joined(separator: ",\n"))]}
            """
    }

    private static func line(
        _ agent: String, _ workspace: String, _ platform: String, _ model: String, _ type: String, _ level: String, _ method: String,
        _ calls: Int, _ quantity: String, _ cost: String
    ) -> String {
        #"{"agent": "\#(agent)", "workspace_arn": "\#(workspace)", "platform": "\#(platform)", "model": "\#(model)", "line_item_type": "\#(type)", "#
            + #""level": "\#(level)", "method": "\#(method)", "calls": \#(calls), "quantity": "\#(quantity)", "cost": "\#(cost)"}"#
    }

    private static func days(_ cost: String, _ third: String, _ calls: Int, _ quantity: String) -> [String] {
        (1...28).map { $0 == 3 ? day(3, calls, quantity, third) : day($0, 0, "0", cost) }
    }

    private static func day(_ day: Int, _ calls: Int, _ quantity: String, _ cost: String) -> String {
        #"{"date": "2026-02-\#(day < 10 ? "0" : "")\#(day)", "calls": \#(calls), "quantity": "\#(quantity)", "cost": "\#(cost)"}"#
    }

    // MARK: Reconciliation

    private static let reconciliation = """
        {"run_id": "r1", "billing_period": "2026-02", "partial": false, "finality": "open", "data_through": "2026-02-03T11:00:00Z",
         "cost_basis": "unblended",
         "currencies": {"USD": {"charged": "4.34", "allocated": "4.34", "difference": "0", "coverage": "1",
          "by_level": {"unallocated": "1.78", "workload": "2.56"},
          "by_method": {"call-weighted": "2", "follows-cost": "0.84", "none": "1.5"},
          "by_line_item_type": {"Tax": "0.84", "Usage": "3.5"},
          "by_platform": {"bedrock": "0.5", "claude-platform": "3.84"},
          "by_gap": {"unclaimed-principal": "1.78"}}},
         "by_invoice": [{"payer_account_id": "999900000000", "invoice_id": "", "legal_entity": "Anthropic, PBC", "currency": "USD",
          "usage": "3.5", "tax": "0.84", "credit": "0", "refund": "0", "other": "0", "total": "4.34"}],
         "rows": {"read": 5, "charges": 3, "other_service": 2, "other_period": 0, "rejected": 0, "near_miss": 0, "price_mismatch": 0,
          "inexact_amounts": 0},
         "events": {"read": 5, "evidence": 3, "rejected": 0, "other_source": 2, "summary": 0, "other_period": 0, "not_billable": 0, "failed": 0,
          "duplicate": 0, "superseded": 0, "shared_duplicate": 0, "unused": 0},
         "usage_records": {"read": 0, "rated": 0, "unrated": 0, "joined": 0, "own_evidence": 0, "unmatched": 0, "duplicate": 0, "rejected": 0}}

        """
}
