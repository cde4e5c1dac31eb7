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
            let reason =
                switch answer.outcome.ending {
                case .exited(let status): "exit \(status): \(answer.outcome.errors.suffix(500))"
                case .timedOut: "it took too long"
                case .undelivered(let reason): reason
                }
            return "\(answer.outcome.host): \(reason)"
        }
        throw LabError(.failed, "cannot \(doing)", cause: reasons.joined(separator: "\n"))
    }
}

extension SSMExecutor {
    /// Compressed bytes that are fetched with one command.
    private static let pieceDown = 17_000
    /// What a compressed answer may grow to: enough for any result, and too little to take the machine's memory.
    private static let limit = 512 << 20

    /// Fetches what did not fit into the first answer, and checks the whole.
    func complete(_ answer: SentCommand.Answer) async throws -> WholeAnswer {
        let host = answer.host
        guard answer.ending == .exited(0) else {
            return WholeAnswer(host: host, ending: answer.ending, errors: answer.errors)
        }
        guard var frame = try await frame(in: answer) else {
            throw LabError(
                .failed,
                "the answer of \(host.name) cannot be read",
                cause: String(answer.output.prefix(200))
            )
        }
        if !frame.isWhole {
            let missing = frame.compressedSize - frame.content.count
            let have = frame.content.count
            let directory = frame.directory
            let pieces = try await concurrently(0..<((missing + Self.pieceDown - 1) / Self.pieceDown), atOnce: 4) {
                try await piece(of: directory, from: have + $0 * Self.pieceDown, on: host)
            }
            frame.content += pieces.joined()
            _ = try await command.run(
                HostScripts.forget(directory),
                on: [host],
                comment: "labhost: tidy",
                timeout: .seconds(30)
            )
        }
        let all = try Gzip.decompress(frame.content, limit: Self.limit)
        guard SHA256.hash(all).hexadecimal == frame.sum, all.count == frame.outputSize + frame.errorSize else {
            throw LabError(.failed, "the answer of \(host.name) was damaged on its way", hint: "run the command again")
        }
        return WholeAnswer(
            host: host,
            ending: .exited(frame.status),
            content: Array(all[..<frame.outputSize]),
            errors: String(decoding: all[frame.outputSize...], as: UTF8.self)
        )
    }

    /// The frame in an answer; one that was cut at 2,500 characters is asked for again on its own.
    private func frame(in answer: SentCommand.Answer) async throws -> Frame? {
        if let frame = Frame(answer.output) { return frame }
        guard let commandID = answer.commandID else { return nil }
        return try await ssm.invocation(of: commandID, on: answer.host.instanceID).flatMap { Frame($0.output) }
    }

    private func piece(of directory: String, from offset: Int, on host: Host) async throws -> [UInt8] {
        let answer = try await command.run(
            HostScripts.piece(of: directory, from: offset, count: Self.pieceDown),
            on: [host],
            comment: "labhost: fetch",
            timeout: .seconds(60)
        ).first
        guard let answer, answer.ending == .exited(0), let bytes = Frame.piece(answer.output) else {
            throw LabError(.failed, "a piece of an answer of \(host.name) did not come")
        }
        return bytes
    }
}
