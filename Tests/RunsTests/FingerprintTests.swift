@testable import Runs
import Testing

/// SHA-256 against digests that another program made (Python's hashlib), around the lengths at which a block ends.
@Suite struct FingerprintTests {
    /// Of `"N:"` and N times `a`: texts are hashed with their length before them.
    @Test(arguments: [
        (0, "ba768b331fd86cec803be04e56ab2b3d4c0e98ef4ee4fcd4e72ad7cce61a1d1f"),
        (3, "6e474b3beed40cccd11d4398fa315b9ac0b9c6832fe9d58f3b069cc7126ea0fe"),
        (53, "f8b326776014b476ac9dcd2d89aaefab25f6d65bbe2870535358f520f79e3573"),
        (60, "196c377742c31bb28a34713527717ac21a374dd2e7b207c8e39f3654d44d349f"),
        (61, "6e6c364ef980b791fef500ba7030f0f99c152e0c6477c20a0457a999abdccc78"),
        (62, "a29983cf07f035bf0aa8267749afe1b5c25b81f70a59a4b9eb92a99841492777"),
        (64, "e9284fe1b01f4a4518b82564a35713ba2d2584fb5106287d3ade1238fc23d0d9"),
        (200, "8edec72f4bf3a184120df4a780d597c7fa3388172730c24927425516fa1c7939"),
        (1000, "ff1851fe72cf67d4758d0d0db209803e10d585dcc2015144a3d49859d9802df1"),
    ])
    func oneText(_ count: Int, _ digest: String) {
        var fingerprint = Fingerprint()
        fingerprint.add(String(repeating: "a", count: count))
        #expect(fingerprint.hex() == digest)
    }

    @Test func textsAreKeptApart() {
        var first = Fingerprint()
        first.add("a")
        first.add("bc")
        #expect(first.hex() == "5310a58788781ab25d5ad7c3f85035824b4eb7bdfa394e0ac2186271472b5492")
        var second = Fingerprint()
        second.add("ab")
        second.add("c")
        #expect(second.hex() == "430fb1b4ac43316eca81fab27a1930ab8eff8fef6a1dc7903dce44bbc2790dc5")
    }
}
