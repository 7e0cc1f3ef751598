/// A row of values as a row of small columns, each as high as its value against the largest.
///
///     ▂▂▃·▁▂█−▂     nothing is a dot, less than nothing a minus
public struct Sparkline: Sendable {
    private let values: [Int128]

    /// One value a column, in any unit. Sums of neighbours must fit 128 bits.
    public init(_ values: [Int128]) { self.values = values }

    /// How many columns it takes where there is room.
    public var width: Int { values.count }

    /// In at most `width` columns: where there are more values than that, a column stands for the sum of two, or three, ….
    public func text(width: Int) -> String {
        guard width > 0, !values.isEmpty else { return "" }
        let together = (values.count + width - 1) / width
        let sums = stride(from: 0, to: values.count, by: together).map { start in
            values[start..<min(start + together, values.count)].reduce(0, +)
        }
        let highest = sums.max() ?? 0
        return sums.map { sum in
            if sum == 0 { return "·" }
            if sum < 0 { return "−" }
            // Rounded up, so that the smallest value is seen and only the largest is highest.
            let step = 7 - scaled(highest.magnitude - sum.magnitude, of: highest.magnitude, to: 8)
            return ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][max(0, step)]
        }.joined()
    }
}
