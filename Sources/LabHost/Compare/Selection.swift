/// Puts single values where sorting would, without sorting the rest (Hoare's selection).
enum Selection {
    /// Puts in place what percentiles are read from; what is between them is in no order.
    ///
    /// - Parameters:
    ///   - percentiles: From 0 to 100, in rising order; see ``Statistics/percentile(_:of:)``.
    ///   - values: Finite numbers.
    static func settle(_ percentiles: [Double], in values: inout [Double]) {
        guard let last = values.indices.last else { return }
        var start = 0
        for percentile in percentiles {
            let below = Int(percentile / 100 * Double(last))
            for rank in below...min(below + 1, last) where rank >= start {
                settle(rank, in: &values, from: start)
                start = rank + 1
            }
        }
    }

    private static func settle(_ rank: Int, in values: inout [Double], from start: Int) {
        var (low, high) = (start, values.count - 1)
        while low < high {
            let pivot = values[low + (high - low) / 2]
            var (left, right) = (low, high)
            while left <= right {
                while values[left] < pivot { left += 1 }
                while values[right] > pivot { right -= 1 }
                guard left <= right else { break }
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
            if rank <= right { high = right } else if rank >= left { low = left } else { return }
        }
    }
}
