import Document
import LabHost
import Pulsar

/// Plans as large as anybody may write them.
enum Plans {
    static var all: [Benchmark] {
        let runs = (0..<1000).map { "  - {name: run-\($0), type: fixed_rate, producer_rate: \($0 + 1)}" }
        let large = SourceFile(
            name: "large.yaml",
            bytes: "name: large\nlimits: {max_duration: 300d}\ntest_runs:\n\(runs.joined(separator: "\n"))\n".utf8
        )
        let matrix = SourceFile(name: "matrix.yaml", bytes: Self.matrix.utf8)
        let text = Array((0..<20_000).map { "key\($0): {name: \"value \($0)\", list: [1, 2, \($0)]}\n" }.joined().utf8)
        return [
            Benchmark(name: "yaml", what: "parse 20,000 mappings", bytes: text.count) {
                _ = try YAML.parse(text, file: "text.yaml", limits: .result)
            },
            Benchmark(name: "validate", what: "a plan of 1,000 runs", bytes: large.bytes.count) {
                _ = try PlanLoader.load(large, system: PulsarSystem()).get()
            },
            Benchmark(name: "matrix", what: "expand and order 100,000 cells", bytes: nil) {
                let plan = try PlanLoader.load(matrix, system: PulsarSystem()).get().plan
                guard try Scheduler.schedule(plan).cells.count == 100_000 else { preconditionFailure("too few cells") }
            },
        ]
    }

    private static var matrix: String {
        func list(_ range: ClosedRange<Int>) -> String { range.map(String.init).joined(separator: ", ") }
        return """
            name: matrix
            limits: {max_duration: 366d}
            base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 0}
            test_runs: [{name: a, type: fixed_rate, producer_rate: 1000}]
            matrix:
              workload.message_size: [\(list(1...100))]
              workload.topics: [\(list(1...25))]
              cluster.broker.count: [\(list(1...4))]
              pulsar.broker.managedLedgerCacheSizeMB: [\(list(1...10))]
            """
    }
}
