import Foundation
import Published
import Records
import Registry
import Testing
import TestSupport

@testable import Trends

@Suite struct ExpectationTests {
    /// 0 at place 0, as if the series began on a Sunday.
    private func weekday(_ place: Int) -> Int { place % 7 }

    @Test func aWeekIsTheLeast() {
        #expect(Expectation([Int128](repeating: 5, count: 6)[...], weekday: weekday) == nil)
        let week = Expectation([Int128](repeating: 5, count: 7)[...], weekday: weekday)
        #expect(week?.cost(weekday: 3) == 5 && week?.variance == 0 && week?.followsWeekdays == false)
    }

    @Test func weekdaysAreFollowedWhenThereAreFourOfEach() throws {
        let costs = (0..<56).map { Int128($0 % 7 == 2 ? 700 : 0) }
        let long = try #require(Expectation(costs[...], weekday: weekday))
        #expect((0..<7).map { long.cost(weekday: $0) } == [0, 0, 700, 0, 0, 0, 0] && long.variance == 0 && long.followsWeekdays)
        let short = try #require(Expectation(costs[..<27], weekday: weekday))
        #expect(!short.followsWeekdays && short.cost(weekday: 0) == short.cost(weekday: 2))
    }

    @Test func onlyTheLastEightWeeksCount() throws {
        let costs = [Int128](repeating: 1_000_000, count: 100) + [Int128](repeating: 10, count: 56)
        #expect(try #require(Expectation(costs[...], weekday: weekday)).cost(weekday: 1) == 10)
    }

    @Test func rootsAreExact() {
        for n in 0...10_000 as ClosedRange<Int128> {
            let root = squareRoot(n)
            #expect(root * root <= n && (root + 1) * (root + 1) > n)
        }
        #expect(squareRoot(-1) == 0 && squareRoot(Int128(1) << 120) == Int128(1) << 60)
    }
}

