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
            OptionSpec(name: "--events", value: .one("N"), help: "with --scale: so many trail records, all of Claude Platform, some delivered twice"),
        ],
        example: "apportion sample /tmp/month --seed 7",
        run: sample)

    private static func sample(_ arguments: Arguments) throws -> Int32 {
        var options = SampleOptions()
        if let seed = try arguments.number("--seed", least: 0) { options.seed = UInt64(seed) }
        options.scaleBytes = try arguments.size("--scale")
        options.events = try arguments.number("--events", least: 1)
        guard options.events == nil || options.scaleBytes != nil else {
            throw UsageFault(message: "--events goes with --scale, which says how large the bill is")
        }
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
