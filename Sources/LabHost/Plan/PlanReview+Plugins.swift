import Document
import PluginAPI

extension PlanReview {
    /// The plugins that a plan asks for.
    struct Plugins {
        var single: [Phase: Experiment.Choice] = [:]
        var metrics: [Experiment.Choice]?
        var reporters: [Experiment.Choice]?
        var marks: [Phase: [String: SourceMark]] = [:]
    }

    /// The choices of the plan; `formats` are the reporters that the `reporting` section names.
    mutating func plugins(formats: [PluginChoice]?) -> Plugins? {
        guard let written = section("plugins", as: PlanDocument.Plugins.self) else { return nil }
        let path = PlanPath() / "plugins"
        var plugins = Plugins()
        let single: [(Phase, String, PluginChoice?)] = [
            (.image, "image", written.image), (.provision, "provisioner", written.provisioner),
            (.execute, "executor", written.executor), (.benchmark, "runner", written.runner),
        ]
        for (phase, key, choice) in single {
            guard let choice else { continue }
            plugins.single[phase] = checked(choice, phase, at: path / key, &plugins.marks)
        }
        plugins.metrics = written.metrics.map { list(of: $0, .metrics, at: path / "metrics", &plugins.marks) }
        plugins.reporters = written.reporters.map { list(of: $0, .report, at: path / "reporters", &plugins.marks) }
        var seen = Set((plugins.reporters ?? []).map(\.id))
        for (index, choice) in (formats ?? []).enumerated() where seen.insert(choice.id.value).inserted {
            let path = PlanPath() / "reporting" / "output_format" / index
            plugins.reporters = (plugins.reporters ?? []) + [checked(choice, .report, at: path, &plugins.marks)]
        }
        if plugins.reporters == nil, formats != nil { plugins.reporters = [] }
        return plugins
    }

    /// The choices of a phase that several plugins may serve.
    private mutating func list(
        of choices: [PluginChoice],
        _ phase: Phase,
        at path: PlanPath,
        _ marks: inout [Phase: [String: SourceMark]]
    ) -> [Experiment.Choice] {
        var seen: Set<String> = []
        return choices.enumerated().map { index, choice in
            if !seen.insert(choice.id.value).inserted {
                report("\"\(choice.id.value)\" is named twice", at: choice.id.mark, path / index)
            }
            return checked(choice, phase, at: path / index, &marks)
        }
    }

    /// The choice with its options checked and complete; a plugin that nobody knows is left for the catalog.
    private mutating func checked(
        _ choice: PluginChoice,
        _ phase: Phase,
        at path: PlanPath,
        _ marks: inout [Phase: [String: SourceMark]]
    ) -> Experiment.Choice {
        let id = choice.id
        marks[phase, default: [:]][id.value] = id.mark
        guard let keys = optionKeys(phase, id.value) else {
            return Experiment.Choice(id: id.value, options: choice.options.map(YAML.flow))
        }
        let options = choice.options ?? Node(.mapping(Mapping()), at: id.mark)
        check(options, against: .object(keys), at: path / "options")
        let complete = Schema.object(keys).completed(options)
        let isEmpty = complete.mapping?.entries.isEmpty ?? true
        return Experiment.Choice(id: id.value, options: isEmpty ? nil : YAML.flow(complete))
    }
}
