/// The bill of the small sample: what the month's calls cost, metered by the hour, among rows of other services.
struct SmallBill {
    private let traffic: Traffic
    private var random: SeededRandom
    private let seed: UInt64

    /// Rows of other services, and files, of each payer.
    private static let extent: [(payer: Payer, otherRows: Int, files: Int)] = [
        (Company.insurance, 1_500, 2), (Company.group, 500, 1),
    ]

    init(traffic: Traffic, seed: UInt64) {
        self.traffic = traffic
        self.seed = seed
        random = SeededRandom(seed: seed, .bill)
    }

    mutating func plan() -> [PlannedFile] {
        var plan: [PlannedFile] = []
        for (payer, otherRows, files) in Self.extent {
            let accounts = Company.accounts.filter { $0.payer.id == payer.id }
            var lines = claudeLines(of: payer)
            let others = OtherServiceRows(accounts: accounts, resourcesPerKind: 12)
            for _ in 0..<otherRows { lines.append(others.draw(&random)) }
            random.shuffle(&lines)
            for number in 1...files {
                let part = Array(lines[lines.count * (number - 1) / files..<lines.count * number / files])
                let seed = seed
                let stream = plan.count + 1
                plan.append(
                    PlannedFile(BillPaths.data(payer, file: number)) { body in
                        var random = SeededRandom(seed: seed, .bill, number: stream)
                        body.text.append(BillColumns.header(of: payer))
                        for line in part { try body.append(line, random: &random) }
                    })
            }
            plan.append(BillPaths.manifest(payer, files: files))
        }
        return plan
    }

    private mutating func claudeLines(of payer: Payer) -> [BillLine] {
        var lines: [BillLine] = []
        for workspace in Company.workspaces where workspace.account.payer.id == payer.id {
            let usage = platformUsage(workspace)
            lines += usage
            if payer.namesPrincipals { lines.append(tax(on: usage, workspace.account)) }
        }
        lines += bedrockUsage(of: payer)
        if payer.id == Company.insurance.id {
            lines += corrections()
        } else {
            let seats = ClaudeRows.subscription(Company.labsAccount)
            lines.append(
                BillLine(
                    template: seats, start: .monthStart, end: .monthEnd, quantity: 20 * oneUnit, cost: 500 * oneUnit,
                    resource: 0, isCharge: false))
        }
        return lines
    }

    /// The workspace's hours: the list price less the negotiated tenth, in CCU of a cent. What is less than a CCU
    /// waits for the next hour, as a meter of whole units does; now and then the meter reports a half.
    private mutating func platformUsage(_ workspace: Workspace) -> [BillLine] {
        var prices = traffic.pricePerHour(of: workspace)
        if workspace.id == Company.underwriting.id {
            let hour = Traffic.lateMeteredHour.hour
            prices[hour + 1] += prices[hour]
            prices[hour] = 0
        }
        var lines: [BillLine] = []
        var waiting = 0
        for (hour, price) in prices.enumerated() where price > 0 {
            waiting += price * 9 / 10
            let grain = random.chance(perMille: 40) ? oneUnit / 200 : oneUnit / 100
            let cost = waiting / grain * grain
            waiting -= cost
            guard cost > 0 else { continue }
            let start = Moment(day: 0, hour: hour)
            for (template, part) in rows(of: workspace, at: start, cost: cost) {
                lines.append(
                    BillLine(
                        template: template, start: start, end: start.adding(seconds: 3600), quantity: part * 100,
                        cost: part, resource: 0, isCharge: true))
            }
        }
        return lines
    }

