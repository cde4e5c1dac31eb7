import PluginAPI

extension Engine {
    /// Does the work while hosts are told that somebody still needs them, and while what it costs is watched.
    ///
    /// - Parameter work: What takes long; gives back what went wrong.
    /// - Returns: What went wrong; the budget first, when it ended the work.
    func attending(_ work: @escaping @Sendable () async -> [LabError]) async -> [LabError] {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                await renewLeases()
                return .attendance
            }
            group.addTask { .budget(await watchSpending()) }
            group.addTask { .work(await work()) }
            var stop: LabError?
            for await ending in group {
                switch ending {
                case .attendance, .budget(nil): break
                case .budget(let error?):
                    stop = error
                    group.cancelAll()
                case .work(let errors):
                    group.cancelAll()
                    guard let stop, errors.first?.code != .budget else { return errors }
                    // That the work was interrupted is the budget's doing.
                    return [stop] + errors.filter { $0.code != .interrupted }
                }
            }
            return []
        }
    }

    private enum Ending: Sendable {
        case attendance
        case budget(LabError?)
        case work([LabError])
    }

    var budget: Budget? { experiment.maxCostUSD.map(Budget.init(limit:)) }

    /// Looks up the prices of what is created, and waits until the money is all but spent.
    ///
    /// - Returns: Why the work has to stop; nil when it was not for the money.
    private func watchSpending() async -> LabError? {
        guard plugins.provisioner is any CostEstimating else { return nil }
        while true {
            var pause = Duration.seconds(15)
            if let budget {
                let spending = Spending(await journal.snapshot.resources, at: clock.now())
                // What is being created may not have its price yet: before the first cell it must.
                if spending?.isKnown ?? false, let error = budget.fault(spending, for: .zero, nil) { return error }
                if let left = budget.timeLeft(spending) { pause = max(min(pause, left), .seconds(1)) }
            }
            do {
                try await clock.sleep(pause)
                try await priceResources(asking: true)
            } catch { return nil }
        }
    }

    /// Refuses to begin what the money is not enough for.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/budget``.
    func checkBudget(for time: Duration, _ what: String) async throws {
        guard let budget else { return }
        let spending = Spending(await journal.snapshot.resources, at: clock.now())
        if let error = budget.fault(spending, for: time, what) { throw error }
    }

    /// Refuses to build a cluster that the money is not enough for, its first cell included.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/budget``.
    func checkBudget(for group: Schedule.Group, _ request: ProvisionRequest) async throws {
        guard let budget, let provisioner = plugins.provisioner as? any CostEstimating else { return }
        let state = await journal.snapshot
        let next = group.entries.first { !state.hasResult(for: $0.cell.name) }?.cell
        guard let next, let resources = try provisioner.billables(request), !resources.isEmpty else { return }
        let quote = await provisioner.quote(for: resources, asking: true)
        var spending = Spending(spent: .zero, perHour: quote.rates.map(\.perHour).sum)
        spending.spent = Spending(state.resources, at: clock.now())?.spent ?? .zero
        let time = Scheduler.groupOverhead - Scheduler.teardownTime + next.expectedDuration
        if let error = budget.fault(spending, for: time, "building a cluster, measuring \(next.name)") { throw error }
    }
}
