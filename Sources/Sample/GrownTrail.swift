/// The trail at benchmark size: files of 50 KB to 2 MB of text, one record in five of ours; or with a number of events, all of them ours.
struct GrownTrail: Sendable {
    private let company: GrownCompany
    private let seed: UInt64
    private let scaleBytes: Int
    private let events: Int?
    private let sites: [Site]

    /// About the length of a record of ours.
    private static let bytesPerEvent = 1_400
    /// Of files that hold nothing but events one in so many is delivered a second time, under another name.
    private static let filesPerCopy = 50

    /// An account in a region, with its workspaces: what one trail file is about.
    private struct Site: Sendable {
        let account: Account
        let region: String
        let workspaces: [Int]
        let billedHours: Int
        let foreigners: [Principal]
    }

    init(company: GrownCompany, bill: GrownBill, seed: UInt64, scaleBytes: Int, events: Int?) {
        self.company = company
        self.seed = seed
        self.scaleBytes = scaleBytes
        self.events = events
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
        // In bytes, or in events.
        var rest = events ?? scaleBytes
        while rest > 0 {
            // Even over the orders of size, as quiet and busy accounts give it.
            let bytes = (50_000 << random.below(5)) * (100 + random.below(100)) / 100
            let size = min(rest, events == nil ? bytes : max(1, bytes / Self.bytesPerEvent))
            rest -= size
            let delivery = Delivery(number: plan.count, place: places(&random))
            plan.append(file(delivery, size: size, random: &random))
            if events != nil, rest > 0, plan.count % Self.filesPerCopy == 0 {
                let again = min(rest, size)
                rest -= again
                plan.append(file(delivery, size: again, random: &random))
            }
        }
        return plan
    }

    /// What decides what a file holds.
    private struct Delivery {
        let number: Int
        let place: (site: Site, delivered: Moment)
    }

    private func places(_ random: inout SeededRandom) -> (site: Site, delivered: Moment) {
        let site = sites[random.below(sites.count)]
        let hour = GrownCompany.rankedHours[random.below(site.billedHours)]
        return (site, Moment(day: 0, hour: hour, minute: 15 + random.below(45)))
    }

    /// A file holds the quarter of an hour before its delivery.
    private func file(_ delivery: Delivery, size: Int, random: inout SeededRandom) -> PlannedFile {
        let (site, delivered) = delivery.place
        let path = TrailPaths.file(
            trail: TrailPaths.organization, account: site.account.id, region: site.region, delivered: delivered,
            random: &random)
        let (company, seed, number, isOurs) = (company, seed, delivery.number, events != nil)
        return PlannedFile(path, expectedBytes: isOurs ? size * Self.bytesPerEvent : size) { body in
            var random = SeededRandom(seed: seed, .trail, number: number)
            repeat {
                let time = delivered.adding(seconds: -1 - random.below(900))
                let record =
                    isOurs || random.below(5) == 0
                    ? Self.inference(at: time, site: site, company: company, random: &random)
                    : ForeignRecords.draw(
                        at: time, account: site.account.id, region: site.region, by: site.foreigners, random: &random)
                try body.append(record, random: &random)
            } while isOurs ? body.summary.events < size : body.writtenBytes < size - 2
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