@Suite struct TrendsOfRunsTests {
    /// Published runs of November and December 2026: `costs` by day of each workload, 30 of November, then those of December; 0 spends nothing.
    private func runs(_ costs: [String: [Int]], through: String = "2026-12-31T00:00:00Z", evidenceUntil: Int? = nil) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        for (month, first, length) in [("2026-11", 0, 30), ("2026-12", 30, 30)] {
            var world = TinyWorld()
            let workloads = costs.keys.sorted().map { "{\"id\":\"\($0)\",\"claims\":[{\"principal\":\"\(TinyWorld.role($0))\"}]}" }
            world.registry = "{\"version\":1,\"workloads\":[\(workloads.joined(separator: ","))]}"
            for day in 0..<length {
                let date = "2026-11-\(day < 9 ? "0" : "")\(day + 1)"
                for (name, days) in costs where first + day < days.count && days[first + day] > 0 {
                    world.rows.append(
                        TinyWorld.row(
                            cost: "\(days[first + day])", start: "\(date)T10:00:00Z", end: "\(date)T11:00:00Z",
                            ["product_product_name": "Claude (Amazon Bedrock Edition)", "line_item_iam_principal": TinyWorld.role(name)]))
                }
                guard let evidenceUntil else { continue }
                world.rows.append(TinyWorld.row(cost: "2", start: "\(date)T10:00:00Z", end: "\(date)T11:00:00Z", workspace: TinyWorld.workspace("w")))
                if first + day < evidenceUntil {
                    world.records.append(TinyWorld.event("e\(day)", at: "\(date.suffix(2))T10:30", role: "x", workspace: TinyWorld.workspace("w")))
                }
            }
            var files = try world.run().files.mapValues { text($0) }
            files["run.json"] = "{\"run_id\": \"run\"}"
            for (name, content) in files {
                var content = content.replacingOccurrences(of: "2026-11-", with: month + "-").replacingOccurrences(of: "\"2026-11\"", with: "\"\(month)\"")
                if let place = content.range(of: "\"data_through\": \"[^\"]*\"", options: .regularExpression) {
                    content.replaceSubrange(place, with: "\"data_through\": \"\(month == "2026-11" ? "2026-12-01T00:00:00Z" : through)\"")
                }
                folder.write("\(month)/\(name)", content)
            }
        }
        return folder
    }

    private func folders(_ folder: TemporaryFolder) -> [String] { [folder.path + "/2026-11", folder.path + "/2026-12"] }

    @Test func aSteadyMonthEndsAsItBegan() throws {
        let folder = try runs(["a": [Int](repeating: 3, count: 61)], through: "2026-12-11T00:00:00Z")
        let trends = try Trends(folders: folders(folder))
        let all = try #require(trends.forecasts.first)
        #expect(all.key == SpendKey(workload: "", currency: "USD") && trends.forecasts.count == 2)
        #expect(trends.completeDays == 10 && all.toDate == 30_000_000)
        #expect(all.monthEnd?.cost == 93_000_000 && all.monthEnd?.low == 93_000_000 && all.monthEnd?.high == 93_000_000)
        #expect(all.monthBefore == 90_000_000 && trends.anomalies.isEmpty && trends.monthsBefore == [Month(year: 2026, month: 11)])
    }

    @Test func withoutAWeekNothingIsSaid() throws {
        let folder = try runs(["a": [Int](repeating: 3, count: 61)], through: "2026-12-05T12:00:00Z")
        let trends = try Trends(folders: [folder.path + "/2026-12"])
        #expect(trends.completeDays == 4 && trends.forecasts.allSatisfy { $0.monthEnd == nil && $0.toDate == 12_000_000 && $0.monthBefore == nil })
        // Of a whole month there is nothing to guess.
        let whole = try Trends(folders: [folder.path + "/2026-11"])
        #expect(whole.forecasts.allSatisfy { $0.monthEnd?.cost == $0.toDate && $0.monthEnd?.high == $0.toDate })
    }

    @Test func oneDayAboveAllIsAJumpAndStillnessIsSilence() throws {
        var jump = [Int](repeating: 20, count: 61)
        jump[45] = 200
        let quiet = [Int](repeating: 9, count: 40)
        let folder = try runs(["jumper": jump, "quiet": quiet, "small": [Int](repeating: 1, count: 40)], through: "2026-12-21T00:00:00Z")
        let found = try Trends(folders: folders(folder)).anomalies
        #expect(found.map { "\($0.kind.rawValue) \($0.anchor) \(dateText(dayNumber: $0.firstDay))" } == [
            "silent quiet 2026-12-11", "silent small 2026-12-11", "jump jumper 2026-12-16",
        ])
        #expect(found.last?.reason.contains("200.00 USD on 2026-12-16, where 20.00 was to be expected") == true)
        var rules = TrendRules()
        rules.silentLeast = Amount(atto: 50 * Amount.unit)
        rules.jumpLeast = Amount(atto: 180 * Amount.unit)
        #expect(try Trends(folders: folders(folder), rules: rules).anomalies.map(\.anchor) == ["quiet"])
    }

    @Test func aNewCallerAndEvidenceThatStoppedAreTold() throws {
        let new = [Int](repeating: 0, count: 50) + [Int](repeating: 2, count: 10)
        let folder = try runs(["old": [Int](repeating: 5, count: 61), "newcomer": new], evidenceUntil: 55)
        let found = try Trends(folders: folders(folder)).anomalies
        #expect(found.map { "\($0.kind.rawValue) \($0.anchor)" } == ["new-principal \(TinyWorld.role("newcomer"))", "evidence-stopped \(TinyWorld.account)"])
        #expect(found.first?.reason == "Not seen in 50 days before 2026-12-21; 20.00 USD since, claimed by newcomer.")
        #expect(found.last?.cost == 10_000_000)
    }

    @Test func monthsMustBeInARowAndOfEachOne() throws {
        let folder = try runs(["a": [3]])
        #expect(throws: ViewFault.self) { try Trends(folders: [folder.path + "/2026-12", folder.path + "/2026-12"]) }
        for name in ["allocations.csv", "spend-cards.csv", "spend-cards.json", "agent-bills.csv", "agent-bills.json", "gaps.csv", "run.json", "reconciliation.json"] {
            let content = text(of: folder.path + "/2026-11/" + name)
            folder.write("2026-09/\(name)", content.replacingOccurrences(of: "2026-11", with: "2026-09").replacingOccurrences(of: "2026-12", with: "2026-10"))
        }
        let trends = try Trends(folders: folders(folder) + [folder.path + "/2026-09"])
        #expect(trends.leftOut == [folder.path + "/2026-09"] && trends.monthsBefore.count == 1)
        #expect(throws: ViewFault.self) { try Trends(folders: folders(folder), asOf: Instant(dayNumber: 0)) }
    }
}
