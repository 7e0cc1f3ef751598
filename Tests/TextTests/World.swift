import TestSupport

/// A small healthy month as it lies on disk after a sync: one CUR 2.0 export, one account's trail, a usage log. Defects are put into it.
struct World {
    static let account = "111122223333"
    /// 2 to 6 November 2026, Monday to Friday; a call and a charge at 9, 10 and 11.
    static let days = ["02", "03", "04", "05", "06"]
    static let hours = ["09", "10", "11"]

    var columns = TinyBill.usualColumns
    /// What every row has beside the usual.
    var everyRow: [String: String] = [
        "line_item_resource_id": TinyTrail.workspace, "resource_tags_user_element1": "Insurance", "resource_tags_user_element2": "Claims",
        "resource_tags_user_element3": "Automation", "resource_tags_user_element4": "Triage",
    ]
    var moreRows: [[String: String]] = []
    /// Data files that the manifest lists, and of these how many are there.
    var listedFiles = ["claude-00001.csv.gz"]
    var presentFiles = 1
    /// Folders of deliveries beside the period's own manifest; nil for a manifest in the period's folder.
    var deliveries: [String]?
    /// Per day the records, and the folder of another day in which they lie.
    var trailDays = Set(World.days)
    var trailFolder: [String: String] = [:]
    var makeRecord: (_ id: String, _ time: String) -> String = { id, time in TinyTrail.record(id: id, ["eventTime": "\"\(time)\"", "awsRegion": "\"us-east-1\""]) }
    var usageWorkspace = TinyTrail.workspace
    var hasUsageLog = true

    /// Writes the month below `exports`, `trail` and `usage`.
    func lay(out place: TemporaryFolder) {
        layBill(place)
        for day in World.days where trailDays.contains(day) {
            let records = World.hours.map { makeRecord("d\(day)h\($0)", "2026-11-\(day)T\($0):05:12Z") }
            let folder = trailFolder[day] ?? "2026/11/\(day)"
            place.write(
                "trail/AWSLogs/\(World.account)/CloudTrail/us-east-1/\(folder)/\(World.account)_CloudTrail_us-east-1_\(day).json.gz",
                GzipWriter.gzip(TinyTrail.file(records)))
        }
        guard hasUsageLog else { return }
        let lines = World.days.flatMap { day in
            World.hours.map { hour in
                #"{"time":"2026-11-\#(day)T\#(hour):05:12Z","aws_request_id":"req-d\#(day)h\#(hour)","workspace":"\#(usageWorkspace)","model":"claude-sonnet-5","usage":{"input_tokens":100,"output_tokens":10}}"#
            }
        }
        place.write("usage/2026-11.jsonl", lines.joined(separator: "\n") + "\n")
    }

    private func layBill(_ place: TemporaryFolder) {
        var bill = TinyBill(columns: columns)
        for day in World.days {
            for hour in World.hours {
                var row = everyRow
                row["line_item_usage_start_date"] = "2026-11-\(day)T\(hour):00:00Z"
                row["line_item_usage_end_date"] = "2026-11-\(day)T\(Int(hour).map { $0 + 1 } ?? 0):00:00Z"
                bill.rows.append(row)
            }
        }
        bill.rows += moreRows
        bill.rows.append(["product_product_name": "Amazon Simple Storage Service", "line_item_usage_type": "TimedStorage-ByteHrs", "line_item_legal_entity": "Amazon Web Services, Inc.", "line_item_unblended_cost": "2.5"])
        let data = GzipWriter.gzip(bill.text)
        let empty = GzipWriter.gzip(TinyBill(columns: columns).text)
        for folder in deliveries ?? [""] {
            let below = folder.isEmpty ? "" : folder + "/"
            for (number, name) in listedFiles.enumerated() where number < presentFiles {
                place.write("exports/claude/data/BILLING_PERIOD=2026-11/\(below)\(name)", number == 0 ? data : empty)
            }
            let keys = listedFiles.map { "\"exports/claude/data/BILLING_PERIOD=2026-11/\(below)\($0)\"" }
            place.write(
                "exports/claude/metadata/BILLING_PERIOD=2026-11/\(below)claude-Manifest.json",
                "{\"exportName\": \"claude\", \"dataFiles\": [\(keys.joined(separator: ", "))]}")
        }
    }
}

