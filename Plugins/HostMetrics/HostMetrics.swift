import HostSampling
public import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What processors, memory, disks and network of every host did: `host`.
///
/// The runner samples hosts anyway, because its verdict needs it, and keeps the samples in the cell's directory, or its probes'. They are
/// read here once the cell is over; no host is sampled twice, and none is asked again. Between two probes nothing is known.
public struct HostMetrics: MetricsCollector {
    /// Needs a runner that samples hosts.
    public static let descriptor = PluginDescriptor(
        id: "host",
        phase: .metrics,
        summary: "processors, memory, disks and network of every host, as the runner samples them",
        requires: [.hostSamples]
    )

    /// Makes the collector.
    public init(options: NoOptions, context: PluginContext) {}

    /// Nothing: the runner begins.
    public func begin(_ request: MetricsRequest, through executor: any Executor) async throws {}

    /// Reads what the runner kept; no series when it kept nothing.
    public func end(_ request: MetricsRequest, through executor: any Executor) async throws -> CollectedMetrics {
        let probes = request.directory.appending("probes")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: probes.string)) ?? []
        var samples: [String: HostSamples] = [:]
        for directory in [request.directory] + names.map({ probes.appending($0) }) {
            for (host, found) in try HostSamples.kept(in: directory) {
                samples[host, default: HostSamples("")].samples += found.samples
            }
        }
        let hosts = request.cluster.hosts.map(\.name).filter { samples[$0] != nil }
        return CollectedMetrics(
            series: hosts.flatMap { name in
                var known = samples[name] ?? HostSamples("")
                known.samples.sort { $0.time < $1.time }
                return known.series(of: name)
            }
        )
    }
}
