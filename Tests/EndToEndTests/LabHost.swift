import PluginTestKit
import Subprocess
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The built binary, with a home of its own.
struct LabHost {
    private let home: TemporaryDirectory
    private var environment: [String: String]

    /// What a command printed, and how it ended.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// A labhost that knows no AWS unless a sandbox is given.
    init(sandbox: Sandbox? = nil, environment extra: [String: String] = [:]) throws {
        home = try TemporaryDirectory()
        let inherited = ProcessInfo.processInfo.environment
        environment = ["LABHOST_HOME": home.path.string, "CI": "true", "HOME": inherited["HOME"] ?? "/"]
        environment["PATH"] = inherited["PATH"]
        if let sandbox {
            environment["AWS_ENDPOINT_URL"] = sandbox.url
            environment["AWS_ACCESS_KEY_ID"] = "testing"
            environment["AWS_SECRET_ACCESS_KEY"] = "testing"
            environment["AWS_REGION"] = "us-west-2"
        }
        environment.merge(extra) { $1 }
    }

    /// Where experiments are kept.
    var directory: FilePath { home.path }

    /// Runs a command to its end.
    func callAsFunction(_ arguments: String...) async throws -> Outcome { try await run(arguments) }

    /// Runs a command; `meanwhile` may watch it and send it signals.
    func run(
        _ arguments: [String],
        environment extra: [String: String] = [:],
        meanwhile: @escaping @Sendable (_ send: (Signal) throws -> Void) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        var platform = PlatformOptions()
        platform.createSession = true
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment.merging(extra, uniquingKeysWith: { $1 }) {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        let result = try await Subprocess.run(
            .path(Repository.labhost),
            arguments: Arguments(arguments),
            environment: .custom(variables),
            workingDirectory: Repository.root,
            platformOptions: platform,
            input: .none,
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22)
        ) { execution in
            try await meanwhile { try execution.send(signal: $0) }
        }
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let number): 128 + number
            }
        return Outcome(status: status, output: result.standardOutput, errors: result.standardError)
    }

    /// A file of the latest experiment.
    func latest(_ name: String) throws -> String {
        try String(contentsOfFile: directory.appending("latest").appending(name).string, encoding: .utf8)
    }

    /// The latest experiment's id.
    func latestID() throws -> String {
        let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: directory.appending("latest").string
        )
        return try #require(FilePath(target).lastComponent).string
    }

    /// Removes a directory of the latest experiment.
    func removeLatest(_ name: String) throws {
        try FileManager.default.removeItem(atPath: directory.appending("latest").appending(name).string)
    }

    /// Writes a plan into the home and returns its path.
    func plan(_ text: String, named name: String = "plan.yaml") throws -> String {
        let path = directory.appending(name).string
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
