import AWS
public import PluginAPI
public import SystemPackage

/// Runs commands on EC2 instances through Systems Manager Run Command: no inbound port, no key.
public struct SSMExecutor: DetachedJobs {
    /// `ssm`.
    public static let descriptor = PluginDescriptor(
        id: "ssm",
        phase: .execute,
        summary: "runs commands on EC2 instances through Systems Manager",
        provides: [.detachedJobs],
        requires: [.ec2Hosts],
        actions: [
            "ssm:DescribeInstanceInformation", "ssm:SendCommand", "ssm:ListCommandInvocations",
            "ssm:GetCommandInvocation", "ssm:CancelCommand", "ec2:DescribeInstances", "s3:ListBucket", "s3:PutObject",
            "s3:GetObject", "s3:DeleteObject",
        ]
    )

    let ssm: SSM
    let command: SentCommand
    let clock: LabClock
    let exchange: BucketExchange?
    /// InstanceIds that one SendCommand takes.
    private static let batchSize = 50
    /// What a command document with its parameters may hold is 64 KB; this leaves room for the frame.
    private static let inlineScript = 40_000
    /// Compressed bytes of a file that one command carries up.
    private static let pieceUp = 24_000
    /// Pieces of a file that are on their way at once.
    private static let parallelPieces = 4

    /// Makes an executor.
    public init(options: SSMOptions, context: PluginContext) {
        exchange = options.bucket.map { BucketExchange($0, context: context) }
        ssm = SSM(context)
        clock = context.clock
        command = SentCommand(ssm: ssm, states: EC2Hosts(context), clock: clock)
    }

    /// Looks whether the bucket can be used, where the plan names one.
    public func preflight() async throws {
        guard let exchange else { return }
        do { try await exchange.s3.check(bucket: exchange.bucket) } catch {
            throw LabError(aws: error, .preflight, while: "looking into the bucket \(exchange.bucket)")
        }
    }

    /// Deletes what transfers that were cut off have left in the bucket.
    public func cleanUp() async throws {
        do { try await exchange?.deleteAll() } catch {
            throw LabError(aws: error, .leftBehind, while: "emptying the experiment's folder in the bucket")
        }
    }

    /// Asks which agents are online.
    public func reachability(of hosts: [Host]) async throws -> [String: Reachability] {
        let ping: [String: String]
        do { ping = try await ssm.pingStatus(of: hosts.map(\.instanceID)) } catch let error as AWSError {
            throw LabError(aws: error, .failed, while: "Systems Manager")
        }
        return hosts.reduce(into: [:]) { result, host in
            result[host.name] =
                switch ping[host.instanceID] {
                case "Online": .online
                case let status?: .offline("its SSM agent is \(status)")
                case nil:
                    .offline(
                        "its SSM agent has not registered: it takes up to a minute, an instance profile with "
                            + "AmazonSSMManagedInstanceCore, and a route to the Systems Manager endpoints"
                    )
                }
        }
    }

