import PluginAPI

extension Engine {
    /// Tells hosts, four times in a lease, that somebody still needs them. A renewal that fails is a warning, and the next one
    /// makes good for it.
    func renewLeases() async {
        guard plugins.hostsExpire, let seconds = experiment.lifetime.leaseSeconds else { return }
        while true {
            do { try await clock.sleep(.seconds(seconds) / 4) } catch { return }
            await renew(experiment.lifetime)
        }
    }

    /// Lets hosts that are kept live until they expire: from here on nobody renews them.
    func leaveUnattended() async { await renew(HostLifetime(expiry: experiment.expiry)) }

    private func renew(_ lifetime: HostLifetime) async {
        guard let hosts = await journal.snapshot.cluster?.hosts, plugins.hostsExpire,
            let script = system.renewal(of: lifetime)
        else { return }
        var faults: [String] = []
        do {
            let outcomes = try await plugins.executor.run(script, on: hosts)
            faults = outcomes.filter { !$0.succeeded }.map { "\($0.host): \($0.failure ?? "it failed")" }
        } catch {
            if Task.isCancelled { return }
            faults = [LabError(error, while: "renewing").message]
        }
        guard !faults.isEmpty else { return }
        let text = "hosts that could not be told to go on end themselves early: \(faults.joined(separator: "; "))"
        try? await journal.record(.note(phase: Step.ready.rawValue, level: .warning, text: text))
    }
}

extension Experiment {
    /// How long its hosts live.
    var lifetime: HostLifetime { HostLifetime(expiry: expiry, leaseSeconds: leaseSeconds) }
}
