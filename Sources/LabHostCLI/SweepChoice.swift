import AWS
import Document
import LabHost
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which experiments are meant.
struct SweepChoice {
    var experiment: ExperimentID?
    var olderThan: Duration?
    var onlyExpired: Bool

    /// Reads what was asked for.
    init(experiment: String?, olderThan: String?, onlyExpired: Bool) throws {
        self.experiment = try experiment.map { text in
            guard let id = ExperimentID(rawValue: text) else {
                throw LabError(.usage, "\(Printable.quoted(text)) is not an experiment id")
            }
            return id
        }
        self.olderThan = try olderThan.map { text in
            guard let age = DurationText.parse(text) else {
                throw LabError(.usage, "\(Printable.quoted(text)) is not a duration", hint: "30m, 6h, 2d")
            }
            return age
        }
        self.onlyExpired = onlyExpired
    }

    /// Whether it leaves anything out.
    var isNarrow: Bool { experiment != nil || olderThan != nil || onlyExpired }

    /// Whether remains are meant. An age or an expiry that is not known is not met.
    func includes(_ remains: Sweep.Remains, at now: Date) -> Bool {
        if onlyExpired, remains.expiresAt.map({ $0 > now }) ?? true { return false }
        guard let olderThan else { return true }
        return remains.createdAt.map { now.timeIntervalSince($0) > olderThan / .seconds(1) } ?? false
    }
}
