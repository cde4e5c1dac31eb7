import PluginAPI

/// What one host answered over time, as series: what belongs to a host is added up over its topics, ledgers and pools.
///
/// - A counter becomes a rate a second, of each label set by itself, so that one which begins again or is new is not taken for a jump;
///   `name/s`.
/// - A quantile is the highest of any label set, because quantiles cannot be added: `name p99`.
/// - Anything else is added up over its label sets. Buckets of histograms are left out.
struct Scrapes: Sendable {
    /// One answer.
    struct Scrape: Sendable {
        /// Seconds since 1970, on the host's clock.
        var time: Double
        var text: PrometheusText
    }

    var scrapes: [Scrape]

    /// Reads what the script printed: each answer after a line `# labhost SECONDS`.
    init(_ output: String) {
        var parts: [(time: Double, lines: [Substring])] = []
        for line in output.split(separator: "\n") {
            if line.hasPrefix(ScrapeScript.mark), let time = Double(line.dropFirst(ScrapeScript.mark.count)) {
                parts.append((time, []))
            } else if !parts.isEmpty {
                parts[parts.count - 1].lines.append(line)
            }
        }
        // A host that did not answer says nothing of that moment.
        scrapes = parts.filter { !$0.lines.isEmpty }
            .map { Scrape(time: $0.time, text: PrometheusText($0.lines.joined(separator: "\n"))) }
            .sorted { $0.time < $1.time }
    }

    /// The series of a host, by name.
    func series(of host: String, interval: Double) -> [MetricSeries] {
        var points: [String: [(time: Double, value: Double)]] = [:]
        var units: [String: String] = [:]
        var before: [Key: (time: Double, value: Double)] = [:]
        for scrape in scrapes {
            var moment: [String: Double] = [:]
            for sample in scrape.text.samples where sample.value.isFinite && sample.labels["le"] == nil {
                let time = sample.timestamp.map { Double($0) / 1000 } ?? scrape.time
                if let quantile = sample.labels["quantile"].flatMap({ Double($0) }) {
                    let name = "\(sample.name) p\(Figures.decimal(quantile * 100, places: 2).trimmingZeros)"
                    moment[name] = max(moment[name] ?? sample.value, sample.value)
                    units[name] = Self.unit(of: sample.name)
                } else if scrape.text.isCounter(sample.name) {
                    let key = Key(name: sample.name, labels: sample.labels)
                    defer { before[key] = (time, sample.value) }
                    guard let last = before[key], time > last.time, sample.value >= last.value else { continue }
                    let name = "\(sample.name)/s"
                    moment[name, default: 0] += (sample.value - last.value) / (time - last.time)
                    units[name] = "\(Self.unit(of: sample.name))/s"
                } else {
                    moment[sample.name, default: 0] += sample.value
                    units[sample.name] = Self.unit(of: sample.name)
                }
            }
            for (name, value) in moment { points[name, default: []].append((scrape.time, value)) }
        }
        return points.sorted { $0.key < $1.key }.compactMap { name, values in
            MetricSeries(host: host, name: name, unit: units[name] ?? "1", points: values, stepSeconds: interval)
        }
    }

    private struct Key: Hashable {
        var name: String
        var labels: [String: String]
    }

    /// The unit that a name ends with, as Prometheus's conventions have it; `1` where it does not say.
    static func unit(of name: String) -> String {
        let words = name.lowercased().split(separator: "_")
        if words.contains("bytes") { return "B" }
        if words.contains("seconds") { return "s" }
        if words.contains("ms") || words.contains("milliseconds") { return "ms" }
        return "1"
    }
}

extension String {
    /// `99.00` as `99`, `99.90` as `99.9`.
    fileprivate var trimmingZeros: String {
        guard contains(".") else { return self }
        var text = self
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
