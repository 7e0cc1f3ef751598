/// The trail of the small sample: the month's calls as CloudTrail delivered them, with foreign records among them.
struct SmallTrail {
    /// Files of one account and region gather what was delivered within so many hours.
    private static let hoursPerFile = 12

    private let traffic: Traffic
    private let seed: UInt64
    private var random: SeededRandom

    /// A file to be: the account that receives it, its region, and its stretch of the month.
    private struct Slot: Hashable, Comparable {
        let account: String
        let region: String
        let stretch: Int

        static func < (left: Slot, right: Slot) -> Bool {
            (left.account, left.region, left.stretch) < (right.account, right.region, right.stretch)
        }
    }

    /// Counted from the start of the month; what is delivered in September has negative ones.
    private static func stretch(of moment: Moment) -> Int {
        (moment.hour + 24) / hoursPerFile - 24 / hoursPerFile
    }

    init(traffic: Traffic, seed: UInt64) {
        self.traffic = traffic
        self.seed = seed
        random = SeededRandom(seed: seed, .trail)
    }

    mutating func plan() -> [PlannedFile] {
        var contents: [Slot: [TrailRecord]] = [:]
        for (number, call) in traffic.calls.enumerated() {
            guard let delivered = call.delivered else { continue }
            let record = Self.record(of: call)
            for copy in copies(of: record, number: number, isCrossAccount: record.principal.account != record.account) {
                let slot = Slot(
                    account: copy.recipient, region: copy.region, stretch: Self.stretch(of: delivered))
                contents[slot, default: []].append(copy)
            }
        }
        addForeignRecords(to: &contents)

        var plan: [PlannedFile] = []
        for slot in contents.keys.sorted() {
            let records = (contents[slot] ?? []).sorted { $0.time < $1.time }
            // Delivered at the end of its stretch, but never on the day without trail.
            let end = Moment(day: 0, hour: (slot.stretch + 1) * Self.hoursPerFile).adding(
                seconds: -60 * (1 + random.below(20)))
            plan.append(
                file(records, trail: TrailPaths.organization, slot: slot, delivered: end, stream: plan.count + 1))
            if slot.account == Company.claimsAccount.id && slot.stretch == Self.stretch(of: Moment(day: 6, hour: 12)) {
                // The account has a trail of its own for a while: the same records once more.
                plan.append(file(records, trail: TrailPaths.account, slot: slot, delivered: end, stream: plan.count))
            }
        }
        plan.append(digest())
        return plan
    }

    private static func record(of call: Call) -> TrailRecord {
        let caller = call.caller
        let namesModel = call.action == .createInference || call.action == .countTokens
        return TrailRecord(
            template: TrailRecord.inference, time: call.time, principal: caller.principal,
            region: caller.workspace.region,
            account: caller.workspace.account.id, recipient: caller.workspace.account.id, name: call.action.rawValue,
            workspace: caller.workspace.arn,
            parameters: TrailRecord.parameters(
                model: namesModel ? call.model.id : nil, usesBearerToken: caller.usesBearerToken),
            agent: caller.agent, error: TrailRecord.errorFields(code: call.errorCode), host: call.host,
            eventID: call.eventID, requestID: call.requestID, isRelevant: true)
    }

    /// A call is normally one record. Calls across accounts are recorded in both, a few records are delivered
    /// twice, and a few are updated later by a record with an id of its own.
    private mutating func copies(of record: TrailRecord, number: Int, isCrossAccount: Bool) -> [TrailRecord] {
        if isCrossAccount {
            var shared = Text()
            shared.append(",\"sharedEventID\":\"")
            shared.append(uuid: random.identifier())
            shared.append("\"")
            var owners = record
            owners.extra = String(decoding: shared.bytes, as: UTF8.self)
            var callers = owners
            callers.recipient = record.principal.account
            callers.eventID = random.identifier()
            return [owners, callers]
        }
        if number % 700 == 350 {
            var addendum = Text()
            addendum.append(
                ",\"addendum\":{\"reason\":\"UPDATED_DATA\",\"updatedFields\":\"userAgent\",\"originalEventID\":\"")
            addendum.append(uuid: record.eventID)
            addendum.append("\"}")
            var update = record
            update.extra = String(decoding: addendum.bytes, as: UTF8.self)
            update.eventID = random.identifier()
            return [record, update]
        }
        return number % 180 == 90 ? [record, record] : [record]
    }

    /// About one foreign record for six of ours, and a few files that hold nothing else.
    private mutating func addForeignRecords(to contents: inout [Slot: [TrailRecord]]) {
        for day in stride(from: 2, to: Moment.daysInMonth, by: 7) {
            // Weekends: nobody calls from the underwriting account, yet its trail goes on.
            contents[
                Slot(
                    account: Company.underwritingAccount.id, region: "eu-west-1",
                    stretch: Self.stretch(of: Moment(day: day)))] = []
        }
        for slot in contents.keys.sorted() {
            guard let account = Company.accounts.first(where: { $0.id == slot.account }) else { continue }
            let principals = ForeignRecords.principals(of: account)
            let start = Moment(day: 0, hour: slot.stretch * Self.hoursPerFile)
            for _ in 0..<1 + (contents[slot]?.count ?? 0) / 8 {
                let time = start.adding(seconds: random.below(Self.hoursPerFile * 3600 - 1800))
                contents[slot]?.append(
                    ForeignRecords.draw(
                        at: time, account: account.id, region: slot.region, by: principals, random: &random))
            }
        }
    }

    private mutating func file(
        _ records: [TrailRecord], trail: String, slot: Slot, delivered: Moment, stream: Int
    ) -> PlannedFile {
        let path = TrailPaths.file(
            trail: trail, account: slot.account, region: slot.region, delivered: delivered, random: &random)
        let seed = seed
        return PlannedFile(path) { body in
            var random = SeededRandom(seed: seed, .trail, number: stream)
            for record in records { try body.append(record, random: &random) }
            body.closeRecords()
        }
    }

    /// One digest file, which no reader of records should open.
    private mutating func digest() -> PlannedFile {
        let account = Company.claimsAccount.id
        let path = TrailPaths.file(
            trail: TrailPaths.organization, account: account, region: "us-east-1", delivered: Moment(day: 4, hour: 15),
            random: &random, kind: "CloudTrail-Digest")
        return PlannedFile(path) { body in
            body.text.append(
                """
                {"awsAccountId":"\(account)","digestStartTime":"2026-10-05T14:00:00Z","digestEndTime":"2026-10-05T15:00:00Z",\
                "digestS3Bucket":"example-insurance-trail","logFiles":[]}
                """)
        }
    }
}
