public import PluginAPI
public import SystemPackage

/// What every executor must do, whatever its hosts are.
///
/// ```swift
/// @Test(arguments: ExecutorConformance.cases)
/// func `it conforms`(_ conformance: ExecutorConformance.Case) async throws {
///     try await conformance.check(.init(executor: executor, hosts: hosts, folder: "/tmp/x", local: path))
/// }
/// ```
public enum ExecutorConformance {
    /// An executor and where it may work.
    public struct Subject: Sendable {
        /// The executor.
        public var executor: any DetachedJobs
        /// Hosts that take commands; at least one.
        public var hosts: [Host]
        /// A folder on the hosts, of the test's own, that may not exist yet.
        public var folder: String
        /// A directory on this machine, of the test's own.
        public var local: FilePath

        /// Makes a subject.
        public init(executor: any DetachedJobs, hosts: [Host], folder: String, local: FilePath) {
            self.executor = executor
            self.hosts = hosts
            self.folder = folder
            self.local = local
        }
    }

    /// One rule.
    public struct Case: Sendable, CustomStringConvertible {
        /// The rule in words.
        public var name: String
        let rule: @Sendable (Subject) async throws -> Void

        /// The name.
        public var description: String { name }

        /// Holds an executor to the rule.
        ///
        /// - Throws: ``Violation``, or what the executor threw.
        public func check(_ subject: Subject) async throws { try await rule(subject) }
    }

    /// An executor did something else than it must.
    public struct Violation: Error, CustomStringConvertible {
        /// What it did.
        public var description: String
    }

    /// Every rule.
    public static var cases: [Case] { scripts + files + jobs }

    static func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }

    static func expectEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) throws {
        try expect(found == wanted, "\(what): expected \(wanted), found \(found)")
    }
}
