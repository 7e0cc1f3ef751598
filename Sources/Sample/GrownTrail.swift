/// The trail at benchmark size: files of 50 KB to 2 MB of text, one record in five of ours.
struct GrownTrail: Sendable {
    private let company: GrownCompany
    private let seed: UInt64
    private let scaleBytes: Int
    private let sites: [Site]

    /// An account in a region, with its workspaces: what one trail file is about.
    private struct Site: Sendable {
        let account: Account
        let region: String
        let workspaces: [Int]
        let billedHours: Int
        let foreigners: [Principal]
    }

    init(company: GrownCompany, bill: GrownBill, seed: UInt64, scaleBytes: Int) {
        self.company = company
        self.seed = seed
        self.scaleBytes = scaleBytes
        sites = company.accounts.flatMap { account in
            ["us-east-1", "eu-west-1"].compactMap { region in
                let numbers = company.workspaces.indices.filter {
                    company.workspaces[$0].account.id == account.id && company.workspaces[$0].region == region
                }
                guard let first = numbers.first else { return nil }
                return Site(
                    account: account, region: region, workspaces: numbers,
                    billedHours: bill.billedHours(ofWorkspace: first),
                    foreigners: ForeignRecords.principals(of: account))
            }
        }
    }

    func plan() -> [PlannedFile] {
        var random = SeededRandom(seed: seed, .plan)
        var plan: [PlannedFile] = []
        var rest = scaleBytes
        while rest > 0 {
            // Even over the orders of size, as quiet and busy accounts give it.
            let size = min(rest, (50_000 << random.below(5)) * (100 + random.below(100)) / 100)
            rest -= size
            plan.append(file(number: plan.count, bytes: size, random: &random))
        }
        return plan
    }

    /// A file holds the quarter of an hour before its delivery.
    private func file(number: Int, bytes: Int, random: inout SeededRandom) -> PlannedFile {
        let site = sites[random.below(sites.count)]
        let hour = GrownCompany.rankedHours[random.below(site.billedHours)]
        let delivered = Moment(day: 0, hour: hour, minute: 15 + random.below(45))
        let path = TrailPaths.file(
            trail: TrailPaths.organization, account: site.account.id, region: site.region, delivered: delivered,
            random: &random)
        let (company, seed) = (company, seed)
        return PlannedFile(path, expectedBytes: bytes) { body in
            var random = SeededRandom(seed: seed, .trail, number: number)
            repeat {
                let time = delivered.adding(seconds: -1 - random.below(900))
                let record =
                    random.below(5) == 0
                    ? Self.inference(at: time, site: site, company: company, random: &random)
                    : ForeignRecords.draw(
                        at: time, account: site.account.id, region: site.region, by: site.foreigners, random: &random)
                try body.append(record, random: &random)
            } while body.writtenBytes < bytes - 2
            body.closeRecords()
        }
    }

    private static let actions: [(weight: Int, Action)] = [
        (950, .createInference), (10, .createBatchInference), (10, .createSession), (30, .countTokens),
    ]
    private static let models: [(weight: Int, Model)] = [(3, .sonnet55), (2, .opus55), (2, .haiku45), (1, .sonnet46)]

    private static func inference(
        at time: Moment, site: Site, company: GrownCompany, random: inout SeededRandom
    ) -> TrailRecord {
        let number = site.workspaces[random.below(site.workspaces.count)]
        let workspace = company.workspaces[number]
        let action = random.pick(actions)
        let model = action == .createInference || action == .countTokens ? random.pick(models).id : nil
        return TrailRecord(
            template: TrailRecord.inference, time: time,
            principal: company.principals[number][random.below(GrownCompany.principalsPerWorkspace)],
            region: site.region, account: site.account.id, recipient: site.account.id, name: action.rawValue,
            workspace: workspace.arn, parameters: TrailRecord.parameters(model: model, usesBearerToken: false),
            error: TrailRecord.errorFields(code: random.chance(perMille: 20) ? "ThrottlingException" : ""),
            host: 10 + random.below(200), eventID: random.identifier(), requestID: random.identifier(), isRelevant: true
        )
    }
}
