import AWS
import LabHost
import PluginAPI

/// What a sweep found and did.
struct SweepAnswer: Encodable {
    struct Entry: Encodable {
        var remains: Sweep.Remains
        /// A process on this machine is working on it.
        var isInUse = false
        /// What became of it; nil when it was not touched.
        var outcome: TeardownOutcome?
    }

    var isDry: Bool
    /// Whether every region was asked.
    var isComplete = false
    var entries: [Entry] = []

    var text: String {
        guard !entries.isEmpty else { return isComplete ? "nothing was found\n" : "" }
        var lines = entries.flatMap(lines)
        if isDry {
            let saved = entries.filter { !$0.isInUse }.map(\.remains.perHour).sum
            lines.append(
                "nothing was changed; to delete it and save \(Figures.cost(saved)) an hour: the same with --execute"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is still there, as an error with its exit code.
    var error: LabError? {
        let left = entries.compactMap(\.outcome).filter { !$0.remaining.isEmpty || !$0.isVerified }
        guard !left.isEmpty else { return nil }
        return LabError(
            .leftBehind,
            "resources of \(left.count) experiments are left behind",
            cause: left.flatMap(\.errors).first?.description,
            hint: "the same command once more"
        )
    }

    private func lines(_ entry: Entry) -> [String] {
        let remains = entry.remains
        let kinds = Dictionary(grouping: remains.resources, by: \.kind).sorted { $0.key < $1.key }
            .map { "\($0.value.count) × \($0.key)" }
        let until =
            remains.expiresAt.map { "expires \(Timestamps.minute($0)) UTC" } ?? "says nothing of when it expires"
        var lines = [
            "\(remains.experiment) · \(remains.region) · \(until)",
            "  \(remains.resources.count) resources: \(kinds.joined(separator: ", "))",
        ]
        let types = remains.instanceTypes.sorted { $0.key < $1.key }.map { "\($0.value) × \(Printable.line($0.key))" }
        if !types.isEmpty {
            lines.append("  running: \(types.joined(separator: ", "))")
        }
        lines.append("  costs \(Figures.explained(remains.perHour)) an hour")
        if entry.isInUse { lines.append("  left alone: a process on this machine is working on it") }
        if let outcome = entry.outcome {
            lines.append(
                "  deleted \(outcome.deleted.count)\(outcome.isVerified ? "" : ", not verified")\(saving(entry, outcome))"
            )
            lines += ReceiptText.lines(outcome.remaining)
        }
        return lines
    }

    /// What is not paid for any more; what is left may be what cost something.
    private func saving(_ entry: Entry, _ outcome: TeardownOutcome) -> String {
        guard outcome.isVerified, outcome.remaining.isEmpty, let usd = entry.remains.perHour.usd else { return "" }
        return ", which saves \(Figures.usd(usd)) an hour"
    }
}
