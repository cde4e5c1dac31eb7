import ArgumentParser
import LabHost
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `labhost show`: what is known of an experiment, also while another process works on it.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an experiment's state, its results and what of it still exists.",
        discussion: "Example: labhost show latest"
    )

    @Argument(help: "An experiment's id, a unique prefix of one, or latest.", completion: .experiments) var experiment:
        String
    @Option(help: "How many cells at most: those that were worked on last.") var limit = 100
    @Flag(help: "Print the whole record as JSON.") var json = false

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes a whole number from 1 on") }
    }

    func run() throws {
        let directory = try ExperimentStore(environment: Environment.all).find(experiment)
        let (experiment, schedule) = try directory.frozen()
        let state = try directory.state()
        let shown = ShownCells(of: schedule, state, atMost: limit)
        var record = try RecordBuilder(
            experiment: experiment,
            schedule: schedule,
            directory: directory,
            detail: json ? .everything : .outcomes(of: shown.names)
        ).record(from: state)
        if json {
            print(String(decoding: try JSONCoding.encode(record, pretty: true), as: UTF8.self), terminator: "")
            return
        }
        // What they cost together is known of all.
        record.cells.removeAll { !shown.names.contains($0.cell.name) }
        let summary = ExperimentSummary(experiment, state, cells: schedule.cells.count, in: directory)
        print("\(experiment.id) · \(experiment.planName) · \(summary.state)")
        if let description = experiment.planDescription { print(Printable.line(description)) }
        if experiment.isSimulated { print("simulated: nothing is real, and no number is measured") }
        for line in state.damagedLines.prefix(3) { print("journal line \(line) cannot be read and was left out") }
        printPhases(state)
        for host in state.hosts {
            print("  \(host.name)  \(host.instanceID)  \(host.privateAddress)  \(host.instanceType)")
        }
        Conclusion(
            record: record,
            otherCells: shown.others,
            state: state,
            directory: directory,
            expiry: experiment.expiry
        ).print()
    }

    private func printPhases(_ state: ExperimentState) {
        for phase in state.phases {
            let took = phase.endedAt.map { Durations.short(.seconds($0.timeIntervalSince(phase.startedAt))) } ?? "…"
            let name = phase.name + String(repeating: " ", count: max(0, 10 - phase.name.count))
            let mark = phase.error != nil ? "✗" : phase.endedAt == nil ? "…" : "✓"
            print("\(mark) \(name) \(took)" + (phase.error.map { "  \(Printable.line($0.message))" } ?? ""))
        }
    }
}
