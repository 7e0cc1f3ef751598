import Bytes
import Sample
import TestSupport

/// One input file of the tiny sample.
struct TinyFile {
    /// Path below the round's folder.
    var path: String
    /// What the file says, inflated.
    var content: [UInt8]
    /// What lies on disk while it is whole.
    var stored: [UInt8]

    init(_ path: String, _ content: [UInt8]) {
        self.path = path
        self.content = content
        stored = path.hasSuffix(".gz") ? GzipWriter.gzip(content) : content
    }
}

/// The generated sample cut down to one busy hour: every kind of file, a few rows or records each, and a legacy bill beside the exports.
enum TinySample {
    private static let hours = ["2026-10-05T14:", "2026-10-05T19:"].map { Array($0.utf8) }
    private static let extras = [",Tax,", ",Credit,", ",Refund,", ",Fee,"].map { Array($0.utf8) }

    /// Generates the sample below `folder` and reads back what is kept.
    static func make(in folder: String) throws -> [TinyFile] {
        let source = folder + "/sample"
        _ = try writeSample(to: source)
        var kept: [TinyFile] = []
        for file in try filesBelow(source).files {
            let path = file.relativePath
            if path.hasSuffix(".json") {
                kept.append(TinyFile(path, withoutColumns(try readSmallFile(joinedPath(source, path)))))
                continue
            }
            let content = try inflated(joinedPath(source, path))
            if path.hasPrefix("cur/") {
                kept.append(TinyFile(path, rows(content)))
            } else if path.hasPrefix("usage-log/") {
                let lines = content.split(separator: 0x0A).filter { line in hours.contains { holds(line, $0) } }
                if !lines.isEmpty { kept.append(TinyFile(path, Array(lines.prefix(6).joined(separator: [0x0A])) + [0x0A])) }
            } else if !path.contains("Digest"), let records = records(content) {
                kept.append(TinyFile(path, records))
            }
        }
        precondition(kept.count >= 9, "the sample's busy hour is gone: \(kept.map(\.path))")
        return kept + legacyBill() + [rates, lines]
    }

    private static func rows(_ content: [UInt8]) -> [UInt8] {
        // No cell of the sample holds a line end.
        var lines = content.split(separator: 0x0A)
        let header = lines.removeFirst()
        let inHour = lines.filter { holds($0, Array("-05T14:00:00.000Z,2026-10".utf8)) || holds($0, Array(",2026-10-05T14".utf8)) }
        let others = lines.filter { line in extras.contains { holds(line, $0) } }
        return Array(([header] + inHour.prefix(8) + others.prefix(4)).joined(separator: [0x0A])) + [0x0A]
    }

