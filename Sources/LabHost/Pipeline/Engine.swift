public import PluginAPI

/// Takes an experiment through its steps.
///
/// The engine owns order, deadlines, cancellation and the decision to tear down. It records every step before and
/// after it is taken, so that another process can carry on where this one was killed: a step whose outcome is in the
/// journal is not taken again.
public struct Engine: Sendable {
    /// The experiment.
    public let experiment: Experiment
    let schedule: Schedule
    let directory: ExperimentDirectory
    let journal: Journal
    let plugins: PluginSet
    let system: any SystemUnderTest
    let clock: LabClock
    let history: HistoryRecorder?
    let confirm: @Sendable (ResourcePreview) async throws -> Bool

    /// Prepares an experiment; nothing outside its directory is touched.
    ///
    /// - Parameters:
    ///   - experiment: What was decided.
    ///   - schedule: What is to be measured.
    ///   - directory: The experiment's directory, whose lock the caller holds.
    ///   - journal: Its journal.
    ///   - catalog: The plugins there are.
    ///   - system: What is measured.
    ///   - seams: The doors to the outside.
    ///   - history: Where cells are kept for questions over many experiments; nil for nowhere.
    ///   - confirm: Asked before anything is created, with what would be.
    /// - Throws: ``LabError`` when the chosen plugins cannot work together.
    public init(
        experiment: Experiment,
        schedule: Schedule,
        directory: ExperimentDirectory,
        journal: Journal,
        catalog: Catalog,
        system: any SystemUnderTest,
        seams: Seams,
        history: History? = nil,
        confirm: @escaping @Sendable (ResourcePreview) async throws -> Bool
    ) throws {
        try catalog.checkCapabilities(of: experiment.descriptors(in: catalog))
        self.experiment = experiment
        self.schedule = schedule
        self.directory = directory
        self.journal = journal
        self.plugins = try PluginSet(
            PluginMaker(
                experiment: experiment,
                directory: directory.path,
                catalog: catalog,
                seams: seams.waitingForCredentials(of: experiment, in: journal)
            ) { phase in
                PluginEvents(journal: journal, phase: phase.rawValue)
            }
        )
        self.system = system
        self.clock = seams.clock
        self.history = history.map(HistoryRecorder.init)
        self.confirm = confirm
    }

    /// Reads the outside world and changes nothing: what is missing is said before anything is created.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight``.
    public func preflight() async throws {
        // A driver file that cannot be read is found now, and not when the cluster waits for it.
        _ = try experiment.driver?.applied(to: "{}")
        try await plugins.provisioner.preflight()
        try await plugins.executor.preflight()
    }

    /// Takes the steps, however they end.
    ///
    /// Cancelling the task ends the step under way; report and teardown are taken all the same.
    ///
    /// - Parameters:
    ///   - steps: The steps.
    ///   - command: The command that takes them, for the journal.
    ///   - version: LabHost's version, for the journal.
    ///   - isResuming: Whether an earlier process may have been killed anywhere in them.
    /// - Returns: What went wrong, the first cause first; empty when nothing did.
    public func run(
        _ steps: Set<Step>,
        command: String,
        version: String,
        isResuming: Bool = false
    ) async -> [LabError] {
        var errors: [LabError] = []
        do {
            try await journal.record(.opened(command: command, version: version, pid: ProcessID.current))
            let isWanted = isResuming ? try await prepareToResume() : true
            if isWanted {
                if steps.contains(.image) { try await take(.image) { try await chooseImage() } }
                errors += await attending {
                    var errors: [LabError] = []
                    do { try await visitGroups(steps, &errors) } catch {
                        errors.append(LabError(error, while: "\(command) \(experiment.id)"))
                    }
                    return errors
                }
            }
        } catch {
            errors.append(LabError(error, while: "\(command) \(experiment.id)"))
        }
        // An unstructured task does not inherit cancellation: what was measured is reported, and what was created is
        // deleted, also after Ctrl-C.
        let before = errors
        errors += await Task { await finish(steps, after: before) }.value
        if errors.isEmpty, steps.contains(.benchmark), let error = await invalidCells() { errors.append(error) }
        do {
            try await journal.record(.closed(exitCode: Self.exitCode(for: errors)))
        } catch {
            errors.append(LabError(error, while: "closing the journal"))
        }
        await Task { await rememberAll() }.value
        return errors
    }

