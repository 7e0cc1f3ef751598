import Attribution
import Records
import Testing
import TestSupport

@testable import Reports

private typealias World = TinyWorld
private let november = Month(year: 2026, month: 11)
private let w1 = World.workspace("w1")

@Suite struct CardEstimateTests {
    private let days = MonthDays(november)

    private func card(week: Int?, actual: Int128 = 0) -> Card {
        var card = Card(week: week, type: .workload, id: bytes("L"), workload: 0, currency: bytes("USD"))
        card.spend.actual = Amount(atto: actual)
        return card
    }

    private func estimate(_ card: Card, _ monthly: Amount?, through: Instant) -> CardEstimate {
        CardEstimate(card, days: days, estimate: monthly, dataThrough: through)
    }

    private func hour(_ hours: Int) -> Instant { november.start.adding(Int64(hours) * Instant.hour) }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func weeksSumToTheMonth(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let cents = Int128(random.int(0...random.pick([9, 100_000, 1 << 50])))
            let monthly = Amount(atto: cents * Amount.cent)
            let through = hour(random.int(0...720))
            var (whole, toDate): (Int128, Int128) = (0, 0)
            for week in days.weeks.indices {
                let found = estimate(card(week: week), monthly, through: through)
                whole += found.estimate?.atto ?? -1
                toDate += found.toDate?.atto ?? -1
                #expect((found.toDate?.atto ?? -1) % Amount.cent == 0, "seed \(seed)")
                // A whole week is estimated as its share of the days, wherever the data ends.
                if found.isComplete { #expect(found.estimate == found.toDate, "seed \(seed)") }
            }
            let month = estimate(card(week: nil), monthly, through: through)
            #expect(whole == monthly.atto && month.estimate == monthly, "seed \(seed): \(monthly.text)")
            #expect(month.toDate?.atto == toDate, "seed \(seed): \(monthly.text) through \(through.text)")
        }
    }

    @Test func wholeMonthAndDays() {
        let monthly = Amount(atto: 1200 * Amount.unit)
        let half = estimate(card(week: nil), monthly, through: hour(360))
        #expect(half.toDate?.text == "600" && !half.isComplete)
        // An estimate with fractions of a cent stands as it is in the month that is over.
        let odd = Amount(atto: Amount.unit / 3)
        let done = estimate(card(week: nil), odd, through: hour(720))
        #expect(done.toDate == odd && done.isComplete)
        #expect(estimate(card(week: nil), odd, through: hour(719)).toDate?.text == "0.33")
        // November 2026 begins on a Sunday: weeks of 7, 7, 7, 7 and 2 days.
        #expect(days.weeks.map(\.count) == [7, 7, 7, 7, 2])
        #expect(estimate(card(week: 0), monthly, through: hour(720)).estimate?.text == "280")
        #expect(estimate(card(week: 4), monthly, through: hour(720)).estimate?.text == "80")
        // 100 by 30 days: round(23.333…) = 23.33, then 46.67 − 23.33.
        let hundred = Amount(atto: 100 * Amount.unit)
        #expect(
            (0..<5).map { estimate(card(week: $0), hundred, through: hour(720)).estimate?.text } == [
                "23.33", "23.34", "23.33", "23.33", "6.67",
            ])
    }

    @Test func bandsAtTheirExactBorders() {
        let monthly = Amount(atto: 100 * Amount.unit)
        for (cents, beside, band) in [
            (10_200, 0, Band.onPlan), (10_200, 1, .over), (11_000, 0, .over), (11_000, 1, .farOver), (9_800, 0, .onPlan),
            (9_800, -1, .under), (0, 0, .under),
            (10_000, 0, .onPlan), (-5_000, 0, .under), (30_000, 0, .farOver),
        ] as [(Int128, Int128, Band)] {
            let found = estimate(card(week: nil, actual: cents * Amount.cent + beside), monthly, through: hour(720))
            #expect(found.band == band, "\(cents) and \(beside)")
            #expect(found.variance?.atto == cents * Amount.cent + beside - monthly.atto)
        }
    }

    @Test func bandsBeforeThereIsAnythingToCompare() {
        let monthly = Amount(atto: 100 * Amount.unit)
        let none = estimate(card(week: 1), nil, through: hour(720))
        #expect(none.band == .noEstimate && none.estimate == nil && none.toDate == nil && none.variance == nil && none.isComplete)
        // The second week begins at hour 168.
        for (through, band) in [(167, Band.notStarted), (168, .notStarted), (169, .under)] {
            let found = estimate(card(week: 1), monthly, through: hour(through))
            #expect(found.band == band && (found.variance == nil) == (band == .notStarted) && found.estimate != nil, "\(through)")
        }
        #expect(estimate(card(week: nil), monthly, through: hour(0)).band == .notStarted)
        let zero = estimate(card(week: nil, actual: 5), .zero, through: hour(720))
        #expect(zero.band == .noEstimate && zero.estimate == .zero && zero.variance == nil)
        // Too little for a cent yet.
        #expect(estimate(card(week: nil), Amount(atto: Amount.cent), through: hour(1)).band == .noEstimate)
        for (through, isComplete) in [(167, false), (168, true)] {
            #expect(estimate(card(week: 0), nil, through: hour(through)).isComplete == isComplete)
        }
    }
}