    /// The file's records of the hour, three at most; nil without any.
    private static func records(_ content: [UInt8]) -> [UInt8]? {
        var found: [ArraySlice<UInt8>] = []
        var depth = 0
        var start = 0
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in content.enumerated() {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
                if depth == 2 { start = index }
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 1 { found.append(content[start...index]) }
            }
        }
        let kept = found.filter { record in hours.contains { holds(record, Array("eventTime\":\"".utf8) + $0) } }.prefix(3)
        guard !kept.isEmpty else { return nil }
        return Array("{\"Records\":[".utf8) + Array(kept.joined(separator: [UInt8(ascii: ",")])) + Array("]}".utf8)
    }

    /// A manifest without its list of columns, which no one reads.
    private static func withoutColumns(_ text: [UInt8]) -> [UInt8] {
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        return Array(
            lines.filter { !$0.starts(with: Array("    { \"name\": \"".utf8)) || $0.last != UInt8(ascii: ",") }.joined(separator: [0x0A]))
    }

    private static func legacyBill() -> [TinyFile] {
        let workspace = "arn:aws:aws-external-anthropic:us-east-1:777788889999:workspace/wrkspc_07Legacy"
        let folder = "cur/legacy/ccu/20261001-20261101"
        return [
            TinyFile(
                "\(folder)/ccu-Manifest.json",
                Array(
                    """
                    {"assemblyId":"20261031T010000Z","account":"777788889999","reportName":"ccu","billingPeriod":{"start":"20261001T000000.000Z","end":"20261101T000000.000Z"},
                    "reportKeys":["legacy/ccu/20261001-20261101/20261031T010000Z/ccu-1.csv"],"additionalArtifactKeys":[]}
                    """.utf8)),
            TinyFile(
                "\(folder)/20261031T010000Z/ccu-1.csv",
                Array(
                    #"""
                    bill/PayerAccountId,bill/InvoiceId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/ResourceId,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,lineItem/NetUnblendedCost,lineItem/LegalEntity,product/ProductName,resourceTags/user:element1
                    777788889999,,777788889999,Usage,2026-10-05T14:00:00Z,2026-10-05T15:00:00Z,0example,MP:ccu-Units,\#(workspace),1000,USD,10.00,9.00,"Anthropic, PBC",Claude Platform on AWS,"Say ""Ins"""
                    777788889999,INV-1,777788889999,Usage,2026-10-05T15:00:00Z,,0example,MP:ccu-Units,,2e2,EUR,.5,3e-07,"Anthropic, PBC",Claude Platform on AWS,
                    777788889999,,777788889999,Usage,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,BoxUsage,i-0example,1,USD,4.00,4.00,"Amazon Web Services, Inc.",Amazon EC2,
                    777788889999,,777788889999,Tax,2026-10-05T14:00:00Z,2026-10-05T15:00:00Z,0example,,,,USD,0.81,0.81,"Anthropic, PBC",,

                    """#.utf8)),
        ]
    }

    private static let rates = TinyFile(
        "rates.json",
        Array(
            """
            {"version":1,"models":[{"id":"claude-haiku-4-5","effectiveFrom":"2026-01-01","input":"1","write5m":"1.25","write1h":"2","cacheRead":"0.1","output":"5"},
            {"id":"claude-haiku-4-5","effectiveFrom":"2026-10-03","input":"1.0001","write5m":"1.25","write1h":"2","cacheRead":"0.1","output":"5"}],"webSearchPer1000":"10"}
            """.utf8))

    /// A trail file of the other forms: lines, an envelope, a text within a text.
    private static let lines = TinyFile(
        "cloudtrail/forms.json",
        Array(
            #"""
            {"eventID":"f1","eventTime":"2026-10-05T14:20:00Z","eventSource":"aws-external-anthropic.amazonaws.com","eventName":"CreateInference","recipientAccountId":"777788889999","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::777788889999:user/keys/AeaApiKey-1","accountId":"777788889999"},"resources":[{"ARN":"arn:aws:aws-external-anthropic:us-east-1:777788889999:workspace/wrkspc_07Legacy"}],"note":"\u00e9\ud83d\ude00"}
            {"detail":{"eventID":"f2","eventTime":"2026-10-05T14:21:00Z","eventSource":"aws-external-anthropic.amazonaws.com","eventName":"CreateInference","recipientAccountId":"777788889999","userIdentity":{"invokedBy":"scheduler.amazonaws.com"},"errorCode":null,"addendum":{"reason":"UPDATED_DATA","originalEventID":"f9"}}}
            {"CloudTrailEvent":"{\"eventID\":\"f3\",\"eventTime\":\"2026-10-05T14:22:00Z\",\"eventSource\":\"aws-external-anthropic.amazonaws.com\",\"eventName\":\"CreateSession\",\"sharedEventID\":\"s\",\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::777788889999:root\"}}"}
            [{"eventSource":"s3.amazonaws.com","deep":[[[{}]],{"eventSource":1}]},{"eventSource":"aws-external-anthropic.amazonaws.com","eventCategory":"Insight"}]

            """#.utf8))

    private static func inflated(_ path: String) throws -> [UInt8] {
        var file = try InflatedFile(path: path)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var content: [UInt8] = []
        while true {
            let count = try file.read(into: &buffer, at: 0, count: buffer.count)
            if count == 0 { return content }
            content.append(contentsOf: buffer[..<count])
        }
    }

    private static func holds(_ text: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        guard let first = part.first, text.count >= part.count else { return false }
        var at = text.startIndex
        while at + part.count <= text.endIndex {
            if text[at] == first, text[at..<at + part.count].elementsEqual(part) { return true }
            at += 1
        }
        return false
    }
}
