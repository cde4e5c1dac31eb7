import PluginAPI

extension ExecutorConformance {
    static let scripts = [
        Case(name: "a script's output, errors and status come back as they are") { subject in
            let script = Script("printf 'one\\ntwo é\\n\\nno end'; printf oops >&2; exit 7")
            for outcome in try await subject.executor.run(script, on: subject.hosts) {
                try expectEqual(outcome.ending, .exited(7), outcome.host)
                try expectEqual(outcome.output, "one\ntwo é\n\nno end", outcome.host)
                try expectEqual(outcome.errors, "oops", outcome.host)
            }
        },
        Case(name: "outcomes come in the order of the hosts, one for each") { subject in
            let outcomes = try await subject.executor.run(Script("exit 0"), on: subject.hosts)
            try expectEqual(outcomes.map(\.host), subject.hosts.map(\.name), "hosts")
        },
        Case(name: "a script names its interpreter") { subject in
            let script = Script("#!/usr/bin/env bash\n[[ -n $BASH_VERSION ]] && echo bash")
            try expectEqual(try await output(of: script, subject), "bash\n", "output")
        },
        Case(name: "a variable's value stays a value") { subject in
            let script = Script("printf %s \"$VALUE\"", environment: ["VALUE": hostileValue])
            try expectEqual(try await output(of: script, subject), hostileValue, "VALUE")
        },
        Case(name: "long output comes whole") { subject in
            let text = try await output(of: Script("seq 1 60000"), subject)
            let wanted = (1...60_000).map { "\($0)\n" }.joined()
            try expect(text == wanted, "expected \(wanted.utf8.count) bytes, found \(text.utf8.count) or others")
        },
        Case(name: "a script that takes too long is ended") { subject in
            let outcomes = try await subject.executor.run(
                Script("echo begun; sleep 600", timeout: .seconds(2)),
                on: subject.hosts
            )
            for outcome in outcomes { try expectEqual(outcome.ending, .timedOut, outcome.host) }
        },
        Case(name: "each outcome is handed over once, as soon as it is there") { subject in
            let seen = Locked<[String]>([])
            let outcomes = try await subject.executor.run(Script("exit 0"), on: subject.hosts) { outcome in
                seen.withLock { $0.append(outcome.host) }
            }
            try expectEqual(seen.withLock { $0.sorted() }, outcomes.map(\.host).sorted(), "hosts")
        },
        Case(name: "cancelling ends the script on the host") { subject in
            let begun = "\(subject.folder)/cancelled/begun"
            // So long that not even an executor that plays time faster comes to its end meanwhile.
            let script = Script(
                "mkdir -p \(subject.folder)/cancelled; touch \(begun); exec sleep 36003",
                timeout: .seconds(40_000)
            )
            let host = Array(subject.hosts.prefix(1))
            try await withThrowingTaskGroup { group in
                group.addTask { _ = try await subject.executor.run(script, on: host) }
                while try await subject.executor.run(Script("[ -e \(begun) ]"), on: host).first?.succeeded != true {
                    try Task.checkCancellation()
                }
                group.cancelAll()
                do {
                    try await group.waitForAll()
                    throw Violation(description: "a cancelled run ended as if it were not")
                } catch is CancellationError {}
            }
            for _ in 0..<20 {
                do { return try await expectGone("sleep 36003", on: host[0], subject) } catch is Violation {}
            }
            try await expectGone("sleep 36003", on: host[0], subject)
        },
    ]

    /// Expects no process whose command line begins so.
    static func expectGone(_ command: String, on host: Host, _ subject: Subject) async throws {
        let list = "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done 2>/dev/null"
        let script = Script("if [ -d /proc/self ]; then \(list); else ps ax -o args=; fi | grep -c '^\(command)'; true")
        try expectEqual(try await subject.executor.run(script, on: [host]).first?.output, "0\n", "left of \(command)")
    }

    static func output(of script: Script, _ subject: Subject) async throws -> String {
        let outcomes = try await subject.executor.run(script, on: Array(subject.hosts.prefix(1)))
        guard let outcome = outcomes.first else { throw Violation(description: "there is no outcome") }
        try expectEqual(outcome.ending, .exited(0), "ending (\(outcome.errors))")
        return outcome.output
    }
}