@Suite struct CardReportTests {
    private func outcome() throws -> World.Outcome {
        var world = World()
        world.registry = """
            {"version":1,"workloads":[{"id":"L","owner":"ana@example.com","elements":["Ins"],"claims":[{"principal":"\(World.role("a"))"}],
              "estimates":[{"month":"2026-11","amount":"3","confirmedBy":"fa@example.com"}]},
             {"id":"idle","estimates":[{"month":"2026-11","amount":"5","currency":"EUR","confirmedBy":"fa@example.com"},{"month":"2026-11","amount":"5"}]}]}
            """
        world.rows = [
            World.row(cost: "1.5", quantity: "150", workspace: w1), World.row(cost: "0.3", workspace: w1, type: "Tax"),
            World.row(cost: "2", quantity: "200", start: "10T00", end: "10T01", ["resource_tags_user_element1": "T"]),
            World.row(cost: "0.9", quantity: "90", start: "06T00", end: "09T00"),
            World.row(
                cost: "4", quantity: "1", currency: "EUR",
                ["product_product_name": "m (Amazon Bedrock Edition)", "bill_invoice_id": "7", "line_item_usage_type": "InputToken"]),
        ]
        world.records = [World.event("e", role: "a", workspace: w1)]
        return try world.run()
    }

    private func amount(_ text: String?) throws -> Int128 { try Amount.parse(bytes(text ?? "").span).amount.atto }

