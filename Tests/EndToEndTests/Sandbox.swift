import AWS
import PluginAPI
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The AWS emulator of Tests/AWSSandbox, running for one test.
struct Sandbox {
    /// Its address.
    let url: String
    private let http: CurlTransport

    /// What ``leaks(experiment:)`` finds.
    struct Leaks: Decodable {
        var count: Int
        var kinds: [String: Int]
    }

    private struct Calls: Decodable {
        var total: Int
        var calls: [String: Int]
    }

    /// Starts an emulator on a free port, and stops it however the body ends.
    static func run(_ options: [String] = [], body: (Sandbox) async throws -> Void) async throws {
        var platform = PlatformOptions()
        platform.createSession = true
        platform.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: false, allowedDurationToNextStep: .seconds(10))
        ]
        let state = try TemporaryDirectory()
        _ = try await Subprocess.run(
            .path(Repository.root.appending("Tests/AWSSandbox/start")),
            arguments: Arguments(
                ["--port", "0", "--state-dir", state.path.string, "--secret", "testing", "--stop-with-parent"] + options
            ),
            platformOptions: platform,
            input: .none,
            output: .sequence,
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            var address: String?
            while address == nil, let line = try await lines.next() {
                if line.contains("sandbox ready on ") {
                    address = line.split(whereSeparator: \.isWhitespace).last.map(String.init)
                }
            }
            let url = try #require(address, "the sandbox did not start; run: make test")
            do {
                try await body(Sandbox(url: url, http: CurlTransport(.init(environment: [:]))))
            } catch {
                await execution.teardown(using: platform.teardownSequence)
                throw error
            }
            await execution.teardown(using: platform.teardownSequence)
        }
    }

    /// What exists and should not: of one experiment, or beyond what a fresh account has.
    func leaks(experiment: String? = nil) async throws -> Leaks {
        try await get("leaks" + (experiment.map { "?ExperimentID=\($0)" } ?? ""))
    }

    /// What exists in another region.
    func leaks(region: String) async throws -> Leaks { try await get("leaks?region=\(region)") }

    /// The folders that the machines' disks are in.
    func machineRoots() async throws -> [String] {
        struct Machine: Decodable { var root: String }

        return (try await get("machines") as [Machine]).map(\.root)
    }

    /// The AWS calls so far, by action.
    func calls() async throws -> [String: Int] { (try await get("requests") as Calls).calls }

    /// Changes how the emulator behaves.
    func configure(_ json: String) async throws { try await post("config", json) }

    /// Asks for a fault.
    func fail(_ json: String) async throws { try await post("faults", json) }

    /// Changes machines: their files, their units.
    func change(_ json: String) async throws { try await post("machine", json) }

    /// Takes spot instances away after a warning.
    func interrupt(_ json: String) async throws { try await post("interrupt", json) }

    /// The folders that are the disks of a component's machines.
    func roots(of component: String) async throws -> [String] {
        struct Machine: Decodable { var root: String }

        return (try await get("machines?component=\(component)") as [Machine]).map(\.root)
    }

    /// How many machines run.
    func machines() async throws -> Int {
        struct Machine: Decodable { var state: String }

        return (try await get("machines") as [Machine]).count { $0.state == "running" }
    }

    private func get<Value: Decodable>(_ path: String) async throws -> Value {
        let response = try await http.send(HTTPRequest(url: "\(url)/sandbox/\(path)"))
        return try JSONDecoder().decode(Value.self, from: Data(response.body))
    }

    private func post(_ path: String, _ json: String) async throws {
        let response = try await http.send(
            HTTPRequest(method: "POST", url: "\(url)/sandbox/\(path)", body: Array(json.utf8))
        )
        #expect(response.status == 200)
    }
}

/// Where the sources and the built binary are.
enum Repository {
    /// The package's directory.
    static let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    /// The `labhost` that was built with these tests.
    static var labhost: FilePath {
        FilePath(CommandLine.arguments[0]).removingLastComponent().appending("labhost")
    }
}
