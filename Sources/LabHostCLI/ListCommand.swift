import ArgumentParser
import LabHost
import PluginAPI

/// `labhost list`: the experiments, newest first.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the experiments, newest first.",
        discussion: "Example: labhost list --json"
    )

    @Flag(help: "Print JSON, one object a line.") var json = false

    func run() async throws {
        let store = try ExperimentStore(environment: Environment.all)
        let rows = store.summaries(from: try? await History(existingIn: store.home))
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
