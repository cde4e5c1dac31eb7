#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Asks a process group to end: with SIGINT, and with SIGKILL when its time is over. It may be asked before the process
/// has started.
actor StopRequest {
    private let gracePeriod: Duration
    private var group: pid_t?
    private var isRequested = false
    private var deadline: Task<Void, any Error>?

    init(gracePeriod: Duration) { self.gracePeriod = gracePeriod }

    /// The process runs, as the leader of its group.
    func started(_ process: pid_t) {
        group = process
        if isRequested { interrupt() }
    }

    /// The process has ended; its number may soon be another's.
    func ended() {
        group = nil
        deadline?.cancel()
    }

    /// Asks it to end; asking twice is asking once.
    func request() {
        guard !isRequested else { return }
        isRequested = true
        interrupt()
    }

    private func interrupt() {
        guard let group else { return }
        kill(-group, SIGINT)
        deadline = Task { [gracePeriod] in
            try await Task.sleep(for: gracePeriod)
            self.kill()
        }
    }

    private func kill() {
        guard let group else { return }
        kill(-group, SIGKILL)
    }

    private func kill(_ process: pid_t, _ signal: Int32) {
        #if canImport(Glibc)
        _ = Glibc.kill(process, signal)
        #elseif canImport(Musl)
        _ = Musl.kill(process, signal)
        #elseif canImport(Darwin)
        _ = Darwin.kill(process, signal)
        #endif
    }
}
