/// Something to time.
struct Benchmark {
    /// The name by which it is chosen.
    var name: String
    /// What it does, with how much.
    var what: String
    /// How many bytes one run goes through; nil when that says nothing.
    var bytes: Int?
    /// One run.
    var run: () throws -> Void

    /// Runs it a few times and prints the minimum, the median and the maximum.
    func measure(times: Int) throws {
        let clock = ContinuousClock()
        try run()
        let times = try (0..<times).map { _ in try clock.measure { try run() } }.sorted()
        let median = times[times.count / 2]
        let rate = bytes.map { "  \(Int(Double($0) / (median / .seconds(1)) / 1e6)) MB/s" } ?? ""
        print(
            "\(name): \(what): \(text(times[0])) min, \(text(median)) median, \(text(times[times.count - 1])) max\(rate)"
        )
    }

    private func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        return milliseconds < 10 ? "\((milliseconds * 100).rounded() / 100) ms" : "\(Int(milliseconds)) ms"
    }
}
