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

    /// What the rules' scripts print, leave and return, for an executor that does not run them: a part of the script, and
    /// what is to be answered.
    ///
    /// Such an executor is held to everything but the running: order, hand-over, deadlines, cancelling, files, jobs.
    public struct Answer: Sendable {
        /// A part of the script.
        public var script: String
        /// Its exit status.
        public var exit = 0
        /// Its output; a job's log.
        public var output = ""
        /// Its errors.
        public var errors = ""
        /// Seconds that it takes.
        public var seconds = 0
        /// The files that it leaves.
        public var files: [String: String] = [:]
    }

    /// The answers to the scripts of all rules.
    ///
    /// - Parameter folder: The subject's folder.
    /// - Returns: One answer for each script that does more than to succeed.
    public static func answers(in folder: String) -> [Answer] {
        [
            Answer(script: "printf 'one", exit: 7, output: "one\ntwo é\n\nno end", errors: "oops"),
            Answer(script: "BASH_VERSION", output: "bash\n"),
            Answer(script: "printf %s \"$VALUE\"", output: hostileValue),
            Answer(script: "seq 1 60000", output: (1...60_000).map { "\($0)\n" }.joined()),
            Answer(script: "grep -c '^sleep", output: "0\n"),
            Answer(script: "sleep 600", seconds: 600), Answer(script: "sleep 36003", seconds: 36_003),
            Answer(script: "pwd; exit 3", exit: 3, output: "out\nerr\n\(folder)/ends\n"),
            Answer(script: "echo run", output: "run\n"),
            Answer(script: "echo one; sleep 1; echo two", output: "one\ntwo\n", seconds: 1),
            Answer(script: "printf 12345", files: ["\(folder)/files/result": "12345"]),
            Answer(script: "sleep 601", output: "begun\n", seconds: 601), Answer(script: "sleep 602", seconds: 602),
        ]
    }

    /// A value that breaks out of careless quotes.
    static let hostileValue = "'; touch broken; \"$(touch broken)\" `touch broken`\n\\ é *"

    static func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }

    static func expectEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) throws {
        try expect(found == wanted, "\(what): expected \(wanted), found \(found)")
    }
}
