/// Where an export lies, as `aws s3 sync` leaves it, and its manifest.
enum BillPaths {
    static let bucket = "example-insurance-billing"

    private static func folder(_ payer: Payer, _ kind: String) -> String {
        "\(payer.prefix)/\(payer.export)/\(kind)/BILLING_PERIOD=2026-10/\(payer.export)"
    }

    /// `cur/<prefix>/<export>/data/BILLING_PERIOD=2026-10/<export>-00001.csv.gz`
    static func data(_ payer: Payer, file number: Int) -> String {
        "cur/" + key(payer, file: number)
    }

    private static func key(_ payer: Payer, file number: Int) -> String {
        var digits = Text()
        digits.append(padded: UInt(number), digits: 5)
        return folder(payer, "data") + "-" + String(decoding: digits.bytes, as: UTF8.self) + ".csv.gz"
    }

    /// The manifest of the delivery of 3 November, which lists the data files by their S3 names.
    static func manifest(_ payer: Payer, files: Int) -> PlannedFile {
        PlannedFile("cur/" + folder(payer, "metadata") + "-Manifest.json") { body in
            body.text.append(
                """
                {
                  "exportName": "\(payer.export)",
                  "executionId": "2026-11-03T04:12:55.000Z-\(payer.id)",
                  "account": "\(payer.id)",
                  "billingPeriod": { "start": "2026-10-01T00:00:00.000Z", "end": "2026-11-01T00:00:00.000Z" },
                  "compression": "GZIP",
                  "contentType": "text/csv",
                  "columns": [

                """)
            body.text.append(
                BillColumns.names(of: payer).map { "    { \"name\": \"\($0)\" }" }.joined(separator: ",\n"))
            body.text.append("\n  ],\n  \"dataFiles\": [\n")
            body.text.append(
                (1...files).map { "    \"s3://\(bucket)/\(key(payer, file: $0))\"" }.joined(separator: ",\n"))
            body.text.append("\n  ]\n}\n")
        }
    }
}
