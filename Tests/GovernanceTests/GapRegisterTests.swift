import Records
import Registry
import Testing

@testable import Governance

/// A gap over its life: every state, and every way from one to the next.
@Suite struct GapRegisterTests {
    private static let october = Month(year: 2026, month: 10)
    private static let november = Month(year: 2026, month: 11)
    private static let key = GapKey(
        gap: "unclaimed-principal", anchor: "arn:aws:iam::111122223333:role/r", account: "111122223333", workspace: World.arn, platform: "claude-platform", currency: "USD")

    private static func day(_ day: Int, month: Int = 10) -> Instant { Instant(dayNumber: dayNumberOf(year: 2026, month: month, day: day)) }

    private static func fact(_ last: Instant, recent: Bool = true, first: Instant = day(2)) -> GapFact {
        GapFact(key: key, firstSeen: first, lastSeen: last, isRecent: recent, recent: Amount(atto: recent ? 5 : 0), month: Amount(atto: 9), action: "Claim it.")
    }

    private static func register(
        _ facts: [GapFact], _ previous: GapRegister? = nil, _ governance: Governance? = nil, month: Month = october, before: Month = october, through: Instant
    ) -> GapRegister { GapRegister(facts, previous: previous.map { ($0.records, before) }, governance, month: month, reach: through) }

    /// A claim on the gap's principal, made on the 10th.
    private static func claimed() throws -> Governance {
        var governance = Governance(World.registry(), registryFile: "r")
        var decision = Decision(at: day(10).adding(9 * Instant.hour), actor: "po", role: .productOwner, verb: .claim, object: "triage")
        decision.id = "d-claim"
        decision.principal = key.anchor
        try governance.take(decision)
        return governance
    }

