import ArgumentParser
import LabHost
import PluginAPI

/// `labhost list`: the experiments, newest first.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the experiments, newest first.",
        discussion: "Example: labhost list --json"
    )

    @Flag(help: "Print JSON, one object a line.") var json = false

    func run() throws {
        let store = try ExperimentStore(environment: Environment.all)
        let rows = store.experiments.compactMap(ExperimentSummary.init)
        if json {
            for row in rows { print(String(decoding: try JSONCoding.encode(row), as: UTF8.self), terminator: "") }
            return
        }
        guard !rows.isEmpty else {
            print("no experiments yet; labhost run PLAN makes one")
            return
        }
        let name = max(4, rows.map(\.plan.count).max() ?? 0)
        print("EXPERIMENT                \(pad("PLAN", name))  CELLS  ALIVE  STATE")
        for row in rows {
            let cells = pad("\(row.measured)/\(row.cells)", 5)
            print("\(pad(row.id, 24))  \(pad(row.plan, name))  \(cells)  \(pad(String(row.alive), 5))  \(row.state)")
        }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

/// An experiment in one line.
struct ExperimentSummary: Encodable {
    var id: String
    var plan: String
    var state: String
    var cells: Int
    var measured: Int
    var alive: Int
    var isSimulated: Bool
    var exitCode: Int32?

    /// Reads an experiment's directory; nil when it holds none.
    init?(_ directory: ExperimentDirectory) {
        guard let (experiment, schedule) = try? directory.frozen(), let state = try? directory.state() else {
            return nil
        }
        id = experiment.id.rawValue
        plan = experiment.planName
        cells = schedule.cells.count
        measured = state.cells.values.count { $0.verdict == .valid || $0.verdict == .suspect }
        alive = state.alive.count
        isSimulated = experiment.isSimulated
        exitCode = state.exitCode
        let failed = state.phases.last { $0.error != nil }
        self.state =
            switch state.exitCode {
            case nil: directory.isBeingWorkedOn ? "running: \(state.phases.last?.name ?? "starting")" : "killed"
            case 0?: state.alive.isEmpty ? "done" : "up"
            case let code?: "failed in \(failed?.name ?? "the end") (exit \(code))"
            }
    }
}