    /// Runs a script on all hosts at once.
    public func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        try await run(script, on: hosts) { _ in }
    }

    /// Runs a script on all hosts at once; a host that is slow or dead holds up nobody else's outcome.
    public func run(
        _ script: Script,
        on hosts: [Host],
        onOutcome: @escaping @Sendable (ScriptOutcome) async -> Void
    ) async throws -> [ScriptOutcome] {
        try await execute(script, on: hosts, safety: script.isRepeatable ? .idempotent : .once) {
            await onOutcome($0.outcome)
        }.map(\.outcome)
    }

    /// Writes a file on each host: through the bucket, or in pieces that one command carries.
    public func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws {
        let compressed = try Gzip.compress(content)
        let sum = SHA256.hash(content).hexadecimal
        // Named by its content, so that the pieces of an upload that was cut off are not mixed with another's.
        let transfer = String(sum.prefix(24))
        if let exchange, compressed.count > Self.pieceUp {
            return try await exchange.withObject { key in
                try await exchange.s3.put(compressed, to: key, in: exchange.bucket)
                let url = try await exchange.downloadURL(for: key)
                let text = HostScripts.fetch(path, from: url, transfer: transfer, sum: sum)
                try await execute(Script(text, timeout: .seconds(1800), comment: "upload"), on: hosts)
                    .check("upload \(path)")
            }
        }
        let pieces = stride(from: 0, to: max(compressed.count, 1), by: Self.pieceUp)
            .map { Array(compressed[$0..<min($0 + Self.pieceUp, compressed.count)]) }
        let assemble = HostScripts.assemble(path, pieces: pieces.count, transfer: transfer, sum: sum)
        var script = assemble
        if pieces.count == 1 {
            script = HostScripts.keep(pieces[0], number: 0, of: transfer) + "\n" + assemble
        } else {
            _ = try await concurrently(pieces.indices, atOnce: Self.parallelPieces) { number in
                let script = Script(HostScripts.keep(pieces[number], number: number, of: transfer), comment: "upload")
                try await execute(script, on: hosts).check("upload a piece of \(path)")
            }
        }
        try await execute(Script(script, timeout: .seconds(120), comment: "upload"), on: hosts).check("upload \(path)")
    }

    /// Fetches a file whole, straight to disk.
    public func download(_ path: String, from host: Host, to local: FilePath) async throws {
        let quoted = Shell.quoted(path)
        let script = "[ -f \(quoted) ] || { echo 'there is no such file' >&2; exit 1; }\ncat -- \(quoted)"
        let text = HostScripts.run(script, environment: [:], compressed: try Gzip.compress(Array(script.utf8)))
        let answer = try await ask(text, on: host, comment: "labhost: download", timeout: .seconds(600))
        try [try await write(answer, to: local)].check("download \(path)")
    }

    /// Runs a script and returns everything that it wrote, checked.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - hosts: Where it is to run.
    ///   - safety: ``CallSafety/once`` unless running it twice is the same as running it once.
    ///   - onAnswer: Called for each host's answer, one at a time, as they come.
    /// - Returns: One answer for each host, in order.
    /// - Throws: ``LabError`` when Systems Manager cannot be used at all.
    func execute(
        _ script: Script,
        on hosts: [Host],
        safety: CallSafety = .idempotent,
        onAnswer: (WholeAnswer) async -> Void = { _ in }
    ) async throws -> [WholeAnswer] {
        let compressed = try Gzip.compress(Array(script.text.utf8))
        guard compressed.count <= Self.inlineScript / 4 * 3 else {
            return try await executeFromFile(script, on: hosts, safety: safety, onAnswer: onAnswer)
        }
        let order = SentCommand.Order(
            text: HostScripts.run(script.text, environment: script.environment, compressed: compressed),
            comment: script.comment.isEmpty ? "labhost" : "labhost: \(script.comment)",
            timeout: script.timeout,
            safety: safety
        )
        let (answers, continuation) = AsyncThrowingStream.makeStream(of: WholeAnswer.self)
        return try await withThrowingTaskGroup { sending in
            sending.addTask {
                do {
                    try await send(order, to: hosts) { continuation.yield($0) }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
            }
            var whole: [String: WholeAnswer] = [:]
            for try await answer in answers {
                await onAnswer(answer)
                whole[answer.outcome.host] = answer
            }
            // A stream that is left by cancelling ends as if it were complete.
            try Task.checkCancellation()
            return hosts.map { host in
                whole[host.name] ?? WholeAnswer(host: host, ending: .undelivered("SSM knows of no such invocation"))
            }
        }
    }

    /// Sends a command to any number of hosts, and completes the answers as they come.
    private func send(
        _ order: SentCommand.Order,
        to hosts: [Host],
        onAnswer: @escaping @Sendable (WholeAnswer) -> Void
    ) async throws {
        // All batches at once: one that waits for a dead host must not keep another from being sent.
        try await withThrowingTaskGroup { batches in
            for batch in hosts.batches(of: Self.batchSize) {
                batches.addTask {
                    try await withThrowingTaskGroup { completing in
                        try await command.run(order, on: batch) { answer in
                            completing.addTask { onAnswer(try await complete(answer)) }
                        }
                        try await completing.waitForAll()
                    }
                }
            }
            try await batches.waitForAll()
        }
    }

    /// A script that a command document cannot carry is sent as a file first.
    private func executeFromFile(
        _ script: Script,
        on hosts: [Host],
        safety: CallSafety,
        onAnswer: (WholeAnswer) async -> Void
    ) async throws -> [WholeAnswer] {
        let bytes = Array(script.text.utf8)
        let path = "\(HostScripts.root)/scripts/\(SHA256.hash(bytes).hexadecimal.prefix(24))"
        try await upload(bytes, to: path, on: hosts)
        var short = script
        short.text = script.text.hasPrefix("#!") ? "chmod 700 \(path)\nexec \(path)" : "exec /bin/sh \(path)"
        return try await execute(short, on: hosts, safety: safety, onAnswer: onAnswer)
    }

    /// Runs work for each index, a few at once, and returns the results in order.
    func concurrently<Result: Sendable>(
        _ indices: Range<Int>,
        atOnce limit: Int,
        _ work: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            var next = indices.startIndex
            while next < indices.endIndex || !group.isEmpty {
                if next < indices.endIndex, next - indices.startIndex - results.count < limit {
                    let index = next
                    group.addTask { (index, try await work(index)) }
                    next += 1
                } else if let (index, result) = try await group.next() {
                    results[index] = result
                }
            }
            return indices.compactMap { results[$0] }
        }
    }
}
