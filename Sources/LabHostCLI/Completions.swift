import ArgumentParser
import LabHost
import PluginAPI

/// What a shell offers for an argument. A shell waits for it at every press of a key: nothing here asks the network.
extension CompletionKind {
    /// Experiments, the newest first, and what may stand for one.
    static var experiments: CompletionKind {
        .custom { _, _, _ in
            guard let store = try? ExperimentStore(environment: Environment.all) else { return [] }
            let baselines = Baselines(store).all.map(\.name)
            return ["latest"] + baselines + store.experiments.map(\.id.rawValue)
        }
    }

    /// Plan files.
    static var plans: CompletionKind { .file(extensions: ["yaml", "yml"]) }

    /// The ids of the plugins that this build has; of one phase, or of all.
    static func plugins(_ phase: Phase? = nil) -> CompletionKind {
        .custom { _, _, _ in
            let entries = (try? LabHostTool.currentCatalog())?.entries ?? []
            return entries.map(\.descriptor).filter { phase == nil || $0.phase == phase }.map(\.id)
        }
    }
}