    /// The exit code for what went wrong: resources left behind win, then the first cause counts.
    public static func exitCode(for errors: [LabError]) -> Int32 {
        let code = errors.first { $0.code == .leftBehind } ?? errors.first
        return code?.code.exitCode ?? 0
    }

    private func finish(_ steps: Set<Step>, after errors: [LabError]) async -> [LabError] {
        var errors: [LabError] = errors
        let known = errors.count
        let wantsReport = steps.contains(.report)
        if wantsReport { await collect(&errors) { try await take(.report) { try await writeReport() } } }
        if await shouldTearDown(steps, after: errors) {
            await tearDownRegardless(&errors)
            // Once more, now that it is known how long every resource existed; nobody waits for this one.
            if wantsReport { await collect(&errors) { try await writeReport(isSilent: true) } }
        } else if steps.contains(.ready) {
            await leaveUnattended()
        }
        return Array(errors.dropFirst(known))
    }

    /// Deletes also when nothing can be recorded any more: what exists costs money, and deleting twice does no harm.
    private func tearDownRegardless(_ errors: inout [LabError]) async {
        await collect(&errors) { try await journal.record(.phaseStarted(phase: Step.teardown.rawValue)) }
        var (summary, failure): (String, LabError?) = ("", nil)
        do { summary = try await tearDown() } catch {
            failure = LabError(error, code: .leftBehind, while: Step.teardown.rawValue)
        }
        await collect(&errors) {
            try await journal.record(.phaseEnded(phase: Step.teardown.rawValue, summary: summary, error: failure))
        }
        if let failure, !errors.contains(failure) { errors.append(failure) }
    }

    private func collect(_ errors: inout [LabError], _ body: () async throws -> Void) async {
        do { try await body() } catch {
            let error = LabError(error, while: "finishing \(experiment.id)")
            if !errors.contains(error) { errors.append(error) }
        }
    }

    /// A cluster that this command made is torn down; one that it found is left as it was found.
    ///
    /// When the money is spent nothing is left, whatever was to be kept.
    private func shouldTearDown(_ steps: Set<Step>, after errors: [LabError]) async -> Bool {
        let failed = !errors.isEmpty
        let state = await journal.snapshot
        guard !state.alive.isEmpty || !state.openIntents.isEmpty || steps == [.teardown] else { return false }
        let invalid = state.cells.values.contains { $0.verdict == .invalid }
        let keeps =
            switch experiment.keep {
            case .never: false
            // Who interrupts wants to be done with it: there is nothing to be looked into.
            case .onFailure: (failed || invalid) && !errors.contains { $0.code == .interrupted }
            case .always: true
            }
        if steps == [.teardown] || errors.contains(where: { $0.code == .budget }) { return true }
        if steps.contains(.teardown) { return !keeps }
        return steps.contains(.provision) && failed && !keeps
    }

    /// Takes a step: what it does, and what it has to say, are on record before and after.
    func take(_ step: Step, _ work: () async throws -> String) async throws {
        try await journal.record(.phaseStarted(phase: step.rawValue))
        do {
            let summary = try await work()
            try await journal.record(.phaseEnded(phase: step.rawValue, summary: summary, error: nil))
        } catch {
            let error = LabError(error, code: step.failureCode, while: step.rawValue)
            try await journal.record(.phaseEnded(phase: step.rawValue, summary: "", error: error))
            throw error
        }
    }

    private func invalidCells() async -> LabError? {
        let state = await journal.snapshot
        let invalid = state.cells.filter { $0.value.verdict == .invalid }.keys.sorted()
        guard !invalid.isEmpty else { return nil }
        return LabError(
            .benchmark,
            "\(invalid.count) of \(schedule.cells.count) cells have no valid result: "
                + invalid.prefix(5).joined(separator: ", ") + (invalid.count > 5 ? " …" : ""),
            hint: "labhost show \(experiment.id)"
        )
    }
}

extension Step {
    /// The kind of failure that an error of another kind counts as in this step.
    fileprivate var failureCode: LabError.Code {
        switch self {
        case .image: .preflight
        case .provision: .provisioning
        case .ready: .notReady
        case .benchmark: .benchmark
        case .report: .reporting
        case .teardown: .leftBehind
        }
    }
}
