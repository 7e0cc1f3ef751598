extension RandomAccessCollection where Index == Int {
    /// The first index from which on elements lie behind a border; `endIndex` when none does.
    ///
    /// The elements must be in an order in which those that lie behind it come last. Takes a logarithm of the count.
    @inlinable
    func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
