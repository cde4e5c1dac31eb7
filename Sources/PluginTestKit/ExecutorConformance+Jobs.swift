import PluginAPI

extension ExecutorConformance {
    static let jobs = [
        Case(name: "nobody knows of a job that was not started") { subject in
            let run = JobRun(subject, "never", "exit 0")
            try expectEqual(try await run.status().state, .unknown, "state")
        },
        Case(name: "a job's log and status are there after its end") { subject in
            let run = JobRun(subject, "ends", "echo out; echo err >&2; pwd; exit 3")
            try await run.start()
            let end = try await run.end()
            try expectEqual(end.state, .exited(3), "state")
            try expectEqual(end.log, "out\nerr\n\(subject.folder)/ends\n", "log")
            try expectEqual(end.logSize, end.log.utf8.count, "log size")
        },
        Case(name: "a job that is started twice runs once") { subject in
            let run = JobRun(subject, "once", "echo run")
            try await run.start()
            try await run.start()
            _ = try await run.end()
            try await run.start()
            try expectEqual(try await run.end().log, "run\n", "log")
        },
        Case(name: "a log is followed from where it was left") { subject in
            let run = JobRun(subject, "follow", "echo one; sleep 1; echo two")
            try await run.start()
            var log = ""
            var offset = 0
            var state = JobStatus.State.running
            while state == .running || log.utf8.count < 8 {
                let status = try await run.status(from: offset)
                (log, offset, state) = (log + status.log, status.nextOffset, status.state)
            }
            try expectEqual(log, "one\ntwo\n", "log")
        },
        Case(name: "the sizes of files that exist are told") { subject in
            let run = JobRun(subject, "files", "printf 12345 >result")
            try await run.start()
            _ = try await run.end()
            let there = "\(subject.folder)/files/result"
            let status = try await run.status(files: [there, "\(subject.folder)/files/other"])
            try expectEqual(status.fileSizes, [there: 5], "sizes")
        },
        Case(name: "a job is stopped with everything that it started") { subject in
            let run = JobRun(subject, "stopped", "sh -c 'sh -c \"sleep 601\" & wait' & echo begun; wait")
            try await run.start()
            var log = ""
            while log.isEmpty { log = try await run.status().log }
            try await subject.executor.stop(run.job.name, on: run.host)
            guard case .exited(let code) = try await run.status().state, code != 0 else {
                throw Violation(description: "the job was stopped and did not end with a status of its own")
            }
            try await expectGone("sleep 601", on: run.host, subject)
            try await subject.executor.stop(run.job.name, on: run.host)
        },
        Case(name: "a job that takes too long is ended") { subject in
            var run = JobRun(subject, "long", "sleep 602")
            run.job.timeout = .seconds(1)
            try await run.start()
            try expect(try await run.end().state != .exited(0), "the job ended with status 0")
        },
    ]

    /// A job of a test's own.
    private struct JobRun {
        let executor: any DetachedJobs
        let host: Host
        var job: Job

        init(_ subject: Subject, _ name: String, _ script: String) {
            executor = subject.executor
            host = subject.hosts[0]
            // Executors keep jobs by name, wherever they keep them: two tests at once must not share one.
            let unique = StableHash(subject.folder, name).hexadecimal
            job = Job(
                name: "conformance-\(unique)",
                script: script,
                workingDirectory: "\(subject.folder)/\(name)",
                timeout: .seconds(60)
            )
        }

        func start() async throws { try await executor.start(job, on: host) }

        func status(from offset: Int = 0, files: [String] = []) async throws -> JobStatus {
            try await executor.status(
                of: job.name,
                on: host,
                logFrom: offset,
                files: files,
                patience: .seconds(2)
            )
        }

        /// The status once the job has ended; a job of a test ends within its own time limit.
        func end() async throws -> JobStatus {
            while true {
                let status = try await status(from: 0)
                guard case .exited = status.state else {
                    try Task.checkCancellation()
                    continue
                }
                return status
            }
        }
    }
}
