import TestSupport
import Testing

@testable import Records
@testable import Registry
@testable import Review

private let role = TinyWorld.role("a")

private func changed(_ old: String, _ new: String) throws -> [String] {
    changes(from: try readRegistry(bytes(old), file: "old"), to: try readRegistry(bytes(new), file: "new")).map(\.text)
}

private func top(_ members: String) -> String { "{\"version\":1\(members.isEmpty ? "" : ",")\(members)}" }

/// Workloads by id with members.
private func workloads(_ list: (String, String)...) -> String {
    top("\"workloads\":[\(list.map { "{\"id\":\"\($0.0)\"\($0.1.isEmpty ? "" : ",")\($0.1)}" }.joined(separator: ","))]")
}

private func claims(_ spans: (String?, String?)..., of principal: String = role) -> String {
    let list = spans.map { from, to in
        "{\"principal\":\"\(principal)\"" + (from.map { ",\"from\":\"\($0)\"" } ?? "") + (to.map { ",\"to\":\"\($0)\"" } ?? "") + "}"
    }
    return "\"claims\":[\(list.joined(separator: ","))]"
}

private func estimate(_ amount: String, _ confirmedBy: String = "") -> String {
    "{\"month\":\"2026-11\",\"amount\":\"\(amount)\",\"confirmedBy\":\"\(confirmedBy)\"}"
}

@Suite struct ComparisonTests {
    @Test(arguments: [
        (workloads(("a", ""), ("b", "")), workloads(("b", ""), ("a", ""))),
        (top(""), top("\"tagKeys\":[\"element1\",\"element2\",\"element3\",\"element4\"],\"policy\":{\"tax\":\"follow\"}")),
        (workloads(("a", claims((nil, nil)))), workloads(("a", claims((nil, nil), of: "arn:aws:sts::111122223333:assumed-role/a/session")))),
        (workloads(("a", claims((nil, nil)))), workloads(("a", claims((nil, "2026-11-01"), ("2026-11-01", nil))))),
        (workloads(("a", claims((nil, nil)))), workloads(("a", claims(("2026-11-01", nil), (nil, nil))))),
        (workloads(("a", "\"estimates\":[\(estimate("1.50", "x"))]")), workloads(("a", "\"estimates\":[\(estimate("1", "x")),\(estimate("0.5", "x"))]"))),
        (
            top("\"sharedRolePatterns\":[\"a\",\"b\"]"), top("\"sharedRolePatterns\":[\"b\",\"a\",\"a\"]")
        ),
        (top("\"workspaces\":[{\"arn\":\"\(TinyWorld.workspace("w"))\"}]"), top("\"workspaces\":[{\"arn\":\"\(TinyWorld.workspace("w"))\",\"billedTo\":\"111122223333\"}]")),
    ]) func whatMeansTheSameIsNoChange(old: String, new: String) throws {
        #expect(try changed(old, new).isEmpty)
        #expect(try changed(new, old).isEmpty)
    }

