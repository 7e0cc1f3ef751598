import Testing

@testable import Records

@Suite struct StartedTests {
    private final class Token: Sendable {}
    private struct Large: Sendable { var token = Token() }

    /// What is handed over can be changed in place: were it held by anybody else, millions of events would be copied first.
    @Test func whatIsHandedOverIsHeldByNobodyElse() {
        for _ in 0..<100 {
            let isAlone = Started(with: Large()) { given in isKnownUniquelyReferenced(&given.token) }.value()
            #expect(isAlone)
        }
    }
}
