import PluginAPI

extension Engine {
    /// Finds out where an earlier process left off, and takes down what is of no use any more.
    ///
    /// What was being built is completed by the provisioner, a benchmark that ran on is followed again by the runner, and
    /// cells with a result are not measured again; so little is to be decided here.
    ///
    /// - Returns: Whether anything is left to be measured.
    /// - Throws: ``LabError`` when the experiment's time is over.
    func prepareToResume() async throws -> Bool {
        let state = await journal.snapshot
        guard nextGroup(in: state, from: 0) != nil else {
            try await say("every cell has a result: nothing is left to measure")
            return false
        }
        guard clock.now() < experiment.expiry else {
            // Hosts built now would end themselves at their first boot.
            throw LabError(
                .preflight,
                "\(experiment.id) expired at \(Timestamps.iso(experiment.expiry)), with cells left to measure",
                hint: "labhost run \(experiment.planFile) begins a new experiment"
            )
        }
        if state.isTornDown {
            try await preflight()
        } else if let reason = try await uselessness(of: state) {
            try await say("\(reason): the cluster is torn down first")
            try await take(.teardown) { try await tearDown() }
        }
        return true
    }

    /// Why what exists cannot be measured on; nil when it can, or when it is not complete yet.
    private func uselessness(of state: ExperimentState) async throws -> String? {
        if state.phases.last?.name == Step.teardown.rawValue { return "a teardown was under way" }
        guard !state.hosts.isEmpty else { return nil }
        if let group = state.group, !hasCellsLeft(group, in: state) { return "the cells of this cluster have results" }
        let states = try await plugins.provisioner.states(of: state.hosts)
        for host in state.hosts {
            if case .gone(let reason) = states[host.name] ?? .pending { return "\(host.name) is gone (\(reason))" }
        }
        return nil
    }

    private func hasCellsLeft(_ group: Int, in state: ExperimentState) -> Bool {
        schedule.groups.indices.contains(group)
            && schedule.groups[group].entries.contains { !state.hasResult(for: $0.cell.name) }
    }

    private func say(_ text: String) async throws {
        try await journal.record(.note(phase: Step.provision.rawValue, level: .warning, text: text))
    }
}
