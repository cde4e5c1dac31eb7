public import PluginAPI
public import SystemPackage

/// Keeps every event for the test to look at.
public actor EventRecorder: EventSink {
    /// What was recorded, in order.
    public private(set) var events: [PluginEvent] = []

    /// Makes an empty recorder.
    public init() {}

    /// Keeps the event.
    public func record(_ event: PluginEvent) { events.append(event) }

    /// The notes, in order.
    public var notes: [String] {
        events.compactMap { event in
            guard case .note(_, let text) = event else { return nil }
            return text
        }
    }

    /// The resources recorded as created and not as deleted.
    public var alive: [Resource] {
        events.reduce(into: []) { alive, event in
            switch event {
            case .created(let resource): alive.append(resource)
            case .deleted(let kind, let id): alive.removeAll { $0.kind == kind && $0.id == id }
            default: break
            }
        }
    }
}

/// HTTP answered by a closure; every request is kept.
public final class FakeHTTP: HTTPTransport {
    private let answer: @Sendable (HTTPRequest) async throws -> HTTPResponse
    private let seen = Locked<[HTTPRequest]>([])

    /// Makes a transport; without a closure every request fails.
    public init(
        _ answer: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse = { request in
            throw UnfakedSeam("HTTP \(request.method) \(request.url)")
        }
    ) { self.answer = answer }

    /// The requests so far.
    public var requests: [HTTPRequest] { seen.withLock { $0 } }

    /// Keeps the request and answers it.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        seen.withLock { $0.append(request) }
        try Task.checkCancellation()
        return try await answer(request)
    }
}

/// Child processes answered by a closure; every invocation is kept.
public final class FakeProcesses: ProcessRunner {
    /// What a closure gives back: lines of standard output and the end.
    public typealias Answer = @Sendable (ProcessInvocation) async throws -> (lines: [String], result: ProcessResult)

    private let answer: Answer
    private let seen = Locked<[ProcessInvocation]>([])

    /// Makes a runner; without a closure every process fails.
    public init(_ answer: @escaping Answer = { throw UnfakedSeam("process \($0.executable)") }) { self.answer = answer }

    /// The invocations so far.
    public var invocations: [ProcessInvocation] { seen.withLock { $0 } }

    /// Keeps the invocation and answers it.
    public func run(
        _ invocation: ProcessInvocation,
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult {
        seen.withLock { $0.append(invocation) }
        let (lines, result) = try await answer(invocation)
        for line in lines { try await onLine(line) }
        return result
    }

    /// Returns at once: these processes have ended with their call.
    public func waitForHolder(of file: FilePath) async throws {}
}

/// The same credentials always; they are worth nothing.
public struct FixedCredentials: CredentialSource {
    /// The credentials.
    public var value: AWSCredentials

    /// Makes a source.
    public init(_ value: AWSCredentials = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "testing")) {
        self.value = value
    }

    /// Returns the credentials.
    public func credentials() async throws -> AWSCredentials { value }
}

/// A seam to the outside that the test did not fake.
public struct UnfakedSeam: Error, CustomStringConvertible {
    /// What was asked of it.
    public var description: String

    /// Names what was asked.
    public init(_ what: String) { description = "the test did not expect: \(what)" }
}

extension PluginContext {
    /// A context made of fakes.
    public static func fake(
        directory: FilePath = "/nonexistent",
        cloud: CloudSettings = CloudSettings(region: "us-west-2"),
        tags: [String: String] = ["Project": "labhost", "ExperimentID": "exp-20260101-000000-test"],
        events: any EventSink = EventRecorder(),
        http: any HTTPTransport = FakeHTTP(),
        processes: any ProcessRunner = FakeProcesses(),
        credentials: any CredentialSource = FixedCredentials(),
        clock: LabClock = TestClock().labClock,
        environment: [String: String] = [:]
    ) -> PluginContext {
        guard let experiment = ExperimentID(rawValue: "exp-20260101-000000-test") else {
            preconditionFailure("the literal above is a valid id")
        }
        return PluginContext(
            experiment: experiment,
            directory: directory,
            cloud: cloud,
            tags: tags,
            events: events,
            http: http,
            processes: processes,
            credentials: credentials,
            clock: clock,
            environment: environment
        )
    }
}
