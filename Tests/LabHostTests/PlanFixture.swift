import Document
import LabHost
import PluginAPI
import Pulsar

/// A plan in memory, and what comes of it.
struct PlanFixture {
    var text: String
    var overrides: [PlanOverride] = []

    init(_ text: String, overrides: [PlanOverride] = []) {
        self.text = text
        self.overrides = overrides
    }

    /// A plan with one run and the given lines in front.
    static func minimal(_ lines: String = "", overrides: [PlanOverride] = []) -> PlanFixture {
        let text = """
            name: small
            test_runs:
              - {name: max, type: max_rate}

            """
        return PlanFixture(text + lines, overrides: overrides)
    }

    private var result: Result<Plan, PlanFaults> {
        PlanLoader.load(
            SourceFile(name: "plan.yaml", bytes: text.utf8),
            overrides: overrides,
            system: PulsarSystem(),
            options: { phase, id in
                guard phase == .provision, id == "terraform" else { return nil }
                return [
                    Schema.Key("module", .string(), "A module."),
                    Schema.Key("parallelism", .integer(1...100), "At once.", default: "10"),
                ]
            }
        ).map(\.plan)
    }

    /// The plan.
    func plan() throws -> Plan { try result.get() }

    /// What is printed about the plan's faults; empty when it has none.
    var output: String {
        switch result {
        case .success: ""
        case .failure(let faults): faults.rendered
        }
    }

    /// The faults, one on a line, without the source lines.
    var messages: [String] {
        guard case .failure(let faults) = result else { return [] }
        return faults.diagnostics.map { DiagnosticRenderer(sources: []).render($0) }.map { String($0.dropLast()) }
    }
}
