public import PluginAPI

extension HostSamples {
    /// The samples as series: what processors, memory, disks and network did between each sample and the next.
    ///
    /// | name | unit | what |
    /// | --- | --- | --- |
    /// | `cpu` | % | of all processors' time, in which they did something |
    /// | `steal` | % | of all processors' time, given to others by the hypervisor |
    /// | `memory` | % | that could not be had without swapping |
    /// | `disk_read`, `disk_write` | B/s | of all disks |
    /// | `disk_busy` | % | of the time in which a request was under way, on the busiest disk |
    /// | `net_in`, `net_out` | B/s | of all interfaces but the loopback |
    ///
    /// A counter that fell, because the host booted in between, says nothing of that time.
    public func series(of host: String) -> [MetricSeries] {
        let pairs = Array(zip(samples, samples.dropFirst())).filter { $1.time > $0.time }
        let step = pairs.map { $1.time - $0.time }.min() ?? 1
        func make(_ name: String, _ unit: String, _ value: (Sample, Sample) -> Double?) -> MetricSeries? {
            let points = pairs.compactMap { first, last in
                value(first, last).flatMap { $0 < 0 ? nil : (time: first.time, value: $0) }
            }
            return MetricSeries(host: host, name: name, unit: unit, points: points, stepSeconds: step)
        }
        func rate(_ counter: @escaping (Sample) -> Double?) -> (Sample, Sample) -> Double? {
            { first, last in
                guard let before = counter(first), let after = counter(last) else { return nil }
                return (after - before) / (last.time - first.time)
            }
        }
        func share(_ part: @escaping (Processors) -> Double) -> (Sample, Sample) -> Double? {
            { first, last in
                guard let before = first.processors, let after = last.processors, after.total > before.total else {
                    return nil
                }
                return (part(after) - part(before)) / (after.total - before.total) * 100
            }
        }
        func sum(_ sample: Sample, _ part: (Disk) -> Double) -> Double? {
            sample.disks.isEmpty ? nil : sample.disks.reduce(0) { $0 + part($1) }
        }
        return [
            make("cpu", "%", share { $0.total - $0.idle }), make("steal", "%", share { $0.stolen }),
            make("memory", "%") { first, _ in first.memory.map { (1 - $0.available / $0.total) * 100 } },
            make("disk_read", "B/s", rate { sum($0) { $0.readBytes } }),
            make("disk_write", "B/s", rate { sum($0) { $0.writtenBytes } }), make("disk_busy", "%", Self.busiest),
            make("net_in", "B/s", rate { $0.network?.receivedBytes }),
            make("net_out", "B/s", rate { $0.network?.sentBytes }),
        ].compactMap(\.self)
    }

    private static func busiest(_ first: Sample, _ last: Sample) -> Double? {
        let before = Dictionary(first.disks.map { ($0.name, $0.busySeconds) }) { one, _ in one }
        return last.disks.compactMap { disk in
            // The kernel counts in ticks: a moment more than all of it is all of it.
            before[disk.name].map { min((disk.busySeconds - $0) / (last.time - first.time) * 100, 100) }
        }.max()
    }
}
