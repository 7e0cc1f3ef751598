import Dispatch

/// Sorts each half in place on a thread of its own, then merges them. Elements of which none precedes the other come in any order.
func sortByHalves<Element: BitwiseCopyable & Sendable>(_ elements: inout [Element], by precedes: @escaping @Sendable (Element, Element) -> Bool) {
    guard elements.count > 4096 else { return elements.sort(by: precedes) }
    let (middle, count) = (elements.count / 2, elements.count)
    unsafe elements.withUnsafeMutableBufferPointer { all in
        // Each half is one thread's alone.
        nonisolated(unsafe) let all = unsafe all
        DispatchQueue.concurrentPerform(iterations: 2) { half in
            var part = unsafe UnsafeMutableBufferPointer(rebasing: half == 0 ? all[..<middle] : all[middle...])
            unsafe part.sort(by: precedes)
        }
    }
    elements = unsafe [Element](unsafeUninitializedCapacity: count) { merged, written in
        var (first, second) = (0, middle)
        while written < count {
            let takesFirst = second == count || (first < middle && !precedes(elements[second], elements[first]))
            unsafe merged.initializeElement(at: written, to: elements[takesFirst ? first : second])
            if takesFirst { first += 1 } else { second += 1 }
            written += 1
        }
    }
}
