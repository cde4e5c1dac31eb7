public import PluginAPI
public import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every metrics collector must do, whatever it looks at.
///
/// ```swift
/// @Test func `it keeps the rules of collectors`() async throws {
///     try await CollectorConformance.check(request, through: executor) { MyCollector(options: NoOptions(), context: .fake()) }
/// }
/// ```
public enum CollectorConformance {
    /// A collector did something else than it must.
    public struct Violation: Error, CustomStringConvertible {
        /// What it did.
        public var description: String
    }

    /// Holds a collector to every rule.
    ///
    /// - Parameters:
    ///   - request: A cell with something to collect.
    ///   - executor: What reaches its hosts.
    ///   - during: What happens between beginning and ending: time passes.
    ///   - make: Makes the collector; called for each process that a crash would begin.
    /// - Returns: What was collected, for the test to look at.
    /// - Throws: ``Violation``, or what the collector threw.
    @discardableResult
    public static func check(
        _ request: MetricsRequest,
        through executor: any Executor,
        during: @Sendable () async throws -> Void = {},
        _ make: @Sendable () throws -> any MetricsCollector
    ) async throws -> CollectedMetrics {
        var other = request
        other.cell.name += "-never-begun"
        other.startedAt += 86_400
        other.directory.append("never-begun")
        let nothing = try await make().end(other, through: UnreachableHosts())
        try expect(nothing.series.isEmpty, "where no host answers it has series")

        try await make().begin(request, through: executor)
        // After a crash another process begins again; what was begun goes on.
        try await make().begin(request, through: executor)
        try await during()
        let collected = try await make().end(request, through: executor)
        let again = try await make().end(request, through: executor)
        try expect(again == collected, "ending twice gives another collection")
        try expect(!collected.series.isEmpty, "it collected nothing")
        try check(collected.series, of: request)
        for cause in collected.causes {
            try expect(!cause.text.isEmpty && !cause.code.rawValue.isEmpty, "a reason says nothing: \(cause)")
        }
        return collected
    }

    private static func check(_ series: [MetricSeries], of request: MetricsRequest) throws {
        let hosts = Set(request.cluster.hosts.map(\.name))
        var seen: Set<[String]> = []
        for one in series {
            let what = "\(one.host) \(one.name)"
            try expect(hosts.contains(one.host), "\(what): there is no such host")
            try expect(!one.name.isEmpty && !one.unit.isEmpty, "\(what): no name or no unit")
            try expect(seen.insert([one.host, one.name]).inserted, "\(what): twice")
            try expect(one.stepSeconds > 0 && one.stepSeconds.isFinite, "\(what): steps of \(one.stepSeconds) s")
            try expect(one.values.count <= MetricSeries.mostValues, "\(what): \(one.values.count) values")
            try expect(one.values.contains { $0 != nil }, "\(what): nothing is known of it")
            try expect(one.values.allSatisfy { $0?.isFinite ?? true }, "\(what): a value is no number")
        }
    }

    private static func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }
}

/// An executor none of whose hosts can be reached.
public struct UnreachableHosts: Executor {
    /// A name of its own.
    public static let descriptor = PluginDescriptor(id: "unreachable", phase: .execute, summary: "reaches nothing")

    /// Makes the executor.
    public init(options: NoOptions = NoOptions(), context: PluginContext = .fake()) {}

    /// Offline, all of them.
    public func reachability(of hosts: [Host]) async throws -> [String: Reachability] {
        Dictionary(hosts.map { ($0.name, .offline("it is not there")) }) { first, _ in first }
    }

    /// Nothing is delivered.
    public func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        hosts.map { ScriptOutcome(host: $0.name, ending: .undelivered("it is not there")) }
    }

    /// Fails.
    public func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws { throw missing }

    /// Fails.
    public func download(_ path: String, from host: Host, to local: FilePath) async throws { throw missing }

    private var missing: LabError { LabError(.failed, "the host cannot be reached") }
}
