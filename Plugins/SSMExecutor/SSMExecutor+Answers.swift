import AWS
import PluginAPI
import SystemPackage

extension SSMExecutor {
    /// Compressed bytes that are fetched with one command.
    private static let pieceDown = 17_000
    /// Pieces of an answer that are on their way at once.
    private static let parallelPieces = 8
    /// Bytes of an object that are fetched with one call; four such calls at once keep a fast line busy.
    private static let part = 4 << 20
    /// What a compressed answer may grow to in memory: enough for any script's output; files are written to disk.
    private static let limit = 64 << 20

    /// Fetches what did not fit into the first answer, and checks the whole.
    func complete(_ answer: SentCommand.Answer) async throws -> WholeAnswer {
        guard answer.ending == .exited(0) else {
            return WholeAnswer(host: answer.host, ending: answer.ending, errors: answer.errors)
        }
        let frame = try await frame(in: answer)
        var all: [UInt8] = []
        try await read(frame, of: answer.host) { bytes in
            guard all.count + bytes.count <= Self.limit else {
                throw LabError(
                    .failed,
                    "\(answer.host.name) answers with over \(Self.limit >> 20) MiB",
                    hint: "write it to a file and download that"
                )
            }
            all += bytes
        }
        return WholeAnswer(
            host: answer.host,
            ending: .exited(frame.status),
            content: Array(all[..<frame.outputSize]),
            errors: String(decoding: all[frame.outputSize...], as: UTF8.self)
        )
    }

    /// Writes what a script printed to a file, without ever holding it whole.
    ///
    /// - Returns: The answer; its content is in the file, which is there when the script succeeded, and as it was otherwise.
    func write(_ answer: SentCommand.Answer, to path: FilePath) async throws -> WholeAnswer {
        guard answer.ending == .exited(0) else {
            return WholeAnswer(host: answer.host, ending: answer.ending, errors: answer.errors)
        }
        let frame = try await frame(in: answer)
        let temporary = FilePath("\(path).part")
        defer { LocalFile.remove(temporary) }
        var left = frame.outputSize
        var errors: [UInt8] = []
        let file = try FileDescriptor.open(
            temporary,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite]
        )
        do {
            try await read(frame, of: answer.host) { bytes in
                let output = bytes.prefix(left)
                left -= output.count
                _ = try file.writeAll(output)
                errors += bytes.dropFirst(output.count)
            }
            try file.close()
        } catch {
            try? file.close()
            throw error
        }
        if frame.status == 0 { try LocalFile.move(temporary, to: path) }
        return WholeAnswer(
            host: answer.host,
            ending: .exited(frame.status),
            errors: String(decoding: errors, as: UTF8.self)
        )
    }

    /// Runs one of the executor's own commands on one host.
    func ask(_ text: String, on host: Host, comment: String, timeout: Duration) async throws -> SentCommand.Answer {
        var answers: [SentCommand.Answer] = []
        let order = SentCommand.Order(text: text, comment: comment, timeout: timeout, safety: .idempotent)
        try await command.run(order, on: [host]) { answers.append($0) }
        return answers.first ?? SentCommand.Answer(host: host, ending: .undelivered("SSM knows of no such invocation"))
    }

    /// The frame in an answer; one that was cut at 2,500 characters is asked for again on its own.
    private func frame(in answer: SentCommand.Answer) async throws -> Frame {
        if let frame = Frame(answer.output) { return frame }
        var output = answer.output
        if let commandID = answer.commandID {
            output = try await ssm.invocation(of: commandID, on: answer.host.instanceID)?.output ?? output
        }
        guard let frame = Frame(output) else {
            let start = String(output.prefix(200))
            throw LabError(.failed, "the answer of \(answer.host.name) cannot be read", cause: start)
        }
        return frame
    }

    /// Decompresses an answer, fetching what stayed on the host a few pieces at a time, and checks it.
    private func read(_ frame: Frame, of host: Host, into sink: (ArraySlice<UInt8>) throws -> Void) async throws {
        let gzip = try GzipReader()
        let digest = SHA256()
        var count = 0
        func take(_ bytes: [UInt8]) throws {
            try gzip.read(bytes) { bytes in
                count += bytes.count
                digest.update(bytes)
                try sink(bytes)
            }
        }
        try take(frame.content)
        if !frame.isWhole {
            let rest = frame.content.count..<frame.compressedSize
            if let exchange, rest.count > Self.parallelPieces * Self.pieceDown {
                try await exchange.withObject { key in
                    try await send(frame.directory, to: exchange.uploadURL(for: key), from: host)
                    try await fetch(rest, by: Self.part, atOnce: 4, take) { range in
                        try await exchange.s3.get(range, of: key, in: exchange.bucket)
                    }
                }
            } else {
                try await fetch(rest, by: Self.pieceDown, atOnce: Self.parallelPieces, take) { range in
                    try await piece(range, of: frame.directory, on: host)
                }
            }
            _ = try await ask(
                HostScripts.forget(frame.directory),
                on: host,
                comment: "labhost: tidy",
                timeout: .seconds(30)
            )
        }
        guard gzip.hasEnded, count == frame.outputSize + frame.errorSize, digest.finish().hexadecimal == frame.sum
        else {
            throw LabError(.failed, "the answer of \(host.name) was damaged on its way", hint: "run the command again")
        }
    }

    /// Fetches a range in pieces, a few at once, and takes them in order.
    private func fetch(
        _ range: Range<Int>,
        by size: Int,
        atOnce limit: Int,
        _ take: ([UInt8]) throws -> Void,
        from source: @escaping @Sendable (Range<Int>) async throws -> [UInt8]
    ) async throws {
        let starts = stride(from: range.lowerBound, to: range.upperBound, by: size).map(\.self)
        for window in starts.batches(of: limit) {
            let pieces = try await concurrently(window.indices, atOnce: limit) { index in
                try await source(window[index]..<min(window[index] + size, range.upperBound))
            }
            for piece in pieces { try take(piece) }
        }
    }

    /// Has a host send an answer that it kept.
    private func send(_ directory: String, to url: String, from host: Host) async throws {
        let text = HostScripts.send(directory, to: url)
        let answer = try await ask(text, on: host, comment: "labhost: send", timeout: .seconds(1800))
        guard answer.ending == .exited(0) else {
            throw LabError(
                .failed,
                "\(host.name) could not send its answer to the bucket",
                cause: answer.errors,
                hint: "the hosts need curl and a way to S3's endpoint; without `bucket` it goes through Systems Manager"
            )
        }
    }

    private func piece(_ range: Range<Int>, of directory: String, on host: Host) async throws -> [UInt8] {
        let answer = try await ask(
            HostScripts.piece(of: directory, from: range.lowerBound, count: range.count),
            on: host,
            comment: "labhost: fetch",
            timeout: .seconds(60)
        )
        guard answer.ending == .exited(0), let bytes = Frame.piece(answer.output) else {
            throw LabError(.failed, "a piece of an answer of \(host.name) did not come", cause: answer.errors)
        }
        return bytes
    }
}
