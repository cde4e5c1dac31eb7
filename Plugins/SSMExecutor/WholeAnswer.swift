import AWS
import PluginAPI

/// Everything that a script wrote on one host.
struct WholeAnswer: Sendable {
    /// The outcome as plugins see it.
    var outcome: ScriptOutcome
    /// Standard output as it is; the outcome's text is made of it.
    var content: [UInt8]

    init(host: Host, ending: ScriptOutcome.Ending, content: [UInt8] = [], errors: String = "") {
        outcome = ScriptOutcome(
            host: host.name,
            ending: ending,
            output: String(decoding: content, as: UTF8.self),
            errors: errors
        )
        self.content = content
    }
}

extension [WholeAnswer] {
    /// Checks that every host did what it was asked to.
    ///
    /// - Throws: ``LabError`` that lists the hosts which did not, each with its reason.
    func check(_ doing: String) throws {
        let failed = filter { !$0.outcome.succeeded }
        guard !failed.isEmpty else { return }
        let reasons = failed.map { answer in
            "\(answer.outcome.host): \(answer.outcome.failure ?? "")"
        }
        throw LabError(.failed, "cannot \(doing)", cause: reasons.joined(separator: "\n"))
    }
}
