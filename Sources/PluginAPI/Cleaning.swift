/// What takes away everything that an experiment's cells made in a system, and waits until the system is at rest.
///
/// The script waits on its hosts for up to `LABHOST_WAIT` seconds, which the engine sets. It exits with 0 when all is gone and at
/// rest; if not, each line that it prints is a sentence that says what is not.
public struct Cleaning: Sendable, Hashable {
    /// The hosts that run the script, at the same time.
    public var hosts: [Host]
    /// The script.
    public var script: String

    /// Makes a cleaning.
    public init(hosts: [Host], script: String) {
        self.hosts = hosts
        self.script = script
    }
}
