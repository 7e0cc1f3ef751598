/// The usage log of the claims workspace: what the Lambda in front of it printed for each response, one file a day.
///
/// The Lambda was there also on the day without trail. It does not see the notebooks, which call directly.
struct UsageLog {
    let traffic: Traffic
    let seed: UInt64

    func plan() -> [PlannedFile] {
        (0..<Moment.daysInMonth).map { day in
            let calls = traffic.calls
                .filter { $0.caller.isLogged && $0.isBilled && $0.time.day == day }
                .sorted { $0.time < $1.time }
            var name = Text()
            name.append("usage-log/")
            name.append(date: Moment(day: day))
            name.append(".jsonl.gz")
            let seed = seed
            return PlannedFile(String(decoding: name.bytes, as: UTF8.self)) { body in
                var random = SeededRandom(seed: seed, .usageLog, number: day)
                body.text.append("START RequestId: passthrough Version: 14\n")
                for (number, call) in calls.enumerated() {
                    for _ in 0..<(call.isBatch ? Traffic.requestsPerBatch : 1) {
                        // The log is delivered at least once: a line now and then comes twice.
                        Self.write(call, isRepeated: number % 60 == 40, into: &body.text, random: &random)
                    }
                }
            }
        }
    }

    private static func write(_ call: Call, isRepeated: Bool, into text: inout Text, random: inout SeededRandom) {
        var line = Text()
        line.append(time: call.time.adding(seconds: 2 + random.below(40)))
        let stamp = line.bytes[...]
        var record = Text()
        record.append(stamp)
        record.append(" INFO {\"time\":\"")
        record.append(stamp)
        record.append("\",\"aws_request_id\":\"")
        record.append(uuid: call.requestID)
        record.append("\",\"id\":\"msg_01")
        record.append(characters: 22, of: .upper, random: &random)
        record.append(
            "\",\"workspace\":\"\(call.caller.workspace.id)\",\"model\":\"\(call.model.id)\",\"principal\":\"")
        record.append(call.caller.principal.arn)
        record.append("\",\"batch\":\(call.isBatch),\"inference_geo\":\"global\",\"usage\":{\"input_tokens\":")
        record.append(integer: call.tokens.input)
        for (name, count) in [
            ("cache_creation_input_tokens", call.tokens.write5m), ("cache_read_input_tokens", call.tokens.cacheRead),
            ("output_tokens", call.tokens.output),
        ] {
            record.append(",\"\(name)\":")
            record.append(integer: count)
        }
        record.append(",\"server_tool_use\":{\"web_search_requests\":0}}}\n")
        for _ in 0..<(isRepeated ? 2 : 1) { text.append(record.bytes[...]) }
    }
}
