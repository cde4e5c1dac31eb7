import Document
import LabHost
import PluginAPI
import Pulsar

/// Reading plans for this build's plugins and system.
enum PlanLoading {
    /// Reads a plan and checks all of it.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - values: What `--set` was given.
    ///   - catalog: The plugins there are.
    /// - Returns: The plan, or its faults.
    static func load(
        _ path: String,
        values: [String],
        catalog: Catalog
    ) -> Result<(plan: Plan, source: [UInt8]), PlanFaults> {
        var overrides: [PlanOverride] = []
        var faults: [Diagnostic] = []
        for value in values {
            do throws(DocumentError) { overrides.append(try PlanOverride(parsing: value)) } catch {
                faults.append(Diagnostic(error))
            }
        }
        guard faults.isEmpty else { return .failure(PlanFaults(faults, sources: [])) }
        return PlanLoader.load(path: path, overrides: overrides, system: PulsarSystem()) { phase, id in
            try? catalog.entry(id, for: phase).options
        }
    }
}
