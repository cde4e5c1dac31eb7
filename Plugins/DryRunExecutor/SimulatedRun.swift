import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One run of OMB as it would have gone: its console with the moment of each line, and its result.
struct SimulatedRun: Sendable {
    /// A line of the console.
    struct Line: Sendable {
        /// Seconds since the start, in the run's own time.
        var time: Double
        /// The text, with its line end.
        var text: String
    }

    /// The console, in order.
    private(set) var lines: [Line] = []
    /// The result; nil when the run fails.
    private(set) var result: [UInt8]?
    /// When the process ends, in seconds of the run's own time.
    private(set) var duration = 0.0

    private let workload: SimulatedWorkload
    private let driver: SimulatedDriver
    private let command: BenchmarkCommand
    private let model: ClusterModel
    private let start: Date
    private var noise: Noise

    /// What the first line says, so that nobody takes the log for a real one.
    static let banner = "simulated by LabHost's dry-run executor"

    /// Simulates a run.
    ///
    /// - Parameters:
    ///   - command: How OMB was called.
    ///   - workload: The workload file's content.
    ///   - driver: The driver file's content.
    ///   - hosts: The cluster.
    ///   - start: The time of day that the console shows.
    /// - Throws: `DocumentError` where one of the files is no YAML.
    init(
        of command: BenchmarkCommand,
        workload: [UInt8],
        driver: [UInt8],
        on hosts: [Host],
        start: Date
    ) throws {
        self.command = command
        self.start = start
        self.workload = try SimulatedWorkload(workload, path: command.workload)
        self.driver = try SimulatedDriver(driver, path: command.driver)
        model = ClusterModel(hosts: hosts, workload: self.workload, driver: self.driver)
        // From what is measured alone: another experiment with the same plan sees the same numbers, and another
        // repetition, whose workload has another name, sees others.
        var seed = StableHash()
        seed.combine(workload)
        seed.combine(driver)
        for host in hosts.sorted(by: { $0.name < $1.name }) { seed.combine("\(host.name) \(host.instanceType)") }
        noise = Noise(seed: seed.value)
        simulate()
    }

    private mutating func simulate() {
        write(0, "\(Self.banner): \(model.bottleneck) allow \(Int(model.capacity)) msg/s\n")
        log(0.4, "Benchmark", "--------------- WORKLOAD : \(workload.name) --- DRIVER : \(driverLabel)---------------")
        log(0.6, "LocalWorker", driverText)
        let partitions = workload.topics * workload.partitionsPerTopic
        let prepared = 0.7 + 0.01 * Double(partitions)
        log(prepared, "WorkloadGenerator", "Created \(workload.topics) topics in \(prepared * 1000) ms")
        if let refusal = failure { return fail(prepared + 0.1, refusal) }
        let consumers = workload.topics * workload.subscriptionsPerTopic * workload.consumerPerSubscription
        let producers = workload.topics * workload.producersPerTopic
        log(prepared + 0.2, "WorkloadGenerator", "Created \(consumers) consumers in 68.68316 ms")
        log(prepared + 0.3, "WorkloadGenerator", "Created \(producers) producers in 2.45913 ms")
        log(prepared + 0.3, "WorkloadGenerator", "Waiting for consumers to be ready")
        log(prepared + 0.4, "WorkloadGenerator", "All consumers are ready")
        var traffic = SimulatedTraffic(workload: workload, model: model, noise: noise)
        var time = prepared + 0.5
        if workload.warmupMinutes > 0 {
            log(time, "WorkloadGenerator", "----- Starting warm-up traffic (\(workload.warmupMinutes)m) ------")
            _ = flow(&traffic, &time, minutes: workload.warmupMinutes)
        }
        log(time, "WorkloadGenerator", "----- Starting benchmark traffic (\(workload.testMinutes)m)------")
        let report = SimulatedReport(of: flow(&traffic, &time, minutes: workload.testMinutes))
        log(time + 0.1, "WorkloadGenerator", OMBConsole.aggregatedLine(for: report))
        log(time + 1.2, "Benchmark", "Writing test result into \(command.output)")
        result = report.json(workload: workload, driver: driverLabel)
        duration = time + 1.5
    }

    /// Lets traffic flow for a while, and moves the time on.
    private mutating func flow(_ traffic: inout SimulatedTraffic, _ time: inout Double, minutes: Int)
        -> [SimulatedPeriod]
    {
        let end = time + Double(minutes) * 60
        var periods: [SimulatedPeriod] = []
        while time < end {
            let period = traffic.next()
            time += period.seconds
            log(time, "WorkloadGenerator", OMBConsole.line(for: period, messageSize: workload.messageSize))
            periods.append(period)
        }
        return periods
    }

    private var failure: String? {
        if let refusal = model.refusal { return "org.apache.pulsar.client.api.PulsarClientException: \(refusal)" }
        if !workload.hasPayload {
            return "io.openmessaging.benchmark.utils.payload.PayloadException: No payload file specified"
        }
        return nil
    }

    private mutating func fail(_ time: Double, _ exception: String) {
        let message = "Failed to run the workload '\(workload.name)' for driver '\(command.driver)'"
        log(time, "Benchmark", "\(message)\n\(exception)", level: "ERROR")
        duration = time + 1
    }

    private var driverLabel: String { "\(driver.name) (simulated)" }

    private var driverText: String {
        "Driver: {\n  \"name\" : \"\(driver.name)\",\n  \"driverClass\" : \"\(driver.driverClass)\"\n}"
    }

    private mutating func log(_ time: Double, _ origin: String, _ message: String, level: String = "INFO") {
        let moment = start.timeIntervalSince1970 + time
        let day = Int(moment * 1000) % 86_400_000
        func digits(_ value: Int, _ count: Int) -> String {
            String(repeating: "0", count: count - String(value).count) + String(value)
        }
        let clock = [digits(day / 3_600_000, 2), digits(day / 60_000 % 60, 2), digits(day / 1000 % 60, 2)]
        let stamp = clock.joined(separator: ":") + "." + digits(day % 1000, 3)
        write(time, "\(stamp) [main] \(level) \(origin) - \(message)\n")
    }

    private mutating func write(_ time: Double, _ text: String) { lines.append(Line(time: time, text: text)) }
}
