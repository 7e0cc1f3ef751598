/// A model with its list price, in 10⁻⁴ USD per million tokens. A price in these, times tokens, is 10⁻¹⁰ USD.
struct Model: Sendable, Equatable {
    let id: String
    let input: Int
    let write5m: Int
    let cacheRead: Int
    let output: Int

    static let opus55 = Model(id: "claude-opus-5-5", input: 40_000, write5m: 50_000, cacheRead: 2_000, output: 200_000)
    static let sonnet55 = Model(
        id: "claude-sonnet-5-5", input: 20_000, write5m: 25_000, cacheRead: 2_000, output: 100_000)
    static let sonnet46 = Model(
        id: "claude-sonnet-4-6", input: 30_000, write5m: 37_500, cacheRead: 3_000, output: 150_000)
    /// Some callers pin a dated version of it.
    static let haiku45 = Model(
        id: "claude-haiku-4-5-20251001", input: 10_000, write5m: 12_500, cacheRead: 1_000, output: 50_000)
}

/// The tokens of one response.
struct Tokens: Sendable {
    var input = 0
    var write5m = 0
    var cacheRead = 0
    var output = 0

    /// List price in 10⁻¹⁰ USD.
    func price(_ model: Model, isBatch: Bool) -> Int {
        let full = input * model.input + write5m * model.write5m + cacheRead * model.cacheRead + output * model.output
        return isBatch ? full / 2 : full
    }
}
