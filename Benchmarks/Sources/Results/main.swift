import Foundation
import OMBRunner
import PluginAPI

// Reads result files as LabHost does after a run, and stores what it keeps of each beside it.
for argument in CommandLine.arguments.dropFirst() {
    let result = try OMBResultFile.read(.init(argument), source: .imported)
    let outcome = CellOutcome(verdict: .valid, causes: [], result: result)
    try LocalFile.write(JSONEncoder().encode(outcome), to: .init(argument + ".outcome"))
    print("\(result.periodCount) periods, \(result.publishLatency.quantiles.count) points of publish latency")
}
