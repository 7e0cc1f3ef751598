import Sample

/// `apportion sample`: a believable month to try things on, or a large one to measure with.
enum SampleCommand {
    static let command = Command(
        name: "sample",
        summary: "Writes a believable month of bill, trail, usage log and registry, always the same for one seed.",
        operand: ("DIR", "a folder that is missing or empty"),
        options: [
            OptionSpec(name: "--seed", value: .one("N"), help: "another month for every number (default 1)"),
            OptionSpec(name: "--scale", value: .one("SIZE"), help: "about so many bytes of bill and as many of trail, for measuring"),
        ],
        example: "apportion sample /tmp/month --seed 7",
        run: sample)

    private static func sample(_ arguments: Arguments) throws -> Int32 {
        var options = SampleOptions()
        if let seed = try arguments.number("--seed", least: 0) { options.seed = UInt64(seed) }
        options.scaleBytes = try arguments.size("--scale")
        do {
            let summary = try writeSample(to: arguments.operand ?? "", options: options, progress: { _ in })
            Output.standard(
                "\(summary.files) files: \(summary.rows) rows of bill with \(summary.charges) charges, \(summary.events) trail records with \(summary.relevantEvents) of Claude Platform\n"
            )
            return 0
        } catch let error as SampleError {
            Output.fault(error.description)
            return 73
        }
    }
}
