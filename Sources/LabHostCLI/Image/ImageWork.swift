import LabHost
import PluginAPI

/// A command's work on images: shown as it goes on, and ended by the first signal.
struct ImageWork: Sendable {
    /// What it is called in the lines that are shown: `copy`.
    let name: String
    /// The doors to the outside.
    let seams: Seams

    /// Prepares to work.
    init(_ name: String, environment: [String: String] = Environment.all) throws {
        self.name = name
        seams = try Seams.standard(environment: environment)
    }

    /// Does the work.
    ///
    /// - Parameters:
    ///   - summary: What came of it, in a few words.
    ///   - body: The work; what it records is shown.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``LabError`` with code `interrupted` after a signal.
    func run<Value: Sendable>(
        summary: @escaping @Sendable (Value) -> String,
        _ body: @escaping @Sendable (any EventSink) async throws -> Value
    ) async throws -> Value {
        let console = Console(terminal: Terminal(environment: seams.environment), clock: seams.clock)
        let signals = Signals(lastWords: "left at once; to clean up: labhost sweep")
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        let events = ImageEvents(phase: name, clock: seams.clock, continuation: continuation)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await console.follow(stream) }
            events.show(.phaseStarted(phase: name))
            let result = await outcome(console, signals) { try await body(events) }
            switch result {
            case .success(let value):
                events.show(.phaseEnded(phase: name, summary: summary(value), error: nil))
            case .failure(let error):
                events.show(.phaseEnded(phase: name, summary: "", error: LabError(error, while: name)))
            }
            continuation.finish()
            return result
        }
        return try result.get()
    }

    /// The work and the listener for signals are siblings: a signal cancels the work, which then cleans up.
    private func outcome<Value: Sendable>(
        _ console: Console,
        _ signals: Signals,
        _ body: @escaping @Sendable () async throws -> Value
    ) async -> Result<Value, any Error> {
        await withTaskGroup(of: Result<Value, any Error>?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    return .success(try await body())
                } catch is CancellationError {
                    return .failure(LabError(.interrupted, "interrupted"))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                for await _ in signals.first {
                    await console.say("interrupted: cleaning up; once more to leave at once")
                }
                return nil
            }
            while let outcome = await group.next() {
                guard let outcome else {
                    group.cancelAll()
                    continue
                }
                return outcome
            }
            return .failure(CancellationError())
        }
    }
}

/// Events of work that has no journal: shown, and not kept.
struct ImageEvents: EventSink {
    let phase: String
    let clock: LabClock
    let continuation: AsyncStream<Event>.Continuation

    func show(_ what: Event.What) { continuation.yield(Event(time: clock.now(), what: what)) }

    func record(_ event: PluginEvent) { show(Event.What(event, phase: phase)) }
}
