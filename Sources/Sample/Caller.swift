/// What an event is called; the IAM action of the call.
enum Action: String, Sendable {
    case createInference = "CreateInference"
    case createBatchInference = "CreateBatchInference"
    case createSession = "CreateSession"
    case updateSession = "UpdateSession"
    case countTokens = "CountTokens"
    case listModels = "ListModels"

    /// Whether a successful call costs money.
    var isBillable: Bool { self != .countTokens && self != .listModels }
}

/// The habits of one principal in one workspace.
struct Caller: Sendable {
    let principal: Principal
    let workspace: Workspace
    let actions: [(weight: Int, Action)]
    let models: [(weight: Int, Model)]
    /// The hours of the day (UTC) in which it calls.
    let hours: Range<Int>
    /// Calls per hour, in thousandths, on working days and on weekends.
    let weekday: Int
    let weekend: Int
    /// The days of the month, 0 the first; -1 is 30 September.
    let days: ClosedRange<Int>
    /// Thousands of tokens a response: read from the prompt, read from the cache, written.
    let prompt: ClosedRange<Int>
    let cached: ClosedRange<Int>
    let answer: ClosedRange<Int>
    let agent: String
    /// Whether its calls pass the Lambda that writes the usage log.
    let isLogged: Bool
    let usesBearerToken: Bool

    init(
        _ principal: Principal, in workspace: Workspace, actions: [(weight: Int, Action)] = [(1, .createInference)],
        models: [(weight: Int, Model)], hours: Range<Int>, weekday: Int, weekend: Int = 0,
        days: ClosedRange<Int> = -1...31,
        prompt: ClosedRange<Int>, cached: ClosedRange<Int>, answer: ClosedRange<Int>,
        agent: String = "Anthropic/Python 1.14.0", isLogged: Bool = false, usesBearerToken: Bool = false
    ) {
        self.principal = principal
        self.workspace = workspace
        self.actions = actions
        self.models = models
        self.hours = hours
        self.weekday = weekday
        self.weekend = weekend
        self.days = days
        self.prompt = prompt
        self.cached = cached
        self.answer = answer
        self.agent = agent
        self.isLogged = isLogged
        self.usesBearerToken = usesBearerToken
    }

    static let all: [Caller] = [
        Caller(
            Company.triage, in: Company.claims, models: [(3, .opus55), (1, .sonnet55)], hours: 12..<23, weekday: 2_600,
            prompt: 200...560, cached: 100...600, answer: 6...20, isLogged: true),
        Caller(
            Company.triageBatch, in: Company.claims, actions: [(1, .createBatchInference)], models: [(1, .opus55)],
            hours: 2..<3, weekday: 2_000, weekend: 1_000, prompt: 300...800, cached: 0...0, answer: 20...60,
            isLogged: true),
        Caller(
            Company.fraud, in: Company.claims, models: [(2, .haiku45), (1, .sonnet55)], hours: 0..<24, weekday: 550,
            weekend: 500, prompt: 60...180, cached: 0...200, answer: 1...6, isLogged: true),
        Caller(
            Company.letters, in: Company.claims, models: [(1, .sonnet46)], hours: 13..<21, weekday: 1_300,
            prompt: 150...350, cached: 50...200, answer: 8...24, isLogged: true),
        Caller(
            Company.notebook, in: Company.claims, models: [(1, .opus55)], hours: 17..<21, weekday: 450,
            prompt: 200...600, cached: 0...0, answer: 4...30, agent: "Anthropic/Python 1.12.2"),
        Caller(
            Company.underwriter, in: Company.underwriting, models: [(2, .sonnet55), (1, .opus55)], hours: 7..<17,
            weekday: 1_700, prompt: 220...640, cached: 100...400, answer: 6...18, agent: "Anthropic/JS 0.84.1"),
        Caller(
            Company.dataScience, in: Company.underwriting, models: [(1, .opus55)], hours: 9..<16, weekday: 260,
            prompt: 150...450, cached: 0...100, answer: 4...16),
        // The claims team tries the underwriting workspace on one day: its calls are recorded in both accounts.
        Caller(
            Company.triage, in: Company.underwriting, models: [(1, .opus55)], hours: 13..<15, weekday: 2_500,
            days: 12...12,
            prompt: 200...560, cached: 0...100, answer: 6...20),
        Caller(
            Company.actuary, in: Company.labs,
            actions: [(8, .createInference), (1, .createSession), (1, .updateSession)],
            models: [(1, .opus55), (1, .sonnet55)], hours: 13..<22, weekday: 1_300, prompt: 250...700,
            cached: 100...500,
            answer: 8...24),
        Caller(
            Company.administrator, in: Company.labs, models: [(1, .opus55)], hours: 14..<20, weekday: 400,
            prompt: 150...500, cached: 0...100, answer: 4...16, agent: "claude-cli/3.1.0 (external, cli)"),
        Caller(
            Company.apiKey, in: Company.labs, models: [(1, .sonnet55)], hours: 15..<22, weekday: 600,
            prompt: 80...300, cached: 0...50, answer: 2...10, agent: "curl/8.9.1", usesBearerToken: true),
    ]
}
