import TestSupport
import Testing

/// One figure of a sound run that is changed, and what must be said of it.
struct Corruption: Sendable, CustomTestStringConvertible {
    var file: String
    var old: String
    var new: String
    /// Part of what must be said, and the file that it must name.
    var said: String
    var named: String

    init(_ file: String, _ old: String, _ new: String, _ said: String, in named: String? = nil) {
        self.file = file
        self.old = old
        self.new = new
        self.said = said
        self.named = named ?? file
    }

    var testDescription: String { "\(file): \(old) → \(new)" }
}

@Suite struct CorruptionTests {
    @Test(arguments: ledger + ledgerForm + reconciliation + cards + bills + gaps)
    func isFound(_ corruption: Corruption) {
        let run = HandmadeRun().replacing(corruption.file, corruption.old, corruption.new)
        let said = complaint(run.write())
        #expect(said?.contains("/\(corruption.named):") == true, "\(said ?? "nothing")")
        #expect(said?.contains(corruption.said) == true, "\(said ?? "nothing")")
    }

    static let ledger = [
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,2,200,2.01,USD", "allocations.csv:5: cost 2.01"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,2,201,2,USD", "no share of weight"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,4,2,200,2,USD", "weight_total is 3, but 4 in line 5 of the same pool"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "1,3,2,200,2,USD", "are no share of weight 1 in 3"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,3,200,2,USD", "calls add up to 3, but the claimant has 2 events"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "3,3,2,200,2,USD", "add up to more than its weight_total"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "4,3,2,200,2,USD", "weight 4 is more than weight_total 3"),
        Corruption("allocations.csv", "0,0,0.56,USD", "0,0,0.57,USD", "cost 0.57 is no share of weight"),
        Corruption("allocations.csv", "2000000000000000000,3", "1999999000000000000,3", "no share is small enough to be left out"),
        Corruption("allocations.csv", "2000000000000000000,3", "2000000000000000001,3", "add up to more than their weight_total"),
        Corruption("allocations.csv", "3000000000000000000,0", "3000001000000000000,0", "is no share of weight"),
        Corruption("allocations.csv", "workload,call-weighted", "workload,sole-principal", "the pool has another principal"),
        Corruption("allocations.csv", "workload,call-weighted", "workload,cur-principal", "platform is claude-platform"),
        Corruption("allocations.csv", "claims,workload,call", ",workload,call", "workload_id or principal is empty"),
        Corruption("allocations.csv", "none,'=model,output", "interval,'=model,output", "bedrock names its principals"),
        Corruption("allocations.csv", "'=model,output", "'=model,input", "token_type is 'input'"),
        Corruption("allocations.csv", "USD,unclaimed-principal", "USD,no-evidence", "where shared-role or unclaimed-principal must stand"),
        Corruption("allocations.csv", "5,0.5,USD,unclaimed-principal", "5,0.5,USD,shared-role", 
            "by_gap of 'unclaimed-principal' in USD is 1.78, but the ledger's rows add up to 1.28", in: "reconciliation.json"),
        Corruption("allocations.csv", "follows-cost,Tax", "resource-id,Tax", "workspace_source is resource-id, but method is follows-cost"),
        Corruption("allocations.csv", "none,,,Ins,Claims", "none,,,Ins,Fraud", "elements of workload claims are 'Ins / Claims /  / '"),
        Corruption("allocations.csv", "2026-02-03T11:00:00Z", "2026-02-03T09:00:00Z", "lies before usage_start"),
        Corruption("allocations.csv", ",resource-id,Usage", ",none,Usage", "workspace_source is none, but workspace_arn is"),
    ]

    static let ledgerForm = [
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,2,200,2.0,USD", "which is no plain decimal"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,2,200,2e0,USD", "which is no plain decimal"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,02,200,2,USD", "which is no plain decimal"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,2,-0,2,USD", "which is no plain decimal"),
        Corruption("allocations.csv", "2,3,2,200,2,USD", "2,3,2,99999999999999999999,2,USD", "beyond the range"),
        Corruption("allocations.csv", "2026-02-03T10:00:00Z,2026-02-03T11", "2026-02-03 10:00:00,2026-02-03T11", "rows are sorted bytewise"),
        Corruption("allocations.csv", "2026-02-03T11:00:00Z", "2026-02-30T11:00:00Z", "which is no time"),
        Corruption("allocations.csv", "2026-02,2026-02-01", "2026-03,2026-02-01", "but the run's billing_period is 2026-02"),
        Corruption("allocations.csv", "'=role", "=role", "has no leading '"),
        Corruption("allocations.csv", "workload_id,level", "workload,level", "where workload_id must stand"),
        Corruption("allocations.csv", ",unallocated,none,interval", ",nobody,none,interval", "which is none of workload, workspace, unallocated"),
        Corruption("allocations.csv", "PBC\",p1,\n", "PBC\",p1\n", "has 33 cells, but the header has 34"),
        Corruption("allocations.csv", "PBC\",p1,\n", "PBC\"x,p1,\n", "damaged quotes"),
        Corruption("allocations.csv", "PBC\",p1,\n", "PBC\",p1,\r\n", "carriage return"),
        Corruption("allocations.csv", "PBC\",p1,\n", "PBC\",p1,\n\n", "is blank"),
    ]

    static let reconciliation = [
        Corruption("reconciliation.json", #""charged": "4.34""#, #""charged": "4.35""#, "charged in USD is 4.35, but the ledger's rows add up to 4.34"),
        Corruption("reconciliation.json", #""allocated": "4.34""#, #""allocated": "4.340""#, "which is no plain decimal"),
        Corruption("reconciliation.json", #""difference": "0""#, #""difference": "0.01""#, "difference in USD is 0.01"),
        Corruption("reconciliation.json", #""coverage": "1""#, #""coverage": "0.9999""#, "coverage in USD"),
        Corruption("reconciliation.json", #""workload": "2.56""#, #""workspace": "2.56""#, "'workspace', which no row of the ledger has"),
        Corruption("reconciliation.json", #""bedrock": "0.5", "#, "", "by_platform in USD lacks 'bedrock'"),
        Corruption("reconciliation.json", #""tax": "0.84""#, #""tax": "0.83""#, "tax by_invoice of '999900000000'"),
        Corruption("reconciliation.json", #""finality": "open""#, #""finality": "invoiced""#, "finality is 'invoiced'"),
        Corruption("reconciliation.json", "2026-02-03T11", "2026-02-03T12", "makes it 2026-02-03T11:00:00Z"),
        Corruption("reconciliation.json", #""other_service": 2"#, #""other_service": 3"#, "rows: read is 5, but"),
        Corruption("reconciliation.json", #""other_source": 2"#, #""other_source": 1"#, "events: read is 5, but"),
        Corruption("reconciliation.json", #""joined": 0"#, #""joined": 1"#, "usage_records: rated + unrated is 0, but"),
        Corruption("reconciliation.json", #""unused": 0"#, #""unused": 1"#, "only 2 events to credit", in: "allocations.csv"),
        Corruption("reconciliation.json", #""unused": 0"#, #""unused": 0, "lost": 1"#, "that is not checked"),
        Corruption("reconciliation.json", #""charges": 3, "other_service": 2"#, #""charges": 1, "other_service": 4"#, 
            "more groups of Usage than the 1 charges", in: "allocations.csv"),
        Corruption("run.json", #""run_id": "r1""#, #""run_id": "r2""#, "the files are of different runs"),
        Corruption("run.json", #""run_id": "r1""#, #""run_id": "r0", "run_id": "r1""#, "repeats the key"),
    ]

    static let cards = [
        Corruption("spend-cards.csv", "claims,ana,2,0.56", "claims,ana,2.01,0.56", "actual of workload card 'claims' in USD for the month is 2.01"),
        Corruption("spend-cards.csv", "claims,ana,0,0.14,7", "claims,ana,0,0.13,7", "for the week from 2026-02-08"),
        Corruption("spend-cards.csv", "0.14,7,2.46", "0.14,7.01,2.46", "estimate of workload card"),
        Corruption("spend-cards.csv", "28,2.46", "28,2.45", "estimate_to_date of workload card"),
        Corruption("spend-cards.csv", "0.56,28,2.46,-0.46,-18.7,", "0.56,,,,,", "the ledger's gaps say that there is one"),
        Corruption("spend-cards.csv", "-0.46,-18.7", "-0.46,-18.69", "variance_pct"),
        Corruption("spend-cards.csv", "-18.7,under", "-18.7,on-plan", "band is 'on-plan'"),
        Corruption("spend-cards.csv", "no,total,total,,3.5", "yes,total,total,,3.5", "complete is 'yes'"),
        Corruption("spend-cards.csv", "total,total,,3.5,0.84,,,,,no-estimate,305", "total,total,,3.5,0.84,,,,,no-estimate,306", "quantity of total card"),
        Corruption("spend-cards.csv", "2026-02-08,2026-02-14", "2026-02-08,2026-02-15", "nor one of its weeks"),
        Corruption("spend-cards.csv", "USD,open", "USD,invoiced", "finality is 'invoiced'"),
        Corruption("spend-cards.csv", "claims,ana,0,0.14", "claims,eva,0,0.14", "owner of workload card"),
        Corruption("spend-cards.json", #""variance": "-0.46""#, #""variance": "-0.47""#, "variance is '-0.47', but '-0.46' on the card of spend-cards.csv:10"),
        Corruption("spend-cards.json", #""region": "us-east-1", "actual": "1""#, #""region": "us-east-1", "actual": "1.5""#, "but the ledger's rows add up to 1"),
        Corruption("spend-cards.json", #""model": "=model""#, #""model": "=mode""#, "has no share in the ledger"),
        Corruption("spend-cards.json", #""calls": 3}"#, #""calls": 2}"#, "calls of line"),
    ]

    static let bills = [
        Corruption("agent-bills.csv", "2,200,2,46.0829", "2,200,2.1,46.0829", "cost of the line of bill 'claims' in USD is 2.1"),
        Corruption("agent-bills.csv", "46.0829", "46.083", "share_pct"),
        Corruption("agent-bills.csv", "claims,ana", "claims,eva", "owner of the line"),
        Corruption("agent-bills.json", #""amount_due": "2.56""#, #""amount_due": "2.57""#, "pre_tax of bill 'claims'"),
        Corruption("agent-bills.json", #""amount_due": "0.50", "of_which_tax": "0.00""#, #""amount_due": "0.51", "of_which_tax": "0.01""#,
            "amount_due of bill 'unclaimed:=role' of payer 999900000000 in USD is 0.51, but by the rule of largest remainders 0.50"),
        Corruption("agent-bills.json", #""exact_cost": "1.28""#, #""exact_cost": "1.27""#, "exact_cost of bill"),
        Corruption("agent-bills.json", #""follows-cost": "0.56""#, #""follows-cost": "0.55""#, "methods of bill 'claims'"),
        Corruption("agent-bills.json", #""cost": "2.02""#, #""cost": "2.01""#, "cost of '2026-02-03' of bill 'claims'"),
        Corruption("agent-bills.json", #""date": "2026-02-02""#, #""date": "2026-02-29""#, "'2026-02-29' of bill 'claims'"),
        Corruption("agent-bills.json", #""Ins", "Claims""#, #""Ins", "Fraud""#, "elements of bill 'claims'"),
        Corruption("agent-bills.json", #""gl_account": "", "elements": []"#, #""gl_account": "6400", "elements": []"#, "only workloads have them"),
    ]

    static let gaps = [
        Corruption("gaps.csv", "1,100,1.28", "1,100,1.29", "cost of gap unclaimed-principal"),
        Corruption("gaps.csv", "2026-02-01T00:00:00Z", "2026-02-03T10:00:00Z", "first_seen is"),
        Corruption("gaps.csv", "USD,Claim it.", "USD,", "is empty"),
        Corruption("gaps.csv", "unclaimed-principal", "shared-role", "has no share in the ledger"),
    ]
}
