import PluginAPI

extension Engine {
    /// Takes the steps from provisioning to measuring: for every group of the schedule when both are asked for, and
    /// otherwise for the one that is up, or the first.
    ///
    /// Only one group's hosts exist at a time. A group that fails does not keep the others from being measured, as
    /// long as nothing of it is left behind; its error is added to `errors`.
    func visitGroups(_ steps: Set<Step>, _ errors: inout [LabError]) async throws {
        let state = await journal.snapshot
        let wanted = [Step.provision, .ready, .benchmark].filter(steps.contains)
        guard !wanted.isEmpty else { return }
        let goesOn = steps.isSuperset(of: [.provision, .benchmark])
        // What is half built is completed, or torn down, before another cluster is begun.
        let first = state.isTornDown ? nextGroup(in: state, from: 0) ?? 0 : state.group ?? 0
        var next: Int? = first
        while let index = next {
            try await journal.record(.groupStarted(group: index, of: schedule.groups.count))
            do { try await visit(index, wanted) } catch {
                let error = LabError(error, while: "cluster \(index + 1) of \(schedule.groups.count)")
                guard goesOn, mayGoOn(after: error), nextGroup(in: state, from: index + 1) != nil else { throw error }
                errors.append(error)
            }
            next = goesOn ? nextGroup(in: await journal.snapshot, from: index + 1) : nil
            if next != nil, await !journal.snapshot.isTornDown {
                try await take(.teardown) { try await tearDown() }
            }
        }
        if !goesOn, steps.contains(.benchmark) { try await sayWhatIsLeft(besides: first) }
    }

    private func visit(_ index: Int, _ steps: [Step]) async throws {
        let group = schedule.groups[index]
        let offset = schedule.groups[..<index].reduce(0) { $0 + $1.entries.count }
        for step in steps {
            try await take(step) {
                switch step {
                case .provision: try await provision(group)
                case .ready: try await waitUntilReady(group)
                default: try await benchmark(group, at: offset)
                }
            }
        }
    }

    /// The first group, from one on, with cells that have no result yet.
    func nextGroup(in state: ExperimentState, from index: Int) -> Int? {
        schedule.groups.indices.dropFirst(index).first { group in
            schedule.groups[group].entries.contains { !state.hasResult(for: $0.cell.name) }
        }
    }

    /// A cluster that is to be looked at after a failure is not torn down for the next one.
    private func mayGoOn(after error: LabError) -> Bool {
        switch error.code {
        case .provisioning, .notReady, .benchmark: experiment.keep == .never
        default: false
        }
    }

    private func sayWhatIsLeft(besides group: Int) async throws {
        let state = await journal.snapshot
        let left = schedule.groups.indices.filter { $0 != group }.flatMap { schedule.groups[$0].entries }
            .count { !state.hasResult(for: $0.cell.name) }
        guard left > 0 else { return }
        let text = "\(left) cells need another cluster than the one that is up: labhost run builds each in turn"
        try await journal.record(.note(phase: Step.benchmark.rawValue, level: .warning, text: text))
    }
}

extension Schedule.Group {
    /// The configuration that the hosts boot with: that of the first cell, which need not wait for another.
    var firstConfiguration: Int { entries.first?.configuration ?? 0 }
}

extension ExperimentState {
    /// Whether nothing is left that a teardown would have to delete.
    var isTornDown: Bool { alive.isEmpty && openIntents.isEmpty && hosts.isEmpty }
}
