import Document
public import PluginAPI
import SystemPackage

/// The plugins chosen for one experiment, made.
struct PluginSet: Sendable {
    let image: any ImageBuilder
    let provisioner: any Provisioner
    let executor: any DetachedJobs
    let runner: any BenchmarkRunner
    /// Whether hosts end themselves when nobody renews them.
    let hostsExpire: Bool
    let collectors: [(id: String, plugin: any MetricsCollector)]
    let reporters: [(id: String, plugin: any Reporter)]

    /// Makes the plugins of an experiment. Nothing outside the experiment's directory is touched.
    ///
    /// - Throws: ``LabError`` when a plugin is unknown, lacks what another needs, or refuses its options.
    init(_ maker: PluginMaker) throws {
        let experiment = maker.experiment
        image = try maker.make(experiment.image, .image, as: (any ImageBuilder).self)
        provisioner = try maker.make(experiment.provisioner, .provision, as: (any Provisioner).self)
        hostsExpire = try maker.catalog.entry(experiment.provisioner.id, for: .provision).descriptor.provides
            .contains(.expiringHosts)
        executor = try maker.make(experiment.executor, .execute, as: (any DetachedJobs).self)
        runner = try maker.make(experiment.runner, .benchmark, as: (any BenchmarkRunner).self)
        collectors = try (experiment.metrics ?? []).map {
            ($0.id, try maker.make($0, .metrics, as: (any MetricsCollector).self))
        }
        reporters = try experiment.reporters.map { ($0.id, try maker.make($0, .report, as: (any Reporter).self)) }
    }
}

/// Makes an experiment's plugins, each with a directory and a context of its own.
struct PluginMaker {
    let experiment: Experiment
    /// The plugins' directories are inside this one.
    let directory: FilePath
    let catalog: Catalog
    let seams: Seams
    /// Where a phase's plugin records what happens.
    let events: @Sendable (Phase) -> any EventSink

    /// Makes one plugin.
    func make<P>(_ choice: Experiment.Choice, _ phase: Phase, as type: P.Type) throws -> P {
        let entry = try catalog.entry(choice.id, for: phase)
        let workspace = directory.appending(phase.directoryName)
        try LocalFile.makeDirectory(workspace)
        let context = PluginContext(
            experiment: experiment.id,
            directory: workspace,
            cloud: experiment.cloud,
            tags: experiment.tags,
            events: events(phase),
            http: seams.http,
            processes: seams.processes,
            credentials: seams.credentials(experiment.cloud),
            clock: seams.clock,
            environment: seams.environment,
            cache: seams.cache
        )
        let plugin = try entry.make(choice.parsedOptions(), context)
        guard let plugin = plugin as? P else {
            throw LabError(.preflight, "the \(phase.noun) \(choice.id) cannot do what LabHost needs of it: \(type)")
        }
        return plugin
    }
}

/// Where events go that nobody wants: a look at what would happen is no part of any experiment.
struct NoEvents: EventSink {
    func record(_ event: PluginEvent) {}
}

extension Experiment {
    /// The descriptors of the chosen plugins.
    ///
    /// - Throws: ``LabError`` when one is not in the catalog.
    public func descriptors(in catalog: Catalog) throws -> [PluginDescriptor] {
        let single: [(Choice, Phase)] = [
            (image, .image), (provisioner, .provision), (executor, .execute), (runner, .benchmark),
        ]
        let several = (metrics ?? []).map { ($0, Phase.metrics) } + reporters.map { ($0, Phase.report) }
        return try (single + several).map { choice, phase in
            try catalog.entry(choice.id, for: phase).descriptor
        }
    }
}

extension Experiment.Choice {
    fileprivate func parsedOptions() throws -> Node {
        try YAML.parse(Array((options ?? "{}").utf8), file: "options of \(id)")
    }
}

extension Phase {
    /// Where the plugins of this phase keep their files, inside the experiment's directory.
    var directoryName: String {
        switch self {
        case .image: "image"
        case .provision: "provision"
        case .execute: "execute"
        case .benchmark: "cells"
        case .metrics: "metrics"
        case .report: "report"
        }
    }
}
