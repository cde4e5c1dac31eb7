import LabHost
import PluginAPI
import Pulsar

/// Reading plans for this build's plugins and system.
enum PlanLoading {
    /// Reads a plan and checks all of it.
    static func load(_ path: String, catalog: Catalog) -> Result<(plan: Plan, source: [UInt8]), PlanFaults> {
        PlanLoader.load(path: path, system: PulsarSystem()) { phase, id in
            try? catalog.entry(id, for: phase).options
        }
    }
}