    /// How the hour appears: nearly always one row with the workspace's ARN. Each exception shows one way down.
    private func rows(of workspace: Workspace, at start: Moment, cost: Int) -> [(Template<BillSlot>, Int)] {
        let day = start.day
        func row(resource: String, tags: String) -> Template<BillSlot> {
            ClaudeRows.platformUsage(workspace, resource: resource, tags: tags)
        }
        switch workspace.id {
        case Company.claims.id:
            // Cost allocation tags work from the day on which they were activated, not backwards.
            let tags = day < 2 ? "" : "{\"user_element1\":\"Insurance\",\"user_element2\":\"Claims\"}"
            let whole = row(resource: workspace.arn, tags: tags)
            guard day == 19, (14...16).contains(start.hourOfDay) else { return [(whole, cost)] }
            // A tenth of three hours was metered apart and lost its workspace on the way.
            let apart = cost / 10 / (oneUnit / 100) * (oneUnit / 100)
            return [(whole, cost - apart), (row(resource: "", tags: ""), apart)].filter { $0.1 > 0 }
        case Company.underwriting.id where day == 11:
            // No resource id, but the four tags of exactly one workspace of the registry.
            let tags = """
                {"user_element1":"Insurance","user_element2":"Underwriting","user_element3":"Assistants",\
                "user_element4":"Underwriting assist"}
                """
            return [(row(resource: "", tags: tags), cost)]
        case Company.labs.id where day < 2:
            return [(row(resource: "", tags: ""), cost)]
        case Company.labs.id where day == 4 || day == 5:
            return [(row(resource: "", tags: "{\"user_workspace\":\"labs\"}"), cost)]
        default:
            return [(row(resource: workspace.arn, tags: ""), cost)]
        }
    }

    /// 6.25 % of the account's usage, to the cent.
    private func tax(on usage: [BillLine], _ account: Account) -> BillLine {
        let total = usage.reduce(0) { $0 + $1.cost }
        let cent = oneUnit / 100
        return BillLine(
            template: ClaudeRows.tax(account), start: .monthStart, end: .monthEnd, quantity: oneUnit,
            cost: total / 16 / cent * cent, resource: 0, isCharge: true)
    }

    private func corrections() -> [BillLine] {
        let credit = ClaudeRows.correction(
            Company.claimsAccount, type: "Credit", description: "Claude Platform on AWS: promotional credit",
            resource: "")
        let refund = ClaudeRows.correction(
            Company.underwritingAccount, type: "Refund", description: "Claude Platform on AWS: service level refund",
            resource: Company.underwriting.arn)
        let refunded = Moment(day: 8, hour: 10)
        return [
            BillLine(
                template: credit, start: .monthStart, end: .monthEnd, quantity: 0, cost: -150 * oneUnit, resource: 0,
                isCharge: true),
            BillLine(
                template: refund, start: refunded, end: refunded.adding(seconds: 3600), quantity: 0,
                cost: -124 * oneUnit / 10,
                resource: 0, isCharge: true),
        ]
    }

    /// Claude on Bedrock: on working days by the underwriting role, on Mondays by a key nobody has claimed, on
    /// Wednesdays without a principal. The other payer's export has no column for one.
    private mutating func bedrockUsage(of payer: Payer) -> [BillLine] {
        var lines: [BillLine] = []
        for day in 0..<Moment.daysInMonth {
            let weekday = Moment(day: day).weekday
            guard !Moment(day: day).isWeekend else { continue }
            if payer.id == Company.group.id {
                if weekday == 2 || weekday == 4 {
                    lines += bedrockHour(Company.labsAccount, principal: "", day: day, hour: 15)
                }
                continue
            }
            lines += bedrockHour(
                Company.underwritingAccount, principal: Company.underwriter.sessionARN, day: day, hour: 9)
            if weekday == 1 {
                let key = "arn:aws:iam::\(Company.underwritingAccount.id):user/BedrockAPIKey-6d2f"
                lines += bedrockHour(Company.underwritingAccount, principal: key, day: day, hour: 11)
            }
            if weekday == 3 { lines += bedrockHour(Company.claimsAccount, principal: "", day: day, hour: 16) }
        }
        return lines
    }

    private mutating func bedrockHour(_ account: Account, principal: String, day: Int, hour: Int) -> [BillLine] {
        let start = Moment(day: day, hour: hour)
        return BedrockMeter.allCases.map { meter in
            let thousands = random.between(meter.thousands)
            return BillLine(
                template: ClaudeRows.bedrockUsage(account, usageType: meter.usageType, principal: principal),
                start: start,
                end: start.adding(seconds: 3600), quantity: thousands * oneUnit, cost: thousands * meter.price,
                resource: 0, isCharge: true)
        }
    }
}
