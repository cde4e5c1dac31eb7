/// One of OMB's lists with a value for each period, in memory that does not grow with the run.
///
/// Of a run that is longer than the limit, neighbouring periods are put together: all columns of a result in the same way,
/// because they have the same length.
struct PeriodColumn {
    /// How periods are put together.
    enum Fold {
        /// Rates: the mean.
        case mean
        /// Percentiles, of which no mean has a meaning: the worst.
        case worst
        /// What is counted at a period's end: the last.
        case last
    }

    /// The values, each of ``span`` periods.
    private(set) var values: [Double] = []
    /// How many periods each value stands for; the last one may stand for fewer.
    private(set) var span = 1
    /// How many periods there were.
    private(set) var count = 0
    /// The mean over all periods.
    var mean: Double { count == 0 ? 0 : sum / Double(count) }

    private let fold: Fold
    private let limit: Int
    private var sum = 0.0
    private var open = 0.0
    private var openCount = 0

    /// A day of periods of 10 s.
    static let limit = 8640

    init(_ fold: Fold, limit: Int = limit) {
        self.fold = fold
        self.limit = max(2, limit)
    }

    /// Adds the next period's value.
    mutating func append(_ value: Double) {
        count += 1
        sum += value
        openCount += 1
        open = openCount == 1 ? value : put(open, openCount - 1, value, 1)
        guard openCount == span else { return }
        values.append(open)
        openCount = 0
        if values.count == limit { halve() }
    }

    /// Takes what is left at the end.
    mutating func finish() {
        if openCount > 0 { values.append(open) }
        openCount = 0
    }

    private mutating func halve() {
        // An odd one at the end goes on to be filled.
        let pairs = values.count / 2
        let odd = values.count % 2 == 1 ? values.last : nil
        for index in 0..<pairs { values[index] = put(values[2 * index], span, values[2 * index + 1], span) }
        values.removeSubrange(pairs...)
        if let odd { (open, openCount) = (odd, span) }
        span *= 2
    }

    private func put(_ first: Double, _ firstCount: Int, _ second: Double, _ secondCount: Int) -> Double {
        switch fold {
        case .mean:
            (first * Double(firstCount) + second * Double(secondCount)) / Double(firstCount + secondCount)
        case .worst: max(first, second)
        case .last: second
        }
    }
}
