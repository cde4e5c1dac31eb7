public import PluginAPI

/// Reaches the hosts of an experiment beside whatever else works on it: for people who look for a fault.
///
/// It takes no lock and records nothing.
public struct HostAccess: Sendable {
    private let executor: any DetachedJobs
    private let hosts: [Host]
    private let experiment: ExperimentID

    /// Prepares to reach an experiment's hosts.
    ///
    /// - Parameters:
    ///   - directory: The experiment's directory.
    ///   - catalog: The plugins there are.
    ///   - seams: The doors to the outside.
    /// - Throws: ``LabError`` when the experiment cannot be read.
    public init(_ directory: ExperimentDirectory, catalog: Catalog, seams: Seams) throws {
        let (experiment, _) = try directory.frozen()
        let maker = PluginMaker(
            experiment: experiment,
            directory: directory.path,
            catalog: catalog,
            seams: seams
        ) { _ in NoEvents() }
        executor = try maker.make(experiment.executor, .execute, as: (any DetachedJobs).self)
        hosts = try directory.state().hosts
        self.experiment = experiment.id
    }

    /// The hosts of a component, or one host by its name; all of them when nothing is named.
    ///
    /// - Parameter name: The component's or the host's name.
    /// - Returns: At least one host.
    /// - Throws: ``LabError`` with code ``LabError/Code/usage`` when there is none.
    public func hosts(named name: String?) throws -> [Host] {
        guard !hosts.isEmpty else {
            throw LabError(.usage, "\(experiment) has no hosts", hint: "labhost show \(experiment)")
        }
        guard let name else { return hosts }
        let found = hosts.filter { $0.component == name || $0.name == name }
        guard !found.isEmpty else {
            let known = (hosts.map(\.component) + hosts.map(\.name)).uniqued()
            throw LabError(
                .usage,
                "\(experiment) has no host or component \(Printable.quoted(name))\(Spelling.hint(for: name, among: known))",
                cause: "known: \(known.joined(separator: ", "))"
            )
        }
        return found
    }

    /// Runs a command on hosts at once; each outcome is handed over as it comes.
    ///
    /// - Parameters:
    ///   - words: The command and its arguments, each of which reaches the host as it is.
    ///   - hosts: Where it runs.
    ///   - timeout: How long it may run.
    ///   - onOutcome: Called once for each host.
    /// - Returns: The outcomes, in the order of the hosts.
    /// - Throws: ``LabError`` when the command could not be sent at all.
    public func run(
        _ words: [String],
        on hosts: [Host],
        timeout: Duration,
        onOutcome: @escaping @Sendable (ScriptOutcome) async -> Void
    ) async throws -> [ScriptOutcome] {
        // One word is a line for the host's shell; several are a program and its arguments.
        let line = words.count == 1 ? words[0] : words.map(Shell.quoted).joined(separator: " ")
        let script = Script(line + "\n", timeout: timeout, comment: "exec")
        return try await executor.run(script, on: hosts, onOutcome: onOutcome)
    }
}
