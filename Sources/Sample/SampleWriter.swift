/// Writes a sample: a bill, a trail, a usage log (small sample only) and a registry that fit together.
///
/// The directory is made if it does not exist; it must be empty but for a `README.md`. Files are created with mode
/// 0644, folders with 0755, as far as the process's umask allows. A run that fails leaves what it had written.
///
/// - Parameters:
///   - directory: where to write.
///   - options: which sample.
///   - progress: is told, on the calling thread, how many bytes of text were written since it was last told.
/// - Returns: what was written.
/// - Throws: `SampleError`.
public func writeSample(
    to directory: String, options: SampleOptions = SampleOptions(), progress: (Int) -> Void = { _ in }
) throws -> SampleSummary {
    if let bytes = options.scaleBytes, bytes <= 0 { throw SampleError.scaleNotPositive(bytes) }
    let folder = try Folder(claiming: directory)
    let plan =
        options.scaleBytes.map { grownSample(options, scaleBytes: $0) } ?? smallSample(seed: options.seed)
    return try write(plan, into: folder, progress: progress)
}

/// The month of Example Insurance that `SampleData/README.md` walks through.
private func smallSample(seed: UInt64) -> [PlannedFile] {
    let traffic = Traffic(seed: seed)
    var bill = SmallBill(traffic: traffic, seed: seed)
    var trail = SmallTrail(traffic: traffic, seed: seed)
    return bill.plan() + trail.plan() + UsageLog(traffic: traffic, seed: seed).plan() + [SmallRegistry.plan()]
}

/// The same world, grown: about `scaleBytes` of bill, as many of trail or a number of events, and a registry that claims most callers.
private func grownSample(_ options: SampleOptions, scaleBytes: Int) -> [PlannedFile] {
    let seed = options.seed
    let company = GrownCompany(scaleBytes: scaleBytes)
    let bill = GrownBill(company: company, seed: seed, scaleBytes: scaleBytes)
    let trail = GrownTrail(company: company, bill: bill, seed: seed, scaleBytes: scaleBytes, events: options.events)
    return bill.plan() + trail.plan() + [GrownRegistry(company: company).plan()]
}
