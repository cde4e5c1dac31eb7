@preconcurrency import Dispatch
import LabHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// SIGINT and SIGTERM as a stream; SIGHUP is ignored, so that a lost terminal does not end an experiment.
///
/// The first signal is for the engine, which ends its step and tears down. The second leaves the process at once.
final class Signals: Sendable {
    /// Yields once, at the first signal.
    let first: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    /// Listens from now on.
    ///
    /// - Parameter lastWords: Printed before the second signal ends the process.
    init(lastWords: String) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        first = stream
        for ignored in [SIGHUP, SIGPIPE] { signal(ignored, SIG_IGN) }
        let queue = DispatchQueue(label: "labhost.signals")
        let count = Count()
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                count.value += 1
                guard count.value > 1 else {
                    continuation.yield()
                    continuation.finish()
                    return
                }
                Terminal.write("\n\(lastWords)\n", to: STDERR_FILENO)
                _exit(130)
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    /// How many signals came; touched only on the listener's own serial queue.
    private final class Count: @unchecked Sendable {
        var value = 0
    }
}
