/// Where CloudTrail delivers.
enum TrailPaths {
    /// The prefix of the organization's trail.
    static let organization = "cloudtrail/AWSLogs/o-exampleorg"
    /// The prefix of a trail that one account has of its own besides.
    static let account = "cloudtrail/AWSLogs"

    /// `<trail>/<account>/CloudTrail/<region>/2026/10/05/<account>_CloudTrail_<region>_20261005T1405Z_<16 characters>.json.gz`
    static func file(
        trail: String, account: String, region: String, delivered: Moment, random: inout SeededRandom,
        kind: String = "CloudTrail"
    ) -> String {
        var text = Text()
        text.append("\(trail)/\(account)/\(kind)/\(region)/")
        text.append(date: delivered, separator: "/")
        text.append("/\(account)_\(kind)_\(region)_2026")
        let (month, day) = delivered.monthAndDay
        let minute = UInt(delivered.secondOfDay / 60)
        for part in [UInt(month), UInt(day)] { text.append(padded: part, digits: 2) }
        text.append("T")
        for part in [minute / 60, minute % 60] { text.append(padded: part, digits: 2) }
        text.append("Z_")
        text.append(characters: 16, of: .upper, random: &random)
        text.append(".json.gz")
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
