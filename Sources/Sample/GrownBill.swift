/// The bill at benchmark size: one row in a hundred is an hour of CCU, the others are other services' and Bedrock's.
struct GrownBill: Sendable {
    private static let bytesPerFile = 96 << 20
    private static let smallestSplit = 1 << 20
    private static let rowsPerCharge = 100

    private let company: GrownCompany
    private let seed: UInt64
    private let parts: [Part]

    /// The files of one payer, all of the same number of rows.
    private struct Part: Sendable {
        let payer: Payer
        let files: Int
        let rowsPerFile: Int
        let bytesPerFile: Int
        let others: OtherServiceRows
        let workspaces: [Int]
        let usage: [Template<BillSlot>]
        let bedrock: [Template<BillSlot>]
        let taxes: [BillLine]

        var chargesPerFile: Int { GrownBill.chargesPerFile(rowsPerFile) }
        /// How many hours each workspace is billed for.
        var hoursPerWorkspace: Int {
            min(Moment.hoursInMonth, (files * chargesPerFile + workspaces.count - 1) / workspaces.count)
        }
    }

    init(company: GrownCompany, seed: UInt64, scaleBytes: Int) {
        self.company = company
        self.seed = seed
        let files =
            scaleBytes < Self.smallestSplit ? 1 : max(2, (scaleBytes + Self.bytesPerFile - 1) / Self.bytesPerFile)
        let groupFiles = files < 2 ? 0 : max(1, files * 2 / 5)
        parts = [(Company.insurance, files - groupFiles), (Company.group, groupFiles)].filter { $0.1 > 0 }.map {
            payer, count in
            Self.part(payer, files: count, bytesPerFile: scaleBytes / files, company: company)
        }
    }

    private static func part(_ payer: Payer, files: Int, bytesPerFile: Int, company: GrownCompany) -> Part {
        let accounts = company.accounts(of: payer)
        let workspaces = company.workspaces(of: payer)
        let others = OtherServiceRows(accounts: accounts, resourcesPerKind: 4_000)
        // The mean length of a row, from a few hundred: files then differ from their size by about one in a hundred.
        var text = Text()
        var random = SeededRandom(seed: 0, .plan)
        for _ in 0..<400 { others.draw(&random).write(into: &text, random: &random) }
        let rowsPerFile = max(1, bytesPerFile / (text.count / 400))
        return Part(
            payer: payer, files: files, rowsPerFile: rowsPerFile, bytesPerFile: bytesPerFile,
            others: others, workspaces: workspaces,
            usage: workspaces.map { number in
                let workspace = company.workspaces[number]
                let tags =
                    number % 2 == 0
                    ? "{\"user_element1\":\"Insurance\",\"user_element2\":\"Department \(number % 7)\"}" : ""
                return ClaudeRows.platformUsage(workspace, resource: workspace.arn, tags: tags)
            },
            bedrock: workspaces.map { number in
                ClaudeRows.bedrockUsage(
                    company.workspaces[number].account, usageType: BedrockMeter.input.usageType,
                    principal: company.principals[number][0].sessionARN)
            },
            taxes: taxes(
                on: files * chargesPerFile(rowsPerFile),
                accounts: accounts.filter { account in
                    workspaces.contains { company.workspaces[$0].account.id == account.id }
                }))
    }

    /// A sixteenth of what the charges come to on average, in equal parts for the accounts that have usage: a tax
    /// elsewhere would find nothing to follow.
    private static func taxes(on charges: Int, accounts: [Account]) -> [BillLine] {
        accounts.map {
            BillLine(
                template: ClaudeRows.tax($0), start: .monthStart, end: .monthEnd, quantity: oneUnit,
                cost: charges * 29 / accounts.count * (oneUnit / 100), resource: 0, isCharge: true)
        }
    }

    private static func chargesPerFile(_ rows: Int) -> Int {
        (rows + rowsPerCharge - 1) / rowsPerCharge
    }

    /// How many of the ranked hours a workspace is billed for.
    func billedHours(ofWorkspace number: Int) -> Int {
        parts.first { $0.workspaces.contains(number) }?.hoursPerWorkspace ?? 1
    }

    func plan() -> [PlannedFile] {
        var plan: [PlannedFile] = []
        for part in parts {
            for number in 0..<part.files {
                let stream = plan.count
                let seed = seed
                plan.append(
                    PlannedFile(BillPaths.data(part.payer, file: number + 1), expectedBytes: part.bytesPerFile) {
                        body in
                        var random = SeededRandom(seed: seed, .bill, number: stream)
                        body.text.append(BillColumns.header(of: part.payer))
                        try Self.writeRows(of: part, file: number, into: &body, random: &random)
                    })
            }
            plan.append(BillPaths.manifest(part.payer, files: part.files))
        }
        return plan
    }

    private static func writeRows(of part: Part, file: Int, into body: inout FileBody, random: inout SeededRandom)
        throws
    {
        if file == 0 {
            for tax in part.taxes { try body.append(tax, random: &random) }
        }
        var charge = file * part.chargesPerFile
        for row in 0..<part.rowsPerFile {
            if row % rowsPerCharge == rowsPerCharge / 2 || part.rowsPerFile <= rowsPerCharge / 2 && row == 0 {
                try body.append(usage(number: charge, of: part, random: &random), random: &random)
                charge += 1
            } else if row % 400 == 7 {
                try body.append(bedrock(of: part, random: &random), random: &random)
            } else {
                try body.append(part.others.draw(&random), random: &random)
            }
        }
    }

    /// The charges of a payer go round its workspaces, and with every round to the next busiest hour.
    private static func usage(number: Int, of part: Part, random: inout SeededRandom) -> BillLine {
        let hour = GrownCompany.rankedHours[number / part.usage.count % Moment.hoursInMonth]
        let start = Moment(day: 0, hour: hour)
        let units = 20 + random.below(900)
        return BillLine(
            template: part.usage[number % part.usage.count], start: start, end: start.adding(seconds: 3600),
            quantity: units * oneUnit, cost: units * oneUnit / 100, resource: 0, isCharge: true)
    }

    private static func bedrock(of part: Part, random: inout SeededRandom) -> BillLine {
        let start = Moment(day: 0, hour: random.below(Moment.hoursInMonth))
        let thousands = random.between(BedrockMeter.input.thousands)
        return BillLine(
            template: part.bedrock[random.below(part.bedrock.count)], start: start, end: start.adding(seconds: 3600),
            quantity: thousands * oneUnit, cost: thousands * BedrockMeter.input.price, resource: 0, isCharge: true)
    }
}