    @Test(arguments: [
        (workloads(), workloads(("a", "\"owner\":\"x\"")), ["workload added: a: owner x"]),
        (workloads(("a", "\"owner\":\"x\"")), workloads(), ["workload removed: a"]),
        (
            workloads(("a", "\"owner\":\"x\",\"elements\":[\"1\",\"2\"]")), workloads(("a", "\"elements\":[\"1\",\"\",\"3\"],\"glAccount\":\"6\"")),
            [
                "workload changed: a: elements '1 / 2' → '1 /  / 3'", "workload changed: a: glAccount (empty) → '6'",
                "workload changed: a: owner 'x' → (empty)",
            ]
        ),
        (workloads(("a", "")), workloads(("a", claims(("2026-11-01", nil)))), ["claim added: \(role): for a, from 2026-11-01 on"]),
        (workloads(("a", claims((nil, nil)))), workloads(("a", "")), ["claim removed: \(role): for a, always"]),
        (
            workloads(("a", claims((nil, "2026-11-01")))), workloads(("a", claims((nil, "2026-12-01")))),
            ["claim extended: \(role): for a, from 2026-11-01 to 2026-12-01"]
        ),
        (
            workloads(("a", claims((nil, nil)))), workloads(("a", claims(("2026-11-01", "2026-12-01")))),
            ["claim shortened: \(role): for a, from 2026-12-01 on", "claim shortened: \(role): for a, to 2026-11-01"]
        ),
        (
            workloads(("a", claims((nil, nil))), ("b", "")), workloads(("a", claims((nil, "2026-11-01"))), ("b", claims(("2026-11-01", nil)))),
            ["claim moved: \(role): a → b, from 2026-11-01 on"]
        ),
        (
            workloads(("a", "\"estimates\":[\(estimate("5"))]")), workloads(("a", "\"estimates\":[\(estimate("5.00", "fa"))]")),
            ["estimate confirmed: a 2026-11: 5 USD confirmed by fa"]
        ),
        (
            workloads(("a", "\"estimates\":[\(estimate("5", "fa"))]")), workloads(("a", "\"estimates\":[\(estimate("7", "fa")),\(estimate("1"))]")),
            ["estimate changed: a 2026-11: 5 USD confirmed by fa → 7 USD confirmed by fa and 1 USD unconfirmed"]
        ),
        (workloads(("a", "\"estimates\":[\(estimate("5"))]")), workloads(("a", "")), ["estimate removed: a 2026-11: 5 USD unconfirmed"]),
        (
            top("\"policy\":{\"tax\":\"keep\"}"), top("\"hierarchy\":[\"A\"],\"tagKeys\":[\"t\"],\"sharedRolePatterns\":[\"*:root\",\"x*\"]"),
            [
                "hierarchy changed: 'Business unit / Department / Portfolio / Product' → 'A'", "policy.tax changed: 'keep' → 'follow'",
                "sharedRolePatterns added: x*", "sharedRolePatterns removed: AWSAdministratorAccess*", "sharedRolePatterns removed: AWSPowerUserAccess*",
                "sharedRolePatterns removed: AWSReservedSSO_*", "tagKeys changed: 'element1 / element2 / element3 / element4' → 't'",
            ]
        ),
        (
            top(""), top("\"profile\":{\"platforms\":[{\"platform\":\"bedrock\",\"any\":[{\"column\":\"product_name\",\"endsWith\":\"(Amazon Bedrock Edition)\"}]}],\"unitPrice\":{\"EUR\":\"0.02\"}}"),
            [
                "profile.platforms removed: bedrock where product_code startsWith 'amazonbedrock'",
                "profile.platforms removed: bedrock where product_family equals 'amazon bedrock'",
                "profile.platforms removed: claude-platform where product_name contains 'claude platform'",
                "profile.platforms removed: claude-platform where usage_type endsWith 'mp:ccu-units'",
                "profile.unitPrice.EUR changed: (empty) → '0.02'", "profile.unitPrice.USD changed: '0.01' → (empty)",
            ]
        ),
        (
            top("\"workspaces\":[{\"arn\":\"\(TinyWorld.workspace("w"))\",\"name\":\"n\"}]"),
            top("\"workspaces\":[{\"arn\":\"\(TinyWorld.workspace("w"))\",\"tags\":{\"element2\":\"x\"},\"billedTo\":\"444455556666\"},{\"arn\":\"\(TinyWorld.workspace("v"))\"}]"),
            [
                "workspace added: \(TinyWorld.workspace("v")): without name",
                "workspace changed: \(TinyWorld.workspace("w")): billedTo '111122223333' → '444455556666'",
                "workspace changed: \(TinyWorld.workspace("w")): name 'n' → (empty)", "workspace changed: \(TinyWorld.workspace("w")): tags (empty) → ' / x'",
            ]
        ),
    ]) func everyChangeIsALine(old: String, new: String, lines: [String]) throws {
        #expect(try changed(old, new) == lines)
        #expect(try changed(new, new).isEmpty)
    }

    /// Held against asking day by day who owns the role: a piece is told exactly where the two answers differ.
    @Test(arguments: 0..<300) func claimChangesCoverTheDaysThatDiffer(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        func registry() -> (text: String, owners: [String?]) {
            let cut = (Int(random.int(0...9)), Int(random.int(0...9)))
            let (low, high) = (min(cut.0, cut.1) + 1, max(cut.0, cut.1) + 2)
            func date(_ day: Int) -> String { "2026-11-" + (day < 10 ? "0\(day)" : "\(day)") }
            // Up to three pieces in a row, each of one of two workloads or of nobody.
            let pieces = [(1, low), (low, high), (high, 14)].map { ($0.0, $0.1, ["a", "b", nil].map { $0 as String? }[Int(random.int(0...2))]) }
            var owners = [String?](repeating: nil, count: 15)
            for piece in pieces { for day in piece.0..<piece.1 { owners[day] = piece.2 } }
            func of(_ id: String) -> String {
                let list = pieces.filter { $0.2 == id && $0.0 < $0.1 }.map { "{\"principal\":\"\(role)\",\"from\":\"\(date($0.0))\",\"to\":\"\(date($0.1))\"}" }
                return "{\"id\":\"\(id)\",\"claims\":[\(list.joined(separator: ","))]}"
            }
            return (top("\"workloads\":[\(of("a")),\(of("b"))]"), owners)
        }
        let (old, new) = (registry(), registry())
        let found = changes(from: try readRegistry(bytes(old.text), file: "old"), to: try readRegistry(bytes(new.text), file: "new"))
        var days: [Int: Int] = [:]
        for change in found {
            let dates = change.detail.split(separator: " ").compactMap { $0.hasPrefix("2026-11-") ? Int($0.suffix(2)) : nil }
            try #require(dates.count == 2, "\(change)")
            for day in dates[0]..<dates[1] { days[day, default: 0] += 1 }
        }
        for day in 1..<15 { #expect(days[day, default: 0] == (old.owners[day] == new.owners[day] ? 0 : 1), "seed \(seed) day \(day): \(found)") }
    }
}
