import Bytes

/// What a survey asks of a CloudTrail record of any service, beside what the record is. Names are those of the reader's tally; empty where
/// the record does not say it.
///
/// docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
public struct SurveyedRecord: Sendable {
    public var record: TrailRecord
    public var source = Name.empty
    public var event = Name.empty
    /// `Management`, `Data` and others.
    public var category = Name.empty
    /// The account whose trail has the record.
    public var account = Name.empty
    public var region = Name.empty
    public var time: Instant?
    /// Whether the call was made with an API key (`requestParameters.callWithBearerToken`).
    public var usesAPIKey = false

    init(_ record: TrailRecord) { self.record = record }
}

extension ActivityReader {
    /// The record with what a survey asks of it.
    mutating func surveyed(
        _ record: JSONRecordScanner.Record, _ scanner: borrowing JSONRecordScanner, _ bytes: Span<UInt8>, base: Int, names: inout Names
    ) -> SurveyedRecord {
        var result = SurveyedRecord(read(record, scanner, bytes, base: base, names: &names))
        guard record.isObject else { return result }
        var tape = JSONTape()
        // A foreign record that cannot be read says nothing; one of ours is a fault already.
        do throws(ByteFault) { try scanner.read(record, bytes, into: &tape) } catch { return result }
        // Only an object without a source may carry the record in another.
        if record.value != nil {
            result.describe(tape, 0, bytes, &names)
        } else if let text = tape.member("CloudTrailEvent", of: 0, in: bytes), tape[text].kind == .string {
            let inner = tape.string(text, in: bytes)
            do throws(ByteFault) { try tape.read(inner.span, 0..<inner.count) } catch { return result }
            result.describe(tape, 0, inner.span, &names)
        } else if let detail = tape.member("detail", of: 0, in: bytes), tape[detail].kind == .object {
            result.describe(tape, detail, bytes, &names)
        } else {
            result.describe(tape, 0, bytes, &names)
        }
        return result
    }
}

extension SurveyedRecord {
    fileprivate mutating func describe(_ tape: borrowing JSONTape, _ node: Int, _ bytes: Span<UInt8>, _ names: inout Names) {
        func text(_ key: StaticString, _ node: Int) -> [UInt8] {
            guard let value = tape.member(key, of: node, in: bytes), tape[value].kind == .string else { return [] }
            return tape.string(value, in: bytes)
        }
        guard tape[node].kind == .object else { return }
        source = names.name(text("eventSource", node))
        event = names.name(text("eventName", node))
        category = names.name(text("eventCategory", node))
        account = names.name(text("recipientAccountId", node))
        region = names.name(text("awsRegion", node))
        time = Instant(text("eventTime", node).span)
        if let parameters = tape.member("requestParameters", of: node, in: bytes), tape[parameters].kind == .object,
            let flag = tape.member("callWithBearerToken", of: parameters, in: bytes)
        {
            usesAPIKey = tape[flag].kind == .yes || (tape[flag].kind == .string && tape.matches(flag, "true", in: bytes))
        }
    }
}