    @Test func aGapIsActiveThenActionedThenResolvedThenRecalled() throws {
        let first = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(8))], through: GapRegisterTests.day(9))
        #expect(first.records.map(\.state) == [.active] && first.records[0].since == GapRegisterTests.day(9))
        let claimed = try GapRegisterTests.claimed()
        let second = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(10))], first, claimed, through: GapRegisterTests.day(11))
        #expect(second.records[0].state == .actioned && second.records[0].decision == "d-claim" && second.records[0].since == GapRegisterTests.day(11))
        let third = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(10), recent: false)], second, claimed, through: GapRegisterTests.day(18))
        #expect(third.records[0].state == .resolved && third.records[0].decision == "d-claim")
        let fourth = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(19))], third, claimed, through: GapRegisterTests.day(20))
        #expect(fourth.records[0].state == .recalled && fourth.records[0].decision == "" && fourth.records[0].firstSeen == GapRegisterTests.day(2))
        // It stays recalled while nothing is done, and its id is the same all along.
        let fifth = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(21))], fourth, claimed, through: GapRegisterTests.day(22))
        #expect(fifth.records[0].state == .recalled && fifth.records[0].since == GapRegisterTests.day(20))
        #expect(Set([first, second, third, fourth, fifth].map { $0.records[0].key.id }).count == 1)
    }

    @Test func onlyDataResolves() throws {
        let first = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(8))], through: GapRegisterTests.day(9))
        // A claim alone does not; one that the gap outlived is no action any more.
        let claimed = try GapRegisterTests.claimed()
        #expect(GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(13))], first, claimed, through: GapRegisterTests.day(14)).records[0].state == .active)
        // The month was restated without it.
        let gone = GapRegisterTests.register([], first, through: GapRegisterTests.day(9))
        #expect(gone.records[0].state == .resolved && gone.records[0].month == .zero && gone.records[0].lastSeen == GapRegisterTests.day(8))
    }

    @Test func aNewMonthDoesNotResolveWhatItHasNotComeTo() {
        let last = GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(30))], through: GapRegisterTests.november.start)
        let early = GapRegisterTests.register([], last, month: GapRegisterTests.november, through: GapRegisterTests.day(3, month: 11))
        #expect(early.records[0].state == .active && early.records[0].since == GapRegisterTests.november.start)
        // Nor when it is run again.
        let again = GapRegisterTests.register([], early, month: GapRegisterTests.november, before: GapRegisterTests.november, through: GapRegisterTests.day(3, month: 11))
        #expect(again.csv == early.csv)
        let later = GapRegisterTests.register([], early, month: GapRegisterTests.november, before: GapRegisterTests.november, through: GapRegisterTests.day(6, month: 11))
        #expect(later.records[0].state == .resolved)
        let week = GapRegisterTests.register([], last, month: GapRegisterTests.november, through: GapRegisterTests.day(6, month: 11))
        #expect(week.records[0].state == .resolved)
    }

    @Test func claimsThatWereTakenBackEndNothing() throws {
        var governance = try GapRegisterTests.claimed()
        var release = Decision(at: GapRegisterTests.day(10).adding(10 * Instant.hour), actor: "po", role: .productOwner, verb: .release, object: "triage")
        release.id = "d-release"
        release.principal = GapRegisterTests.key.anchor
        try governance.take(release)
        #expect(GapRegisterTests.register([GapRegisterTests.fact(GapRegisterTests.day(10))], nil, governance, through: GapRegisterTests.day(11)).records[0].state == .active)
        // A claim on the role is one on its sessions.
        var fact = GapRegisterTests.fact(GapRegisterTests.day(10))
        fact.key.anchor = "arn:aws:sts::111122223333:assumed-role/r/ana@example.com"
        #expect(GapRegisterTests.register([fact], nil, try GapRegisterTests.claimed(), through: GapRegisterTests.day(11)).records[0].state == .actioned)
    }

    @Test func onlyRequestsForTheSameUsageAreActions() throws {
        var fact = GapRegisterTests.fact(GapRegisterTests.day(1).adding(Instant.hour))
        fact.key.gap = "not-approved"
        let requested = try World.governance([World.request])
        #expect(GapRegisterTests.register([fact], nil, requested, through: GapRegisterTests.day(2)).records[0].state == .active)
        fact.key.anchor = World.role
        #expect(GapRegisterTests.register([fact], nil, requested, through: GapRegisterTests.day(2)).records[0].state == .actioned)
        fact.key.anchor = "arn:aws:iam::111122223333:role/letters"
        #expect(GapRegisterTests.register([fact], nil, requested, through: GapRegisterTests.day(2)).records[0].state == .active)
    }

    @Test func theSameInputGivesTheSameRegister() throws {
        let facts = [GapRegisterTests.fact(GapRegisterTests.day(10)), GapRegisterTests.fact(GapRegisterTests.day(3), recent: false)].enumerated().map { index, fact in
            var fact = fact
            fact.key.currency = ["USD", "EUR"][index]
            return fact
        }
        let first = GapRegisterTests.register(facts, nil, try GapRegisterTests.claimed(), through: GapRegisterTests.day(11))
        let second = GapRegisterTests.register(facts.reversed(), first, try GapRegisterTests.claimed(), through: GapRegisterTests.day(11))
        #expect(second.csv == first.csv && Set(first.records.map(\.state)) == [.actioned, .resolved])
    }

    @Test func cardsThatTheBillLeftAreOpenAgain() throws {
        func line(_ verb: Verb, _ amount: String) -> String { World.line("x", verb.role, verb.rawValue, "2026-09-27/triage/USD", "\"amount\":\"\(amount)\"") }
        let governance = try World.governance([line(.acceptCard, "100"), line(.approveCard, "100")])
        func record(_ amount: String) throws -> CardRegister.Record {
            let actual = try Amount.parse(Array(amount.utf8).span).amount
            let fact = CardFact(start: "2026-09-27", workload: "triage", currency: "USD", actual: actual)
            return try #require(CardRegister([fact], governance, tolerance: Amount(atto: Amount.unit / 100)).records.first)
        }
        #expect(try record("100.01").status == .approved && record("99.99").isReopened == false)
        let reopened = try record("100.02")
        #expect(reopened.status == .open && reopened.isReopened && reopened.history == "ACCEPTED 2026-10-01 x 100; APPROVED 2026-10-01 x 100")
    }
}