    @Test func cardsOfAKindPartitionTheTotal() throws {
        let outcome = try outcome()
        let cards = outcome.table("spend-cards.csv")
        for currency in ["USD", "EUR"] {
            for kind in ["month", "week"] {
                let own = cards.filter { $0["currency"] == currency && $0["period_kind"] == kind }
                func sums(_ types: [String]) throws -> [Int128] {
                    try ["actual", "tax", "quantity", "calls"].map { column in
                        try own.filter { types.contains($0["card_type"] ?? "") }.reduce(0) { try $0 + amount($1[column]) }
                    }
                }
                let total = try sums(["total"])
                #expect(try sums(["workload", "workspace", "unallocated"]) == total)
                for element in 1...4 { #expect(try sums(["element\(element)"]) == total) }
            }
        }
        // Nothing of the ledger is missing.
        let ledger = try outcome.ledger.reduce(0) { try $0 + amount($1["cost"]) }
        let month = cards.filter { $0["card_type"] == "total" && $0["period_kind"] == "month" }
        #expect(try month.reduce(0) { try $0 + amount($1["actual"]) + amount($1["tax"]) } == ledger)
    }

    @Test func cardsSayWhatTheySay() throws {
        let cards = try outcome().table("spend-cards.csv")
        func find(_ kind: String, _ type: String, _ id: String, _ start: String = "2026-11-01", _ currency: String = "USD") -> [String:
            String]?
        {
            cards.first {
                $0["period_kind"] == kind && $0["card_type"] == type && $0["card_id"] == id && $0["period_start"] == start
                    && $0["currency"] == currency
            }
        }
        let workload = try #require(find("month", "workload", "L"))
        let wanted = [
            "period_end": "2026-11-30", "complete": "no", "owner": "ana@example.com", "actual": "1.5", "tax": "0.3", "estimate": "3",
            "estimate_to_date": "0.9",
            "variance": "0.6", "variance_pct": "66.67", "band": "far-over", "quantity": "150", "calls": "1", "finality": "open",
        ]
        for (column, value) in wanted { #expect(workload[column] == value, "\(column)") }
        #expect(find("week", "workload", "L", "2026-11-15")?["band"] == "not-started")
        #expect(find("week", "workload", "L", "2026-11-01")?["period_end"] == "2026-11-07")
        // Friday, Saturday and Sunday: two of three days in the first week.
        #expect(find("week", "unallocated", "account:\(World.account)")?["actual"] == "0.6")
        #expect(find("week", "unallocated", "account:\(World.account)", "2026-11-08")?["actual"] == "0.3")
        #expect(
            find("month", "workspace", "account:\(World.account)")?["actual"] == "2" && find("month", "element1", "T")?["actual"] == "2")
        #expect(find("month", "element1", "Ins")?["estimate"] == "" && find("month", "element2", "(none)") != nil)
        // A workload that spent nothing has its cards where it has a confirmed estimate.
        #expect(find("month", "workload", "idle", "2026-11-01", "EUR")?["band"] == "under" && find("month", "workload", "idle") == nil)
        #expect(cards.filter { $0["card_id"] == "idle" }.count == 6)
        #expect(find("month", "total", "total", "2026-11-01", "EUR")?["finality"] == "invoiced")
    }

    @Test func cardsAsJSONSayTheSame() throws {
        let outcome = try outcome()
        let rows = outcome.table("spend-cards.csv")
        let json = try #require(outcome.json("spend-cards.json"))
        #expect(json["run_id"]?.text == "run")
        let cards = json["cards"]?.elements ?? []
        #expect(cards.count == rows.count)
        for (row, card) in zip(rows, cards) {
            #expect(
                card["card_id"]?.text == row["card_id"] && card["band"]?.text == row["band"]
                    && card["estimate"]?.text ?? "" == row["estimate"])
            let lines = try (card["lines"]?.elements ?? []).reduce(0) { try $0 + amount($1["actual"]?.text) }
            #expect(lines == (try amount(row["actual"])))
        }
        let bedrock = cards.flatMap { $0["lines"]?.elements ?? [] }.first { $0["platform"]?.text == "bedrock" }
        #expect(bedrock?["token_type"]?.text == "input" && bedrock?["model"]?.text == "m")
        #expect(
            cards.first { $0["card_id"]?.text == "L" && $0["period_kind"]?.text == "month" }?["agents"]?[0]?["principal"]?.text
                == World.role("a"))
    }

    @Test func billsTieToTheCent() throws {
        let outcome = try outcome()
        let bills = outcome.json("agent-bills.json")?["bills"]?.elements ?? []
        #expect(
            bills.map { $0["bill_id"]?.text } == ["L", "unattributed:account:\(World.account)", "unattributed:account:\(World.account)"])
        #expect(bills[0]["amount_due"]?.text == "1.80" && bills[0]["of_which_tax"]?.text == "0.30" && bills[0]["pre_tax"]?.text == "1.50")
        for bill in bills {
            let cost = try amount(bill["exact_cost"]?.text)
            for part in ["lines", "days"] {
                #expect(try (bill[part]?.elements ?? []).reduce(0) { try $0 + amount($1["cost"]?.text) } == cost)
            }
            #expect(try (bill["methods"]?.members ?? []).reduce(0) { try $0 + amount($1.value.text) } == cost)
        }
        let lines = outcome.table("agent-bills.csv")
        #expect(
            lines.filter { $0["currency"] == "USD" }.map { $0["share_pct"] ?? "" }.sorted() == ["19.1489", "31.9149", "42.5532", "6.383"])
    }

    @Test func gapsNameWhoHasToAnswer() throws {
        var world = World()
        let registry =
            "{\"version\":1,\"workloads\":[{\"id\":\"L\",\"owner\":\"ana@example.com\",\"claims\":[{\"principal\":\"\(World.role("a"))\"}]}]}"
        world.registry = registry
        world.rows = [
            World.row(workspace: w1), World.row(start: "05T14", end: "05T15", workspace: w1),
            World.row(start: "06T14", end: "06T15", workspace: w1), World.row(start: "08T14", end: "08T15", workspace: w1),
            World.row(start: "09T14", end: "09T15", account: "444455556666"), World.row(type: "Tax", payer: "9"),
        ]
        world.records = [
            World.event("e1", role: "a", workspace: w1), World.event("e2", at: "05T14:10", role: "b", workspace: w1),
            World.event("e3", at: "06T14:10", role: "AWSReservedSSO_x", workspace: w1),
            World.event("e4", at: "30T14:10", role: "b", workspace: w1),
        ]
        let gaps = try world.run().table("gaps.csv")
        #expect(
            gaps.map { [$0["gap"] ?? "", $0["anchor"] ?? "", $0["first_seen"] ?? ""] } == [
                ["no-estimate", "L", World.time("03T14")], ["no-evidence", "account:444455556666", World.time("09T14")],
                ["no-evidence", w1, World.time("08T14")],
                ["no-usage", "account:\(World.account)", World.time("03T14")],
                ["shared-role", World.role("AWSReservedSSO_x"), World.time("06T14")],
                ["unclaimed-principal", World.role("b"), World.time("05T14")],
            ])
        // Each action speaks of its own case.
        #expect(Set(gaps.map { $0["action"] ?? "" }).count == gaps.count && gaps.allSatisfy { $0["action"]?.hasSuffix(".") == true })
        #expect(gaps[0]["action"]?.contains("ana@example.com") == true)
    }

    @Test func reconciliationTies() throws {
        let outcome = try outcome()
        let json = try #require(outcome.json("reconciliation.json"))
        for (currency, charged) in [("USD", "4.7"), ("EUR", "4")] {
            let figures = json["currencies"]?[currency]
            #expect(figures?["charged"]?.text == charged && figures?["allocated"]?.text == charged && figures?["difference"]?.text == "0")
            for table in ["by_level", "by_method", "by_line_item_type", "by_platform"] {
                let sum = try (figures?[table]?.members ?? []).reduce(0) { try $0 + amount($1.value.text) }
                #expect(sum == (try amount(charged)), "\(table)")
            }
        }
        // 1.5 of 4.4 with evidence.
        #expect(json["currencies"]?["USD"]?["coverage"]?.text == "0.3409" && json["currencies"]?["EUR"]?["coverage"] == .null)
        #expect(json["finality"]?.text == "open" && json["data_through"]?.text == World.time("10T01"))
        #expect(
            json["by_invoice"]?.elements.map { [$0["invoice_id"]?.text, $0["usage"]?.text, $0["tax"]?.text, $0["total"]?.text] } == [
                ["", "4.4", "0.3", "4.7"], ["7", "4", "0", "4"],
            ])
        let rows = json["rows"]?.members.map { "\(text($0.key))" }
        #expect(rows == ["read", "charges", "other_service", "other_period", "rejected", "near_miss", "price_mismatch", "inexact_amounts"])
    }

    /// The columns are those of the specification's page on outputs.
    @Test func columnLists() throws {
        let outcome = try outcome()
        func header(_ file: String) -> String { text((outcome.files[file] ?? []).prefix { $0 != 0x0A }) }
        #expect(
            header("allocations.csv")
                == "billing_period,usage_start,usage_end,platform,payer_account_id,usage_account_id,region,workspace_arn,workspace_source,line_item_type,usage_type,invoice_id,principal,workload_id,level,method,evidence_window,model,token_type,element1,element2,element3,element4,weight,weight_total,calls,quantity,cost,currency,gap,billing_entity,legal_entity,product_code,operation"
        )
        #expect(
            header("spend-cards.csv")
                == "period_kind,period_start,period_end,complete,card_type,card_id,owner,actual,tax,estimate,estimate_to_date,variance,variance_pct,band,quantity,calls,currency,finality"
        )
        #expect(
            header("agent-bills.csv")
                == "bill_id,owner,agent,workspace_arn,platform,model,line_item_type,level,method,calls,quantity,cost,share_pct,currency")
        #expect(
            header("gaps.csv")
                == "gap,anchor,usage_account_id,workspace_arn,platform,first_seen,last_seen,calls,quantity,cost,currency,action")
    }

    /// Every table is sorted bytewise by its columns as text, before the guard.
    @Test func tablesAreSorted() throws {
        let outcome = try outcome()
        for file in ["allocations.csv", "spend-cards.csv", "agent-bills.csv", "gaps.csv"] {
            let rows = ReferenceCSV.rows(outcome.files[file] ?? []).dropFirst().map(\.cells)
            #expect(rows.count > 1)
            for (first, second) in zip(rows, rows.dropFirst()) {
                let place = zip(first, second).first { $0 != $1 }
                #expect(place.map { $0.0.lexicographicallyPrecedes($0.1) } == true, "\(file): \(first.map { text($0) })")
            }
        }
    }
}