/// What can be wrong with a month, each with the finding that must name it.
enum Defect: String, CaseIterable {
    case missingChunk, noResourceIDs, tagsNotActivated, trailGap, otherSelector, lateFolder, parquetOnly, deliveriesWithoutOrder,
        foreignCurrency, priceMismatch, usageLogOfAnotherWorkspace, apiKeysOnly

    var kind: String {
        switch self {
        case .missingChunk: "missing-file"
        case .noResourceIDs: "no-resource-ids"
        case .tagsNotActivated: "tags-not-activated"
        case .trailGap: "trail-gap"
        case .otherSelector: "no-data-events"
        case .lateFolder: "late-events"
        case .parquetOnly: "wrong-format"
        case .deliveriesWithoutOrder: "ambiguous-delivery"
        case .foreignCurrency: "foreign-currency"
        case .priceMismatch: "price-mismatch"
        case .usageLogOfAnotherWorkspace: "usage-log-of-another-workspace"
        case .apiKeysOnly: "api-keys-only"
        }
    }

    var world: World {
        var world = World()
        switch self {
        case .missingChunk: world.listedFiles.append("claude-00002.csv.gz")
        case .noResourceIDs: world.everyRow["line_item_resource_id"] = ""
        case .tagsNotActivated:
            world.columns.removeAll { $0.hasPrefix("resource_tags_user_element") }
        case .trailGap: world.trailDays.remove("04")
        case .otherSelector:
            // Data events of another resource type; of the platform only what is a management event.
            world.makeRecord = { id, time in
                id.hasSuffix("09")
                    ? TinyTrail.record(id: id, ["eventTime": "\"\(time)\"", "eventName": "\"ListWorkspaces\"", "eventCategory": "\"Management\"", "awsRegion": "\"us-east-1\""])
                    : TinyTrail.record(id: id, ["eventTime": "\"\(time)\"", "eventName": "\"GetObject\"", "eventSource": "\"s3.amazonaws.com\"", "awsRegion": "\"us-east-1\""])
            }
            world.hasUsageLog = false
        case .lateFolder: world.trailFolder["03"] = "2026/12/19"
        case .parquetOnly:
            world.listedFiles = ["claude-00001.snappy.parquet"]
        case .deliveriesWithoutOrder: world.deliveries = ["a1b2", "c3d4"]
        case .foreignCurrency:
            world.moreRows.append(world.everyRow.merging(["line_item_currency_code": "EUR", "line_item_unblended_cost": "0.09"]) { $1 })
        case .priceMismatch: world.moreRows.append(world.everyRow.merging(["line_item_unblended_cost": "0.12"]) { $1 })
        case .usageLogOfAnotherWorkspace:
            world.usageWorkspace = "wrkspc_elsewhere"
            world.makeRecord = { id, time in TinyTrail.record(id: id, ["eventTime": "\"\(time)\"", "requestID": "\"other-\(id)\"", "awsRegion": "\"us-east-1\""]) }
        case .apiKeysOnly:
            let user = #"{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/AeaApiKey-claims-7f3a","userName":"AeaApiKey-claims-7f3a"}"#
            world.makeRecord = { id, time in
                TinyTrail.record(
                    id: id,
                    [
                        "eventTime": "\"\(time)\"", "userIdentity": user, "awsRegion": "\"us-east-1\"",
                        "requestParameters": "{\"model\":\"claude-sonnet-5\",\"callWithBearerToken\":true,\"bearerTokenType\":\"long-term\"}",
                    ])
            }
        }
        return world
    }
}
