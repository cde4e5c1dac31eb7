import LabHost
import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Asks a person before anything is created.
///
/// Nobody is asked with `--yes`, or where there is no terminal to ask at.
struct Confirmation: Sendable {
    let assumesYes: Bool

    /// Asks, if somebody is there.
    @Sendable func ask(_ preview: ResourcePreview) async throws -> Bool {
        guard !assumesYes, Terminal.canAsk else { return true }
        // The console has shown the preview, on a task of its own; it is given the time to do so first.
        try await Task.sleep(for: .milliseconds(150))
        Terminal.write("create the \(preview.total) resources? [y/N] ", to: STDERR_FILENO)
        let answer = await Self.readAnswer()
        return ["y", "yes"].contains(answer.lowercased())
    }

    /// Reads a line on a thread of its own: a blocking read must not hold one of the pool's.
    private static func readAnswer() async -> String {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let box = Unmanaged.passRetained(Continuation(continuation))
        var thread = pthread_t()
        let started = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Continuation>.fromOpaque(argument).takeRetainedValue()
                box.value.yield(readLine() ?? "")
                box.value.finish()
                return nil
            },
            box.toOpaque()
        )
        guard started == 0 else {
            box.release()
            return ""
        }
        pthread_detach(thread)
        for await line in stream { return line }
        return ""
    }

    private final class Continuation {
        let value: AsyncStream<String>.Continuation
        init(_ value: AsyncStream<String>.Continuation) { self.value = value }
    }
}
