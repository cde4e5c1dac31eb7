import AWS
import Foundation
import PluginAPI
import SSMExecutor

// One command on the instances named as arguments, at the endpoint in AWS_ENDPOINT_URL: what Benchmarks/fleet.py times.

/// The benchmark keeps no record.
struct Nowhere: EventSink {
    func record(_ event: PluginEvent) {}
}

/// The sandbox's credentials.
struct SandboxCredentials: CredentialSource {
    func credentials() -> AWSCredentials { AWSCredentials(accessKeyID: "testing", secretAccessKey: "testing") }
}

/// The executor starts no process.
struct NoProcesses: ProcessRunner {
    func run(
        _ invocation: ProcessInvocation,
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult {
        throw CancellationError()
    }
}

guard let experiment = ExperimentID(rawValue: "benchmark") else { exit(70) }
let environment = ProcessInfo.processInfo.environment
let context = PluginContext(
    experiment: experiment,
    directory: "/nonexistent",
    cloud: CloudSettings(region: "us-west-2", endpoint: environment["AWS_ENDPOINT_URL"]),
    tags: [:],
    events: Nowhere(),
    http: try CurlTransport(),
    processes: NoProcesses(),
    credentials: SandboxCredentials(),
    clock: .system,
    environment: environment
)
let hosts = CommandLine.arguments.dropFirst().map { id in
    Host(name: id, component: "client", instanceID: id, privateAddress: "", instanceType: "t3.micro")
}
let outcomes = try await SSMExecutor(options: SSMOptions(), context: context).run(Script("uname -a"), on: hosts)
let failed = outcomes.filter { !$0.succeeded }
guard failed.isEmpty, outcomes.count == hosts.count else {
    print("\(failed.count) of \(hosts.count) failed: \(failed.first.map { "\($0)" } ?? "")")
    exit(1)
}
