/// One call of the month, as it happened. The trail, the usage log and the bill each tell a part of it.
struct Call: Sendable {
    let time: Moment
    let caller: Caller
    let action: Action
    let model: Model
    let tokens: Tokens
    /// CloudTrail's error code; empty when the call succeeded.
    let errorCode: String
    let eventID: Identifier
    let requestID: Identifier
    let host: Int
    /// When CloudTrail delivered the record; its folder bears this date. `nil`: it never did.
    let delivered: Moment?

    var isBilled: Bool { action.isBillable && errorCode.isEmpty }
    var isBatch: Bool { action == .createBatchInference }
}

/// The calls of the month, and the money they cost.
struct Traffic: Sendable {
    /// In the order of the callers, and of their time within a caller.
    let calls: [Call]

    /// The Monday of which no trail file exists, though the day was billed.
    static let dayWithoutTrail = 18
    /// The last working hour of a day, which the underwriting workspace's meter reported as the hour after.
    static let lateMeteredHour = Moment(day: 13, hour: 16)
    /// The hour whose records arrived only in November.
    static let lateDeliveredHour = Moment(day: 7, hour: 15)

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed, .traffic)
        var calls: [Call] = []
        for caller in Caller.all {
            for day in caller.days {
                let perHour = Moment(day: day).isWeekend ? caller.weekend : caller.weekday
                for hour in caller.hours {
                    // September's evening and November's night suffice to show that they are another month's.
                    if day < 0 && hour < 18 || day == Moment.daysInMonth && hour >= 6 { continue }
                    let start = Moment(day: day, hour: hour)
                    let count = random.count(meanPerMille: perHour)
                    let seconds = (0..<count).map { _ in random.below(3600) }.sorted()
                    for second in seconds {
                        calls.append(Self.call(caller, at: start.adding(seconds: second), random: &random))
                    }
                }
            }
        }
        self.calls = calls
    }

    private static func call(_ caller: Caller, at time: Moment, random: inout SeededRandom) -> Call {
        var action = random.pick(caller.actions)
        if random.chance(perMille: 25) { action = random.chance(perMille: 700) ? .countTokens : .listModels }
        let errorCode =
            random.chance(perMille: 20) ? (random.chance(perMille: 700) ? "ThrottlingException" : "AccessDenied") : ""
        return Call(
            time: time, caller: caller, action: action, model: random.pick(caller.models),
            tokens: Tokens(
                input: random.between(caller.prompt) * 800 + random.below(1000),
                write5m: random.between(caller.prompt) * 200 + random.below(1000),
                cacheRead: random.between(caller.cached) * 1000,
                output: random.between(caller.answer) * 1000 + random.below(1000)),
            errorCode: errorCode, eventID: random.identifier(), requestID: random.identifier(),
            host: 10 + random.below(40), delivered: delivery(of: time, random: &random))
    }

    /// CloudTrail delivers within minutes, seldom a day later, and once, here, weeks later.
    private static func delivery(of time: Moment, random: inout SeededRandom) -> Moment? {
        let minutes = 4 + random.below(11)
        if time.day == dayWithoutTrail { return nil }
        if time.hour == lateDeliveredHour.hour || time.day >= Moment.daysInMonth {
            return Moment(day: 32, hour: 9, minute: 20)
        }
        var delivered = time.adding(seconds: minutes * 60)
        if random.chance(perMille: 6) { delivered = delivered.adding(seconds: 86_400) }
        // Nothing at all arrives in the folder of that day.
        return delivered.day == dayWithoutTrail ? Moment(day: dayWithoutTrail + 1, minute: 5) : delivered
    }

    /// List price of a workspace's calls for every hour of the month, in 10⁻¹⁰ USD.
    func pricePerHour(of workspace: Workspace) -> [Int] {
        var hours = [Int](repeating: 0, count: Moment.hoursInMonth)
        for call in calls where call.isBilled && call.caller.workspace.id == workspace.id {
            guard hours.indices.contains(call.time.hour) else { continue }
            hours[call.time.hour] +=
                call.tokens.price(call.model, isBatch: call.isBatch) * (call.isBatch ? Self.requestsPerBatch : 1)
        }
        return hours
    }

    /// A batch is one event, and as many responses.
    static let requestsPerBatch = 3
}
