import HTMLReporter
import PluginAPI
import PluginTestKit
import TabularReporter

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

// Reports REPORTER CELLS: how long one reporter takes for so many cells, how large its files are, and how much memory the
// process has had at most, record and all.
let arguments = CommandLine.arguments.dropFirst()
guard let id = arguments.first, let count = arguments.last.flatMap(Int.init), count <= 10_000 else {
    print("Reports html|json|csv|markdown|junit CELLS, of which there may be 10,000")
    exit(64)
}
var record = SampleExperiment.large.record
record.cells = Array(record.cells.prefix(count))

let context = PluginContext.fake()
let reporter: any Reporter =
    switch id {
    case "json": JSONReporter(options: NoOptions(), context: context)
    case "csv": CSVReporter(options: NoOptions(), context: context)
    case "markdown": MarkdownReporter(options: NoOptions(), context: context)
    case "junit": JUnitReporter(options: NoOptions(), context: context)
    default: HTMLReporter(options: HTMLOptions(), context: context)
    }
var times: [Duration] = []
var bytes = 0
for _ in 0..<5 {
    let start = ContinuousClock.now
    bytes = try await reporter.report(record).reduce(0) { $0 + $1.content.count }
    times.append(ContinuousClock.now - start)
}
var usage = rusage()
// glibc declares it as an enumeration that its own function does not take.
#if canImport(Glibc)
getrusage(RUSAGE_SELF.rawValue, &usage)
#else
getrusage(RUSAGE_SELF, &usage)
#endif
let median = times.sorted()[2] / .milliseconds(1)
print("\(id), \(count) cells: \(Int(median)) ms, \(bytes / 1000) kB, \(usage.ru_maxrss / 1024) MB of memory at most")
