/// The company at benchmark size: a workspace for every 32 MB of bill, eight principals in each.
struct GrownCompany: Sendable {
    static let principalsPerWorkspace = 8

    let accounts: [Account]
    let workspaces: [Workspace]
    /// By workspace, then by number. Nobody claims the last of each workspace.
    let principals: [[Principal]]

    init(scaleBytes: Int) {
        // AWS's documentation has few account ids; workspaces share them.
        let labs = Company.labsAccount
        accounts = [
            Company.claimsAccount, Company.underwritingAccount, labs,
            Account(id: "777788889999", name: "service-production", payer: Company.insurance),
            Account(id: "210987654321", name: "group-research", payer: Company.group),
        ]
        var workspaces: [Workspace] = []
        for number in 0..<max(3, scaleBytes / (32 << 20)) {
            var id = Text()
            var random = SeededRandom(seed: 0, .principal, number: number)
            id.append("wrkspc_01")
            id.append(characters: 22, of: .mixedLetters, random: &random)
            workspaces.append(
                Workspace(
                    name: "workspace-\(number + 1)", id: String(decoding: id.bytes, as: UTF8.self),
                    region: number % 3 == 1 ? "eu-west-1" : "us-east-1", account: accounts[number % accounts.count]))
        }
        self.workspaces = workspaces
        principals = workspaces.indices.map { workspace in
            (0..<Self.principalsPerWorkspace).map { number in
                var key = Text()
                var random = SeededRandom(seed: 1, .principal, number: workspace * Self.principalsPerWorkspace + number)
                key.append(characters: 17, of: .upper, random: &random)
                return Principal.role(
                    "ai-agent-\(workspace + 1)-\(number + 1)", path: "/finops/", session: "agent-\(number + 1)",
                    account: workspaces[workspace].account, key: String(decoding: key.bytes, as: UTF8.self))
            }
        }
    }

    /// The numbers of the workspaces that a payer pays for.
    func workspaces(of payer: Payer) -> [Int] {
        workspaces.indices.filter { workspaces[$0].account.payer.id == payer.id }
    }

    func accounts(of payer: Payer) -> [Account] {
        accounts.filter { $0.payer.id == payer.id }
    }

    /// The hours of the month, busiest first: working days' office hours, their evenings, weekends, nights.
    /// Workspaces are billed in the first of them, and called in the same.
    static let rankedHours: [Int] = {
        func rank(_ hour: Int) -> Int {
            let moment = Moment(day: 0, hour: hour)
            switch moment.hourOfDay {
            case 8..<20: return moment.isWeekend ? 2 : 0
            case 20..<24: return moment.isWeekend ? 2 : 1
            default: return 3
            }
        }
        return (0..<Moment.hoursInMonth).sorted { (rank($0), $0) < (rank($1), $1) }
    }()
}
