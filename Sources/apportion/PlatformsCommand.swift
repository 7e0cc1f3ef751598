import Governance

/// `apportion platforms`: what Bedrock and the Claude Platform can do.
enum PlatformsCommand {
    static let command = Command(
        name: "platforms",
        summary: "Compares Bedrock and the Claude Platform: how each bills, what is approved, what anchors attribution, what is needed.",
        options: [TableOutput.csvOption, TableOutput.jsonOption, TableOutput.widthOption],
        example: "apportion platforms --csv",
        run: platforms)

    private static func platforms(_ arguments: Arguments) throws -> Int32 {
        var table = TableOutput(
            columns: [("Capability", "capability", .whole), ("Bedrock", "bedrock", .cut(.end, least: 20)), ("Claude Platform", "claude_platform", .cut(.end, least: 20))], nothing: "")
        for one in Capability.all { table.rows.append([one.name, one.bedrock, one.claudePlatform]) }
        try table.write(arguments)
        return 0
    }
}
