import PluginAPI

/// What hosts that do not exist hold: their files and their jobs.
actor SimulatedHosts {
    /// A job that runs, or ran.
    struct RunningJob: Sendable {
        /// What it says and when.
        var job: SimulatedJob
        /// When it was started.
        var startedAt: Duration
        /// When it was stopped; nil when nobody did.
        var stoppedAt: Duration?
    }

    private let answers: [ScriptedAnswer]
    private var given: [Int: Int] = [:]
    private var files: [String: [String: [UInt8]]] = [:]
    private var jobs: [String: [String: RunningJob]] = [:]
    private var seen: [String: Host] = [:]

    /// Makes hosts that answer as a scenario says.
    init(answers: [ScriptedAnswer] = []) { self.answers = answers }

    /// The scenario's answer to a script, which counts as given; nil where it has none, or none any more.
    func answer(to script: String, on host: Host) -> ScriptedAnswer? {
        for (index, answer) in answers.enumerated() where answer.fits(script, on: host) {
            guard given[index, default: 0] < answer.times ?? .max else { continue }
            given[index, default: 0] += 1
            return answer
        }
        return nil
    }

    /// Every host that was ever spoken to: the cluster, as far as an executor can know it.
    var cluster: [Host] { seen.values.sorted { $0.name < $1.name } }

    /// Remembers hosts.
    func meet(_ hosts: [Host]) {
        for host in hosts { seen[host.instanceID] = host }
    }

    /// A file's content; nil when there is none.
    func file(_ path: String, on host: Host) -> [UInt8]? { files[host.instanceID]?[path] }

    /// Writes a file.
    func write(_ content: [UInt8], to path: String, on host: Host) {
        files[host.instanceID, default: [:]][path] = content
    }

    /// A job; nil when nobody started one of that name.
    func job(_ name: String, on host: Host) -> RunningJob? { jobs[host.instanceID]?[name] }

    /// Keeps a job.
    func set(_ job: RunningJob, named name: String, on host: Host) { jobs[host.instanceID, default: [:]][name] = job }
}
